/** Matches that may be some that are there: asked, one by one or all alike. Nothing is imported before. */

import type { ImportReport } from '@/api/types'
import { plural } from '@/shared/plural'
import { dayAndTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Note } from '@/shared/ui/Note'
import { Segments } from '@/shared/ui/Segments'
import styles from './Effect.module.css'
import type { Answer, Choice, How } from './meaning'

const CHOICES: Array<{ value: Choice; label: string; words: string }> = [
  { value: 'same', label: 'The same', words: 'It is the same match: its bets and its market stay with it' },
  { value: 'other', label: 'Another', words: 'It is another match: it is added beside it' },
  { value: 'skip', label: 'Skip', words: 'Leave both as they are' },
]

interface Props {
  seen: ImportReport
  answers: How['answers']
  onAnswers: (answers: How['answers']) => void
}

export function Doubts({ seen, answers, onAnswers }: Props) {
  const asked = seen.items.flatMap(({ no, may_be, ...item }) =>
    no !== null && may_be ? [{ no, may_be, ...item }] : [],
  )
  const said = Object.keys(answers).length
  if (asked.length === 0 && said === 0) return null
  const now = Date.now()
  function all(choice: Choice) {
    const more: Record<number, Answer> = { ...answers }
    for (const { no, may_be } of asked) more[no] = { choice, id: may_be.id }
    onAnswers(more)
  }
  return (
    <section className={styles.doubts} aria-labelledby="doubts" data-testid="import-doubts">
      <h2 id="doubts">
        {seen.doubtful > 0
          ? `${plural(seen.doubtful, 'match', 'matches')}: the same as before, or another?`
          : `${plural(said, 'question is', 'questions are')} answered.`}
      </h2>
      {asked.length > 0 && (
        <Note tone="warn" icon="warning" title="Answer before importing.">
          Bets stay with the match that is the same. When in doubt, skip it and ask.
        </Note>
      )}
      <ul>
        {asked.map(({ no, name, round, starts_at, may_be }) => (
          <li key={no} data-testid="import-doubt">
            <span className={styles.match}>
              <b>
                <bdi>{name}</bdi>
              </b>
              <small>
                In the file
                {round && (
                  <>
                    : <bdi>{round}</bdi>
                  </>
                )}
                {starts_at ? `, ${dayAndTime(starts_at, now)}` : ''}
              </small>
            </span>
            <span className={styles.match}>
              <b>
                <bdi>{may_be.name}</bdi>
              </b>
              <small>
                Here
                {may_be.round && (
                  <>
                    : <bdi>{may_be.round}</bdi>
                  </>
                )}
                {may_be.starts_at ? `, ${dayAndTime(may_be.starts_at, now)}` : ''},{' '}
                {plural(may_be.bets, 'bet')}. {may_be.why}.
              </small>
            </span>
            <Segments
              label={`${name}: the same match?`}
              value={answers[no]?.choice ?? null}
              options={CHOICES}
              onChoose={(choice) => onAnswers({ ...answers, [no]: { choice, id: may_be.id } })}
            />
          </li>
        ))}
      </ul>
      <p className={styles.all}>
        {asked.length > 1 && (
          <>
            <Button size="small" look="plain" onClick={() => all('same')}>
              All {asked.length} are the same
            </Button>
            <Button size="small" look="plain" onClick={() => all('skip')}>
              Skip all {asked.length}
            </Button>
          </>
        )}
        {said > 0 && (
          <Button size="small" look="plain" onClick={() => onAnswers({})}>
            Ask again
          </Button>
        )}
      </p>
    </section>
  )
}
