/** The slip's buttons: what they say in each state, and how long they are dead after they changed. */

import { useEffect, useRef, useState } from 'react'
import { type Currency, money, unreadWords } from '@/shared/money'
import { formatOdds, type OddsFormat } from '@/shared/odds'
import { shortTime } from '@/shared/time'
import styles from './Buttons.module.css'
import type { Gate } from './limits'
import { ACCEPT_DEAD_MS, CONFIRMED_DEAD_MS, type SlipState } from './machine'
import { refusalText, type WayOn } from './refusals'
import type { SlipControl } from './useSlip'

function gateLabel(gate: Gate, currency: Currency): string {
  switch (gate.why) {
    case 'no-stake':
      return 'Enter a stake'
    case 'unread':
      return unreadWords(gate.typed)
    case 'low':
      return `At least ${money(gate.least, currency)}`
    case 'over':
      return `${gate.by === 'wallet' ? 'Over your wallet' : 'Over limit'} by ${money(gate.over, currency)}`
    case 'owes':
      return `Pay back ${money(gate.owed, currency)} first`
    case 'early':
      return `Betting opens at ${shortTime(gate.opensAt, Date.now())}`
    case 'suspended':
      return 'Betting suspended'
    case 'withdrawn':
      return 'Withdrawn'
    case 'closed':
      return 'Betting closed'
  }
}

/** Whether what stands there is still dead, so that a tap meant for what stood there before does nothing. */
function useDead(state: SlipState): boolean {
  const since =
    state.k === 'changed' || state.k === 'check' ? state.since : state.k === 'confirmed' ? state.at : null
  return useDeadSince(since, state.k === 'confirmed' ? CONFIRMED_DEAD_MS : ACCEPT_DEAD_MS)
}

function useDeadSince(since: number | null, dead: number): boolean {
  const [aliveFor, setAliveFor] = useState<number | null>(null)
  useEffect(() => {
    if (since === null) return
    const timer = setTimeout(() => setAliveFor(since), Math.max(0, since + dead - Date.now()))
    return () => clearTimeout(timer)
  }, [since, dead])
  return since !== null && aliveFor !== since
}

/** Done first; another bet only once a thumb that taps on has stopped. */
export function AfterBet({ slip, onDone }: { slip: SlipControl; onDone: () => void }) {
  const isDead = useDead(slip.state)
  const done = useRef<HTMLButtonElement>(null)
  // Where the focus was, on the stake or the button, is gone: it is where one goes on.
  useEffect(() => done.current?.focus({ preventScroll: true }), [])
  return (
    <div className={styles.pair}>
      <button
        ref={done}
        type="button"
        // The Enter that placed the bet may still be held.
        onKeyDown={(event) => event.repeat && event.preventDefault()}
        onClick={onDone}
      >
        Done
      </button>
      <button type="button" aria-disabled={isDead} onClick={slip.again}>
        Bet again
      </button>
    </div>
  )
}

interface ButtonProps {
  slip: SlipControl
  currency: Currency
  format: OddsFormat
}

function buttonWords({ slip, currency, format }: ButtonProps): [label: string, small?: string] {
  const { state, gate } = slip
  const amount = money(slip.stake ?? 0, currency)
  const odds = formatOdds(slip.odds, format)
  switch (state.k) {
    case 'submitting':
      return ['Placing…', `${money(state.request.stake, currency)} at ${formatOdds(state.reference, format)}`]
    case 'unknown':
      return ['Checking…']
    case 'offline':
      return ['Waiting for connection']
    case 'stale':
      return ['Waiting for current odds']
  }
  if (gate) return [gateLabel(gate, currency)]
  if (state.k === 'check') {
    const own = slip.oddsAfter === null ? null : formatOdds(slip.oddsAfter, format)
    return [`Confirm ${amount}`, own ? `about ${own} with your bet` : `at ${odds}`]
  }
  // Of a pool: what it pays is known with one's own stake only, and moves with the stakes of others.
  const withOwn = slip.oddsAfter === null ? null : formatOdds(slip.oddsAfter, format)
  if (state.k === 'changed') {
    return withOwn
      ? ['Accept and place', `${amount}, about ${withOwn} with your bet`]
      : [`Accept ${odds} and place`, `${amount} returns ${money(slip.payout, currency)}`]
  }
  if (withOwn) return ['Place Bet', `${amount}, about ${withOwn} with your bet`]
  return ['Place Bet', `${amount} at ${odds}`]
}

