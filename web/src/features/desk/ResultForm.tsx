/** Who won, what that pays, and only then the button that pays it. */

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import type { MarketOnBoard } from '@/feed/messages'
import type { Currency } from '@/shared/money'
import { money } from '@/shared/money'
import { plural } from '@/shared/plural'
import { Button } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import styles from './MarketRow.module.css'
import { PreviewTable } from './PreviewTable'

interface Props {
  market: MarketOnBoard
  currency: Currency
  onClose: () => void
}

export function ResultForm({ market, currency, onClose }: Props) {
  const [winners, setWinners] = useState<number[]>(market.result?.winners ?? [])
  const params = { params: { path: { market_id: market.id } } }

  const preview = useMutation({
    mutationFn: () => must(api.POST('/api/market/{market_id}/preview', { ...params, body: { winners } })),
  })
  const settle = useMutation({
    mutationFn: async (digest: string) => {
      await must(api.POST('/api/market/{market_id}/result', { ...params, body: { winners } }))
      return must(api.POST('/api/market/{market_id}/settle', { ...params, body: { digest } }))
    },
    onSuccess: onClose,
  })

  function toggle(outcome: number) {
    setWinners(winners.includes(outcome) ? winners.filter((id) => id !== outcome) : [...winners, outcome])
    preview.reset()
    settle.reset()
  }

  return (
    <div className={styles.form}>
      <fieldset className={styles.winners}>
        <legend>Who won? Choose two or more for a dead heat.</legend>
        {market.outcomes
          .filter((outcome) => !outcome.withdrawn)
          .map((outcome) => (
            <label key={outcome.id} data-chosen={winners.includes(outcome.id) || undefined}>
              <input
                type="checkbox"
                checked={winners.includes(outcome.id)}
                onChange={() => toggle(outcome.id)}
              />
              {outcome.name}
            </label>
          ))}
      </fieldset>
      {preview.data && <PreviewTable preview={preview.data} currency={currency} />}
      <Failure error={preview.error ?? settle.error} />
      <div className={styles.decide}>
        {preview.data ? (
          <Button
            disabled={settle.isPending}
            onClick={() => settle.mutate(preview.data.digest)}
            data-testid="settle"
          >
            Settle {plural(preview.data.bets, 'bet')}, pay {money(preview.data.paid, currency)}
          </Button>
        ) : (
          <Button disabled={winners.length === 0 || preview.isPending} onClick={() => preview.mutate()}>
            Preview
          </Button>
        )}
        <Button look="plain" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </div>
  )
}
