/** A match or a market as it is being typed, and what it asks the API for. Pure. */

import { type Currency, parseMoney } from '@/shared/money'
import { oddsText } from '@/shared/odds'
import type { Wrong } from '../said'
import { momentOf } from '../times'
import { NAME_MAX, readOutcomes, sidesOf } from './outcomes'

export interface MatchDraft {
  name: string
  round: string
  venue: string
  startsAt: string
}

export interface MarketDraft {
  market: string
  kind: 'pool' | 'fixed'
  /** Empty: when the match starts. */
  closesAt: string
  /** Per cent. */
  takeout: string
  liability: string
  /** Null: the sides in the match's name, until somebody types. */
  outcomes: string | null
}

export const MATCH_START: MatchDraft = { name: '', round: '', venue: '', startsAt: '' }
export const MARKET_START: MarketDraft = {
  market: 'Match winner',
  kind: 'pool',
  closesAt: '',
  takeout: '',
  liability: '',
  outcomes: null,
}

/** For the next of its kind: what is its own goes, what most of a round share stays. */
export const nextMatch = (draft: MatchDraft): MatchDraft => ({ ...draft, name: '' })
export const nextMarket = (draft: MarketDraft): MarketDraft => ({ ...draft, closesAt: '', outcomes: null })

const TAKEOUT_BPS_MAX = 5000

function tooLong(text: string): string | undefined {
  return text.trim().length > NAME_MAX ? `At most ${NAME_MAX} characters.` : undefined
}

export function readMatch(draft: MatchDraft) {
  const wrong: Wrong<keyof MatchDraft> = {
    name: draft.name.trim() === '' ? 'A match needs a name.' : tooLong(draft.name),
    round: tooLong(draft.round),
    venue: tooLong(draft.venue),
  }
  const body = {
    name: draft.name.trim(),
    round: draft.round.trim(),
    venue: draft.venue.trim(),
    starts_at: momentOf(draft.startsAt),
  }
  return { body, wrong }
}

/** Per cent with at most two decimals, in basis points; null where it is none. */
export const bpsOf = (text: string): number | null => parseMoney(text, 2)

/** The outcomes as they stand in the field. */
export function outcomesText(draft: MarketDraft, matchName: string): string {
  return draft.outcomes ?? sidesOf(matchName)?.join('\n') ?? ''
}

function takeoutWrong(text: string): string | undefined {
  const bps = bpsOf(text || '0')
  if (bps === null) return 'Per cent, with at most two decimals.'
  return bps > TAKEOUT_BPS_MAX ? 'At most 50 %.' : undefined
}

export function readMarket(
  draft: MarketDraft,
  match: { name: string; starts_at: string | null },
  currency: Currency,
) {
  const pasted = readOutcomes(outcomesText(draft, match.name))
  const isFixed = draft.kind === 'fixed'
  const priced = pasted.outcomes.find(({ odds }) => odds !== null)
  const liability = isFixed && draft.liability !== '' ? parseMoney(draft.liability, currency.exponent) : null
  const wrong: Wrong<keyof MarketDraft> = {
    market: draft.market.trim() === '' ? 'A market needs a name.' : tooLong(draft.market),
    takeout: isFixed ? undefined : takeoutWrong(draft.takeout),
    liability: isFixed && draft.liability !== '' && liability === null ? 'An amount in figures.' : undefined,
    outcomes:
      pasted.wrong ??
      (!isFixed && priced ? `The odds of a pool follow the stakes; ${priced.name} has odds.` : undefined),
  }
  const body = {
    name: draft.market.trim(),
    kind: draft.kind,
    closes_at: momentOf(draft.closesAt) ?? match.starts_at,
    liability_max: liability,
    takeout_bps: isFixed ? 0 : (bpsOf(draft.takeout || '0') ?? 0),
    outcomes: pasted.outcomes.map(({ name, odds }) =>
      odds === null || !isFixed ? { name } : { name, odds: oddsText(odds) },
    ),
  }
  return { body, wrong, odds: pasted.outcomes.flatMap(({ odds }) => odds ?? []) }
}

export const isRight = (wrong: Wrong<string>) => Object.values(wrong).every((one) => one === undefined)
