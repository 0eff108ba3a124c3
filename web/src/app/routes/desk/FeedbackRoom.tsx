import { useParams } from '@tanstack/react-router'
import { Room } from '@/features/feedback/Room'
import { deskRole, useMe } from '@/shared/session'

export default function FeedbackRoom() {
  const { slug } = useParams({ from: '/pages/org/t/$slug/feedback' })
  return <Room slug={slug} mayAnswer={deskRole(useMe(), slug) === 'organizer'} />
}
