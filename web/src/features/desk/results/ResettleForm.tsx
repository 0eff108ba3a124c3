/** A corrected result: what it changes for whom, and only then the button that takes back and pays again. */

import { useState } from 'react'
import { api, must } from '@/api/client'
import type { MarketOnBoard, MatchOnBoard } from '@/feed/messages'
import type { Currency } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { Reason } from '@/shared/ui/Reason'
import formStyles from '../form.module.css'
import { correctionWords, nobodyDiffers } from './correction'
import { DecisionForm } from './DecisionForm'
import { Differences } from './Differences'
import { isSameResult, marksOf } from './result'
import { Score, useScore } from './Score'
import { useDecision } from './useDecision'

interface Props {
  market: MarketOnBoard
  match: MatchOnBoard | undefined
  currency: Currency
  onClose: () => void
}

export function ResettleForm({ market, match, currency, onClose }: Props) {
  const [reason, setReason] = useState('')
  const scoring = useScore(match)
  const decision = useDecision({
    market,
    currency,
    decide: async (result, agreed) => {
      await scoring.save()
      return must(
        api.POST('/api/market/{market_id}/resettle', {
          params: { path: { market_id: market.id } },
          body: { ...result, reason: reason.trim(), digest: agreed.digest },
        }),
      )
    },
    onDone: onClose,
    isCorrection: true,
  })
  // An actual start that was entered since may change who is paid under the same result.
  const isSame =
    market.status === 'settled' &&
    isSameResult(decision.marks, marksOf(market.result)) &&
    nobodyDiffers(decision.shown?.correction)
  const hasReason = reason.trim() !== '' && scoring.isFine
  const won = market.outcomes.filter(({ id }) => market.result?.winners.includes(id)).map(({ name }) => name)

  return (
    <DecisionForm
      label="Correct the result"
      testId="resettle-form"
      decision={decision}
      market={market}
      currency={currency}
      isReady={hasReason}
      words={isSame ? 'This is how it was settled. Choose what is right.' : undefined}
      before={
        <>
          <p className={formStyles.words}>
            It was settled as:{' '}
            <bdi>{market.status === 'void' ? 'void' : won.join(', ') || 'no listed outcome'}</bdi>.
          </p>
          <Reason label="Why is it corrected?" value={reason} onValue={setReason} />
        </>
      }
      after={(shown) => (
        <>
          {shown && !isSame && (
            <Differences market={market} preview={shown} result={decision.result} currency={currency} />
          )}
          <Score text={scoring.text} onText={scoring.setText} />
        </>
      )}
      onClose={onClose}
    >
      {(shown) => (
        <>
          {shown?.correction && !isSame && (
            <Button type="submit" disabled={!hasReason || !decision.mayDecide} data-testid="resettle">
              {decision.isDeciding ? 'Applying…' : correctionWords(shown.correction, currency)}
            </Button>
          )}
          {shown && !isSame && !hasReason && <span className={formStyles.words}>Say why first.</span>}
        </>
      )}
    </DecisionForm>
  )
}
