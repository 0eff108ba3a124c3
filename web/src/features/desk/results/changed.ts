/** What became another between two previews of the same result: a bet less, another actual start, other terms. Pure. */

import type { Preview } from '@/api/types'
import { type Currency, money } from '@/shared/money'
import { label } from '@/shared/words'

const SUMS = ['gross', 'refunds', 'takeout', 'paid', 'breakage', 'house_added'] as const

/** "Paid €1,204.00 → €1,190.00", one for each that changed. */
export function changesBetween(before: Preview, after: Preview, currency: Currency): string[] {
  const changes: string[] = []
  if (before.bets !== after.bets) changes.push(`Bets ${before.bets} → ${after.bets}`)
  for (const name of SUMS) {
    if (before[name] === after[name]) continue
    changes.push(`${label(name)} ${money(before[name], currency)} → ${money(after[name], currency)}`)
  }
  for (const outcome of after.outcomes) {
    const was = before.outcomes.find(({ outcome_id }) => outcome_id === outcome.outcome_id)
    if (was && was.label !== outcome.label) changes.push(`${outcome.name}: ${was.label} → ${outcome.label}`)
    else if (was && was.dividend !== outcome.dividend)
      changes.push(`${outcome.name} pays ${was.dividend ?? '–'} → ${outcome.dividend ?? '–'}`)
  }
  return changes.length > 0 ? changes : ['The terms of the settlement']
}
