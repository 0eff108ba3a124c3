/** The Bets room of the desk: every bet, live on top and as far back as one asks, narrowed to what one looks for. */

import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { BetStatus } from '@/api/types'
import type { Structure } from '@/feed/board'
import { useStructure } from '@/feed/useFeed'
import { BET_STATUSES, type BetFilters } from '@/shared/betFilters'
import { plural } from '@/shared/plural'
import type { DeskRole } from '@/shared/session'
import { Button } from '@/shared/ui/Button'
import { More } from '@/shared/ui/Paged'
import { Empty, Loading } from '@/shared/ui/States'
import { BET_STATUS_WORDS } from '@/shared/words'
import { BetLine } from './BetLine'
import styles from './bets.module.css'
import { FindBet } from './FindBet'
import { useBetFeed } from './useBetFeed'

const PAGE = 50

interface Props {
  slug: string
  filters: BetFilters
}

export function Bets({ slug, filters, as }: Props & { as: DeskRole }) {
  const structure = useStructure()
  return (
    <main className={styles.main}>
      <h1>Bets</h1>
      <FindBet slug={slug} />
      {as === 'cashier' ? null : structure ? (
        // Other filters, another list.
        <BetList key={JSON.stringify(filters)} slug={slug} filters={filters} structure={structure} />
      ) : (
        <Loading what="the bets" />
      )}
    </main>
  )
}

/** Whether the top of the list has left the screen: then somebody reads below. */
function useReading() {
  const top = useRef<HTMLDivElement>(null)
  const [isReading, setReading] = useState(false)
  useEffect(() => {
    const element = top.current
    if (!element) return
    const watch = new IntersectionObserver(([seen]) => setReading(seen !== undefined && !seen.isIntersecting))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  return { top, isReading }
}

function BetList({ slug, filters, structure }: Props & { structure: Structure }) {
  const navigate = useNavigate()
  const [isPaused, setPaused] = useState(false)
  const { top, isReading } = useReading()
  const list = useBetFeed({ structure, filters, rows: PAGE, isHeld: isPaused || isReading })
  const narrow = (more: BetFilters) =>
    navigate({ to: '/org/t/$slug/bets', params: { slug }, search: { ...filters, ...more }, replace: true })
  const isNarrowed = Object.values(filters).some((value) => value !== undefined)
  const bettor = filters.user !== undefined && list.rows.find(({ user }) => user === filters.user)?.bettor

  function show() {
    setPaused(false)
    list.show()
    top.current?.scrollIntoView({ block: 'center' })
  }

  return (
    <>
      <div className={styles.filters}>
        <MarketFilter
          structure={structure}
          value={filters.market}
          onChoose={(market) => narrow({ market })}
        />
        <select
          aria-label="Status"
          value={filters.status ?? ''}
          onChange={(event) => narrow({ status: (event.target.value || undefined) as BetStatus | undefined })}
        >
          <option value="">Any status</option>
          {BET_STATUSES.map((status) => (
            <option key={status} value={status}>
              {BET_STATUS_WORDS[status]}
            </option>
          ))}
        </select>
        <Button look="plain" aria-pressed={isPaused} onClick={() => (isPaused ? show() : setPaused(true))}>
          {isPaused ? 'Go on' : 'Pause'}
        </Button>
      </div>
      {filters.user !== undefined && (
        <p className={styles.only}>
          Only <bdi>{bettor || `bettor ${filters.user}`}</bdi>.{' '}
          <Link to="/org/t/$slug/people" params={{ slug }} search={{ member: filters.user }}>
            See the member
          </Link>{' '}
          <Link to="/org/t/$slug/bets" params={{ slug }} search={{ ...filters, user: undefined }}>
            Everybody
          </Link>
        </p>
      )}
      <div ref={top} />
      {list.waited > 0 && (
        <button type="button" className={styles.news} onClick={show} data-testid="new-bets">
          {plural(list.waited, 'new bet')} – show
        </button>
      )}
      <ol className={styles.lines} data-testid="taken-bets">
        {list.rows.map((bet) => (
          <BetLine
            key={bet.id}
            bet={bet}
            structure={structure}
            bettor={
              <Link to="/org/t/$slug/people" params={{ slug }} search={{ member: bet.user }}>
                <bdi>{bet.bettor || `Bettor ${bet.user}`}</bdi>
              </Link>
            }
          />
        ))}
      </ol>
      {list.isSuccess && list.rows.length === 0 && !list.hasNextPage && (
        <Empty title={isNarrowed ? 'No bet like that.' : 'No bets yet.'} />
      )}
      {list.isCut ? (
        <Button look="plain" onClick={list.readAgain}>
          Show older bets
        </Button>
      ) : (
        <More list={list} what="bets" />
      )}
    </>
  )
}

function MarketFilter({
  structure,
  value,
  onChoose,
}: {
  structure: Structure
  value: number | undefined
  onChoose: (market: number | undefined) => void
}) {
  const options = useMemo(
    () =>
      [...structure.markets.values()]
        .map(({ id, match_id, name }) => ({
          id,
          label: `${structure.matches.get(match_id)?.name ?? ''}: ${name}`,
        }))
        .sort((a, b) => a.label.localeCompare(b.label)),
    [structure],
  )
  return (
    <select
      aria-label="Market"
      value={value ?? ''}
      onChange={(event) => onChoose(Number(event.target.value) || undefined)}
    >
      <option value="">All markets</option>
      {options.map(({ id, label }) => (
        <option key={id} value={id}>
          {label}
        </option>
      ))}
    </select>
  )
}
