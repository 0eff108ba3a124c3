import { useParams, useSearch } from '@tanstack/react-router'
import { Bets } from '@/features/desk/Bets'
import { deskRole, useMe } from '@/shared/session'

export default function BetsRoom() {
  const { slug } = useParams({ from: '/pages/org/t/$slug/bets' })
  const filters = useSearch({ from: '/pages/org/t/$slug/bets' })
  const role = deskRole(useMe(), slug)
  return role && <Bets slug={slug} filters={filters} as={role} />
}
