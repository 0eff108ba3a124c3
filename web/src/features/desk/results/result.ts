/** What the organizer marks at each outcome, and the result it makes for the API. Pure. */

import type { Result } from '@/feed/messages'

/** No mark is lost. `halfWon` and `half` are half void: half the stake back, the other half won or lost. */
export type Mark = 'won' | 'tied' | 'halfWon' | 'half' | 'void'

export type Marks = Readonly<Record<number, Mark>>

/** The mark of no outcome: that no listed one won. */
export const NOBODY = 0

export interface ResultRequest {
  winners: number[]
  void: number[]
  half_void: number[]
  tied: number[]
}

export const MARK_WORDS: Record<Mark | 'lost', string> = {
  lost: 'Lost',
  won: 'Won',
  tied: 'Tied for the last place',
  halfWon: 'Half won, half void',
  half: 'Half lost, half void',
  void: 'Void, refunded',
}

function idsOf(marks: Marks, ...wanted: Mark[]): number[] {
  return Object.entries(marks)
    .filter(([id, mark]) => wanted.includes(mark) && Number(id) !== NOBODY)
    .map(([id]) => Number(id))
    .sort((a, b) => a - b)
}

export function resultOf(marks: Marks): ResultRequest {
  return {
    winners: idsOf(marks, 'won', 'tied', 'halfWon'),
    void: idsOf(marks, 'void'),
    half_void: idsOf(marks, 'half', 'halfWon'),
    tied: idsOf(marks, 'tied'),
  }
}

export function marksOf(result: Result | null): Marks {
  const marks: Record<number, Mark> = {}
  if (result && result.winners.length === 0 && !result.half_void?.length && !result.void?.length)
    return nobodyWon(true)
  for (const id of result?.winners ?? []) marks[id] = 'won'
  for (const id of result?.tied ?? []) marks[id] = 'tied'
  for (const id of result?.half_void ?? []) marks[id] = marks[id] ? 'halfWon' : 'half'
  for (const id of result?.void ?? []) marks[id] = 'void'
  return marks
}

export function marked(marks: Marks, outcome: number, mark: Mark | 'lost'): Marks {
  const { [outcome]: _, [NOBODY]: nobody, ...rest } = marks
  return mark === 'lost' ? rest : { ...rest, [outcome]: mark }
}

/** That no listed outcome won, or that some did after all. */
export const nobodyWon = (isNobody: boolean): Marks => (isNobody ? { [NOBODY]: 'won' } : {})

export const isSameResult = (a: Marks, b: Marks) =>
  JSON.stringify(resultOf(a)) === JSON.stringify(resultOf(b))

export interface Field {
  running: readonly number[]
  places: number
  kind: 'pool' | 'fixed'
}

/** Why this cannot be the result yet, in words, or null where it can. The server's rules decide; these are its words early. */
export function missing(marks: Marks, { running, places }: Field): string | null {
  const { winners, void: voided, tied } = resultOf(marks)
  const allVoid = running.length > 0 && running.every((id) => voided.includes(id))
  if (marks[NOBODY]) return null
  if (winners.length === 0 && !allVoid) return 'Choose who won.'
  if (tied.length > 0 && winners.length - tied.length >= places)
    return `${places === 1 ? 'The place is' : `All ${places} places are`} taken: nobody is left to tie for one.`
  if (tied.length === 1) return 'A tie takes two or more.'
  return null
}

/** "Dead heat of 2", "3 share the last place", or null. */
export function heatOf(marks: Marks, { running, places, kind }: Field): string | null {
  const { winners, tied } = resultOf(marks)
  if (places === 1)
    return winners.length > 1
      ? `Dead heat of ${winners.length}: ${kind === 'pool' ? 'the profit is split in equal parts' : `each is paid as for 1/${winners.length} of the stake`}.`
      : null
  if (winners.length > 0 && winners.length < Math.min(places, running.length))
    return `${places} places are paid; ${winners.length} ${winners.length === 1 ? 'is' : 'are'} marked.`
  if (winners.length <= places) return null
  const sharing = tied.length || winners.length
  const free = places - (winners.length - sharing)
  return `Dead heat: ${sharing} share ${free} ${free === 1 ? 'place' : 'places'}.`
}
