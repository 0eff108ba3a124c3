/** The Feedback room of the desk: what people said of the screens, newest first, to be answered and put away. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must } from '@/api/client'
import type { Feedback } from '@/api/types'
import { FEEDBACK_LENGTH_MAX } from '@/shared/bounds'
import { shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { TextField } from '@/shared/ui/Field'
import { Failure } from '@/shared/ui/Note'
import { More, usePaged } from '@/shared/ui/Paged'
import { Segments } from '@/shared/ui/Segments'
import styles from './feedback.module.css'

type Which = 'open' | 'closed'

const WHICH: Array<{ value: Which; label: string; words: string }> = [
  { value: 'open', label: 'Open', words: 'Open feedback' },
  { value: 'closed', label: 'Closed', words: 'Closed feedback' },
]

export function Room({ slug, mayAnswer }: { slug: string; mayAnswer: boolean }) {
  const [which, setWhich] = useState<Which>('open')
  const list = usePaged(
    ['feedback', slug, which],
    (after) =>
      must(
        api.GET('/api/tournament/{which}/feedback', {
          params: { path: { which: slug }, query: { open: which === 'open', after } },
        }),
      ),
    { isShared: true },
  )
  return (
    <main className={styles.room}>
      <div className={styles.head}>
        <h1>Feedback</h1>
        <Segments label="Which" value={which} options={WHICH} onChoose={setWhich} />
      </div>
      <p className={styles.also}>
        What people say of a page, with what it showed and refused. They read your answer under Feedback. What
        was said in this tournament is a sheet among the exports.
      </p>
      {list.data && list.rows.length === 0 && (
        <p>
          {which === 'open'
            ? 'Nobody said anything, or all of it is closed. “Feedback” is in the menu of every page, and in the banner of a sandbox.'
            : 'Nothing was closed yet.'}
        </p>
      )}
      <ul className={styles.list}>
        {list.rows.map((one) => (
          <One key={one.id} one={one} mayAnswer={mayAnswer} />
        ))}
      </ul>
      <More list={list} what="feedback" />
    </main>
  )
}

function One({ one, mayAnswer }: { one: Feedback; mayAnswer: boolean }) {
  const queries = useQueryClient()
  const [text, setText] = useState(one.answer ?? '')
  const [isShown, setShown] = useState(false)
  const change = useMutation({
    mutationFn: (body: { answer?: string; closed?: boolean }) =>
      must(api.PATCH('/api/feedback/{feedback_id}', { params: { path: { feedback_id: one.id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['feedback'] }),
  })
  const answer = text.trim()
  function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (answer && answer !== one.answer) change.mutate({ answer })
  }
  const { state } = one
  return (
    <li className={styles.one} data-testid={`feedback-${one.id}`}>
      <div className={styles.head}>
        <b dir="auto">{one.name ?? 'Not signed in'}</b>
        <span className={styles.also}>
          {shortTime(one.created_at, Date.now())}, on {one.screen || 'no page'}
          {one.tournament_id === null && ', in no tournament'}
        </span>
      </div>
      <p dir="auto">{one.text}</p>
      {[...(state.failed ?? []), ...(state.said ?? [])].length > 0 && (
        <ul className={styles.also} aria-label="What the page said">
          {state.failed?.map((failed) => (
            <li key={`${failed.at} ${failed.code}`}>
              Refused at {shortTime(failed.at, Date.now())}: {failed.title} ({failed.code})
            </li>
          ))}
          {state.said?.map((said) => (
            <li key={said}>It said: {said}</li>
          ))}
        </ul>
      )}
      <p className={styles.also}>
        {state.width} × {state.height}, {state.language || 'no language'}, {state.theme} theme, odds{' '}
        {state.odds}
        {!state.online && ', offline'}.{' '}
        {one.user_id === null
          ? 'They were not signed in, so nobody can be answered.'
          : one.may_ask
            ? 'They may be asked about it.'
            : 'They do not want to be asked about it.'}
      </p>
      {one.has_picture && !isShown && (
        <div>
          <Button look="plain" size="small" onClick={() => setShown(true)}>
            Show the picture
          </Button>
        </div>
      )}
      {isShown && <img src={`/api/feedback/${one.id}/picture`} alt="The page as they saw it" />}
      {one.answer && (
        <p className={styles.answer} dir="auto">
          <b>{one.answered_by ?? 'Answered'}:</b> {one.answer}
        </p>
      )}
      {mayAnswer && (
        <form className={styles.form} onSubmit={onSubmit}>
          {one.user_id !== null && !one.closed_at && (
            <TextField
              label={one.answer ? 'Another answer instead' : 'Answer'}
              dir="auto"
              rows={2}
              maxLength={FEEDBACK_LENGTH_MAX}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
          <Failure error={change.error} />
          <div className={styles.buttons}>
            {one.user_id !== null && !one.closed_at && (
              <Button type="submit" disabled={!answer || answer === one.answer || change.isPending}>
                Answer
              </Button>
            )}
            <Button
              look="plain"
              disabled={change.isPending}
              onClick={() => change.mutate({ closed: !one.closed_at })}
            >
              {one.closed_at ? 'Take it up again' : 'Close'}
            </Button>
          </div>
        </form>
      )}
    </li>
  )
}
