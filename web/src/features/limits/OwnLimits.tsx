/** The limits a bettor sets for themselves in a tournament: stakes, losses and deposits, by day, week and month. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, must } from '@/api/client'
import type { Limit, Me, Wallet } from '@/api/types'
import { walletsQuery } from '@/shared/mine'
import { serverQuery } from '@/shared/server'
import { LinkButton } from '@/shared/ui/Button'
import { Panel } from '@/shared/ui/Panel'
import { Awaiting, Empty } from '@/shared/ui/States'
import { TournamentChoice } from '@/shared/ui/TournamentChoice'
import styles from './limits.module.css'
import { OwnLimit } from './OwnLimit'
import { currentLimit, KINDS, PERIODS } from './words'

const LOOK_EVERY_MS = 20_000

interface Props {
  me: Me
  tournament: number | undefined
  /** The tournament to begin with where none is asked for, by its slug. */
  usual: string | null
  onChoose: (tournament: number | undefined) => void
}

export function OwnLimits({ me, tournament, usual, onChoose }: Props) {
  const wallets = useQuery({ ...walletsQuery, refetchInterval: LOOK_EVERY_MS })
  const limits = useQuery({
    queryKey: ['limits'],
    queryFn: () => must(api.GET('/api/limit')),
    refetchInterval: LOOK_EVERY_MS,
  })
  const server = useQuery(serverQuery)
  const wallet =
    wallets.data?.find((one) => one.tournament_id === tournament) ??
    wallets.data?.find((one) => one.slug === usual) ??
    wallets.data?.[0]
  const isFirst = wallets.data === undefined || wallets.error !== null
  return (
    <>
      <Awaiting query={isFirst ? wallets : limits} what="your limits" />
      {wallets.data?.length === 0 && (
        <Empty title="No wallet to limit yet.">
          <p>Limits are set for each tournament you have joined.</p>
          <LinkButton>
            <Link to="/">See the tournaments</Link>
          </LinkButton>
        </Empty>
      )}
      {wallet && limits.data && (
        <>
          <TournamentChoice me={me} tournament={wallet.tournament_id} onChoose={onChoose} />
          <p className={styles.muted}>
            You set these yourself, for{' '}
            <bdi>
              {me.memberships.find((one) => one.tournament_id === wallet.tournament_id)?.name ?? wallet.slug}
            </bdi>
            . A lower limit counts at once, a higher one after 24 hours.
            {server.data?.limits_everywhere &&
              ` On this server it counts all your tournaments in ${wallet.currency} together.`}
          </p>
          <LimitsOf key={wallet.id} wallet={wallet} limits={limits.data.items} />
        </>
      )}
    </>
  )
}

function LimitsOf({ wallet, limits }: { wallet: Wallet; limits: Limit[] }) {
  return (
    <div className={styles.kinds}>
      {KINDS.map(({ kind, title, means }) => (
        <Panel key={kind} title={title}>
          <p>{means}</p>
          <ul className={styles.limits} aria-label={title}>
            {PERIODS.map((period) => (
              <OwnLimit
                key={period.period}
                wallet={wallet}
                kind={kind}
                title={title}
                period={period}
                current={currentLimit(limits, wallet, { kind, period: period.period })}
              />
            ))}
          </ul>
        </Panel>
      ))}
    </div>
  )
}
