import { useSearch } from '@tanstack/react-router'
import { Verify } from '@/features/people/Verify'
import { useMe } from '@/shared/session'
import { lastTournament } from '../lastTournament'
import { Page, SignInFirst } from '../Page'
import { useGoBack } from '../useGoBack'

export default function VerifyRoute() {
  const me = useMe()
  const goBack = useGoBack()
  const { tournament } = useSearch({ from: '/pages/verify' })
  // Coming back from the provider the address names no tournament.
  const last = me?.memberships.find((member) => member.slug === lastTournament()) ?? me?.memberships[0]
  return (
    <Page title="Check your identity" isForm>
      {me === null ? (
        <SignInFirst what="your check" />
      ) : (
        <Verify tournament={tournament ?? last?.tournament_id ?? null} onBack={goBack} />
      )}
    </Page>
  )
}
