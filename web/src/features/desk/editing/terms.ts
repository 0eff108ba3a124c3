/** What of a market's terms was changed in a form, as the API wants it. Pure. */

import type { Market } from '@/api/types'
import type { Wrong } from '@/shared/fieldErrors'
import type { Currency } from '@/shared/money'
import { isAskedFor, readTerm, TERMS, type Term, type Texts, textsOf } from '../marketTerms'

export type Terms = Partial<Pick<Market, Term>>

/** Only what reads differently from how the market was shown: a time keeps its seconds where nobody touched it. */
export function readTerms(texts: Texts, market: Market, currency: Currency) {
  const before = textsOf(market, currency)
  const wrong: Wrong<Term> = {}
  const body: Record<string, string | number | null> = {}
  for (const term of TERMS) {
    if (texts[term] === before[term] || !isAskedFor(term, texts)) continue
    const read = readTerm(term, texts[term], currency)
    if ('wrong' in read) wrong[term] = read.wrong
    else if (read.value !== market[term]) body[term] = read.value
  }
  return { body: body as Terms, wrong }
}
