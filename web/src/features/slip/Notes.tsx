/** What the slip has to say in words: changed odds, a lost answer, a lost link, a refusal. */

import { useEffect, useRef } from 'react'
import { useLink } from '@/feed/useFeed'
import { type Currency, money } from '@/shared/money'
import { formatOdds, type OddsFormat } from '@/shared/odds'
import { clockTime, exactTime } from '@/shared/time'
import { Note } from '@/shared/ui/Note'
import { refusalText } from './refusals'
import styles from './Slip.module.css'
import type { SlipControl } from './useSlip'

interface Props {
  slip: SlipControl
  currency: Currency
  format: OddsFormat
}

/**
 * On a small phone the keypad leaves no room for it: the sheet scrolls to what the answer was. What comes by itself, odds or a
 * lost link, moves nothing under a thumb that types; the odds and the button say it too.
 */
export function Notes(props: Props) {
  const place = useRef<HTMLDivElement>(null)
  const { k } = props.slip.state
  useEffect(() => {
    if ((k === 'refused' || k === 'unknown') && place.current?.closest('dialog'))
      place.current.scrollIntoView({ block: 'nearest' })
  }, [k])
  return (
    <div ref={place} className={styles.words}>
      <Words {...props} />
    </div>
  )
}

/** Nothing was asked yet, and no answer is awaited. */
const isBefore = ({ state }: SlipControl) =>
  state.k === 'priced' || state.k === 'changed' || state.k === 'check'

/** The market closed under the slip, or the outcome was withdrawn: no bet on it will be taken any more. */
export const isOverFor = (slip: SlipControl) =>
  isBefore(slip) && (slip.gate?.why === 'closed' || slip.gate?.why === 'withdrawn')

/** "You are on a break until Sat 28 Nov, 01:29." */
const breakWords = (until: string) =>
  until.startsWith('9999') ? 'You have excluded yourself.' : `You are on a break until ${exactTime(until)}.`

/** On a break of their own: nothing is placed before it is over. */
export const isOnBreakFor = (slip: SlipControl) => isBefore(slip) && slip.breakUntil !== null

/** Nothing to bet with yet: the way on is elsewhere, and the slip goes on by itself when the money is there. */
export const isPennilessFor = (slip: SlipControl) =>
  slip.state.k === 'priced' &&
  slip.isEmptyWallet &&
  (slip.gate?.why === 'over' || slip.gate?.why === 'no-stake')

/** Whether there is anything to say. */
export function hasWords(slip: SlipControl): boolean {
  const { state, isEmptyWallet, gate } = slip
  if (isOverFor(slip) || isOnBreakFor(slip)) return true
  if (state.k === 'priced') return isEmptyWallet || gate?.why === 'owes' || gate?.why === 'suspended'
  return ['changed', 'unknown', 'offline', 'stale', 'refused'].includes(state.k)
}

function Words({ slip, currency, format }: Props) {
  const { state } = slip
  const { heardAt } = useLink()
  const heard = heardAt === null ? 'before' : clockTime(heardAt)

  if (isBefore(slip) && slip.breakUntil) {
    return (
      <Note tone="warn" icon="clock" title={breakWords(slip.breakUntil)}>
        You cannot bet until it is over. What is pending is still settled and paid.
      </Note>
    )
  }
  if (isOverFor(slip)) {
    const isWithdrawn = slip.gate?.why === 'withdrawn'
    return (
      <Note
        tone="warn"
        icon="clock"
        title={isWithdrawn ? 'It was withdrawn.' : 'Betting has closed here.'}
        alert
      >
        Nothing was placed. Pick something that is still open.
      </Note>
    )
  }
  if (isBefore(slip) && slip.gate?.why === 'suspended') {
    return (
      <Note tone="warn" icon="clock" title="Betting is suspended here." alert>
        Your pick and stake are kept. You can place the bet when it goes on, or pick something else.
      </Note>
    )
  }
  switch (state.k) {
    case 'changed': {
      const moved = `Odds moved ${formatOdds(state.reference, format)} → ${formatOdds(state.odds, format)}.`
      return (
        <Note tone="warn" icon="warning" title={moved}>
          It would return {money(slip.payout, currency)}. Nothing is placed until you accept.
        </Note>
      )
    }
    case 'unknown':
      return (
        <Note tone="warn" icon="clock" title="Checking your bet.">
          The connection dropped after you placed it. We’re asking the server with the same bet number, so it
          can’t be placed twice.
        </Note>
      )
    case 'offline':
      return (
        <Note tone="warn" icon="offline" title="You’re offline.">
          Odds shown are from {heard}. Your pick and stake are kept. We’ll recheck the odds when you’re back.
        </Note>
      )
    case 'stale':
      return (
        <Note tone="warn" icon="clock" title={`Odds as of ${heard}.`}>
          The board has gone quiet. You can place this bet when its odds are current again.
        </Note>
      )
    case 'refused': {
      const { title, text } = refusalText(state.refusal, state.request, {
        currency,
        format,
        waiting: state.waiting,
        limits: slip.limits,
      })
      return (
        <Note tone="bad" icon="cross" title={title} alert>
          {text}
        </Note>
      )
    }
    default:
      if (slip.isEmptyWallet && state.k === 'priced') {
        return (
          <Note tone="plain" icon="in" title="Your wallet is empty.">
            {slip.isKnown
              ? 'Pay in at the desk. It shows here immediately, and your pick and stake are kept.'
              : 'First your identity is verified, then you pay in at the desk. Your pick and stake are kept.'}
          </Note>
        )
      }
      if (slip.gate?.why !== 'owes') return null
      return (
        <Note tone="warn" icon="warning" title={`You owe ${money(slip.gate.owed, currency)}.`}>
          A result was corrected after its winnings had been spent. What you pay in at the desk goes to this
          first; until it is paid back no bet is taken.
        </Note>
      )
  }
}
