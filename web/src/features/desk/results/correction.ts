/** What the buttons that decide about money say they will do. Pure. */

import type { Correction, Preview } from '@/api/types'
import { type Currency, money } from '@/shared/money'
import { plural } from '@/shared/plural'

/** "Pay out €1,204.00", and what is refunded where something is. */
export function settleWords({ bets, paid, refunds }: Preview, currency: Currency): string {
  if (bets === 0) return 'Settle: there are no bets'
  if (refunds === 0 && paid === 0) return `Settle ${plural(bets, 'bet')}: nobody is paid`
  if (refunds === 0) return `Pay out ${money(paid, currency)}`
  if (paid === 0) return `Refund ${money(refunds, currency)}`
  return `Pay out ${money(paid, currency)}, refund ${money(refunds, currency)}`
}

/** Whether a correction moves no money at all. */
export const nobodyDiffers = (correction: Correction | null | undefined) =>
  !correction || correction.taken_from + correction.paid_to === 0

/** "Apply correction: €310.00 back from 4 bettors, €120.00 to 2". */
export function correctionWords(correction: Correction, currency: Currency): string {
  const { taken_back, taken_from, paid_more, paid_to } = correction
  const back =
    taken_from > 0 ? `${money(taken_back, currency)} back from ${plural(taken_from, 'bettor')}` : ''
  const many = paid_to.toLocaleString('en-GB')
  const more =
    paid_to > 0 ? `${money(paid_more, currency)} to ${back ? many : plural(paid_to, 'bettor')}` : ''
  const parts = [back, more].filter(Boolean)
  return parts.length > 0
    ? `Apply correction: ${parts.join(', ')}`
    : 'Correct the result: nobody is paid differently'
}
