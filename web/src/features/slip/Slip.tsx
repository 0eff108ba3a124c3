/** The bet slip as it looks in each of its states. What happens is decided in machine.ts. */

import type { Currency } from '@/shared/money'
import { money } from '@/shared/money'
import { formatOdds, type OddsFormat, parseOdds } from '@/shared/odds'
import { Icon } from '@/shared/ui/Icon'
import { AcceptDown, AfterBet, ElsewhereButton, PlaceButton, RefusalButton } from './Buttons'
import { isBusy } from './limits'
import { hasWords, isOnBreakFor, isOverFor, isPennilessFor, Notes } from './Notes'
import { AcceptChoice, Lamps, Receipt } from './parts'
import type { WayOn } from './refusals'
import styles from './Slip.module.css'
import { StakeEntry } from './StakeEntry'
import type { SlipControl } from './useSlip'

interface Props {
  slip: SlipControl
  currency: Currency
  balance: number
  format: OddsFormat
  hasKeypad: boolean
  onClear: () => void
  onWay: (way: WayOn) => void
}

export function Slip({ slip, currency, balance, format, hasKeypad, onClear, onWay }: Props) {
  const { state } = slip
  if (state.k === 'idle' || !slip.market || !slip.outcome) return <IdleSlip />

  const isConfirmed = state.k === 'confirmed'
  // After the answer every figure comes from the answer: the bet as the ledger took it.
  const shown = isConfirmed ? parseOdds(state.bet.odds) : slip.odds
  const where = slip.match ? `${slip.match.name}, ${slip.market.name}` : slip.market.name

  return (
    <section className={styles.slip} aria-label="Bet slip" data-state={state.k} data-testid="slip">
      <Verdict slip={slip} format={format} />
      <div className={styles.pick}>
        <div>
          <h2 className="given" title={slip.outcome.name}>
            {slip.outcome.name}
          </h2>
          <p title={where}>{where}</p>
        </div>
        <div
          className={`num ${styles.odds}`}
          data-none={shown === null ? '' : undefined}
          data-testid="slip-odds"
        >
          {formatOdds(shown, format)}
          {/* Its line is there before: nothing below moves when the odds do. */}
          {!isConfirmed && (
            <s data-moved={state.k === 'changed' || undefined}>
              <span className="visually-hidden">was </span>
              {state.k === 'changed' ? formatOdds(state.reference, format) : '\u00a0'}
            </s>
          )}
        </div>
        {!isBusy(state) && !isConfirmed && (
          <button
            type="button"
            className={styles.remove}
            aria-label={`Remove ${slip.outcome.name} from the slip`}
            onClick={onClear}
          >
            <Icon name="cross" />
          </button>
        )}
      </div>

      {isConfirmed ? (
        <Receipt state={state} currency={currency} balance={balance} format={format} />
      ) : (
        <>
          <StakeEntry
            text={slip.stakeText}
            currency={currency}
            bounds={slip.bounds}
            disabled={isBusy(state)}
            bad={isWrongAmount(slip)}
            hasKeypad={hasKeypad}
            onText={slip.setStake}
            onEnter={slip.place}
          />
          <dl className={styles.figures}>
            <div>
              <dt>{slip.market.kind === 'pool' ? 'Returns about' : 'Return if it wins'}</dt>
              <dd className={`num ${styles.payout}`} data-testid="est-return">
                {money(slip.payout, currency)}
              </dd>
            </div>
          </dl>
          {/* What is said stands where the rest of the figures stood: nothing below or above it moves. */}
          <div className={styles.facts} data-said={hasWords(slip) || undefined}>
            <div className={styles.stack}>
              <dl className={styles.figures}>
                {slip.market.kind === 'pool' && (
                  <div>
                    <dt>Odds after your bet</dt>
                    <dd className="num">{slip.oddsAfter ? formatOdds(slip.oddsAfter, format) : '–'}</dd>
                  </div>
                )}
                <AcceptChoice policy={slip.policy} disabled={isBusy(state)} onChoose={slip.setPolicy} />
              </dl>
              {slip.market.kind === 'pool' && (
                <p className={styles.pool}>Pool: final odds are set when betting closes.</p>
              )}
              {slip.roundedFrom !== null && (
                <p className={styles.pool} data-testid="rounded">
                  Comes to {slip.roundedFrom}, rounded down to {money(slip.payout, currency)}
                  {slip.payout <= (slip.stake ?? 0) && ': nothing is won'}. A larger stake loses less.
                </p>
              )}
            </div>
            <Notes slip={slip} currency={currency} format={format} />
          </div>
          <div className={styles.checks} data-said={state.k === 'changed' || undefined}>
            <Lamps slip={slip} stake={slip.stake ?? 0} balance={balance} />
            <AcceptDown slip={slip} format={format} />
          </div>
        </>
      )}

      {isConfirmed ? (
        <AfterBet slip={slip} onDone={onClear} />
      ) : state.k === 'refused' ? (
        <RefusalButton state={state} currency={currency} format={format} onWay={onWay} />
      ) : isOnBreakFor(slip) ? (
        <ElsewhereButton
          label="See your limits"
          why="You are on a break"
          onWay={() => onWay({ do: 'limits' })}
        />
      ) : isOverFor(slip) ? (
        <ElsewhereButton
          label="See open matches"
          why={slip.gate?.why === 'withdrawn' ? 'Withdrawn' : 'Betting closed'}
          onWay={() => onWay({ do: 'leave' })}
        />
      ) : isPennilessFor(slip) ? (
        <ElsewhereButton
          label={slip.isKnown ? 'Pay in at the desk' : 'Verify identity'}
          why={slip.isKnown ? 'Your wallet is empty' : 'Once, before your first bet'}
          onWay={() => onWay({ do: slip.isKnown ? 'wallet' : 'verify' })}
        />
      ) : (
        <PlaceButton slip={slip} currency={currency} format={format} />
      )}
    </section>
  )
}

