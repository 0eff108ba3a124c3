/** A match or a market as it is being typed, and what it asks the API for. Pure. */

import type { components } from '@/api/schema'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import type { Wrong } from '@/shared/fieldErrors'
import { momentOf } from '@/shared/inputTimes'
import type { Currency } from '@/shared/money'
import { oddsText } from '@/shared/odds'
import { ASKED, isInForm, readTerm, type Term, type Texts } from '../marketTerms'
import { readOutcomes, sidesOf } from './outcomes'

type MarketRequest = components['schemas']['MarketRequest']

export const MATCH_FIELDS = ['name', 'round', 'venue', 'starts_at'] as const
export type MatchField = (typeof MATCH_FIELDS)[number]
export type MatchDraft = Record<MatchField, string>

export type MarketField = Term | 'outcomes' | 'odds'
export const MARKET_FIELDS: readonly MarketField[] = [...ASKED, 'outcomes', 'odds']

export interface MarketDraft {
  terms: Partial<Texts> & { kind: string }
  /** Null: the sides in the match's name, until somebody types. */
  outcomes: string | null
}

export const MATCH_START: MatchDraft = { name: '', round: '', venue: '', starts_at: '' }
export const MARKET_START: MarketDraft = {
  terms: { name: 'Match winner', kind: 'pool', closes_offset_s: '0' },
  outcomes: null,
}

/** For the next of its kind: what is its own goes, what most of a round share stays. */
export const nextMatch = (draft: MatchDraft): MatchDraft => ({ ...draft, name: '' })
export const nextMarket = ({ terms }: MarketDraft): MarketDraft => ({
  terms: { ...terms, opens_at: '', closes_at: '' },
  outcomes: null,
})

function tooLong(text: string): string | undefined {
  return text.trim().length > NAME_LENGTH_MAX ? `At most ${NAME_LENGTH_MAX} characters.` : undefined
}

export function readMatch(draft: MatchDraft) {
  const wrong: Wrong<MatchField> = {
    name: draft.name.trim() === '' ? 'A match needs a name.' : tooLong(draft.name),
    round: tooLong(draft.round),
    venue: tooLong(draft.venue),
  }
  const body = {
    name: draft.name.trim(),
    round: draft.round.trim(),
    venue: draft.venue.trim(),
    starts_at: momentOf(draft.starts_at),
  }
  return { body, wrong }
}

/** The outcomes as they stand in the field. */
export function outcomesText(draft: MarketDraft, matchName: string): string {
  return draft.outcomes ?? sidesOf(matchName)?.join('\n') ?? ''
}

export function readMarket({ terms, outcomes }: MarketDraft, match: { name: string }, currency: Currency) {
  const pasted = readOutcomes(outcomesText({ terms, outcomes }, match.name))
  const isFixed = terms.kind === 'fixed'
  const priced = pasted.outcomes.find(({ odds }) => odds !== null)
  const wrong: Wrong<MarketField> = {
    outcomes:
      pasted.wrong ??
      (!isFixed && priced ? `The odds of a pool follow the stakes; ${priced.name} has odds.` : undefined),
  }
  const read: Partial<Record<Term, string | number | null>> = {}
  for (const term of ASKED.filter((one) => isInForm(one, terms))) {
    const one = readTerm(term, terms[term] ?? '', currency)
    if ('wrong' in one) wrong[term] = one.wrong
    else read[term] = one.value
  }
  const body = {
    ...read,
    outcomes: pasted.outcomes.map(({ name, odds }) =>
      odds === null || !isFixed ? { name } : { name, odds: oddsText(odds) },
    ),
  } as Omit<MarketRequest, 'match_id'>
  return { body, wrong, odds: pasted.outcomes.flatMap(({ odds }) => odds ?? []) }
}

export const isRight = (wrong: Wrong<string>) => Object.values(wrong).every((one) => one === undefined)
