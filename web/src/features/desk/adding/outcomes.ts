/** Outcomes as one pastes them: one a line, with odds behind a tab, a semicolon or an @. Pure. */

import { NAME_LENGTH_MAX, OUTCOMES_MAX } from '@/shared/bounds'
import type { OddsMilli } from '@/shared/odds'
import { readOdds } from '../odds/entry'

export interface PastedOutcome {
  name: string
  odds: OddsMilli | null
}

export interface Pasted {
  outcomes: PastedOutcome[]
  /** What is wrong, as it is said at the field: "Line 3: …". */
  wrong?: string
}

/** A name may end in a number ("Over 5.5"), so a blank alone separates nothing. */
const SEPARATOR = /\t+|\s*;\s*|\s+@\s+/

export function readOutcomes(text: string): Pasted {
  const outcomes: PastedOutcome[] = []
  const seen = new Set<string>()
  let wrong: string | undefined
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue
    const [name = '', price = '', more] = line.trim().split(SEPARATOR)
    const odds = price === '' ? null : readOdds(price)
    const here =
      name === ''
        ? 'there is no name'
        : name.length > NAME_LENGTH_MAX
          ? `a name has at most ${NAME_LENGTH_MAX} characters`
          : seen.has(name.toLowerCase())
            ? `${name} is there already`
            : more || (price !== '' && odds === null)
              ? `${more ?? price} is no odds; write them as in 2.28`
              : undefined
    if (here) wrong ??= `Line ${i + 1}: ${here}.`
    seen.add(name.toLowerCase())
    outcomes.push({ name, odds })
  }
  if (outcomes.length > OUTCOMES_MAX) wrong ??= `A market has at most ${OUTCOMES_MAX} outcomes.`
  return { outcomes, wrong }
}

/**
 * Names that all end in a number, such as "e4 1.80", where no odds were read: they may be meant as such, and it is asked. The
 * same number on every line is a part of the names, as in "Over 5.5".
 */
export function oddsAsNames(text: string): { odds: string[]; example: string } | null {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const ends = lines.filter(Boolean).map((line) => /^(.*\S)\s+(\d+(?:[.,]\d+)?)$/.exec(line))
  const found = ends.flatMap((end) => (end ? [{ name: end[1]!, odds: end[2]! }] : []))
  if (found.length < 2 || found.length < ends.length || found.some(({ name }) => SEPARATOR.test(name)))
    return null
  const odds = found.map((one) => one.odds)
  if (new Set(odds).size < 2 || odds.some((one) => readOdds(one) === null)) return null
  return { odds, example: `${found[0]!.name}; ${odds[0]}` }
}

/** The two sides of "Mexico v Norway" (also vs, – and -), or null where the name has none. */
export function sidesOf(name: string): [string, string] | null {
  const match = /^(.+?)\s+(?:v|vs|vs\.|–|-)\s+(.+)$/i.exec(name.trim())
  return match ? [match[1]!.trim(), match[2]!.trim()] : null
}
