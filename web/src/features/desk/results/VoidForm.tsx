/** Refunding a whole market: a reason, what it refunds, and then the button that does it. */

import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must } from '@/api/client'
import type { MarketOnBoard } from '@/feed/messages'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import type { Currency } from '@/shared/money'
import { money } from '@/shared/money'
import { plural } from '@/shared/plural'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import formStyles from '../form.module.css'
import { Differences } from './Differences'
import { PreviewTable } from './PreviewTable'

const ALL_VOID = { all_void: true } as const

interface Props {
  market: MarketOnBoard
  currency: Currency
  onClose: () => void
}

export function VoidForm({ market, currency, onClose }: Props) {
  const [reason, setReason] = useState('')
  const params = { params: { path: { market_id: market.id } } }
  const preview = useQuery({
    queryKey: ['preview', 'void', market.id, market.version],
    queryFn: () => must(api.POST('/api/market/{market_id}/preview', { ...params, body: { all_void: true } })),
    staleTime: 0,
  })
  const refund = useMutation({
    mutationFn: () =>
      must(
        api.POST('/api/market/{market_id}/void', {
          ...params,
          body: { reason: reason.trim(), digest: preview.data?.digest },
        }),
      ),
    onSuccess: onClose,
  })

  function onSubmit(event: FormEvent) {
    event.preventDefault()
    refund.mutate()
  }

  return (
    <form className={formStyles.form} onSubmit={onSubmit}>
      <Field
        label="Why is it void?"
        hint="It stays in the log. To take out a single outcome, withdraw it instead (Edit, Outcomes)."
        value={reason}
        required
        maxLength={NAME_LENGTH_MAX}
        onChange={(event) => setReason(event.target.value)}
      />
      {preview.data && <PreviewTable preview={preview.data} currency={currency} />}
      {market.status === 'settled' && preview.data && (
        <>
          <Note tone="warn" icon="warning" title="It was paid already.">
            What was won is taken back, and every stake is refunded.
          </Note>
          <Differences market={market} preview={preview.data} result={ALL_VOID} currency={currency} />
        </>
      )}
      <Failure error={preview.error ?? refund.error} />
      <div className={formStyles.decide}>
        <Button type="submit" look="danger" disabled={!reason.trim() || !preview.data || refund.isPending}>
          {preview.data
            ? `Void and refund ${plural(preview.data.bets, 'bet')}, ${money(preview.data.refunds + preview.data.paid, currency)}`
            : 'Void and refund'}
        </Button>
        <Button look="plain" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
