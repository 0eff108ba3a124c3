/** What somebody has to say of the screen they are on, and what was answered to what they said before. */

import { type FormEvent, useEffect, useId, useState } from 'react'
import { api, must } from '@/api/client'
import type { OwnFeedback } from '@/api/types'
import { FEEDBACK_LENGTH_MAX } from '@/shared/bounds'
import { useMe } from '@/shared/session'
import { shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Dialog } from '@/shared/ui/Dialog'
import { TextField } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import styles from './feedback.module.css'
import { base64Of, picture } from './picture'
import { type ScreenState, screenOf } from './screen'

interface Props {
  /** As it was when the dialog was asked for. */
  path: string
  /** Of the tournament whose people are told; null of none. */
  slug: string | null
  state: ScreenState
  onClose: () => void
}

/** The tournament's number; undefined where there is none, or none any more. */
async function tournamentOf(slug: string | null): Promise<number | undefined> {
  if (!slug) return undefined
  const { data } = await api.GET('/api/tournament/{which}', { params: { path: { which: slug } } })
  return data?.id
}

export function Give({ path, slug, state, onClose }: Props) {
  const me = useMe()
  const [text, setText] = useState('')
  const [mayAsk, setMayAsk] = useState(true)
  const [shot, setShot] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [step, setStep] = useState<'writing' | 'sending' | 'sent'>('writing')

  async function send(event: FormEvent) {
    event.preventDefault()
    if (!text.trim() || step === 'sending') return
    setStep('sending')
    try {
      await must(
        api.POST('/api/feedback', {
          body: {
            text: text.trim(),
            screen: screenOf(path),
            tournament_id: await tournamentOf(slug),
            state,
            picture: shot === null ? undefined : base64Of(shot),
            may_ask: Boolean(me) && mayAsk,
          },
        }),
      )
      setStep('sent')
    } catch (failed) {
      setError(failed)
      setStep('writing')
    }
  }

  return (
    <Dialog title="What do you think?" onClose={onClose}>
      {step === 'sent' ? (
        <div className={styles.form}>
          <Note tone="good" icon="check" title="Sent. Thank you." alert>
            {me && mayAsk && 'If there is an answer, you read it here.'}
          </Note>
          <Button onClick={onClose}>Done</Button>
        </div>
      ) : (
        <form className={styles.form} onSubmit={send}>
          <TextField
            label="What happened, or what is missing?"
            dir="auto"
            rows={5}
            maxLength={FEEDBACK_LENGTH_MAX}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <Picture shot={shot} onShot={setShot} />
          {me && (
            <label className={styles.check}>
              <input type="checkbox" checked={mayAsk} onChange={(event) => setMayAsk(event.target.checked)} />
              You may ask me about it
            </label>
          )}
          <p className={styles.also}>
            Sent with it: the page you are on, what it has just refused, the size of your screen and your
            language.
          </p>
          <Failure error={error} />
          <Button type="submit" disabled={!text.trim() || step === 'sending'}>
            {step === 'sending' ? 'Sending…' : 'Send'}
          </Button>
        </form>
      )}
      {me && <Earlier />}
    </Dialog>
  )
}

/** Nothing is sent that was not seen before. */
function Picture({ shot, onShot }: { shot: string | null; onShot: (shot: string | null) => void }) {
  const id = useId()
  const [wanted, setWanted] = useState(false)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    if (!wanted) {
      onShot(null)
      return
    }
    let isWanted = true
    picture().then((made) => {
      if (!isWanted) return
      onShot(made)
      setFailed(made === null)
    })
    return () => {
      isWanted = false
    }
  }, [wanted, onShot])
  return (
    <div className={styles.picture}>
      <label className={styles.check} htmlFor={id}>
        <input
          id={id}
          type="checkbox"
          checked={wanted}
          onChange={(event) => setWanted(event.target.checked)}
        />
        Add a picture of this page
      </label>
      {wanted && !shot && !failed && <p role="status">Drawing it…</p>}
      {wanted && failed && <p role="status">This browser cannot draw it. Describe what you see.</p>}
      {shot && <img src={shot} alt="This page, as it will be sent" />}
    </div>
  )
}

/** Silent where there is nothing, or nothing can be read: this is about what they say now. */
function Earlier() {
  const [rows, setRows] = useState<OwnFeedback[]>([])
  useEffect(() => {
    api.GET('/api/feedback', { params: { query: { limit: 5 } } }).then(
      ({ data }) => setRows(data?.items ?? []),
      () => {},
    )
  }, [])
  if (rows.length === 0) return null
  return (
    <section className={styles.earlier} aria-label="What you said before">
      <h3>What you said before</h3>
      <ul>
        {rows.map((row) => (
          <li key={row.id}>
            <p dir="auto">{row.text}</p>
            {row.answer ? (
              <p className={styles.answer} dir="auto">
                <b>Answer:</b> {row.answer}
              </p>
            ) : (
              <p className={styles.also}>
                {shortTime(row.created_at, Date.now())}, {row.closed_at ? 'done' : 'no answer yet'}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
