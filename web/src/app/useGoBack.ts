import { useNavigate } from '@tanstack/react-router'
import { lastTournament } from './lastTournament'

/** Back to the board one came from, or to the list. */
export function useGoBack() {
  const navigate = useNavigate()
  return () => {
    const slug = lastTournament()
    if (slug) navigate({ to: '/t/$slug', params: { slug } })
    else navigate({ to: '/' })
  }
}
