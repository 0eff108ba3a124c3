/** Where the stake is typed, tapped or stepped, and the dial that shows it against what is left. */

import type { KeyboardEvent } from 'react'
import { type Currency, type Minor, parseMoney, stepOf, symbolOf, typed, wholeMoney } from '@/shared/money'
import { Icon } from '@/shared/ui/Icon'
import type { Bounds } from './limits'
import styles from './StakeEntry.module.css'

const CHIPS = [5, 10, 25, 50]
const STEP = 5
const STAKE_LENGTH_MAX = 16
const KEYED_LENGTH_MAX = 12

interface Props {
  text: string
  currency: Currency
  bounds: Bounds
  disabled: boolean
  bad: boolean
  /** On a phone: own keys instead of the system's. */
  hasKeypad: boolean
  onText: (text: string) => void
  onEnter: () => void
}

export function StakeEntry({ text, currency, bounds, disabled, bad, hasKeypad, onText, onEnter }: Props) {
  const stake = parseMoney(text, currency.exponent) ?? 0
  const set = (amount: Minor) => onText(amount > 0 ? typed(amount, currency.exponent) : '')
  const units = (n: number) => stepOf(n, currency)
  const label = (n: number) => `+${units(n) / 10 ** currency.exponent}`

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter') {
      event.preventDefault()
      // A key that is held counts once.
      if (!event.repeat) onEnter()
    }
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault()
      set(Math.max(0, stake + (event.key === 'ArrowUp' ? units(STEP) : -units(STEP))))
    }
  }

  return (
    <>
      <div className={styles.stake}>
        <label htmlFor="stake">Stake</label>
        <div className={styles.field} data-bad={bad || undefined}>
          <span aria-hidden="true">{symbolOf(currency.currency)}</span>
          <input
            id="stake"
            className="num"
            inputMode={hasKeypad ? 'none' : 'decimal'}
            autoComplete="off"
            placeholder="0"
            value={text}
            disabled={disabled}
            aria-invalid={bad}
            aria-describedby="stake-bounds"
            onChange={(event) => onText(cleaned(event.target.value))}
            onKeyDown={onKeyDown}
          />
        </div>
        <div className={styles.chips}>
          {CHIPS.map((n) => (
            <button key={n} type="button" disabled={disabled} onClick={() => set(stake + units(n))}>
              {label(n)}
            </button>
          ))}
          <button type="button" disabled={disabled} onClick={() => set(bounds.most)}>
            Max
          </button>
        </div>
      </div>
      <Dial stake={stake} bounds={bounds} currency={currency} />
      {hasKeypad && <Keypad text={text} exponent={currency.exponent} disabled={disabled} onText={onText} />}
    </>
  )
}

/** What was typed without what can never be an amount; marks of thousands stay, and are read or asked about. */
export function cleaned(text: string): string {
  return text
    .replace(/[^\d.,'’ \u00a0\u202f]/g, '')
    .trimStart()
    .replace(/^0+(?=\d)/, '')
    .slice(0, STAKE_LENGTH_MAX)
}

/** A key of the keypad behind what stands there: no second point, and no more decimals than the currency has. */
export function pressed(text: string, key: string, exponent: number): string {
  const before = text.replaceAll(',', '.')
  const [, decimals] = before.split('.')
  if (key === '.') return before.includes('.') ? before : `${before || '0'}.`
  if (decimals !== undefined && decimals.length + key.length > exponent) return before
  return cleaned(before + key).slice(0, KEYED_LENGTH_MAX)
}

const BOUND_WORDS: Record<Bounds['by'], string> = {
  limit: 'your limit',
  wallet: 'your wallet',
  market: 'market limit',
}

/** A tape with two bugs, the way an altimeter marks a selected value and a hard limit. */
function Dial({ stake, bounds, currency }: { stake: Minor; bounds: Bounds; currency: Currency }) {
  const full = Math.max(bounds.most * 1.12, stepOf(20, currency))
  const at = (amount: Minor) => `${Math.min(100, (amount / full) * 100)}%`
  const bound = `${BOUND_WORDS[bounds.by]} ${wholeMoney(bounds.most, currency)}`
  return (
    <div className={styles.dial}>
      <div className={styles.track}>
        <span
          className={styles.fill}
          style={{ width: at(stake) }}
          data-over={stake > bounds.most || undefined}
        />
        <span className={styles.zone} style={{ left: at(bounds.most) }} />
      </div>
      <div className={styles.ticks} aria-hidden="true">
        {Array.from({ length: 29 }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: marks on a scale have no other name
          <i key={i} data-major={i % 7 === 0 || undefined} />
        ))}
      </div>
      <span className={styles.bug} style={{ left: at(stake) }} />
      <div className={styles.ends} id="stake-bounds">
        <span aria-hidden="true">{wholeMoney(0, currency)}</span>
        <span className={styles.bound} style={{ left: `max(9.5em, ${at(bounds.most)})` }}>
          {bound}
        </span>
      </div>
    </div>
  )
}

interface KeypadProps {
  text: string
  exponent: number
  disabled: boolean
  onText: (text: string) => void
}

function Keypad({ text, exponent, disabled, onText }: KeypadProps) {
  const point = exponent > 0 ? '.' : '00'
  const press = (key: string) => onText(pressed(text, key, exponent))
  return (
    <div className={styles.keys} role="group" aria-label="Stake keypad">
      {['1', '2', '3', '4', '5', '6', '7', '8', '9', point, '0'].map((key) => (
        <button key={key} type="button" disabled={disabled} onClick={() => press(key)}>
          {key}
        </button>
      ))}
      <button type="button" aria-label="Delete" disabled={disabled} onClick={() => onText(text.slice(0, -1))}>
        <Icon name="erase" className={styles.erase} />
      </button>
    </div>
  )
}
