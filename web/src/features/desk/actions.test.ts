import { expect, it } from 'vitest'
import type { MarketOnBoard, MarketStatus } from '@/feed/messages'
import { actionsOf, byUrgency } from './actions'

const market = (id: number, status: MarketStatus, closes_at: number | null = null) =>
  ({ id, status, closes_at }) as MarketOnBoard

it('never offers to take bets again once a result is in', () => {
  for (const status of ['resulted', 'settling', 'settled', 'voiding', 'void'] as const) {
    expect(actionsOf(status)).not.toContain('open')
    expect(actionsOf(status)).not.toContain('reopen')
  }
})

it('asks for a result only after betting has closed', () => {
  const withResult = (['draft', 'open', 'suspended', 'closed', 'resulted'] as const).filter((status) =>
    actionsOf(status).includes('result'),
  )
  expect(withResult).toEqual(['closed', 'resulted'])
})

it('puts first what waits for the organizer', () => {
  const order = [market(1, 'settled'), market(2, 'open', 50), market(3, 'open', 20), market(4, 'closed')]
  expect(order.sort(byUrgency).map(({ id }) => id)).toEqual([4, 3, 2, 1])
})
