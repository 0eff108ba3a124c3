/** The form of both results: who won, what that comes to, and last the button that decides. */

import type { ReactNode } from 'react'
import type { Preview } from '@/api/types'
import type { MarketOnBoard } from '@/feed/messages'
import type { Currency } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { Failure, Note } from '@/shared/ui/Note'
import { FailedToLoad, Loading } from '@/shared/ui/States'
import formStyles from '../form.module.css'
import { PreviewTable } from './PreviewTable'
import type { Decision } from './useDecision'
import { Winners } from './Winners'

interface Props {
  label: string
  testId: string
  decision: Decision
  market: MarketOnBoard
  currency: Currency
  /** Beyond the decision's own conditions. */
  isReady: boolean
  /** Instead of what is said of the marks. */
  words?: string
  /** Above the preview, and below it. */
  before?: ReactNode
  after: (shown: Preview | undefined) => ReactNode
  /** Of another button than the one that decides. */
  otherError?: unknown
  /** The buttons, but for Cancel. */
  children: (shown: Preview | undefined) => ReactNode
  onClose: () => void
}

export function DecisionForm({ decision, market, currency, isReady, ...props }: Props) {
  const { full, preview, shown, lacking } = decision
  if (full.isPending) return <Loading what="the market" />
  if (!full.data) return <FailedToLoad error={full.error} onRetry={() => full.refetch()} />
  return (
    <form
      className={formStyles.form}
      aria-label={props.label}
      data-testid={props.testId}
      onSubmit={(event) => {
        event.preventDefault()
        if (shown && isReady && decision.mayDecide) decision.decide(shown)
      }}
    >
      <Winners market={market} marks={decision.marks} places={decision.places} onMarks={decision.choose} />
      {props.before}
      <p className={formStyles.words} role="status">
        {lacking ?? props.words ?? decision.heat}
      </p>
      {decision.changes && (
        <Note tone="warn" icon="warning" title="It changed since you looked." alert>
          {decision.changes.join('. ')}. No money has moved; look again and decide.
        </Note>
      )}
      {lacking === null && preview.isPending && <Loading what="the preview" />}
      {shown && <PreviewTable preview={shown} currency={currency} />}
      {props.after(shown)}
      <FailedToLoad error={lacking === null ? preview.error : null} onRetry={() => preview.refetch()} />
      <Failure error={props.otherError ?? decision.error} />
      <div className={formStyles.decide}>
        {props.children(shown)}
        <Button look="plain" onClick={props.onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
