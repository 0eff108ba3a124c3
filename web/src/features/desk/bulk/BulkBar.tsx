/** Moves for many markets at once: of the round or search that is listed, or of the whole tournament. */

import { useState } from 'react'
import type { MarketStatus } from '@/feed/messages'
import { Button } from '@/shared/ui/Button'
import { Dialog } from '@/shared/ui/Dialog'
import type { Move } from '../actions'
import type { Row } from '../markets/list'
import styles from './Bulk.module.css'
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

/** What can be done to these rows at once, "Suspend everything" apart: it is always everything. */
function plansFor(scope: readonly Row[], isWhole: boolean): Plan[] {
  const drafts = idsIn(scope, 'draft')
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
  if (!isWhole)
    plans.splice(2, 0, { title: manyWords('suspend', open.length, false), move: 'suspend', ids: open })
  return plans.filter(({ ids, move }) => ids.length > (move === 'close' && isWhole ? 1 : 0))
}

export function BulkBar({ slug, all, scope, isWhole }: Props) {
  const [asked, setAsked] = useState<Plan | null>(null)
  const run = useRun(slug)
  const open = idsIn(all, 'open')
  const plans = plansFor(scope, isWhole)
  const panic: Plan = {
    title: 'Suspend everything',
    move: 'suspend',
    ids: open,
    question: `${open.length === 1 ? 'The open market takes' : `All ${open.length.toLocaleString('en-GB')} open markets take`} no bets until you open ${open.length === 1 ? 'it' : 'them'} again. Bets that were taken stay.`,
  }
  if (plans.length === 0 && open.length === 0) return null

  function begin({ title, move, ids }: Plan) {
    beginRun(slug, title, move, ids)
    setAsked(null)
  }

  return (
    <div className={styles.bar} role="group" aria-label="Many markets at once">
      {plans.map((plan) => (
        <Button
          key={plan.title}
          size="small"
          look="plain"
          disabled={run?.status === 'going'}
          onClick={() => (plan.question ? setAsked(plan) : begin(plan))}
        >
          {plan.title}
        </Button>
      ))}
      {open.length > 0 && (
        <span className={styles.panic}>
          <Button size="small" look="danger" onClick={() => setAsked(panic)}>
            Suspend everything
          </Button>
        </span>
      )}
      {asked && (
        <Dialog title={asked.title} onClose={() => setAsked(null)}>
          <div className={styles.ask}>
            <p>{asked.question}</p>
            <div className={styles.decide}>
              <Button
                look={asked.move === 'suspend' ? 'danger' : 'main'}
                onClick={() => begin(asked)}
                autoFocus
              >
                {asked.title}
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
