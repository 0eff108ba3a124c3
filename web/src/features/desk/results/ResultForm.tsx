/** Who won, what that pays, and only then the button that pays it. */

import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { api, must } from '@/api/client'
import type { MarketOnBoard, MatchOnBoard } from '@/feed/messages'
import type { Currency } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { settleWords } from './correction'
import { DecisionForm } from './DecisionForm'
import type { ResultRequest } from './result'
import { Score, useScore } from './Score'
import { useDecision } from './useDecision'

interface Props {
  market: MarketOnBoard
  match: MatchOnBoard | undefined
  currency: Currency
  onClose: () => void
}

export function ResultForm({ market, match, currency, onClose }: Props) {
  const scoring = useScore(match)
  const params = { params: { path: { market_id: market.id } } }
  /** What an earlier try has entered, though its answer was lost: then only the settlement is asked for again. */
  const entered = useRef<string | null>(null)

  async function enter(result: ResultRequest) {
    await scoring.save()
    await must(api.POST('/api/market/{market_id}/result', { ...params, body: result }))
  }
  const decision = useDecision({
    market,
    currency,
    decide: async (result, agreed) => {
      const entry = JSON.stringify([result, scoring.text])
      if (entered.current !== entry) await enter(result)
      entered.current = entry
      return must(api.POST('/api/market/{market_id}/settle', { ...params, body: { digest: agreed.digest } }))
    },
    onDone: onClose,
  })
  const entering = useMutation({ mutationFn: () => enter(decision.result), onSuccess: onClose })
  const isReady = scoring.isFine && !entering.isPending

  return (
    <DecisionForm
      label="The result"
      testId="result-form"
      decision={decision}
      market={market}
      currency={currency}
      isReady={isReady}
      after={() => <Score text={scoring.text} onText={scoring.setText} />}
      otherError={entering.error}
      onClose={onClose}
    >
      {(shown) => (
        <>
          {shown && (
            <Button type="submit" disabled={!isReady || !decision.mayDecide} data-testid="settle">
              {decision.isDeciding ? 'Paying out…' : settleWords(shown, currency)}
            </Button>
          )}
          <Button
            look="plain"
            disabled={decision.lacking !== null || !isReady || decision.isDeciding}
            onClick={() => entering.mutate()}
          >
            Keep the result, pay later
          </Button>
        </>
      )}
    </DecisionForm>
  )
}
