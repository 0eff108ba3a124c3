import { useNavigate, useSearch } from '@tanstack/react-router'
import { Breaks } from '@/features/limits/Breaks'
import { OwnLimits } from '@/features/limits/OwnLimits'
import { lastTournament } from '../lastTournament'
import { ForSignedIn, Page } from '../Page'

export default function LimitsRoute() {
  const navigate = useNavigate()
  const { tournament } = useSearch({ from: '/pages/limits' })
  return (
    <Page title="Your limits">
      <ForSignedIn what="your limits">
        {(me) => (
          <>
            <OwnLimits
              me={me}
              tournament={tournament}
              usual={lastTournament()}
              onChoose={(id) => navigate({ to: '/limits', search: { tournament: id }, replace: true })}
            />
            <Breaks me={me} />
          </>
        )}
      </ForSignedIn>
    </Page>
  )
}
