/** The parts of the slip below the stake: what to accept, lamps, the receipt. */

import { type Currency, money } from '@/shared/money'
import { formatOdds, type OddsFormat, parseOdds, returnOf } from '@/shared/odds'
import { referenceOf } from '@/shared/reference'
import { Icon } from '@/shared/ui/Icon'
import type { AcceptPolicy, SlipState } from './machine'
import styles from './parts.module.css'
import { type Lamp, lampOf } from './refusals'
import type { SlipControl } from './useSlip'

const POLICIES: Array<[AcceptPolicy, string]> = [
  ['better', 'these odds or better'],
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
const LAMPS: Lamp[] = ['Link', 'ID', 'Open', 'Odds', 'Funds', 'Limit']
const LAMP_SIGN = { ok: '✓', warn: '!', bad: '✕' }
const LAMP_WORDS = { ok: 'all well', warn: 'check this', bad: 'blocking' }

function lampStates(slip: SlipControl, stake: number, balance: number): Record<Lamp, LampState> {
  const { state, gate, isKnown } = slip
  const refused = state.k === 'refused' ? lampOf(state.refusal) : undefined
  const isClosed = gate?.why === 'closed' || gate?.why === 'withdrawn'
  const isOver = gate?.why === 'over' && gate.by !== 'wallet'
  const lamps: Record<Lamp, LampState> = {
    Link: state.k === 'offline' || state.k === 'unknown' || state.k === 'stale' ? 'warn' : 'ok',
    Open: isClosed ? 'bad' : gate?.why === 'suspended' || gate?.why === 'early' ? 'warn' : 'ok',
    Odds: state.k === 'changed' ? 'warn' : 'ok',
    ID: isKnown ? 'ok' : 'warn',
    Funds: stake > balance || gate?.why === 'owes' ? 'bad' : balance === 0 ? 'warn' : 'ok',
    Limit: isOver || slip.breakUntil ? 'bad' : 'ok',
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
