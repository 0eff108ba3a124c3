import { useNavigate, useSearch } from '@tanstack/react-router'
import { AllBets } from '@/features/bets/AllBets'
import { filterOf } from '@/features/bets/words'
import { ForSignedIn, Page } from '../Page'

export default function BetsRoute() {
  const navigate = useNavigate()
  const { status, tournament } = useSearch({ from: '/pages/bets' })
  const filter = filterOf(status)
  return (
    <Page title="My bets">
      <ForSignedIn what="your bets">
        {(me) => (
          <AllBets
            me={me}
            filter={filter}
            tournament={tournament}
            onShow={(next) =>
              navigate({
                to: '/bets',
                search: { ...next, status: next.status === 'all' ? undefined : next.status },
                replace: true,
              })
            }
          />
        )}
      </ForSignedIn>
    </Page>
  )
}
