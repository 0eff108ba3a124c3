import { useNavigate } from '@tanstack/react-router'
import { NewTournament } from '@/features/tournament/NewTournament'
import { useMe } from '@/shared/session'
import { Note } from '@/shared/ui/Note'
import { Page, SignInFirst } from '../Page'

export default function NewTournamentRoute() {
  const me = useMe()
  const navigate = useNavigate()
  return (
    <Page title="New tournament">
      {me === null && <SignInFirst what="this page" />}
      {me && !me.admin && (
        <Note tone="bad" icon="cross" title="Only an administrator can create tournaments." />
      )}
      {me?.admin && <NewTournament onMade={(slug) => navigate({ to: '/org/t/$slug', params: { slug } })} />}
    </Page>
  )
}
