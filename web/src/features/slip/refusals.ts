/** What a refusal says, and the one way on that it offers. Every text says that nothing was taken. */

import type { Wallet } from '@/api/types'
import { type Currency, type Minor, money } from '@/shared/money'
import { formatOdds, type OddsFormat, type OddsMilli } from '@/shared/odds'
import { exactTime } from '@/shared/time'
import { roomOf, tightest } from './limits'
import type { BetRequest, Refusal } from './machine'

export type WayOn =
  | { do: 'stake'; stake: Minor }
  | { do: 'odds'; odds: OddsMilli }
  | { do: 'resend' | 'wait' | 'verify' | 'wallet' | 'limits' | 'leave' | 'sign-in' }

export interface RefusalText {
  title: string
  text: string
  way: WayOn & { label: string }
}

/** Which lamp lights: what stood in the way. */
export type Lamp = 'Link' | 'Open' | 'Odds' | 'Funds' | 'Limit' | 'ID'

const NOTHING = 'Nothing was taken.'
const leave = { do: 'leave', label: 'See open matches' } as const

/** Betting a smaller stake, where one is left. */
function instead(stake: Minor | undefined, currency: Currency): RefusalText['way'] {
  if (!stake || stake <= 0) return leave
  return { do: 'stake', stake, label: `Change stake to ${money(stake, currency)}` }
}

interface Told {
  currency: Currency
  format: OddsFormat
  waiting: boolean
  /** The bettor's own limits, as far as they are known. */
  limits?: Wallet['limits']
}

const PERIODS = { day: 'daily', week: 'weekly', month: 'monthly' }

/** Which of their own limits stands in the way, in their own words of it. */
function ownLimitText(
  limits: Wallet['limits'],
  say: (amount: Minor) => string,
): Omit<RefusalText, 'way'> | null {
  const limit = tightest(limits)
  if (!limit) return null
  return {
    title: `Over your ${PERIODS[limit.period]} ${limit.kind === 'loss' ? 'loss limit' : 'limit'}.`,
    text: `You set a limit of ${say(limit.amount)} a ${limit.period} and have ${say(roomOf(limit))} left. ${NOTHING}`,
  }
}

export function refusalText(
  refusal: Refusal,
  request: BetRequest,
  { currency, format, waiting, limits = [] }: Told,
): RefusalText {
  const say = (amount: Minor | undefined) => money(amount ?? 0, currency)
  switch (refusal.code) {
    case 'MARKET_CLOSED':
      return { title: 'Betting closed.', text: `It closed before your bet arrived. ${NOTHING}`, way: leave }
    case 'TOO_EARLY':
      return {
        title: 'Betting has not opened yet.',
        text: `It opens ${refusal.opens_at ? `at ${exactTime(refusal.opens_at)}` : 'soon'}. ${NOTHING}`,
        way: { do: 'resend', label: 'Send it again' },
      }
    case 'OUTCOME_WITHDRAWN':
      return { title: 'Withdrawn.', text: `This outcome takes no more bets. ${NOTHING}`, way: leave }
    case 'MARKET_SUSPENDED':
      return {
        title: 'Betting suspended.',
        text: waiting
          ? 'Your pick is saved. We’ll tell you here when it reopens.'
          : `The organizer paused this match. Your pick is saved. ${NOTHING}`,
        way: { do: 'wait', label: waiting ? 'Waiting for it to reopen' : 'Tell me when it reopens' },
      }
    case 'FUNDS':
      return {
        title: 'Not enough in your wallet.',
        text: `You have ${say(refusal.balance)}. ${NOTHING}`,
        way: refusal.balance
          ? instead(refusal.balance, currency)
          : { do: 'wallet', label: 'See your wallet' },
      }
    case 'OWN_LIMIT':
      return {
        title: 'Over your limit.',
        text: `Your own limit leaves ${say(refusal.left)}. ${NOTHING}`,
        ...ownLimitText(limits, say),
        way: instead(refusal.left, currency),
      }
    case 'STAKE_LIMIT': {
      const tooSmall = refusal.minimum !== undefined && request.stake < refusal.minimum
      const bound = tooSmall ? refusal.minimum : refusal.maximum
      return {
        title: tooSmall ? 'Stake too small.' : 'Stake too large.',
        text: `This market takes ${tooSmall ? 'at least' : 'at most'} ${say(bound)}. ${NOTHING}`,
        way: instead(bound, currency),
      }
    }
    case 'LIABILITY':
    case 'MARKET_LIMIT':
      return {
        title: 'Over the limit of this market.',
        text: refusal.left
          ? `It can still take ${say(refusal.left)}. ${NOTHING}`
          : `Full: no more bets on this outcome. ${NOTHING}`,
        way: instead(refusal.left, currency),
      }
    case 'ODDS_MOVED': {
      const now = formatOdds(refusal.odds ?? null, format)
      return {
        title: `Odds fell to ${now}.`,
        text: `That is below the least you take. ${NOTHING}`,
        way: refusal.odds ? { do: 'odds', odds: refusal.odds, label: `Use ${now}` } : leave,
      }
    }
    case 'KYC':
      return {
        title: 'Check your identity first.',
        text: `It is asked for once, before your first bet. Your pick is saved. ${NOTHING}`,
        way: { do: 'verify', label: 'Verify identity' },
      }
    case 'EXCLUDED':
      return {
        title: 'You are on a break.',
        text: `Your limits page says until when. ${NOTHING}`,
        way: { do: 'limits', label: 'See your limits' },
      }
    case 'NOT_TAKEN':
      return {
        title: 'Your bet did not arrive.',
        text: `The server has no bet with this number. ${NOTHING}`,
        way: { do: 'resend', label: 'Send it again' },
      }
    case 'TOO_BUSY':
      return {
        title: 'Too many bets at once.',
        text: `The server asks you to try again. ${NOTHING}`,
        way: { do: 'resend', label: 'Try again' },
      }
    case 'SIGN_IN':
      return {
        title: 'You are signed out.',
        text: `Sign in to place this bet. ${NOTHING}`,
        way: { do: 'sign-in', label: 'Sign in' },
      }
    default:
      return {
        title: `${refusal.title.replace(/\.$/, '')}.`,
        text: [refusal.detail, NOTHING].filter(Boolean).join(' '),
        way: { do: 'leave', label: 'Back to the board' },
      }
  }
}

const LAMPS: Record<string, Lamp> = {
  MARKET_CLOSED: 'Open',
  MARKET_SUSPENDED: 'Open',
  TOO_EARLY: 'Open',
  OUTCOME_WITHDRAWN: 'Open',
  FUNDS: 'Funds',
  KYC: 'ID',
  OWN_LIMIT: 'Limit',
  STAKE_LIMIT: 'Limit',
  LIABILITY: 'Limit',
  MARKET_LIMIT: 'Limit',
  ODDS_MOVED: 'Odds',
  TOO_BUSY: 'Link',
  NOT_TAKEN: 'Link',
}

export function lampOf(refusal: Refusal): Lamp | undefined {
  return LAMPS[refusal.code]
}
