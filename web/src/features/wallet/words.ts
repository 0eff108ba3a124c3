/** What a movement of a statement is called, and the sign beside it. Pure. */

import type { IconName } from '@/shared/ui/Icon'

interface Kind {
  word: string
  icon: IconName
}

const KINDS: Record<string, Kind> = {
  deposit: { word: 'Paid in', icon: 'in' },
  withdrawal: { word: 'Paid out to you', icon: 'out' },
  stake: { word: 'Bet', icon: 'ticket' },
  payout: { word: 'Payout', icon: 'check' },
  refund: { word: 'Refund', icon: 'back' },
  reversal: { word: 'Correction', icon: 'warning' },
  receivable: { word: 'Debt paid back', icon: 'back' },
}

/** A kind that is not known here is shown by its own name. */
export function kindOf(kind: string): Kind {
  return KINDS[kind] ?? { word: kind, icon: 'ticket' }
}

/** What the cashier reads or scans to find a wallet. */
export function payInText(name: string, user: number, wallet: number): string {
  return `toteboard wallet ${wallet}, member ${user}, ${name}`
}
