/** One market at the desk: how it stands, what is to be done next, and the rooms behind it (book, edit, result). */

import { useMutation } from '@tanstack/react-query'
import { memo, useEffect, useRef, useState } from 'react'
import type { Structure } from '@/feed/board'
import { Countdown, PoolTotal } from '@/feed/cells'
import type { MarketOnBoard, MatchOnBoard } from '@/feed/messages'
import { closingOnEscape } from '@/shared/escape'
import { toneOf } from '@/shared/marketStatus'
import { prefixOf } from '@/shared/money'
import { shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Chip } from '@/shared/ui/Chip'
import { Failure } from '@/shared/ui/Note'
import { MARKET_STATUS_WORDS, NOT_PLAYED_WORDS } from '@/shared/words'
import { type Action, actionsOf, isOver, isPanel, labelOf, type Move, type Panel } from '../actions'
import { ask } from '../ask'
import { apartWords } from '../closing'
import { Edit } from '../editing/Edit'
import { Book } from '../odds/Book'
import { ResettleForm } from '../results/ResettleForm'
import { ResultForm } from '../results/ResultForm'
import { Settled, SettlingProgress } from '../results/Settled'
import { VoidForm } from '../results/VoidForm'
import { BetsOn } from './cells'
import styles from './MarketRow.module.css'

interface Props {
  slug: string
  market: MarketOnBoard
  match: MatchOnBoard | undefined
  structure: Structure
}

/** The one thing to do next stands out. */
const lookOf = (action: Action) => (action === 'result' || action === 'open' ? 'main' : 'plain')

/** The button that was pressed may be gone with the state it led out of: the focus then stays at the row. */
function useFocusKept(status: string) {
  const head = useRef<HTMLDivElement>(null)
  const hasActed = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the new status that takes the button away.
  useEffect(() => {
    if (hasActed.current && document.activeElement === document.body) head.current?.focus()
    hasActed.current = false
  }, [status])
  return { head, hasActed }
}

export const MarketRow = memo(function MarketRow({ slug, market, match, structure }: Props) {
  const [panel, setPanel] = useState<Panel | null>(null)
  const moving = useMutation({ mutationFn: (move: Move) => ask(market.id, move) })
  const { head, hasActed } = useFocusKept(market.status)
  const currency = structure.tournament
  const matchName = match?.name ?? ''
  const actions = actionsOf(market.status)
  const shown = panel && actions.includes(panel) ? panel : null
  const close = () => setPanel(null)

  function act(action: Action) {
    hasActed.current = true
    if (isPanel(action)) setPanel(panel === action ? null : action)
    else moving.mutate(action)
  }

  return (
    <li
      className={styles.row}
      data-market={market.id}
      data-status={market.status}
      data-testid="desk-market"
      onKeyDown={closingOnEscape(close)}
    >
      <div className={styles.head} ref={head} tabIndex={-1}>
        <div className={styles.what}>
          <h2 dir="auto">{matchName}</h2>
          <span>
            <bdi>{market.name}</bdi>
            {match?.round && (
              <>
                , <bdi>{match.round}</bdi>
              </>
            )}
          </span>
        </div>
        <span className={styles.status}>
          <Chip tone={toneOf(market.status)}>{MARKET_STATUS_WORDS[market.status]}</Chip>
          {market.waits_for_sides && <Chip tone="plain">Sides not known yet</Chip>}
          {match?.not_played && !isOver(market.status) && (
            <Chip tone="strong">{NOT_PLAYED_WORDS[match.not_played]}</Chip>
          )}
        </span>
        <span className={styles.closes}>
          {match?.starts_at != null && !isOver(market.status) && (
            <span data-testid="starts">starts {shortTime(match.starts_at, Date.now())}</span>
          )}
          {market.closes_at !== null && (market.status === 'open' || market.status === 'draft') && (
            <span>
              closes <Countdown key={market.closes_at} until={market.closes_at} />
              {match?.starts_at != null && market.closes_at !== match.starts_at && (
                <small data-testid="closes-apart">{apartWords(market.closes_at, match.starts_at)}</small>
              )}
            </span>
          )}
        </span>
        <span className={styles.total}>
          <PoolTotal market={market.id} exponent={currency.exponent} prefix={prefixOf(currency.currency)} />
          <small>
            <BetsOn market={market} />
          </small>
        </span>
        <div className={styles.actions}>
          {actions.map((action) => (
            <Button
              key={action}
              size="small"
              look={lookOf(action)}
              disabled={!isPanel(action) && moving.isPending}
              aria-expanded={isPanel(action) ? shown === action : undefined}
              onClick={() => act(action)}
            >
              {labelOf(action, market)}
              <span className="visually-hidden"> {matchName}</span>
            </Button>
          ))}
        </div>
      </div>
      <Failure error={moving.error} />
      {(market.status === 'settling' || market.status === 'voiding') && (
        <SettlingProgress market={market.id} />
      )}
      {(market.status === 'settled' || market.status === 'void') && (
        <Settled market={market} currency={currency} />
      )}
      {shown === 'book' && <Book market={market} currency={currency} />}
      {shown === 'edit' && (
        <Edit slug={slug} market={market} match={match} structure={structure} onClose={close} />
      )}
      {shown === 'result' && <ResultForm market={market} match={match} currency={currency} onClose={close} />}
      {shown === 'void' && <VoidForm market={market} currency={currency} onClose={close} />}
      {shown === 'correct' && (
        <ResettleForm market={market} match={match} currency={currency} onClose={close} />
      )}
    </li>
  )
})
