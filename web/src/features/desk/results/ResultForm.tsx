/** Who won, what that pays, and only then the button that pays it. */

import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Preview } from '@/api/types'
import type { MarketOnBoard, MatchOnBoard } from '@/feed/messages'
import type { Currency } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { Failure, Note } from '@/shared/ui/Note'
import { FailedToLoad, Loading } from '@/shared/ui/States'
import { readScore, scoreBody, scoreText } from '../editing/matchFields'
import formStyles from '../form.module.css'
import { useMarket } from '../odds/useMarket'
import { changesBetween } from './changed'
import { settleWords } from './correction'
import { PreviewTable } from './PreviewTable'
import { type Field, heatOf, type Marks, marksOf, missing, resultOf } from './result'
import { Score } from './Score'
import { usePreview } from './usePreview'
import { Winners } from './Winners'

interface Props {
  market: MarketOnBoard
  match: MatchOnBoard | undefined
  currency: Currency
  onClose: () => void
}

export function fieldOf(market: MarketOnBoard, places: number): Field {
  const running = market.outcomes.filter(({ withdrawn }) => !withdrawn).map(({ id }) => id)
  return { running, places, kind: market.kind }
}

export function ResultForm({ market, match, currency, onClose }: Props) {
  const full = useMarket(market.id, market.version)
  const [marks, setMarks] = useState<Marks>(() => marksOf(market.result))
  const [score, setScore] = useState(scoreText(match?.score))
  const [agreed, setAgreed] = useState<Preview | null>(null)
  /** A try whose answer was lost may have entered it: then only the settlement is asked for again. */
  const isEntered = useRef(false)

  const field = fieldOf(market, full.data?.places ?? 1)
  const lacking = missing(marks, field)
  const preview = usePreview(market, lacking === null && full.isSuccess ? resultOf(marks) : null)
  const params = { params: { path: { market_id: market.id } } }
  const goals = readScore(score)
  const isScored = score.trim() !== scoreText(match?.score)

  async function enter() {
    if (match && isScored && goals !== undefined)
      await must(
        api.PATCH('/api/match/{match_id}', {
          params: { path: { match_id: match.id } },
          body: { score: scoreBody(goals, match.score) },
        }),
      )
    await must(api.POST('/api/market/{market_id}/result', { ...params, body: resultOf(marks) }))
  }
  const entering = useMutation({ mutationFn: enter, onSuccess: onClose })
  const settling = useMutation({
    mutationFn: async (shown: Preview) => {
      setAgreed(shown)
      if (!isEntered.current) await enter()
      isEntered.current = true
      return must(api.POST('/api/market/{market_id}/settle', { ...params, body: { digest: shown.digest } }))
    },
    onSuccess: onClose,
    onError: (error) => {
      if (error instanceof Problem && error.code === 'PREVIEW_CHANGED') void preview.refetch()
    },
  })
  const isChanged = settling.error instanceof Problem && settling.error.code === 'PREVIEW_CHANGED'
  const isBusy = entering.isPending || settling.isPending

  function choose(next: Marks) {
    setMarks(next)
    isEntered.current = false
    settling.reset()
  }

  if (full.isPending) return <Loading what="the market" />
  if (!full.data) return <FailedToLoad error={full.error} onRetry={() => full.refetch()} />
  const shown = lacking === null ? preview.data : undefined
  return (
    <form
      className={formStyles.form}
      aria-label="The result"
      data-testid="result-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (shown && !preview.isFetching && !isBusy) settling.mutate(shown)
      }}
    >
      <Winners market={market} marks={marks} places={full.data.places} onMarks={choose} />
      <p className={formStyles.words} role="status">
        {lacking ?? heatOf(marks, field)}
      </p>
      {isChanged && agreed && preview.data && preview.data.digest !== agreed.digest && (
        <Note tone="warn" icon="warning" title="It changed since you looked." alert>
          {changesBetween(agreed, preview.data, currency).join('. ')}. Nothing was paid; look again and
          decide.
        </Note>
      )}
      {lacking === null && preview.isPending && <Loading what="the preview" />}
      {shown && <PreviewTable preview={shown} currency={currency} />}
      <Score
        text={score}
        onText={(text) => {
          setScore(text)
          isEntered.current = false
        }}
      />
      <FailedToLoad error={lacking === null ? preview.error : null} onRetry={() => preview.refetch()} />
      <Failure error={entering.error ?? (isChanged ? null : settling.error)} />
      <div className={formStyles.decide}>
        {shown && (
          <Button
            type="submit"
            disabled={isBusy || preview.isFetching || goals === undefined}
            data-testid="settle"
          >
            {settling.isPending ? 'Settling…' : settleWords(shown, currency)}
          </Button>
        )}
        <Button
          look="plain"
          disabled={lacking !== null || isBusy || goals === undefined}
          onClick={() => entering.mutate()}
        >
          Keep the result, pay later
        </Button>
        <Button look="plain" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
