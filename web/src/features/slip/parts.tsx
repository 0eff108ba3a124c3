/** The parts of the slip below the stake: what to accept, lamps, the button, the receipt. */

import { useEffect, useState } from 'react'
import { type Currency, money } from '@/shared/money'
import { formatOdds, type OddsFormat, parseOdds, returnOf } from '@/shared/odds'
import { referenceOf } from '@/shared/reference'
import { shortTime } from '@/shared/time'
import { Icon } from '@/shared/ui/Icon'
import type { Gate } from './limits'
import { ACCEPT_DEAD_MS, type AcceptPolicy, CONFIRMED_DEAD_MS, type SlipState } from './machine'
import styles from './parts.module.css'
import { type Lamp, lampOf, refusalText, type WayOn } from './refusals'
import type { SlipControl } from './useSlip'

const POLICIES: Array<[AcceptPolicy, string]> = [
  ['better', 'better odds only'],
  ['within5', 'odds within 5 %'],
  ['any', 'any odds'],
]

interface ChoiceProps {
  policy: AcceptPolicy
  disabled: boolean
  onChoose: (policy: AcceptPolicy) => void
}

export function AcceptChoice({ policy, disabled, onChoose }: ChoiceProps) {
  return (
    <div>
      <dt>
        <label htmlFor="accept">If odds move, accept</label>
      </dt>
      <dd>
        <select
          id="accept"
          className={styles.accept}
          value={policy}
          disabled={disabled}
          onChange={(event) => onChoose(event.target.value as AcceptPolicy)}
        >
          {POLICIES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </dd>
    </div>
  )
}

type LampState = 'ok' | 'warn' | 'bad'
const LAMPS: Lamp[] = ['Link', 'Open', 'Odds', 'Funds', 'Limit']
const LAMP_SIGN = { ok: '✓', warn: '!', bad: '✕' }
const LAMP_WORDS = { ok: 'all well', warn: 'check this', bad: 'blocking' }

function lampStates(slip: SlipControl, stake: number, balance: number): Record<Lamp, LampState> {
  const { state, gate } = slip
  const refused = state.k === 'refused' ? lampOf(state.refusal) : undefined
  const isClosed = gate?.why === 'closed' || gate?.why === 'withdrawn'
  const isOver = gate?.why === 'over' && gate.by !== 'wallet'
  const lamps: Record<Lamp, LampState> = {
    Link: state.k === 'offline' || state.k === 'unknown' || state.k === 'stale' ? 'warn' : 'ok',
    Open: isClosed ? 'bad' : gate?.why === 'suspended' || gate?.why === 'early' ? 'warn' : 'ok',
    Odds: state.k === 'changed' ? 'warn' : 'ok',
    Funds: stake > balance || gate?.why === 'owes' ? 'bad' : 'ok',
    Limit: isOver ? 'bad' : 'ok',
  }
  if (refused) lamps[refused] = 'bad'
  return lamps
}

/** A dark cockpit: dim while all is well. */
export function Lamps({ slip, stake, balance }: { slip: SlipControl; stake: number; balance: number }) {
  const states = lampStates(slip, stake, balance)
  return (
    <ul className={styles.lamps} aria-label="Checks before placing">
      {LAMPS.map((lamp) => (
        <li key={lamp} data-lamp={states[lamp]}>
          <i aria-hidden="true">{LAMP_SIGN[states[lamp]]}</i>
          {lamp}
          <span className="visually-hidden">: {LAMP_WORDS[states[lamp]]}</span>
        </li>
      ))}
    </ul>
  )
}

function gateLabel(gate: Gate, currency: Currency): string {
  switch (gate.why) {
    case 'no-stake':
      return 'Enter a stake'
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
  const dead = state.k === 'confirmed' ? CONFIRMED_DEAD_MS : ACCEPT_DEAD_MS
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
  return (
    <div className={styles.pair}>
      <button type="button" onClick={onDone}>
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
  if (state.k === 'check') return [`Confirm ${amount}`, `at ${odds}`]
  if (state.k === 'changed') {
    return [`Accept ${odds} and place`, `${amount} returns about ${money(slip.payout, currency)}`]
  }
  // Of a pool: what it pays is known with one's own stake only, and moves with the stakes of others.
  if (slip.oddsAfter !== null) {
    return ['Place Bet', `${amount}, about ${formatOdds(slip.oddsAfter, format)} with your bet`]
  }
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

interface RefusalProps {
  state: Extract<SlipState, { k: 'refused' }>
  currency: Currency
  format: OddsFormat
  onWay: (way: WayOn) => void
}

export function RefusalButton({ state, currency, format, onWay }: RefusalProps) {
  const { way } = refusalText(state.refusal, state.request, { currency, format, waiting: state.waiting })
  return (
    <button
      type="button"
      className={`${styles.place} ${styles.way}`}
      data-testid="way-on"
      aria-disabled={state.waiting}
      onClick={() => {
        if (!state.waiting) onWay(way)
      }}
    >
      <b>{way.label}</b>
    </button>
  )
}

interface ReceiptProps {
  state: Extract<SlipState, { k: 'confirmed' }>
  currency: Currency
  balance: number
  format: OddsFormat
}

export function Receipt({ state, currency, balance, format }: ReceiptProps) {
  const { bet, ms } = state
  const taken = parseOdds(bet.odds)
  const rows: Array<[string, string]> =
    bet.kind === 'fixed'
      ? [
          ['Odds taken', formatOdds(taken, format)],
          ['Return if it wins', money(returnOf(bet.stake, taken), currency)],
        ]
      : [
          ['Odds with your bet in', formatOdds(taken, format)],
          ['Return about', money(returnOf(bet.stake, taken), currency)],
        ]
  rows.unshift(['Stake', money(bet.stake, currency)])
  rows.push(['Wallet now', money(bet.balance ?? balance, currency)])
  return (
    <div className={styles.receipt} data-testid="receipt">
      <div className={styles.stamp}>
        <Icon name="check" className={styles.tick} />
        <div>
          <strong>Bet confirmed</strong>
          <span>
            in <b className="num">{ms} ms</b>, ref <b className="num">{referenceOf(bet.id)}</b>
          </span>
        </div>
      </div>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
