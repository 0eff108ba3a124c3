/** A corrected result: what it changes for whom, and only then the button that takes back and pays again. */

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Preview } from '@/api/types'
import type { MarketOnBoard } from '@/feed/messages'
import { NAME_LENGTH_MAX } from '@/shared/bounds'
import type { Currency } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { FailedToLoad, Loading } from '@/shared/ui/States'
import formStyles from '../form.module.css'
import { useMarket } from '../odds/useMarket'
import { changesBetween } from './changed'
import { correctionWords, nobodyDiffers } from './correction'
import { Differences } from './Differences'
import { PreviewTable } from './PreviewTable'
import { fieldOf } from './ResultForm'
import { heatOf, isSameResult, type Marks, marksOf, missing, resultOf } from './result'
import { usePreview } from './usePreview'
import { Winners } from './Winners'

interface Props {
  market: MarketOnBoard
  currency: Currency
  onClose: () => void
}

export function ResettleForm({ market, currency, onClose }: Props) {
  const full = useMarket(market.id, market.version)
  const [marks, setMarks] = useState<Marks>(() => marksOf(market.result))
  const [reason, setReason] = useState('')
  const [agreed, setAgreed] = useState<Preview | null>(null)
  const field = fieldOf(market, full.data?.places ?? 1)
  const lacking = missing(marks, field)
  const preview = usePreview(market, lacking === null && full.isSuccess ? resultOf(marks) : null)

  const paying = useMutation({
    mutationFn: (shown: Preview) => {
      setAgreed(shown)
      return must(
        api.POST('/api/market/{market_id}/resettle', {
          params: { path: { market_id: market.id } },
          body: { ...resultOf(marks), reason: reason.trim(), digest: shown.digest },
        }),
      )
    },
    onSuccess: onClose,
    onError: (error) => {
      if (error instanceof Problem && error.code === 'PREVIEW_CHANGED') void preview.refetch()
    },
  })
  const isChanged = paying.error instanceof Problem && paying.error.code === 'PREVIEW_CHANGED'

  if (full.isPending) return <Loading what="the market" />
  if (!full.data) return <FailedToLoad error={full.error} onRetry={() => full.refetch()} />
  const shown = lacking === null ? preview.data : undefined
  // An actual start that was entered since may change who is paid under the same result.
  const isSame =
    market.status === 'settled' &&
    isSameResult(marks, marksOf(market.result)) &&
    nobodyDiffers(shown?.correction)
  return (
    <form
      className={formStyles.form}
      aria-label="Correct the result"
      data-testid="resettle-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (shown && reason.trim() && !preview.isFetching && !paying.isPending) paying.mutate(shown)
      }}
    >
      <Winners
        market={market}
        marks={marks}
        places={full.data.places}
        onMarks={(next) => {
          setMarks(next)
          paying.reset()
        }}
      />
      <Field
        label="Why is it corrected?"
        hint="It stays in the log."
        value={reason}
        maxLength={NAME_LENGTH_MAX}
        onChange={(event) => setReason(event.target.value)}
      />
      <p className={formStyles.words} role="status">
        {lacking ?? (isSame ? 'This is how it was settled. Choose what is right.' : heatOf(marks, field))}
      </p>
      {isChanged && agreed && preview.data && preview.data.digest !== agreed.digest && (
        <Note tone="warn" icon="warning" title="It changed since you looked." alert>
          {changesBetween(agreed, preview.data, currency).join('. ')}. Nothing was moved; look again and
          decide.
        </Note>
      )}
      {lacking === null && preview.isPending && <Loading what="the preview" />}
      {shown && (
        <>
          <PreviewTable preview={shown} currency={currency} />
          {!isSame && (
            <Differences market={market} preview={shown} result={resultOf(marks)} currency={currency} />
          )}
        </>
      )}
      <FailedToLoad error={lacking === null ? preview.error : null} onRetry={() => preview.refetch()} />
      <Failure error={isChanged ? null : paying.error} />
      <div className={formStyles.decide}>
        {shown?.correction && !isSame && (
          <Button
            type="submit"
            disabled={!reason.trim() || paying.isPending || preview.isFetching}
            data-testid="resettle"
          >
            {paying.isPending ? 'Paying again…' : correctionWords(shown.correction, currency)}
          </Button>
        )}
        {shown && !isSame && !reason.trim() && <span className={formStyles.words}>Say why first.</span>}
        <Button look="plain" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
