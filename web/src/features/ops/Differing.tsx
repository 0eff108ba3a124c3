/** Tournaments whose books differ: what is off, and the button that takes bets again. Nothing where all balance. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { Ops } from '@/api/types'
import { figure } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { Confirm } from '@/shared/ui/Confirm'
import { Panel } from '@/shared/ui/Panel'
import { Reason } from '@/shared/ui/Reason'
import styles from './Cockpit.module.css'

type Books = NonNullable<Ops['books']>['differing'][number]

const ACCOUNTS: Record<string, string> = {
  all: 'all accounts together',
  wallet: 'wallets',
  escrow: 'stakes of open markets',
  house: 'the house',
  takeout: 'the house share',
  breakage: 'rounding',
  cash: 'cash',
  receivable: 'debts',
}
const called = (what: string) => ACCOUNTS[what] ?? what.replace(':', ' ')

export function Differing({ books }: { books: Ops['books'] }) {
  const [lifting, setLifting] = useState<Books | null>(null)
  if (!books || books.differing.length === 0) return null
  return (
    <Panel title="Books that differ">
      <ul className={styles.laneErrors}>
        {books.differing.map((one) => (
          <li key={one.tournament_id} data-testid="differing">
            <bdi>{one.name}</bdi>:{' '}
            <span className="num">
              {one.differs
                .map(
                  ({ what, off }) =>
                    `${called(what)} off by ${figure(Number(off), one.exponent)} ${one.currency}`,
                )
                .join('; ')}
              .
            </span>{' '}
            {one.stopped_at ? (
              <>
                Betting is stopped there.{' '}
                <Button size="small" look="danger" onClick={() => setLifting(one)}>
                  Take bets again…
                </Button>
              </>
            ) : (
              'Known; bets are taken.'
            )}
          </li>
        ))}
      </ul>
      <p>Check all books says which account it is.</p>
      {lifting && <Lift books={lifting} onClose={() => setLifting(null)} />}
    </Panel>
  )
}

function Lift({ books, onClose }: { books: Books; onClose: () => void }) {
  const queries = useQueryClient()
  const [reason, setReason] = useState('')
  const lift = useMutation({
    mutationFn: () =>
      must(
        api.POST('/api/ops/books/{tournament_id}/lift', {
          params: { path: { tournament_id: books.tournament_id } },
          body: { reason: reason.trim() },
        }),
      ),
    onSuccess: () => {
      queries.invalidateQueries({ queryKey: ['ops'] })
      onClose()
    },
  })
  return (
    <Confirm
      title={`Take bets again: ${books.name}`}
      action="Take bets again"
      isDanger
      isPending={lift.isPending}
      error={lift.error}
      onConfirm={() => reason.trim() && lift.mutate()}
      onClose={onClose}
    >
      <p>
        Markets that were suspended by this open again. What differs stays as it is, and does not stop betting
        once more; any other difference does.
      </p>
      <Reason value={reason} onValue={setReason} />
    </Confirm>
  )
}
