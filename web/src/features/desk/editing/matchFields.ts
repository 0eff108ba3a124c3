/** A match as texts of a form, and what of them was changed, as the API wants it. Pure. */

import type { Match } from '@/api/types'
import type { Wrong } from '@/shared/fieldErrors'
import { inputTime, momentOf } from '@/shared/inputTimes'

export type MatchField = 'name' | 'round' | 'venue' | 'starts_at' | 'score' | 'not_played'
export const MATCH_FIELDS: readonly MatchField[] = [
  'name',
  'round',
  'venue',
  'starts_at',
  'score',
  'not_played',
]

/** `score` is "2:1", full time. */
export type MatchTexts = Record<MatchField, string>
export type MatchBody = Partial<Pick<Match, 'name' | 'round' | 'venue' | 'starts_at' | 'not_played'>> & {
  score?: Record<string, [number, number]> | null
}

export function scoreText(score: unknown): string {
  const full = (score as { ft?: unknown } | null)?.ft
  return Array.isArray(full) ? full.join(':') : ''
}

/** "2:1" or "2-1" as full time; null for no score, undefined where it is none. */
export function readScore(text: string): [number, number] | null | undefined {
  if (text.trim() === '') return null
  const match = /^(\d{1,4})\s*[:–-]\s*(\d{1,4})$/.exec(text.trim())
  return match ? [Number(match[1]), Number(match[2])] : undefined
}

export const textsOfMatch = (match: Match): MatchTexts => ({
  name: match.name,
  round: match.round,
  venue: match.venue,
  starts_at: inputTime(match.starts_at),
  score: scoreText(match.score),
  not_played: match.not_played ?? '',
})

/** The other periods of a score (half time, penalties) stay as a file brought them. */
export function scoreBody(full: [number, number] | null, before: unknown): MatchBody['score'] {
  const { ft: _, ...rest } = (before ?? {}) as Record<string, [number, number]>
  const score = full === null ? rest : { ...rest, ft: full }
  return Object.keys(score).length > 0 ? score : null
}

export function readMatchTexts(texts: MatchTexts, match: Match) {
  const before = textsOfMatch(match)
  const wrong: Wrong<MatchField> = {}
  const body: MatchBody = {}
  for (const field of MATCH_FIELDS) {
    const text = texts[field]
    if (text === before[field]) continue
    if (field === 'score') {
      const full = readScore(text)
      if (full === undefined) wrong.score = 'A score such as 2:1.'
      else body.score = scoreBody(full, match.score)
    } else if (field === 'starts_at') {
      body[field] = momentOf(text)
    } else if (field === 'not_played') {
      body.not_played = (text || null) as Match['not_played']
    } else if (field === 'name' && text.trim() === '') {
      wrong.name = 'A match needs a name.'
    } else {
      body[field] = text.trim()
    }
  }
  return { body, wrong }
}
