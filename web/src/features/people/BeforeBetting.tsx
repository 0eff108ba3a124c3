/** What is missing before the first bet, said before it is tried: identity and money, with the way to each. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Wallet } from '@/api/types'
import { tournamentQuery } from '@/shared/server'
import { membershipOf, refreshMe, useMe } from '@/shared/session'
import { Icon } from '@/shared/ui/Icon'
import { Panel } from '@/shared/ui/Panel'
import { useQuietly } from '@/shared/useQuietly'
import styles from './people.module.css'

const LOOK_EVERY_MS = 5000

export function BeforeBetting({ wallet }: { wallet: Wallet }) {
  const me = useMe()
  // Who is verified asks nothing.
  const isUnchecked = me != null && membershipOf(me, wallet.slug)?.kyc !== 'verified'
  const { data: tournament } = useQuery({ ...tournamentQuery(wallet.slug), enabled: isUnchecked })
  const isUnknown = tournament !== undefined && isUnchecked && tournament.kyc_provider !== 'none'
  const hasNothing = wallet.balance === 0 && wallet.owed === 0
  if ((isUnchecked && !tournament) || (!isUnknown && !hasNothing)) return null
  return (
    <div className={styles.before} data-testid="before-betting">
      <Panel title="Before you can bet">
        <ul className={styles.steps}>
          <li data-done={!isUnknown || undefined}>
            <Icon name={isUnknown ? 'clock' : 'check'} />
            <span>
              {isUnknown ? (
                <Identity wallet={wallet} provider={tournament.kyc_provider} />
              ) : isUnchecked ? (
                'No identity check is asked for here.'
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
