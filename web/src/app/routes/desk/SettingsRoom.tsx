import { useNavigate, useParams } from '@tanstack/react-router'
import { Settings } from '@/features/tournament/Settings'
import { useMe } from '@/shared/session'

export default function SettingsRoom() {
  const { slug } = useParams({ from: '/pages/org/t/$slug/settings' })
  const navigate = useNavigate()
  const me = useMe()
  return (
    <Settings
      key={slug}
      slug={slug}
      mayArchive={me?.admin ?? false}
      onMoved={(now) => navigate({ to: '/org/t/$slug/settings', params: { slug: now }, replace: true })}
    />
  )
}
