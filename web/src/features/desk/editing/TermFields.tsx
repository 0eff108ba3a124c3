import type { Market } from '@/api/types'
import type { Currency } from '@/shared/money'
import { Field, MoneyField, SelectField } from '@/shared/ui/Field'
import { KINDS } from '../adding/MarketFields'
import type { Wrong } from '../said'
import { zoneHere } from '../times'
import { PROMISED, type Term, type Texts } from './terms'

export const TERM_WORDS: Record<Term, string> = {
  name: 'Name',
  kind: 'Kind',
  closes_at: 'Closes at',
  takeout_bps: 'Takeout, in %',
  break_to_milli: 'Dividends in steps of',
  minimum_milli: 'Smallest dividend',
  places: 'Places that win',
  liability_max: 'Risk at most on one outcome',
  stake_min: 'Smallest stake',
  stake_max: 'Largest stake',
  total_max: 'All stakes at most',
}

const UNDECIDED: ReadonlySet<string> = new Set(['draft', 'open', 'suspended', 'closed'])

/** Why a term stands as it is, in words; the API refuses for the same reasons. */
export function lockOf(term: Term, market: Market): string | undefined {
  if (term === 'name') return undefined
  if (!UNDECIDED.has(market.status)) return `A market that is ${market.status} keeps its terms.`
  if (PROMISED.includes(term) && market.outcomes.some(({ bets }) => bets > 0))
    return 'There are bets on the market; it stands.'
  if (term === 'kind' && market.status !== 'draft') return 'It can be changed while the market is a draft.'
  return undefined
}

interface Props {
  market: Market
  currency: Currency
  texts: Texts
  wrong: Wrong<Term>
  onType: (term: Term, text: string) => void
}

const POOL_ONLY: readonly Term[] = ['takeout_bps', 'break_to_milli', 'minimum_milli']
const FIXED_ONLY: readonly Term[] = ['places', 'liability_max']
const MONEY: ReadonlyArray<readonly [Term, string]> = [
  ['stake_min', 'The least anybody may stake.'],
  ['stake_max', 'Empty: no limit.'],
  ['total_max', 'Empty: no limit.'],
]

export function TermFields({ market, currency, texts, wrong, onType }: Props) {
  const isFixed = texts.kind === 'fixed'
  const plain = (
    term: Term,
    hint?: string,
    more: { type?: string; inputMode?: 'decimal' | 'numeric' } = {},
  ) => {
    const lock = lockOf(term, market)
    return (
      <Field
        key={term}
        {...more}
        label={TERM_WORDS[term]}
        hint={lock ?? hint}
        wrong={wrong[term]}
        disabled={lock !== undefined}
        dir={term === 'name' ? 'auto' : undefined}
        value={texts[term]}
        onChange={(event) => onType(term, event.target.value)}
      />
    )
  }
  const money = (term: Term, hint: string) => {
    const lock = lockOf(term, market)
    return (
      <MoneyField
        key={term}
        label={TERM_WORDS[term]}
        hint={lock ?? hint}
        wrong={wrong[term]}
        disabled={lock !== undefined}
        currency={currency}
        text={texts[term]}
        onText={(text) => onType(term, text)}
      />
    )
  }
  const kindLock = lockOf('kind', market)
  return (
    <>
      {plain('name')}
      <SelectField
        label={TERM_WORDS.kind}
        options={KINDS}
        hint={kindLock}
        disabled={kindLock !== undefined}
        value={texts.kind}
        onChange={(event) => onType('kind', event.target.value)}
      />
      {plain('closes_at', `Your time, ${zoneHere()}.`, { type: 'datetime-local' })}
      {!isFixed &&
        POOL_ONLY.map((term) =>
          plain(term, term === 'takeout_bps' ? "The house's share." : undefined, { inputMode: 'decimal' }),
        )}
      {isFixed &&
        FIXED_ONLY.map((term) =>
          term === 'places'
            ? plain(term, undefined, { inputMode: 'numeric' })
            : money(term, 'Empty: no limit.'),
        )}
      {MONEY.map(([term, hint]) => money(term, hint))}
    </>
  )
}
