/** A result as it is marked, what it would come to, and the decision about it: the same for a first result and a corrected one. */

import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import type { Preview } from '@/api/types'
import type { MarketOnBoard } from '@/feed/messages'
import type { Currency } from '@/shared/money'
import { useMarket } from '../odds/useMarket'
import { changesBetween } from './changed'
import { type Field, heatOf, type Marks, marksOf, missing, type ResultRequest, resultOf } from './result'
import { usePreview } from './usePreview'

function fieldOf(market: MarketOnBoard, places: number): Field {
  const running = market.outcomes.filter(({ withdrawn }) => !withdrawn).map(({ id }) => id)
  return { running, places, kind: market.kind }
}

interface Wanted {
  market: MarketOnBoard
  currency: Currency
  /** Asks the API for it, with the preview that was looked at. */
  decide: (result: ResultRequest, agreed: Preview) => Promise<unknown>
  onDone: () => void
  /** A correction begins with nothing marked: whoever won before may not have. */
  isCorrection?: boolean
}

export function useDecision({ market, currency, decide, onDone, isCorrection = false }: Wanted) {
  const full = useMarket(market.id, market.version)
  const [marks, setMarks] = useState<Marks>(() => (isCorrection ? {} : marksOf(market.result)))
  const [agreed, setAgreed] = useState<Preview | null>(null)
  const places = full.data?.places ?? 1
  const field = fieldOf(market, places)
  const lacking = missing(marks, field)
  const preview = usePreview(market, lacking === null && full.isSuccess ? resultOf(marks) : null)
  const deciding = useMutation({
    mutationFn: (shown: Preview) => {
      setAgreed(shown)
      return decide(resultOf(marks), shown)
    },
    onSuccess: onDone,
    onError: (error) => {
      if (error instanceof Problem && error.code === 'PREVIEW_CHANGED') void preview.refetch()
    },
  })
  const isChanged = deciding.error instanceof Problem && deciding.error.code === 'PREVIEW_CHANGED'
  const isOther = isChanged && agreed && preview.data && preview.data.digest !== agreed.digest
  return {
    full,
    places,
    marks,
    result: resultOf(marks),
    choose: (next: Marks) => {
      setMarks(next)
      deciding.reset()
    },
    /** Why it cannot be the result yet. */
    lacking,
    heat: heatOf(marks, field),
    preview,
    /** The preview of this result; undefined while there is none. */
    shown: lacking === null ? preview.data : undefined,
    /** What became another since the preview that was decided on. */
    changes: isOther ? changesBetween(agreed, preview.data, currency) : null,
    error: isChanged ? null : deciding.error,
    isDeciding: deciding.isPending,
    mayDecide: !deciding.isPending && !preview.isFetching,
    decide: deciding.mutate,
  }
}

export type Decision = ReturnType<typeof useDecision>
