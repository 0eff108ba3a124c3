/** The sign beside a movement of a statement, and what a cashier finds a wallet by. Pure. */

import type { IconName } from '@/shared/ui/Icon'

const SIGNS: Record<string, IconName> = {
  deposit: 'in',
  withdrawal: 'out',
  stake: 'ticket',
  payout: 'check',
  refund: 'back',
  reversal: 'warning',
  receivable: 'back',
}

/** The movement's text says the same in words: "Payout for Ada". */
export function signOf(kind: string): IconName {
  return SIGNS[kind] ?? 'ticket'
}

/** What the cashier reads or scans to find a wallet. */
export function payInText(name: string, user: number, wallet: number): string {
  return `toteboard wallet ${wallet}, member ${user}, ${name}`
}
