/** A runner that does not run, found out at any time: what it takes off winnings, what that changes, and why. */

import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { WithdrawalPreview } from '@/api/types'
import type { MarketOnBoard, OutcomeOnBoard } from '@/feed/messages'
import { DEDUCTION_BPS_MAX } from '@/shared/bounds'
import { type Currency, parseMoney, typed } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure } from '@/shared/ui/Note'
import { Reason } from '@/shared/ui/Reason'
import formStyles from '../form.module.css'
import { Changes } from '../results/Changes'
import { Warnings } from './Warnings'

interface Props {
  market: MarketOnBoard
  outcome: OutcomeOnBoard
  currency: Currency
  onClose: () => void
}

export function WithdrawForm({ market, outcome, currency, onClose }: Props) {
  const isBack = outcome.withdrawn
  const [reason, setReason] = useState('')
  /** In per cent; null: by the table. */
  const [text, setText] = useState<string | null>(null)
  const bps = text === null ? null : parseMoney(text || '0', 2)
  const isWrong = text !== null && (bps === null || bps > DEDUCTION_BPS_MAX)
  const asked = { withdrawn: !isBack, deduction_bps: isBack || isWrong ? null : bps }
  const path = { params: { path: { outcome_id: outcome.id } } }
  const preview = useQuery({
    queryKey: ['withdrawal', outcome.id, market.version, asked],
    queryFn: () => must(api.POST('/api/outcome/{outcome_id}/withdrawal/preview', { ...path, body: asked })),
    enabled: !isWrong,
    staleTime: 0,
    gcTime: 0,
  })
  const saving = useMutation({
    mutationFn: (agreed: WithdrawalPreview) =>
      must(
        api.POST('/api/outcome/{outcome_id}/withdrawal', {
          ...path,
          body: { ...asked, reason: reason.trim(), digest: agreed.digest },
        }),
      ),
    onSuccess: onClose,
    onError: () => void preview.refetch(),
  })
  const seen = isWrong ? undefined : preview.data
  return (
    <form
      className={formStyles.labelled}
      aria-label={`${isBack ? 'Bring back' : 'Withdraw'} ${outcome.name}`}
      data-testid="withdraw-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (seen && reason.trim()) saving.mutate(seen)
      }}
    >
      <p className={formStyles.words}>
        {isBack ? 'Its bets count again.' : 'Its bets are refunded.'}
        {market.status === 'settled' && ' The market is paid again.'}
      </p>
      <div className={formStyles.fields}>
        {market.kind === 'fixed' && !isBack && (
          <Field
            label="Deduct from winnings of earlier bets, in %"
            hint={
              text === null
                ? 'By the table of deductions in Settings, at its odds now. 0: nothing.'
                : 'The table is in Settings.'
            }
            inputMode="decimal"
            wrong={isWrong ? 'Per cent, at most 90.' : undefined}
            value={text ?? (seen ? typed(seen.deduction_bps, 2) : '')}
            onChange={(event) => setText(event.target.value)}
          />
        )}
        <Reason
          label={isBack ? 'Why is it brought back?' : 'Why is it withdrawn?'}
          value={reason}
          onValue={setReason}
        />
      </div>
      {seen && <Warnings of={seen.warnings} />}
      {seen?.repaid && <Changes title={market.name} preview={seen.repaid} currency={currency} />}
      <Failure error={saving.error ?? preview.error} />
      <div className={formStyles.decide}>
        <Button
          type="submit"
          size="small"
          disabled={!seen || !reason.trim() || saving.isPending || preview.isFetching}
        >
          {saving.isPending ? 'Applying…' : `${isBack ? 'Bring back' : 'Withdraw'} ${outcome.name}`}
        </Button>
        <Button size="small" look="plain" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
