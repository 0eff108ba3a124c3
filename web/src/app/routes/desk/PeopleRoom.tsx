import { useParams, useSearch } from '@tanstack/react-router'
import { People } from '@/features/members/People'
import { deskRole, useMe } from '@/shared/session'

export default function PeopleRoom() {
  const { slug } = useParams({ from: '/pages/org/t/$slug/people' })
  const { member, show } = useSearch({ from: '/pages/org/t/$slug/people' })
  const role = deskRole(useMe(), slug)
  if (!role) return null
  return <People slug={slug} as={role} member={member ?? null} showsInvitations={show === 'invitations'} />
}
