/** What is missing before the first bet, said before it is tried: identity and money, with the way to each. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, must } from '@/api/client'
import type { Wallet } from '@/api/types'
import { refreshMe, useMe } from '@/shared/session'
import { Icon } from '@/shared/ui/Icon'
import { Panel } from '@/shared/ui/Panel'
import { useQuietly } from '@/shared/useQuietly'
import styles from './people.module.css'

const LOOK_EVERY_MS = 5000

export function BeforeBetting({ wallet }: { wallet: Wallet }) {
  const me = useMe()
  const { data: tournament } = useQuery({
    queryKey: ['tournament', wallet.slug],
    queryFn: () => must(api.GET('/api/tournament/{which}', { params: { path: { which: wallet.slug } } })),
  })
  const isUnknown = me != null && me.kyc !== 'verified' && tournament?.kyc_provider !== 'none'
  const hasNothing = wallet.balance === 0 && wallet.owed === 0
  if (!tournament || (!isUnknown && !hasNothing)) return null
  return (
    <div className={styles.before} data-testid="before-betting">
      <Panel title="Before you can bet">
        <ul className={styles.steps}>
          <li data-done={!isUnknown || undefined}>
            <Icon name={isUnknown ? 'clock' : 'check'} />
            <span>
              {isUnknown ? (
                <Identity wallet={wallet} provider={tournament.kyc_provider} />
              ) : (
                'Your identity is checked.'
              )}
            </span>
          </li>
          <li data-done={!hasNothing || undefined}>
            <Icon name={hasNothing ? 'in' : 'check'} />
            <span>
              {hasNothing ? (
                <>
                  Pay in at the desk:{' '}
                  <Link to="/wallet" search={{ tournament: wallet.tournament_id }}>
                    show your code
                  </Link>
                  .
                </>
              ) : (
                'There is money in your wallet.'
              )}
            </span>
          </li>
        </ul>
      </Panel>
    </div>
  )
}

function Identity({ wallet, provider }: { wallet: Wallet; provider: string }) {
  // The desk decides elsewhere: this page learns it by itself.
  useQuietly(refreshMe, LOOK_EVERY_MS)
  if (provider === 'desk') return 'Show your ID at the desk.'
  return (
    <Link to="/verify" search={{ tournament: wallet.tournament_id, next: `/t/${wallet.slug}` }}>
      Check your identity
    </Link>
  )
}
