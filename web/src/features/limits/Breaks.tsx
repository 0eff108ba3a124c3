/** A break from betting: a cool-off or a self-exclusion. Asked for twice, since nobody can shorten it. */

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { Me } from '@/api/types'
import { refreshMe } from '@/shared/session'
import { exactTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Dialog } from '@/shared/ui/Dialog'
import { Failure, Note } from '@/shared/ui/Note'
import { Panel } from '@/shared/ui/Panel'
import styles from './limits.module.css'
import { BREAKS, type BreakKind, breakEnd, isForGood, untilWords } from './words'

export function Breaks({ me }: { me: Me }) {
  const [kind, setKind] = useState<BreakKind | null>(null)
  const until = me.excluded_until
  return (
    <div id="breaks" className={styles.breaks}>
      {until && (
        <div data-testid="break-running">
          <Note tone="warn" icon="clock" title={`You are on a break ${untilWords(until, Date.now())}.`}>
            You cannot bet in any tournament
            {isForGood(until) ? '' : `, before ${exactTime(until)}`}. It can be made longer, never shorter.
            What is pending is still settled and paid, and the desk pays out what is in your wallet.
          </Note>
        </div>
      )}
      {!(until && isForGood(until)) && (
        <div className={styles.kinds}>
          <Choices
            title="Cool off"
            means="A short break, in every tournament here. It begins at once."
            isExclusion={false}
            onChoose={setKind}
          />
          <Choices
            title="Exclude yourself"
            means="A long break, in every tournament here. It begins at once."
            isExclusion
            onChoose={setKind}
          />
        </div>
      )}
      <p className={styles.muted}>
        If betting is no longer fun, you are not alone with it. Talk to somebody you trust, to your doctor, or
        to the gambling helpline of your country: it is free and confidential. The people at the desk will
        help you with any of this, without asking why.
      </p>
      {kind && <Confirm kind={kind} until={until} onLeave={() => setKind(null)} />}
    </div>
  )
}

interface ChoicesProps {
  title: string
  means: string
  isExclusion: boolean
  onChoose: (kind: BreakKind) => void
}

function Choices({ title, means, isExclusion, onChoose }: ChoicesProps) {
  return (
    <Panel title={title}>
      <p>{means}</p>
      <div className={styles.buttons}>
        {BREAKS.filter((one) => one.isExclusion === isExclusion).map(({ kind, words }) => (
          <Button key={kind} look="plain" onClick={() => onChoose(kind)}>
            {words}
          </Button>
        ))}
      </div>
    </Panel>
  )
}

interface ConfirmProps {
  kind: BreakKind
  /** The break that is running already. */
  until: string | null
  onLeave: () => void
}

/** By the server's clock: this one may be an hour off. */
async function takeBreak(kind: BreakKind) {
  const { time } = await must(api.GET('/api/server'))
  const end = breakEnd(kind, new Date(time))
  await must(api.POST('/api/exclusion', { body: { until: end?.toISOString() ?? null } }))
  await refreshMe()
}

function Confirm({ kind, until, onLeave }: ConfirmProps) {
  const [isUnderstood, setUnderstood] = useState(false)
  const taking = useMutation({ mutationFn: () => takeBreak(kind), onSuccess: onLeave })
  const { words, isExclusion } = BREAKS.find((one) => one.kind === kind)!
  const end = breakEnd(kind, new Date())
  const isShorter = until !== null && end !== null && end < new Date(until)
  if (isShorter) {
    return (
      <Dialog title="Your break is longer already" onClose={onLeave}>
        <div className={styles.confirm}>
          <p>It runs {untilWords(until, Date.now())}, and cannot be made shorter.</p>
          <Button onClick={onLeave}>Good</Button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog
      title={kind === 'good' ? 'Stop betting here for good?' : `A break of ${words}?`}
      onClose={onLeave}
    >
      <div className={styles.confirm}>
        <p>
          No bet will be taken from you in any tournament here, <b>{untilWords(end, Date.now())}</b>.
        </p>
        <p>
          <b>It cannot be shortened or called off</b>: not by you, not by the organizer, not by anybody here.
        </p>
        <p>
          What is pending is still settled and paid. You can look at everything, and be paid out at the desk.
        </p>
        {isExclusion && (
          <label className={styles.understood}>
            <input
              type="checkbox"
              checked={isUnderstood}
              onChange={(event) => setUnderstood(event.target.checked)}
            />
            I have understood that nobody can take this back.
          </label>
        )}
        <Failure error={taking.error} />
        <div className={styles.buttons}>
          <Button look="plain" onClick={onLeave}>
            Not now
          </Button>
          <Button
            look="danger"
            disabled={taking.isPending || (isExclusion && !isUnderstood)}
            onClick={() => taking.mutate()}
          >
            {kind === 'good' ? 'Stop for good' : `Start ${words}`}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
