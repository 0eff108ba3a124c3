/** The outcomes of a market: rename, withdraw and bring back, delete where no bet is, add. Each saves by itself. */

import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must } from '@/api/client'
import type { MarketOnBoard, OutcomeOnBoard } from '@/feed/messages'
import { useFeed } from '@/feed/useFeed'
import { NAME_LENGTH_MAX, REASON_LENGTH_MAX } from '@/shared/bounds'
import { hasNoField, wrongOf } from '@/shared/fieldErrors'
import type { Currency } from '@/shared/money'
import { money, typed } from '@/shared/money'
import { oddsText } from '@/shared/odds'
import { plural } from '@/shared/plural'
import { Button } from '@/shared/ui/Button'
import { TextField } from '@/shared/ui/Field'
import { Failure } from '@/shared/ui/Note'
import { readOutcomes } from '../adding/outcomes'
import formStyles from '../form.module.css'
import { Remove } from './Remove'
import { WithdrawForm } from './WithdrawForm'

const BETTABLE: ReadonlySet<string> = new Set(['draft', 'open', 'suspended'])
/** While it is being paid, nothing of it changes. */
const PAYING: ReadonlySet<string> = new Set(['settling', 'voiding'])
const OVER: ReadonlySet<string> = new Set(['settling', 'settled', 'voiding', 'void'])

export function Outcomes({ market, currency }: { market: MarketOnBoard; currency: Currency }) {
  return (
    <>
      <ul className={formStyles.list}>
        {market.outcomes.map((outcome) => (
          <OutcomeItem key={outcome.id} market={market} outcome={outcome} currency={currency} />
        ))}
      </ul>
      {BETTABLE.has(market.status) && <AddOutcomes market={market} />}
    </>
  )
}

interface ItemProps {
  market: MarketOnBoard
  outcome: OutcomeOnBoard
  currency: Currency
}

function OutcomeItem({ market, outcome, currency }: ItemProps) {
  const [name, setName] = useState<string | null>(null)
  const [reason, setReason] = useState('')
  const path = { params: { path: { outcome_id: outcome.id } } }
  const { bets, stakes } = useFeed().tick(outcome.id) ?? outcome
  const saving = useMutation({
    mutationFn: (body: { name?: string; reason?: string; withdrawn?: boolean }) =>
      must(api.PATCH('/api/outcome/{outcome_id}', { ...path, body })),
    onSuccess: () => {
      setName(null)
      setReason('')
    },
  })
  const [isWithdrawing, setWithdrawing] = useState(false)
  // Where money hangs on it, somebody says why, and sees what it comes to.
  const hasBets = market.outcomes.some((one) => one.bets > 0) || bets > 0
  const needsWords = OVER.has(market.status) || (hasBets && market.kind === 'fixed')
  const isRenamed = name !== null && name.trim() !== outcome.name && name.trim() !== ''
  const wrong = wrongOf(saving.error, ['name'] as const).name

  // Bets keep the name they were taken under: another one is a correction.
  const needsReason = isRenamed && (bets > 0 || OVER.has(market.status))

  function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (!isRenamed || (needsReason && reason.trim() === '')) return
    saving.mutate({ name: name.trim(), ...(needsReason && { reason: reason.trim() }) })
  }

  return (
    <li data-outcome={outcome.id}>
      <form className={formStyles.item} onSubmit={onSubmit}>
        <input
          dir="auto"
          aria-label={`Name of outcome ${outcome.lane_no}`}
          data-out={outcome.withdrawn || undefined}
          maxLength={NAME_LENGTH_MAX}
          value={name ?? outcome.name}
          aria-invalid={Boolean(wrong)}
          onChange={(event) => setName(event.target.value)}
        />
        {needsReason && (
          <input
            aria-label={`Why ${outcome.name} is renamed`}
            placeholder="Why: receipts and exports keep the old name"
            maxLength={REASON_LENGTH_MAX}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
        {isRenamed && (
          <Button
            type="submit"
            size="small"
            disabled={saving.isPending || (needsReason && reason.trim() === '')}
          >
            Rename
          </Button>
        )}
        {!PAYING.has(market.status) && market.status !== 'void' && (
          <Button
            size="small"
            look="plain"
            disabled={saving.isPending}
            aria-expanded={needsWords ? isWithdrawing : undefined}
            onClick={() =>
              needsWords ? setWithdrawing(!isWithdrawing) : saving.mutate({ withdrawn: !outcome.withdrawn })
            }
          >
            {outcome.withdrawn ? 'Bring back' : 'Withdraw'}
            <span className="visually-hidden"> {outcome.name}</span>
          </Button>
        )}
        {BETTABLE.has(market.status) && bets === 0 && (
          <Remove what={outcome.name} remove={() => must(api.DELETE('/api/outcome/{outcome_id}', path))} />
        )}
      </form>
      {wrong && <p className={formStyles.wrong}>✕ {wrong}</p>}
      {hasNoField(saving.error, ['name']) && <Failure error={saving.error} />}
      {isWithdrawing && (
        <WithdrawForm
          market={market}
          outcome={outcome}
          currency={currency}
          onClose={() => setWithdrawing(false)}
        />
      )}
      {outcome.withdrawn && bets > 0 && (
        <p className={formStyles.words}>
          {plural(bets, 'bet')} on it, {money(stakes, currency)},{' '}
          {OVER.has(market.status) ? 'refunded.' : 'refunded when the market is settled.'}
        </p>
      )}
      {outcome.deduction_bps > 0 && (
        <p className={formStyles.words}>
          Winnings of bets placed before lose {typed(outcome.deduction_bps, 2)} %.
        </p>
      )}
    </li>
  )
}

/** One or many at once, as they are pasted; those that were added are not added again when one is refused. */
function AddOutcomes({ market }: { market: MarketOnBoard }) {
  const [text, setText] = useState('')
  const pasted = readOutcomes(text)
  const adding = useMutation({
    mutationFn: async () => {
      for (const [i, { name, odds }] of pasted.outcomes.entries()) {
        await must(
          api.POST('/api/outcome', {
            body: { market_id: market.id, name, ...(odds !== null && { odds: oddsText(odds) }) },
          }),
        )
        setText(
          pasted.outcomes
            .slice(i + 1)
            .map((left) => (left.odds === null ? left.name : `${left.name}\t${oddsText(left.odds)}`))
            .join('\n'),
        )
      }
    },
  })
  const said = wrongOf(adding.error, ['name', 'odds'] as const)
  const many = pasted.outcomes.length

  return (
    <form
      className={formStyles.labelled}
      onSubmit={(event) => {
        event.preventDefault()
        if (many > 0 && !pasted.wrong) adding.mutate()
      }}
    >
      <TextField
        label="Add outcomes, one a line"
        hint={market.kind === 'fixed' ? 'Odds behind a tab or a semicolon.' : undefined}
        rows={2}
        dir="auto"
        value={text}
        wrong={pasted.wrong ?? said.name ?? said.odds}
        onChange={(event) => setText(event.target.value)}
      />
      {hasNoField(adding.error, ['name', 'odds']) && <Failure error={adding.error} />}
      <div className={formStyles.decide}>
        <Button type="submit" size="small" disabled={many === 0 || Boolean(pasted.wrong) || adding.isPending}>
          {many > 1 ? `Add ${many} outcomes` : 'Add the outcome'}
        </Button>
      </div>
    </form>
  )
}
