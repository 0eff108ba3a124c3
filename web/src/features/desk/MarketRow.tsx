import { useMutation } from '@tanstack/react-query'
import { memo, useState } from 'react'
import { api, must } from '@/api/client'
import { Countdown, PoolTotal } from '@/feed/cells'
import type { MarketOnBoard } from '@/feed/messages'
import { type Currency, prefixOf } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { Failure } from '@/shared/ui/Note'
import { ACTION_LABEL, type Action, actionsOf, type Move, STATUS_LABEL } from './actions'
import styles from './MarketRow.module.css'
import { ResultForm } from './ResultForm'
import { Settled, SettlingProgress } from './Settled'
import { VoidForm } from './VoidForm'

interface Props {
  market: MarketOnBoard
  matchName: string
  currency: Currency
}

function ask(market: number, move: Move) {
  const params = { params: { path: { market_id: market } } }
  switch (move) {
    case 'open':
      return must(api.POST('/api/market/{market_id}/open', params))
    case 'suspend':
      return must(api.POST('/api/market/{market_id}/suspend', params))
    case 'close':
      return must(api.POST('/api/market/{market_id}/close', params))
    case 'reopen':
      return must(api.POST('/api/market/{market_id}/reopen', params))
  }
}

/** The one thing to do next stands out. */
const lookOf = (action: Action) => (action === 'result' ? 'main' : action === 'void' ? 'danger' : 'plain')

export const MarketRow = memo(function MarketRow({ market, matchName, currency }: Props) {
  const [form, setForm] = useState<'result' | 'void' | null>(null)
  const moving = useMutation({ mutationFn: (move: Move) => ask(market.id, move) })
  const actions = actionsOf(market.status)
  const close = () => setForm(null)

  function act(action: Action) {
    if (action === 'result' || action === 'void') setForm(form === action ? null : action)
    else moving.mutate(action)
  }

  return (
    <li className={styles.row} data-market={market.id} data-status={market.status} data-testid="desk-market">
      <div className={styles.head}>
        <div className={styles.what}>
          <h2>{matchName}</h2>
          <span>{market.name}</span>
        </div>
        <span className={styles.status}>{STATUS_LABEL[market.status]}</span>
        <span className={styles.closes}>
          {market.status === 'open' && market.closes_at !== null && (
            <>
              closes <Countdown key={market.closes_at} until={market.closes_at} />
            </>
          )}
        </span>
        <span className={styles.total}>
          <PoolTotal market={market.id} exponent={currency.exponent} prefix={prefixOf(currency.currency)} />
        </span>
        <div className={styles.actions}>
          {actions.map((action) => (
            <Button
              key={action}
              size="small"
              look={lookOf(action)}
              disabled={moving.isPending}
              aria-expanded={action === 'result' || action === 'void' ? form === action : undefined}
              onClick={() => act(action)}
            >
              {ACTION_LABEL[action]}
              <span className="said"> {matchName}</span>
            </Button>
          ))}
        </div>
      </div>
      <Failure error={moving.error} />
      {form === 'result' && actions.includes('result') && (
        <ResultForm market={market} currency={currency} onClose={close} />
      )}
      {form === 'void' && actions.includes('void') && (
        <VoidForm market={market} currency={currency} onClose={close} />
      )}
      {(market.status === 'settling' || market.status === 'voiding') && (
        <SettlingProgress market={market.id} />
      )}
      {(market.status === 'settled' || market.status === 'void') && (
        <Settled market={market} currency={currency} />
      )}
    </li>
  )
})
