/** What a file does, or what is wrong with it: seen before anything is written. */

import { useMutation } from '@tanstack/react-query'
import type { ImportReport } from '@/api/types'
import { plural } from '@/shared/plural'
import { dayAndTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Chip, type ChipTone } from '@/shared/ui/Chip'
import { Failure, Note } from '@/shared/ui/Note'
import { MARKET_STATUS_WORDS, MATCHED_BY_WORDS, NOT_PLAYED_WORDS, wordOf } from '@/shared/words'
import { Doubts } from './Doubts'
import styles from './Effect.module.css'
import shared from './import.module.css'
import { changeWords, type How } from './meaning'

type Item = ImportReport['items'][number]

const STATUS: Record<Item['status'], string> = {
  doubtful: 'The same?',
  missing: 'Not in this file',
  new: 'New',
  changed: 'Changed',
  skipped: 'Skipped',
  unchanged: 'Unchanged',
}
const TONES: Record<Item['status'], ChipTone> = {
  doubtful: 'strong',
  missing: 'strong',
  new: 'chosen',
  changed: 'strong',
  skipped: 'plain',
  unchanged: 'plain',
}

/** As they stand behind a number. */
const COUNTED: Record<Item['status'], string> = {
  doubtful: 'to answer',
  missing: 'only in an earlier file',
  new: 'new',
  changed: 'changed',
  skipped: 'skipped',
  unchanged: 'unchanged',
}

interface Props {
  seen: ImportReport
  how: How
  onHow: (more: Partial<How>) => void
  /** Absent where the file has no cells. */
  onMarked?: () => Promise<void>
}

export function Effect({ seen, how, onHow, onMarked }: Props) {
  if (seen.errors.length > 0)
    return (
      <Errors errors={seen.errors} skip={how.skip} onSkip={(skip) => onHow({ skip })} onMarked={onMarked} />
    )
  return (
    <>
      {seen.warnings.length > 0 && (
        <ul className={styles.warnings}>
          {seen.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      {how.skip.length > 0 && (
        <p className={shared.hint}>
          Left out: {how.skip.length > 1 ? 'rows' : 'row'} {how.skip.join(', ')}.{' '}
          <button type="button" className={shared.link} onClick={() => onHow({ skip: [] })}>
            Include them again
          </button>
        </p>
      )}
      <Doubts seen={seen} answers={how.answers} onAnswers={(answers) => onHow({ answers })} />
      <Matches seen={seen} onLeaveOut={(rows) => onHow({ skip: [...how.skip, ...rows] })} />
    </>
  )
}

interface ErrorsProps {
  errors: ImportReport['errors']
  skip: readonly number[]
  onSkip: (skip: number[]) => void
  onMarked?: () => Promise<void>
}

function Errors({ errors, skip, onSkip, onMarked }: ErrorsProps) {
  const marking = useMutation({ mutationFn: async () => onMarked?.() })
  return (
    <section className={styles.errors} aria-labelledby="errors" data-testid="import-errors">
      <Note tone="bad" icon="cross" title={`Fix ${plural(errors.length, 'problem')} before importing.`}>
        Correct the file and choose it again, or choose what its columns mean.
      </Note>
      <h2 id="errors" className="visually-hidden">
        What is wrong
      </h2>
      <ol>
        {errors.map(({ where, detail, row, stands }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row can be wrong twice.
          <li key={at}>
            <b className="num">{where || 'file'}</b>{' '}
            <span>
              <bdi>{detail}</bdi>
              {stands && !detail.includes(stands) && (
                <small>
                  {' '}
                  There stands: <bdi>{stands}</bdi>
                </small>
              )}
            </span>
            {row !== null && (
              <Button size="small" look="plain" onClick={() => onSkip([...new Set([...skip, row])])}>
                Leave row {row} out
              </Button>
            )}
          </li>
        ))}
      </ol>
      <Failure error={marking.error} />
      {onMarked && (
        <Button look="plain" disabled={marking.isPending} onClick={() => marking.mutate()}>
          {marking.isPending ? 'Making the file…' : 'Download the sheet with these cells marked'}
        </Button>
      )}
    </section>
  )
}

interface MatchesProps {
  seen: ImportReport
  onLeaveOut: (rows: number[]) => void
}

function Matches({ seen, onLeaveOut }: MatchesProps) {
  const now = Date.now()
  const hidden = seen.matches + seen.missing - seen.items.length
  return (
    <section aria-labelledby="effect" className={styles.effect} data-testid="import-effect">
      <h2 id="effect">
        {plural(seen.matches, 'match', 'matches')}
        <span>
          {' '}
          {(['new', 'changed', 'unchanged', 'doubtful', 'skipped', 'missing'] as const)
            .filter((status) => seen[status] > 0)
            .map((status) => `${seen[status].toLocaleString('en-GB')} ${COUNTED[status]}`)
            .join(', ')}
        </span>
      </h2>
      <ul>
        {seen.items.map(({ no, name, round, starts_at, kind, outcomes, outcomes_more, status, ...more }) => (
          <li key={no ?? `${round} ${name}`} data-testid="import-match" data-status={status}>
            <Chip tone={TONES[status]}>{STATUS[status]}</Chip>
            <span className={styles.match}>
              <b>
                <bdi>{name}</bdi>
              </b>
              <small>
                {kind === 'pool' ? 'Pool' : 'Fixed odds'}
                {round && (
                  <>
                    , <bdi>{round}</bdi>
                  </>
                )}
                {starts_at ? `, ${dayAndTime(starts_at, now)}` : ', no start'}
                {more.matched_by && `, recognised ${MATCHED_BY_WORDS[more.matched_by]}`}
                {more.known_as && (
                  <>
                    {' as '}
                    <bdi>{more.known_as}</bdi>, and stays so
                  </>
                )}
                {more.not_played && `, ${NOT_PLAYED_WORDS[more.not_played].toLowerCase()}: not opened`}
              </small>
              {more.changes.map((change) => (
                <small key={`${change.what} ${change.before}`} className={styles.change}>
                  {changeWords(change, (at) => dayAndTime(at, now))}
                </small>
              ))}
            </span>
            <span className={styles.outcomes}>
              {outcomes.map((outcome) => (
                <bdi key={outcome}>{outcome}</bdi>
              ))}
              {outcomes_more > 0 && <i>and {outcomes_more} more</i>}
            </span>
            {more.rows.length > 0 && (
              <Button
                size="small"
                look="plain"
                aria-label={`Leave ${name} out`}
                onClick={() => onLeaveOut(more.rows)}
              >
                Leave out
              </Button>
            )}
          </li>
        ))}
      </ul>
      {seen.results_entered > 0 && (
        <p className={shared.hint}>Results entered, not yet settled: {seen.results_entered}.</p>
      )}
      {seen.results_waiting > 0 && (
        <p className={shared.hint}>
          Results left out, since their markets are not closed yet: {seen.results_waiting}
          {' ('}
          {Object.entries(seen.waiting_by_state)
            .map(
              ([state, count]) =>
                `${count.toLocaleString('en-GB')} ${wordOf(MARKET_STATUS_WORDS, state).toLowerCase()}`,
            )
            .join(', ')}
          ).
        </p>
      )}
      {hidden > 0 && <p className={shared.hint}>And {plural(hidden, 'more match', 'more matches')}.</p>}
    </section>
  )
}
