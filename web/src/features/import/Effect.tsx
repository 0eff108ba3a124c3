/** What a file does, or what is wrong with it: seen before anything is written. */

import type { ImportReport } from '@/api/types'
import { plural } from '@/shared/plural'
import { dayAndTime } from '@/shared/time'
import { Chip, type ChipTone } from '@/shared/ui/Chip'
import { Note } from '@/shared/ui/Note'
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
  answers: How['answers']
  onAnswers: (answers: How['answers']) => void
}

export function Effect({ seen, answers, onAnswers }: Props) {
  if (seen.errors.length > 0) return <Errors errors={seen.errors} />
  return (
    <>
      {seen.warnings.length > 0 && (
        <ul className={styles.warnings}>
          {seen.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <Doubts seen={seen} answers={answers} onAnswers={onAnswers} />
      <Matches seen={seen} />
    </>
  )
}

function Errors({ errors }: { errors: ImportReport['errors'] }) {
  return (
    <section className={styles.errors} aria-labelledby="errors" data-testid="import-errors">
      <Note tone="bad" icon="cross" title={`Fix ${plural(errors.length, 'problem')} before importing.`}>
        Correct the file and choose it again, or choose what its columns mean.
      </Note>
      <h2 id="errors" className="visually-hidden">
        What is wrong
      </h2>
      <ol>
        {errors.map(({ where, detail }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row can be wrong twice.
          <li key={at}>
            <b className="num">{where || 'file'}</b> <bdi>{detail}</bdi>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Matches({ seen }: { seen: ImportReport }) {
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
