/** Every bet of mine, page by page: of one state or one tournament when asked. Turns by itself when one is decided. */

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { api, must } from '@/api/client'
import type { Bet, Me } from '@/api/types'
import { type Currency, money } from '@/shared/money'
import { plural } from '@/shared/plural'
import { LinkButton } from '@/shared/ui/Button'
import { AsOf, More, usePaged } from '@/shared/ui/Paged'
import { Segments } from '@/shared/ui/Segments'
import { Empty } from '@/shared/ui/States'
import { TournamentChoice, walletsOf } from '@/shared/ui/TournamentChoice'
import { BetRow } from './BetRow'
import styles from './MyBets.module.css'
import { type BetFilter, FILTERS, type Sums, sumsOf } from './words'

const PAGE = 100
const LOOK_EVERY_MS = 10_000

interface Shown {
  status: BetFilter
  tournament?: number
}

interface Props {
  me: Me
  filter: BetFilter
  tournament?: number
  onShow: (shown: Shown) => void
}

/** Looks at what is pending, quietly; when that is no longer the same, the lists are read again. */
function useTurning(tournament: number | undefined) {
  const queries = useQueryClient()
  const { data } = useQuery({
    queryKey: ['pending', tournament ?? 'all'],
    queryFn: () =>
      must(api.GET('/api/bet', { params: { query: { tournament, status: 'pending', limit: PAGE } } })),
    refetchInterval: LOOK_EVERY_MS,
  })
  const pending = data?.items.map((bet) => bet.id).join()
  const before = useRef(pending)
  useEffect(() => {
    if (before.current !== undefined && before.current !== pending) {
      queries.invalidateQueries({ queryKey: ['bets'] })
    }
    before.current = pending
  }, [pending, queries])
}

export function AllBets({ me, filter, tournament, onShow }: Props) {
  useTurning(tournament)
  const list = usePaged(['bets', 'all', filter, tournament ?? 'all'], (after) =>
    must(
      api.GET('/api/bet', {
        params: { query: { after, tournament, status: filter === 'all' ? undefined : filter, limit: PAGE } },
      }),
    ),
  )
  const { rows } = list
  return (
    <div className={styles.all}>
      <div className={styles.asked}>
        <Segments
          label="Which bets"
          value={filter}
          options={FILTERS}
          onChoose={(status) => onShow({ status, tournament })}
        />
        <TournamentChoice
          me={me}
          tournament={tournament}
          all="All tournaments"
          onChoose={(id) => onShow({ status: filter, tournament: id })}
        />
      </div>
      <AsOf list={list} what="bets" />
      {list.data && !list.hasNextPage && rows.length > 1 && <Totals bets={rows} />}
      {rows.length > 0 && (
        <ul className={styles.list} aria-label="Bets">
          {rows.map((bet) => (
            <BetRow key={bet.id} bet={bet} />
          ))}
        </ul>
      )}
      {list.data && rows.length === 0 && <NoBets me={me} filter={filter} />}
      <More list={list} what="bets" hasAsOf />
    </div>
  )
}

/** Only ever of a list that was read to its end: the sum of a page would pass for a total. */
function Totals({ bets }: { bets: Bet[] }) {
  const sums = sumsOf(bets)
  const currency = bets[0]
  if (!sums || !currency) return null
  return (
    <dl className={`num ${styles.sums}`} data-testid="sums">
      {linesOf(sums, currency, bets.length).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function linesOf(sums: Sums, currency: Currency, count: number): Array<[string, string]> {
  const lines: Array<[string, string]> = [[`Staked on ${plural(count, 'bet')}`, money(sums.staked, currency)]]
  if (sums.open < sums.staked) {
    const net = sums.returned - (sums.staked - sums.open)
    lines.push(['Returned', money(sums.returned, currency)])
    lines.push(['Net', `${net > 0 ? '+' : ''}${money(net, currency)}`])
  }
  if (sums.open > 0) lines.push(['Still pending', money(sums.open, currency)])
  return lines
}

const NONE: Record<BetFilter, string> = {
  all: 'No bets yet',
  pending: 'Nothing pending',
  won: 'None won yet',
  lost: 'None lost',
  void: 'None void',
}

function NoBets({ me, filter }: { me: Me; filter: BetFilter }) {
  const slug = walletsOf(me)[0]?.slug
  return (
    <Empty title={`${NONE[filter]}.`}>
      {filter === 'all' && <p>Pick any odds on the board to start; what you place shows here.</p>}
      {filter !== 'all' ? (
        <Link to="/bets">See all bets</Link>
      ) : (
        <LinkButton>
          {slug ? (
            <Link to="/t/$slug" params={{ slug }}>
              Go to the board
            </Link>
          ) : (
            <Link to="/">See the tournaments</Link>
          )}
        </LinkButton>
      )}
    </Empty>
  )
}
