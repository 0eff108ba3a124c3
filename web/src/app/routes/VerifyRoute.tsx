import { useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Verify } from '@/features/people/Verify'
import { lastTournament } from '../lastTournament'
import { ForSignedIn, Page } from '../Page'
import { useGoBack } from '../useGoBack'
import { keepNext, keptNext } from '../verifyNext'

export default function VerifyRoute() {
  const { tournament, next } = useSearch({ from: '/pages/verify' })
  const goBack = useGoBack(next ?? keptNext())
  useEffect(() => {
    if (next) keepNext(next)
  }, [next])
  return (
    <Page title="Check your identity" isForm>
      <ForSignedIn what="your check">
        {(me) => {
          // Coming back from the provider the address names no tournament.
          const last = me.memberships.find((one) => one.slug === lastTournament()) ?? me.memberships[0]
          return <Verify tournament={tournament ?? last?.tournament_id ?? null} onBack={goBack} />
        }}
      </ForSignedIn>
    </Page>
  )
}
