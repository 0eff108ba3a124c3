import { type KeyboardEvent, useMemo } from 'react'
import type { Wrong } from '@/shared/fieldErrors'
import type { Currency } from '@/shared/money'
import { TextField } from '@/shared/ui/Field'
import { Note } from '@/shared/ui/Note'
import { label } from '@/shared/words'
import formStyles from '../form.module.css'
import { ASKED, readStakeMin } from '../marketTerms'
import { Margin } from '../odds/Margin'
import { SmallestStake } from '../odds/SmallestStake'
import { TermFields } from '../TermFields'
import { type MarketDraft, type MarketField, outcomesText } from './draft'
import { oddsAsNames, readOutcomes } from './outcomes'

interface Props {
  draft: MarketDraft
  matchName: string
  currency: Currency
  wrong: Wrong<MarketField>
  onChange: (draft: MarketDraft) => void
  onSubmit: () => void
}

/** What a new market is asked for, with the margin of the odds as they are typed. */
export function MarketFields({ draft, matchName, currency, wrong, onChange, onSubmit }: Props) {
  const text = outcomesText(draft, matchName)
  const odds = useMemo(() => readOutcomes(text).outcomes.map((outcome) => outcome.odds), [text])
  const isFixed = draft.terms.kind === 'fixed'
  const asNames = isFixed ? oddsAsNames(text) : null

  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    onSubmit()
  }

  return (
    <>
      <TermFields
        terms={ASKED}
        texts={draft.terms}
        currency={currency}
        wrong={wrong}
        labels={{ name: label('market') }}
        hints={{
          kind: isFixed ? 'You set the odds.' : 'The odds follow the stakes.',
          opens_at: 'Empty: as soon as the market is open.',
          closes_at: 'Empty: it is closed by hand.',
        }}
        onType={(term, typed) => onChange({ ...draft, terms: { ...draft.terms, [term]: typed } })}
      />
      <div className={formStyles.wide}>
        <TextField
          label="Outcomes, one a line"
          hint={
            isFixed
              ? 'Odds behind a tab or a semicolon, as they come from a spreadsheet: 2.28, 7/4 or 45%. Ctrl+Enter adds the match.'
              : 'A name like “A v B” fills them in. Ctrl+Enter adds the match.'
          }
          rows={Math.min(12, Math.max(3, text.split('\n').length + 1))}
          dir="auto"
          spellCheck={false}
          value={text}
          wrong={wrong.outcomes ?? wrong.odds}
          onKeyDown={onKeyDown}
          onChange={(event) => onChange({ ...draft, outcomes: event.target.value })}
        />
      </div>
      {asNames && (
        <div className={formStyles.wide}>
          <Note tone="warn" icon="warning" title={`Are ${asNames.odds.join(', ')} the odds?`}>
            They stand in the names now. Write a semicolon before each: {asNames.example}
          </Note>
        </div>
      )}
      {isFixed && (
        <div className={formStyles.wide}>
          <Margin odds={odds} />
        </div>
      )}
      <div className={formStyles.wide}>
        <SmallestStake
          kind={draft.terms.kind}
          stakeMin={readStakeMin(draft.terms.stake_min ?? '', currency)}
          odds={odds}
          currency={currency}
        />
      </div>
    </>
  )
}
