import { type KeyboardEvent, useMemo } from 'react'
import type { Currency } from '@/shared/money'
import { Field, MoneyField, SelectField, TextField } from '@/shared/ui/Field'
import formStyles from '../form.module.css'
import { Margin } from '../odds/Margin'
import type { Wrong } from '../said'
import { zoneHere } from '../times'
import { type MarketDraft, outcomesText } from './draft'
import { readOutcomes } from './outcomes'

export const KINDS = [
  { value: 'pool', label: 'Pool' },
  { value: 'fixed', label: 'Fixed odds' },
]

interface Props {
  draft: MarketDraft
  matchName: string
  currency: Currency
  wrong: Wrong<keyof MarketDraft>
  onChange: (draft: MarketDraft) => void
  onSubmit: () => void
}

/** What a new market is asked for, with the margin of the odds as they are typed. */
export function MarketFields({ draft, matchName, currency, wrong, onChange, onSubmit }: Props) {
  const set = (part: Partial<MarketDraft>) => onChange({ ...draft, ...part })
  const text = outcomesText(draft, matchName)
  const odds = useMemo(() => readOutcomes(text).outcomes.map((outcome) => outcome.odds), [text])
  const isFixed = draft.kind === 'fixed'

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    onSubmit()
  }

  return (
    <>
      <Field
        label="Market"
        value={draft.market}
        wrong={wrong.market}
        onChange={(event) => set({ market: event.target.value })}
      />
      <SelectField
        label="Kind"
        hint={isFixed ? 'You set the odds.' : 'The odds follow the stakes.'}
        options={KINDS}
        value={draft.kind}
        onChange={(event) => set({ kind: event.target.value === 'fixed' ? 'fixed' : 'pool' })}
      />
      <Field
        type="datetime-local"
        label="Closes at"
        hint={`Empty: with the start. Your time, ${zoneHere()}.`}
        value={draft.closesAt}
        wrong={wrong.closesAt}
        onChange={(event) => set({ closesAt: event.target.value })}
      />
      {isFixed ? (
        <MoneyField
          label="Risk at most on one outcome"
          hint="Empty: no limit."
          currency={currency}
          text={draft.liability}
          wrong={wrong.liability}
          onText={(liability) => set({ liability })}
        />
      ) : (
        <Field
          label="Takeout, in %"
          hint="The house's share of the pool."
          inputMode="decimal"
          placeholder="0"
          value={draft.takeout}
          wrong={wrong.takeout}
          onChange={(event) => set({ takeout: event.target.value })}
        />
      )}
      <div className={formStyles.wide}>
        <TextField
          label="Outcomes, one a line"
          hint={
            isFixed
              ? 'Odds behind a tab or a semicolon, as they come from a spreadsheet: 2.28, 7/4 or 45%. Ctrl+Enter adds it.'
              : '“A v B” as the name fills them in. Ctrl+Enter adds it.'
          }
          rows={Math.min(12, Math.max(3, text.split('\n').length + 1))}
          dir="auto"
          spellCheck={false}
          value={text}
          wrong={wrong.outcomes}
          onKeyDown={onKeyDown}
          onChange={(event) => set({ outcomes: event.target.value })}
        />
      </div>
      {isFixed && (
        <div className={formStyles.wide}>
          <Margin odds={odds} />
        </div>
      )}
    </>
  )
}