/** Refusals that another stake would pass. */
const OF_STAKE: ReadonlySet<string> = new Set([
  'STAKE_LIMIT',
  'OWN_LIMIT',
  'FUNDS',
  'LIABILITY',
  'MARKET_LIMIT',
])

/** Only a wrong amount turns the stake red. */
function isWrongAmount({ state, gate }: SlipControl): boolean {
  if (state.k === 'refused') return OF_STAKE.has(state.refusal.code)
  return gate?.why === 'over' || gate?.why === 'unread'
}

function IdleSlip() {
  return (
    <section
      className={`${styles.slip} ${styles.idle}`}
      aria-label="Bet slip"
      data-state="idle"
      data-testid="slip"
    >
      <div className={`num ${styles.ghost}`} aria-hidden="true">
        –.––
      </div>
      <h2>Pick an outcome to start</h2>
      <p>Tap any odds on the board. Your stake, return and limit show here before anything is placed.</p>
    </section>
  )
}

/** Verdicts are announced politely; refusals are alerts of their own. */
function Verdict({ slip, format }: { slip: SlipControl; format: OddsFormat }) {
  const { state } = slip
  let said = ''
  if (state.k === 'submitting') said = 'Placing your bet'
  if (state.k === 'confirmed') said = 'Bet confirmed'
  if (state.k === 'check') said = 'A large stake: confirm it'
  if (state.k === 'unknown') said = 'Connection lost. Checking whether your bet was taken'
  if (state.k === 'offline') said = 'You are offline. Your pick and stake are kept'
  if (state.k === 'stale') said = 'The odds shown are not current'
  if (state.k === 'changed') {
    said = `Odds moved from ${formatOdds(state.reference, format)} to ${formatOdds(state.odds, format)}`
  }
  return (
    <div className="visually-hidden" role="status" data-testid="slip-verdict">
      {said}
    </div>
  )
}
