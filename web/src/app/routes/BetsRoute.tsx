import { AllBets } from '@/features/bets/AllBets'
import { useMe } from '@/shared/session'
import { Page, SignInFirst } from '../Page'

export default function BetsRoute() {
  const me = useMe()
  return <Page title="My bets">{me === null ? <SignInFirst what="your bets" /> : <AllBets />}</Page>
}
