/** The roles in words: what they are called and what they may do. */

import type { Member, Role } from '@/api/types'

export const ROLES: readonly Role[] = ['bettor', 'cashier', 'auditor', 'organizer']

export const ROLE_MEANS: Record<Role, string> = {
  bettor: 'Bets from a wallet of their own.',
  cashier: 'Sees all members and their wallets, and pays money in and out.',
  auditor: 'Sees members, wallets, every bet and the audit log. Changes nothing.',
  organizer: 'Runs the tournament: matches, odds, results, settlement, members and money.',
}

export const isStaff = (role: Role) => role !== 'bettor'

/** What changing a role does, beyond what the new one may do. */
export function changeMeans(member: Member, to: Role, staffMayBet: boolean): string[] {
  const lines = [ROLE_MEANS[to]]
  if (isStaff(to) && member.wallet_id !== null && !staffMayBet)
    lines.push('Staff do not bet in this tournament. The wallet stays, and open bets are paid.')
  if (to === 'bettor' && member.wallet_id === null) lines.push('They get a wallet.')
  if (member.role === 'organizer') lines.push('They no longer run this tournament.')
  return lines
}
