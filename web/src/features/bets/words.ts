/** What is said of a bet, and which bets are asked for. Pure. */

import type { Bet, BetStatus } from '@/api/types'
import { type Minor, money } from '@/shared/money'
import { formatOdds, type OddsFormat, parseOdds, returnOf } from '@/shared/odds'
import { shortTime } from '@/shared/time'
import type { IconName } from '@/shared/ui/Icon'

export const SIGNS: Record<BetStatus, IconName> = {
  pending: 'clock',
  won: 'check',
  lost: 'cross',
  void: 'back',
  half: 'check',
}

/** "Won €38.40": the word, and the money that goes with it. */
export function outcomeWords(bet: Bet): string {
  switch (bet.status) {
    case 'pending':
      return 'Pending'
    case 'won':
      return `Won ${money(bet.payout ?? 0, bet)}`
    case 'lost':
      return `Lost ${money(bet.stake, bet)}`
    case 'void':
      return `Refunded ${money(bet.payout ?? bet.stake, bet)}`
    case 'half':
      return `Half, ${money(bet.payout ?? 0, bet)} back`
  }
}

/** "settled 13:58", or "placed 13:02" while it waits. */
export function lastWords(bet: Bet, now: number): string {
  const { status, settled_at, placed_at } = bet
  return status !== 'pending' && settled_at
    ? `settled ${shortTime(settled_at, now)}`
    : `placed ${shortTime(placed_at, now)}`
}

/** Odds on a receipt: as the reader wants them, and exactly where that is rounded. */
export function exactOdds(odds: string, format: OddsFormat): string {
  const milli = parseOdds(odds)
  return format === 'decimal' ? formatOdds(milli) : `${formatOdds(milli, format)} (${formatOdds(milli)})`
}

/** The lines of a receipt that are about money. */
export function moneyLines(bet: Bet, format: OddsFormat): Array<[name: string, value: string]> {
  const isPool = bet.kind === 'pool'
  const lines: Array<[string, string]> = [['Stake', money(bet.stake, bet)]]
  if (bet.dividend)
    lines.push([
      `Paid per ${money(10 ** bet.exponent, bet).replace(/[.,]0+$/, '')}`,
      exactOdds(bet.dividend, format),
    ])
  else if (isPool) lines.push(['Odds when placed', exactOdds(bet.odds, format)])
  else lines.push(['Odds taken', exactOdds(bet.odds, format)])
  if (bet.status === 'pending') {
    const back = money(returnOf(bet.stake, parseOdds(bet.odds)), bet)
    lines.push(isPool ? ['Est. return at these odds', back] : ['Return if it wins', back])
  } else lines.push(['Paid out', money(bet.payout ?? 0, bet)])
  return lines
}

export type BetFilter = 'all' | Extract<BetStatus, 'pending' | 'won' | 'lost' | 'void'>

export const FILTERS: Array<{ value: BetFilter; label: string; words: string }> = [
  { value: 'all', label: 'All', words: 'All bets' },
  { value: 'pending', label: 'Pending', words: 'Pending bets' },
  { value: 'won', label: 'Won', words: 'Won bets' },
  { value: 'lost', label: 'Lost', words: 'Lost bets' },
  { value: 'void', label: 'Refunded', words: 'Refunded bets' },
]

/** The filter an address names; all for none, and for what is none. */
export function filterOf(text: string | undefined): BetFilter {
  return FILTERS.find((filter) => filter.value === text)?.value ?? 'all'
}

export interface Sums {
  staked: Minor
  returned: Minor
  /** What is staked on bets that are not decided yet. */
  open: Minor
}

/** Sums of all these bets; null where they are of several currencies, which add up to nothing. */
export function sumsOf(bets: Bet[]): Sums | null {
  if (bets.some((bet) => bet.currency !== bets[0]?.currency)) return null
  const sums = { staked: 0, returned: 0, open: 0 }
  for (const bet of bets) {
    sums.staked += bet.stake
    sums.returned += bet.payout ?? 0
    if (bet.status === 'pending') sums.open += bet.stake
  }
  return sums
}
