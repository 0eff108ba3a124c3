/** What a file cannot say: the draw, the kind of markets, the house's share, whether to open them. */

import type { ImportReport } from '@/api/types'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import { Field, SelectField } from '@/shared/ui/Field'
import { label } from '@/shared/words'
import styles from './Columns.module.css'
import { type DateOrder, type How, isRowMatch, type Kind, type Slots, wrongTakeout } from './meaning'

interface Props {
  seen: ImportReport
  how: How
  wrongDraw?: string
  wrongMatch?: string
  onHow: (more: Partial<How>) => void
}

function Sheet({ seen, how, onHow }: Pick<Props, 'seen' | 'how' | 'onHow'>) {
  if (seen.sheets.length < 2) return null
  return (
    <SelectField
      label="Sheet"
      value={how.sheet ?? seen.sheet ?? ''}
      options={seen.sheets.map((sheet) => ({ value: sheet, label: sheet }))}
      // Another sheet has other columns.
      onChange={(event) => onHow({ sheet: event.target.value, meanings: undefined, headerRow: undefined })}
    />
  )
}

export function Options({ seen, how, wrongDraw, wrongMatch, onHow }: Props) {
  // Of people and their bets there is nothing else to say.
  if (seen.people)
    return (
      <div className={styles.options}>
        <Sheet seen={seen} how={how} onHow={onHow} />
      </div>
    )
  return (
    <div className={styles.options}>
      <Sheet seen={seen} how={how} onHow={onHow} />
      {seen.header_row !== null && (
        <Field
          label="Row of the header"
          hint="The row that says what the columns are."
          inputMode="numeric"
          autoComplete="off"
          value={String(how.headerRow ?? seen.header_row)}
          onChange={(event) => {
            const row = Number(event.target.value)
            // Another header has other columns.
            if (Number.isInteger(row) && row > 0) onHow({ headerRow: row, meanings: undefined })
          }}
        />
      )}
      {(seen.dates_asked || how.dates) && (
        <SelectField
          label="Dates such as 03/04/2027"
          hint="The column does not show which number is the day."
          value={how.dates ?? ''}
          options={[
            ...(how.dates ? [] : [{ value: '', label: 'Choose' }]),
            { value: 'day_first', label: '3 April: the day first' },
            { value: 'month_first', label: 'March 4: the month first' },
          ]}
          onChange={(event) => onHow({ dates: event.target.value as DateOrder })}
        />
      )}
      {(seen.one_match !== null || how.match) && (
        <Field
          label="Name of the match"
          hint="The sheet is one market: no column says which match a row is of."
          dir="auto"
          maxLength={NAME_LENGTH_MAX}
          placeholder={seen.one_match ?? undefined}
          value={how.match}
          wrong={wrongMatch}
          onChange={(event) => onHow({ match: event.target.value })}
        />
      )}
      {seen.format === 'worldcup' && (
        <SelectField
          label="Kind of the markets"
          value={how.kind}
          options={[
            { value: 'pool', label: 'Pool: the odds follow the stakes' },
            { value: 'fixed', label: 'Fixed: you set the odds' },
          ]}
          onChange={(event) => onHow({ kind: event.target.value as Kind })}
        />
      )}
      {(isRowMatch(seen.columns) || how.draw) && (
        <Field
          label="Between the two sides also"
          hint="An outcome of every match, as in Draw. Empty: none."
          dir="auto"
          maxLength={NAME_LENGTH_MAX}
          value={how.draw}
          wrong={wrongDraw}
          onChange={(event) => onHow({ draw: event.target.value })}
        />
      )}
      {(seen.has_codes || how.slots !== 'auto') && (
        <SelectField
          label="Short codes such as 1A, 2B, W49"
          hint="Sides to come of a group or a match, or names such as school classes."
          value={how.slots}
          options={[
            { value: 'auto', label: 'As the file shows' },
            { value: 'yes', label: 'Sides to come' },
            { value: 'no', label: 'Names' },
          ]}
          onChange={(event) => onHow({ slots: event.target.value as Slots })}
        />
      )}
      <Field
        label={`${label('takeout_bps')} of new pools, in %`}
        hint="What the house keeps of the pool."
        inputMode="decimal"
        autoComplete="off"
        value={how.takeout}
        wrong={wrongTakeout(how.takeout)}
        onChange={(event) => onHow({ takeout: event.target.value })}
      />
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={how.isOpening}
          onChange={(event) => onHow({ isOpening: event.target.checked })}
        />
        <span>
          Open for bets at once
          <small>Every market that can take bets. Otherwise they are drafts, to look at first.</small>
        </span>
      </label>
    </div>
  )
}
