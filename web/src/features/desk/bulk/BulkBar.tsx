/** Moves for many markets at once: of the round or search that is listed, or of the whole tournament. */

import { useState } from 'react'
import type { MarketStatus } from '@/feed/messages'
import { Button } from '@/shared/ui/Button'
import { Dialog } from '@/shared/ui/Dialog'
import type { Move } from '../actions'
import type { Row } from '../markets/list'
import styles from './Bulk.module.css'
import type { Run } from './run'
import { beginRun, useRun } from './runs'
import { manyWords, openDrafts } from './words'

interface Props {
  slug: string
  all: readonly Row[]
  scope: readonly Row[]
  isWhole: boolean
}

interface Plan {
  title: string
  move: Move
  ids: number[]
  /** What is asked once before it begins. */
  question?: string
}

const idsIn = (rows: readonly Row[], ...statuses: MarketStatus[]) =>
  rows.flatMap(({ market }) => (market && statuses.includes(market.status) ? market.id : []))

/** Drafts whose sides are known: the others take no bets before they are. */
const readyIn = (rows: readonly Row[]) =>
  rows.flatMap(({ market }) => (market?.status === 'draft' && !market.waits_for_sides ? market.id : []))

/** What can be done to these rows at once, "Suspend everything" apart: it is always everything. */
function plansFor(scope: readonly Row[], isWhole: boolean): Plan[] {
  const drafts = readyIn(scope)
  const suspended = idsIn(scope, 'suspended')
  const open = idsIn(scope, 'open')
  const bettable = [...open, ...suspended]
  const plans: Plan[] = [
    {
      title: isWhole ? openDrafts(drafts.length) : manyWords('open', drafts.length, false, 'draft'),
      move: 'open',
      ids: drafts,
    },
    { title: manyWords('open', suspended.length, isWhole, 'suspended market'), move: 'open', ids: suspended },
    {
      title: manyWords('close', bettable.length, isWhole),
      move: 'close',
      ids: bettable,
      question: 'Nobody can bet on them any more. A market that was closed too early can be reopened.',
    },
  ]
  const closed = idsIn(scope, 'closed')
  plans.push({
    title: manyWords('reopen', closed.length, isWhole, 'closed market'),
    move: 'reopen',
    ids: closed,
    question: 'Bets may come in again: only where nobody knows yet what happened.',
  })
  if (!isWhole)
    plans.splice(2, 0, { title: manyWords('suspend', open.length, false), move: 'suspend', ids: open })
  return plans.filter(
    ({ ids, move }) => ids.length > (isWhole && (move === 'close' || move === 'reopen') ? 1 : 0),
  )
}

/** Also what another run is opening at this moment: its answer comes before the first suspension is asked for. */
function idsToSuspend(all: readonly Row[], run: Run | null): number[] {
  const opening =
    run?.status === 'going' && (run.move === 'open' || run.move === 'reopen') ? run.left[0] : undefined
  const open = idsIn(all, 'open')
  return opening === undefined || open.includes(opening) ? open : [opening, ...open]
}

export function BulkBar({ slug, all, scope, isWhole }: Props) {
  const [asked, setAsked] = useState<Plan | 'panic' | null>(null)
  const run = useRun(slug)
  const ids = idsToSuspend(all, run)
  const plans = plansFor(scope, isWhole)
  const many = ids.length.toLocaleString('en-GB')
  const panic: Plan = {
    title: 'Suspend everything',
    move: 'suspend',
    ids,
    question:
      ids.length === 1
        ? 'The open market takes no bets until you open it again. Bets that were taken stay.'
        : `All ${many} open markets take no bets until you open them again. Bets that were taken stay.`,
  }
  // What is open is counted again with every change while the question stands.
  const plan = asked === 'panic' ? panic : asked
  if (plans.length === 0 && ids.length === 0) return null

  function begin({ title, move, ids }: Plan) {
    beginRun(slug, title, move, ids)
    setAsked(null)
  }

  return (
    <div className={styles.bar} role="group" aria-label="Many markets at once">
      {plans.map((one) => (
        <Button
          key={one.title}
          size="small"
          look="plain"
          disabled={run?.status === 'going'}
          onClick={() => (one.question ? setAsked(one) : begin(one))}
        >
          {one.title}
        </Button>
      ))}
      {ids.length > 0 && (
        <span className={styles.panic}>
          <Button size="small" look="danger" onClick={() => setAsked('panic')}>
            Suspend everything
          </Button>
        </span>
      )}
      {plan && (
        <Dialog title={plan.title} onClose={() => setAsked(null)}>
          <div className={styles.ask}>
            <p>{plan.question}</p>
            <div className={styles.decide}>
              <Button
                look={plan.move === 'suspend' ? 'danger' : 'main'}
                onClick={() => begin(plan)}
                autoFocus
              >
                {plan.title}
              </Button>
              <Button look="plain" onClick={() => setAsked(null)}>
                Cancel
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </div>
  )
}
