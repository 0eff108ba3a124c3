import { useParams } from '@tanstack/react-router'
import { Receipt } from '@/features/bets/Receipt'
import { ForSignedIn, Page } from '../Page'

export default function ReceiptRoute() {
  const { id } = useParams({ from: '/pages/bets/$id' })
  return (
    <Page title="Receipt">
      <ForSignedIn what="this bet">{(me) => <Receipt id={id.toLowerCase()} me={me} />}</ForSignedIn>
    </Page>
  )
}
