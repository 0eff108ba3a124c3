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

/** What the desk scans to open a member's card. */
export function cardAddress(base: string, slug: string, user: number): string {
  return `${base}/org/t/${slug}/people?member=${user}`
}
