/** Terms of a market as the inputs of a form: those that the market's kind has. */

import { useFeed } from '@/feed/useFeed'
import type { Wrong } from '@/shared/fieldErrors'
import { zoneHere } from '@/shared/inputTimes'
import type { Currency } from '@/shared/money'
import { Field, MoneyField, SelectField } from '@/shared/ui/Field'
import { CARRY_WORDS, DIVISION_WORDS, label, MARKET_KIND_WORDS } from '@/shared/words'
import { closings } from './closing'
import { isInForm, MARKET_TERMS, type Term, type Texts } from './marketTerms'

const KINDS = Object.entries(MARKET_KIND_WORDS).map(([value, label]) => ({ value, label }))

const choices = (words: Record<string, string>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }))
const CHOICES = { division: choices(DIVISION_WORDS), carry: choices(CARRY_WORDS) }
const UNDECIDED: ReadonlySet<string> = new Set(['draft', 'open', 'suspended', 'closed'])

/** The pools that another may go on to. */
function usePools(own: number | undefined) {
  const structure = useFeed().board()?.structure
  return [...(structure?.markets.values() ?? [])]
    .filter(({ id, kind, status }) => kind === 'pool' && id !== own && UNDECIDED.has(status))
    .map(({ id, name, match_id }) => ({
      value: String(id),
      label: `${structure?.matches.get(match_id)?.name ?? ''}: ${name}`,
    }))
}

interface Props {
  terms: readonly Term[]
  texts: Partial<Texts> & { kind: string }
  currency: Currency
  wrong: Wrong<Term>
  /** Instead of the term's own. */
  labels?: Partial<Texts>
  hints?: Partial<Texts>
  /** The market that is edited: its pool does not go on to itself. */
  own?: number
  lockOf?: (term: Term) => string | undefined
  onType: (term: Term, text: string) => void
}

export function TermFields({ terms, texts, currency, wrong, labels, hints, own, lockOf, onType }: Props) {
  const pools = usePools(own)
  return terms
    .filter((term) => isInForm(term, texts))
    .map((term) => {
      const { input, hint } = MARKET_TERMS[term]
      const lock = lockOf?.(term)
      const shared = {
        label: labels?.[term] ?? label(term),
        hint: lock ?? hints?.[term] ?? hint,
        wrong: wrong[term],
        disabled: lock !== undefined,
      }
      const text = texts[term] ?? ''
      switch (input) {
        case 'money':
          return (
            <MoneyField
              key={term}
              {...shared}
              currency={currency}
              text={text}
              onText={(text) => onType(term, text)}
            />
          )
        case 'kind':
          return (
            <SelectField
              key={term}
              {...shared}
              options={KINDS}
              value={text}
              onChange={(event) => onType(term, event.target.value)}
            />
          )
        case 'division':
        case 'carry':
          return (
            <SelectField
              key={term}
              {...shared}
              options={CHOICES[input]}
              value={text}
              onChange={(event) => onType(term, event.target.value)}
            />
          )
        case 'pool':
          return (
            <SelectField
              key={term}
              {...shared}
              options={[{ value: '', label: 'No other pool: refunded' }, ...pools]}
              value={text}
              onChange={(event) => onType(term, event.target.value)}
            />
          )
        case 'closing':
          return (
            <SelectField
              key={term}
              {...shared}
              options={closings(text)}
              value={text}
              onChange={(event) => onType(term, event.target.value)}
            />
          )
        default:
          return (
            <Field
              key={term}
              {...shared}
              label={input === 'percent' ? `${shared.label}, in %` : shared.label}
              hint={
                input === 'time' && !lock
                  ? [hints?.[term], `Your time, ${zoneHere()}.`].filter(Boolean).join(' ')
                  : shared.hint
              }
              type={input === 'time' ? 'datetime-local' : undefined}
              inputMode={
                input === 'whole'
                  ? 'numeric'
                  : input === 'percent' || input === 'decimal'
                    ? 'decimal'
                    : undefined
              }
              dir={input === 'text' ? 'auto' : undefined}
              value={text}
              onChange={(event) => onType(term, event.target.value)}
            />
          )
      }
    })
}
