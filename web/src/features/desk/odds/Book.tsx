/** The book of a market: odds to type, what lies on each outcome, and what the house wins or loses by it. Live. */

import { type FormEvent, type KeyboardEvent, useRef } from 'react'
import type { Market, Outcome } from '@/api/types'
import type { MarketOnBoard } from '@/feed/messages'
import { type Currency, money } from '@/shared/money'
import { formatOdds, poolOdds } from '@/shared/odds'
import { plural } from '@/shared/plural'
import { Button } from '@/shared/ui/Button'
import { FailedToLoad, Loading } from '@/shared/ui/States'
import { label } from '@/shared/words'
import styles from './Book.module.css'
import { stepped } from './entry'
import { Margin } from './Margin'
import { Rescale } from './Rescale'
import { Risk } from './Risk'
import { useExposure } from './useExposure'
import { useMarket } from './useMarket'
import { type OddsEntry, useOdds } from './useOdds'

const PRICED: ReadonlySet<string> = new Set(['draft', 'open', 'suspended'])

export function Book({ market, currency }: { market: MarketOnBoard; currency: Currency }) {
  const query = useMarket(market.id, market.version)
  if (query.isPending) return <Loading what="the book" />
  if (!query.data) return <FailedToLoad error={query.error} onRetry={() => query.refetch()} />
  return <LoadedBook market={query.data} currency={currency} />
}

function LoadedBook({ market, currency }: { market: Market; currency: Currency }) {
  const exposure = useExposure(market.id)
  const entry = useOdds(market)
  const form = useRef<HTMLFormElement>(null)
  const isFixed = market.kind === 'fixed'
  const isEntry = isFixed && PRICED.has(market.status)
  const running = market.outcomes.filter(({ withdrawn }) => !withdrawn)
  const lies = new Map(exposure.data?.items.map((item) => [item.outcome_id, item]))
  const stakesOf = (outcome: Outcome) => lies.get(outcome.id)?.stakes ?? outcome.stakes
  const pool = running.reduce((sum, outcome) => sum + stakesOf(outcome), 0)
  const othersOf = (outcome: Outcome) => running.filter((one) => one !== outcome).map(stakesOf)
  const hasWrong = running.some((outcome) => entry.wrongOf(outcome) && entry.now(outcome) === null)

  function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (entry.changed.length > 0 && !entry.isSaving && !hasWrong) void entry.save()
  }

  /** Enter goes on to the next field, after the last one to the button; arrows step on the ladder. */
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>, outcome: Outcome) {
    if (event.key === 'Enter') {
      const fields = [
        ...(form.current?.querySelectorAll<HTMLElement>('input[data-odds], button[type=submit]') ?? []),
      ]
      const next = fields[fields.indexOf(event.currentTarget) + 1]
      if (!next || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      next.focus()
    }
    const direction = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : null
    const odds = entry.now(outcome)
    if (direction === null || odds === null) return
    event.preventDefault()
    entry.type(outcome, formatOdds(stepped(odds, direction)))
  }

  return (
    <form ref={form} className={styles.book} onSubmit={onSubmit} data-testid="book" aria-label="The book">
      <ul className={styles.rows} data-entry={isEntry || undefined}>
        <li className={styles.titles} aria-hidden="true">
          <span>Outcome</span>
          <span>{isFixed ? 'Odds' : 'Dividend now'}</span>
          <span>Staked</span>
          <span>If it wins, the house</span>
        </li>
        {market.outcomes.map((outcome) => (
          <li key={outcome.id} data-out={outcome.withdrawn || undefined} data-testid="book-outcome">
            <span className={styles.name}>
              <bdi>{outcome.name}</bdi> {outcome.withdrawn && <small>withdrawn</small>}
            </span>
            {isEntry && !outcome.withdrawn ? (
              <OddsField outcome={outcome} entry={entry} onKeyDown={onKeyDown} />
            ) : (
              <span className={`num ${styles.odds}`}>
                {isFixed
                  ? (outcome.odds ?? '–')
                  : formatOdds(
                      outcome.withdrawn ? null : poolOdds(stakesOf(outcome), othersOf(outcome), market),
                    )}
              </span>
            )}
            <span className={`num ${styles.staked}`}>
              {money(stakesOf(outcome), currency)}
              <small>{plural(lies.get(outcome.id)?.bets ?? outcome.bets, 'bet')}</small>
            </span>
            <Risk
              market={market}
              currency={currency}
              exposure={lies.get(outcome.id)}
              isWithdrawn={outcome.withdrawn}
            />
          </li>
        ))}
      </ul>
      {exposure.error && <FailedToLoad error={exposure.error} onRetry={() => exposure.refetch()} />}
      <div className={styles.foot}>
        {isEntry && <Margin odds={running.map(entry.now)} places={market.places} />}
        {!isFixed && (
          <p className={styles.sum}>
            {label('takeout')}{' '}
            <b className="num">{money(Math.floor((pool * market.takeout_bps) / 10_000), currency)}</b> of{' '}
            <b className="num">{money(pool, currency)}</b>
          </p>
        )}
        {isEntry && (
          <>
            <Rescale outcomes={running} places={market.places} entry={entry} />
            <span className={styles.decide}>
              {entry.changed.length > 0 && (
                <Button look="plain" size="small" disabled={entry.isSaving} onClick={entry.discard}>
                  Discard
                </Button>
              )}
              <Button
                type="submit"
                size="small"
                disabled={entry.isSaving || hasWrong || entry.changed.length === 0}
              >
                {entry.isSaving
                  ? 'Saving…'
                  : entry.changed.length > 0
                    ? `Save the odds of ${plural(entry.changed.length, 'outcome')}`
                    : 'Save the odds'}
              </Button>
            </span>
          </>
        )}
      </div>
    </form>
  )
}

interface FieldProps {
  outcome: Outcome
  entry: OddsEntry
  onKeyDown: (event: KeyboardEvent<HTMLInputElement>, outcome: Outcome) => void
}

function OddsField({ outcome, entry, onKeyDown }: FieldProps) {
  const wrong = entry.wrongOf(outcome)
  const isChanged = entry.changed.includes(outcome)
  return (
    <span className={styles.entry}>
      <input
        className="num"
        data-odds=""
        data-changed={isChanged || undefined}
        aria-label={`Odds of ${outcome.name}`}
        aria-invalid={Boolean(wrong)}
        aria-describedby={wrong ? `odds-wrong-${outcome.id}` : undefined}
        inputMode="decimal"
        autoComplete="off"
        enterKeyHint="next"
        value={entry.textOf(outcome)}
        onFocus={(event) => event.currentTarget.select()}
        onKeyDown={(event) => onKeyDown(event, outcome)}
        onChange={(event) => entry.type(outcome, event.target.value)}
      />
      {wrong && (
        <small id={`odds-wrong-${outcome.id}`} role="alert">
          ✕ {wrong}
        </small>
      )}
    </span>
  )
}
