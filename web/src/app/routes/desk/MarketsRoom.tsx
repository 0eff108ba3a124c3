import { useParams } from '@tanstack/react-router'
import { Desk } from '@/features/desk/Desk'

export default function MarketsRoom() {
  const { slug } = useParams({ from: '/pages/org/t/$slug/' })
  return <Desk slug={slug} />
}
