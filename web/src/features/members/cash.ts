/**
 * Money in and out at the desk. A payment has one key, and is asked for with it until there is an answer: however often
 * the connection drops, it happens once. Knows no screen.
 */

import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { CashResponse, Member } from '@/api/types'
import type { Minor } from '@/shared/money'

export type Direction = 'deposit' | 'withdrawal'

export interface Payment {
  key: string
  wallet: number
  /** Who asks, by their user id: what they left open is not another's to go on with. */
  by: number
  /** Whose wallet it is, to say so. */
  name: string
  direction: Direction
  amount: Minor
  currency: string
  note: string
}

const ANSWER_MS = 10_000
const ASK_AGAIN_MS = 1_500

/** A payment whose answer is not known yet, so that it is found again after a reload. */
type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>
const PREFIX = 'toteboard.payment.'
const keyOf = (wallet: number) => `${PREFIX}${wallet}`

export function keepPayment(payment: Payment, memory: Memory = sessionStorage) {
  memory.setItem(keyOf(payment.wallet), JSON.stringify(payment))
}

export function allKept(memory: Memory = sessionStorage): Payment[] {
  const keys = Array.from({ length: memory.length }, (_, n) => memory.key(n) ?? '')
  return keys
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => JSON.parse(memory.getItem(key) ?? 'null') as Payment)
}

export function forgetPayment(wallet: number, memory: Memory = sessionStorage) {
  memory.removeItem(keyOf(wallet))
}

export function askOnce(payment: Payment, signal: AbortSignal): Promise<CashResponse> {
  const asked = {
    params: { path: { wallet_id: payment.wallet }, header: { 'Idempotency-Key': payment.key } },
    body: { amount: payment.amount, currency: payment.currency, note: payment.note },
    signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
  }
  return must(
    payment.direction === 'deposit'
      ? api.POST('/api/wallet/{wallet_id}/deposit', asked)
      : api.POST('/api/wallet/{wallet_id}/withdrawal', asked),
  )
}

/**
 * Whether it may have been paid although this is what came back: no answer, or a server that lost its own. TOO_BUSY never
 * came in. Who is signed out has to sign in before they can know.
 */
export const leavesOpen = (error: unknown) =>
  !(error instanceof Problem) || (error.status >= 500 && error.code !== 'TOO_BUSY')

const pause = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ASK_AGAIN_MS)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

interface Asking {
  signal: AbortSignal
  /** An answer was lost, and it is asked for again. */
  onLost: () => void
  ask?: typeof askOnce
  wait?: typeof pause
}

/** What happened; throws the Problem of a refusal. Null when given up through the signal: nothing is known then. */
export async function pay(
  payment: Payment,
  { signal, onLost, ask = askOnce, wait = pause }: Asking,
): Promise<CashResponse | null> {
  while (!signal.aborted) {
    try {
      return await ask(payment, signal)
    } catch (error) {
      if (signal.aborted) break
      if (!leavesOpen(error)) throw error
      onLost()
    }
    await wait(signal)
  }
  return null
}

export interface Foreseen {
  /** What the wallet holds afterwards. */
  balance: Minor
  /** What of a deposit goes on to what is owed. */
  repaid: Minor
}

/** What a payment would come to; null where the wallet does not hold enough. */
export function foreseen(
  member: Pick<Member, 'balance' | 'owed'>,
  direction: Direction,
  amount: Minor,
): Foreseen | null {
  const balance = member.balance ?? 0
  const owed = member.owed ?? 0
  if (direction === 'withdrawal') {
    return amount > balance - owed ? null : { balance: balance - amount, repaid: 0 }
  }
  const repaid = Math.min(amount, owed)
  return { balance: balance + amount - repaid, repaid }
}
