import type { Structure } from '@/feed/board'
import type { MarketStatus } from '@/feed/messages'
import { Button } from '@/shared/ui/Button'
import formStyles from '../form.module.css'
import { beginRun, useRun } from './runs'
import { manyWords } from './words'

/** Moves for all markets of one match; where it has but one, that one's own buttons do. */
export function OfMatch({ slug, match, structure }: { slug: string; match: number; structure: Structure }) {
  const run = useRun(slug)
  const markets = [...structure.markets.values()].filter(({ match_id }) => match_id === match)
  const idsIn = (...statuses: MarketStatus[]) =>
    markets.filter(({ status }) => statuses.includes(status)).map(({ id }) => id)
  const plans = (
    [
      ['open', idsIn('draft', 'suspended')],
      ['suspend', idsIn('open')],
      ['close', idsIn('open', 'suspended')],
    ] as const
  ).filter(([, ids]) => ids.length > 0)
  if (markets.length < 2 || plans.length === 0) return null
  return (
    <div className={formStyles.decide} role="group" aria-label="All markets of this match">
      {plans.map(([move, ids]) => (
        <Button
          key={move}
          size="small"
          look="plain"
          disabled={run?.status === 'going'}
          onClick={() => beginRun(slug, `${manyWords(move, ids.length, false)} of the match`, move, ids)}
        >
          {manyWords(move, ids.length, false)} of the match
        </Button>
      ))}
    </div>
  )
}