export function PlaceButton(props: ButtonProps) {
  const { slip } = props
  const { k } = slip.state
  const isDead = useDead(slip.state)
  const isWaiting = k === 'submitting' || k === 'unknown' || k === 'offline' || k === 'stale'
  const isOff = isWaiting || isDead || slip.gate !== null
  const [label, small] = buttonWords(props)
  return (
    <button
      type="button"
      className={styles.place}
      data-k={k}
      data-off={isWaiting || slip.gate !== null || undefined}
      data-dead={isDead || undefined}
      // Another dead time begins its bar anew.
      key={slip.state.k === 'changed' ? slip.state.since : k}
      data-testid="place-bet"
      aria-disabled={isOff}
      // A key that is held counts once.
      onKeyDown={(event) => event.key === 'Enter' && event.repeat && event.preventDefault()}
      onClick={() => {
        if (!isOff) slip.place()
      }}
    >
      <b>{label}</b>
      {small && <span className="num">{small}</span>}
    </button>
  )
}

/** In a rush: the bet at whatever odds come, down to these. They stay while the odds move above them. */
export function AcceptDown({ slip, format }: { slip: SlipControl; format: OddsFormat }) {
  const { state } = slip
  const since = state.k === 'changed' ? state.downSince : null
  const isDead = useDeadSince(since, ACCEPT_DEAD_MS)
  if (state.k !== 'changed' || state.down === null || slip.gate) return null
  return (
    <button
      type="button"
      className={styles.down}
      data-testid="accept-down"
      data-dead={isDead || undefined}
      key={since}
      aria-disabled={isDead}
      onClick={() => {
        if (!isDead) slip.placeDown()
      }}
    >
      {slip.oddsAfter === null ? (
        <>
          Place at {formatOdds(state.down, format)} <span>or better</span>
        </>
      ) : (
        <>
          Place it <span>if it falls no more than 5 %</span>
        </>
      )}
    </button>
  )
}

interface RefusalProps {
  state: Extract<SlipState, { k: 'refused' }>
  currency: Currency
  format: OddsFormat
  onWay: (way: WayOn) => void
}

export function RefusalButton({ state, currency, format, onWay }: RefusalProps) {
  const { way } = refusalText(state.refusal, state.request, { currency, format, waiting: state.waiting })
  // A thumb that taps on meant the button that stood here.
  const [since] = useState(() => Date.now())
  const isDead = useDeadSince(since, ACCEPT_DEAD_MS)
  return (
    <button
      type="button"
      className={`${styles.place} ${styles.way}`}
      data-testid="way-on"
      data-dead={isDead || undefined}
      aria-disabled={state.waiting || isDead}
      onClick={() => {
        if (!state.waiting && !isDead) onWay(way)
      }}
    >
      <b>{way.label}</b>
    </button>
  )
}

interface ElsewhereProps {
  label: string
  why: string
  onWay: () => void
}

/** In place of a button that can place nothing: the way on, dead at first for a tap that meant to place. */
export function ElsewhereButton({ label, why, onWay }: ElsewhereProps) {
  const [since] = useState(() => Date.now())
  const isDead = useDeadSince(since, ACCEPT_DEAD_MS)
  return (
    <button
      type="button"
      className={`${styles.place} ${styles.way}`}
      data-testid="way-on"
      data-dead={isDead || undefined}
      aria-disabled={isDead}
      onClick={() => {
        if (!isDead) onWay()
      }}
    >
      <b>{label}</b>
      <span>{why}</span>
    </button>
  )
}
