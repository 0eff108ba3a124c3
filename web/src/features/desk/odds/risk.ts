/** How near a liability is to its limit. Pure. */

import type { Minor } from '@/shared/money'

const AMBER_PERCENT = 80
/** The server refuses a bet that would pass the limit; what is left may be too little for anybody. */
const FULL_PERCENT = 100

export interface Risk {
  level: 'none' | 'fine' | 'amber' | 'full'
  /** Of the limit, floored; null without a limit. */
  percent: number | null
}

export function riskOf(liability: Minor, limit: Minor | null): Risk {
  if (limit === null) return { level: liability > 0 ? 'fine' : 'none', percent: null }
  if (liability <= 0) return { level: 'none', percent: 0 }
  const percent = limit === 0 ? FULL_PERCENT : Number((BigInt(liability) * 100n) / BigInt(limit))
  return { level: percent >= FULL_PERCENT ? 'full' : percent >= AMBER_PERCENT ? 'amber' : 'fine', percent }
}
