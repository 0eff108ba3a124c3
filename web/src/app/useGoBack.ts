import { useLocation, useNavigate, useRouter } from '@tanstack/react-router'
import { nextPath } from '@/shared/nextPath'
import { lastTournament } from './lastTournament'

/** Where one is, as `?next=` says it. */
export function useHere(): string {
  return useLocation({ select: (location) => location.href })
}

/** The search of a link to the sign-in that comes back here; from the doors themselves and the list it need not. */
export function nextOf(here: string): { next?: string } {
  const path = nextPath(here)
  return { next: path === null || path === '/' ? undefined : path }
}

/** Back to where one came from, as `next` says it; else to the board last looked at, or to the list. */
export function useGoBack(next?: string) {
  const navigate = useNavigate()
  const { history } = useRouter()
  return () => {
    const path = nextPath(next)
    const slug = lastTournament()
    if (path) history.push(path)
    else if (slug) navigate({ to: '/t/$slug', params: { slug } })
    else navigate({ to: '/' })
  }
}
