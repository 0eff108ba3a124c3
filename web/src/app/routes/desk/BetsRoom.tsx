import { useParams, useSearch } from '@tanstack/react-router'
import { Bets } from '@/features/desk/Bets'

export default function BetsRoom() {
  const { slug } = useParams({ from: '/pages/org/t/$slug/bets' })
  const filters = useSearch({ from: '/pages/org/t/$slug/bets' })
  return <Bets slug={slug} filters={filters} />
}
