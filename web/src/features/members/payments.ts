/**
 * The payments of this desk that are under way, outside React: a row that goes from the screen, or a page loaded again,
 * loses none. One at a time for a wallet.
 */

import { useSyncExternalStore } from 'react'
import { Problem } from '@/api/problem'
import type { CashResponse } from '@/api/types'
import { uuid7 } from '@/shared/uuid7'
import { allKept, forgetPayment, keepPayment, type Payment, pay } from './cash'

export interface WalletPayment {
  /** Asked for, and not answered yet. */
  payment: Payment | null
  /** An answer was lost: it is asked for again. */
  isLost: boolean
  receipt: (CashResponse & { at: number }) | null
  error: unknown
}

const NONE: WalletPayment = { payment: null, isLost: false, receipt: null, error: null }
const byWallet = new Map<number, WalletPayment>()
const listeners = new Set<() => void>()
let everything: readonly WalletPayment[] = []

function become(wallet: number, current: WalletPayment) {
  byWallet.set(wallet, current)
  everything = [...byWallet.values()]
  for (const listener of listeners) listener()
}

async function run(payment: Payment, isLost: boolean) {
  const { wallet } = payment
  become(wallet, { ...NONE, payment, isLost })
  try {
    const moved = await pay(payment, {
      signal: new AbortController().signal,
      onLost: () => become(wallet, { ...NONE, payment, isLost: true }),
    })
    forgetPayment(wallet)
    become(wallet, { ...NONE, receipt: moved && { ...moved, at: Date.now() } })
  } catch (error) {
    // Who was signed out meanwhile learns what became of it when they come back.
    const isSignedOut = error instanceof Problem && error.status === 401
    if (!isSignedOut) forgetPayment(wallet)
    become(wallet, { ...NONE, payment: isSignedOut ? payment : null, isLost: isSignedOut, error })
  }
}

export function startPayment(asked: Omit<Payment, 'key'>) {
  if (byWallet.get(asked.wallet)?.payment) return
  const payment = { ...asked, key: uuid7() }
  keepPayment(payment)
  run(payment, false)
}

/** What this reader left open when the page was last here is asked for again. */
export function resumePayments(reader: number) {
  for (const payment of allKept().filter(({ by }) => by === reader)) {
    const current = byWallet.get(payment.wallet)
    // Signed in again since: it is asked for once more.
    if (!current?.payment || current.error) run(payment, true)
  }
}

export function forgetError(wallet: number) {
  const current = byWallet.get(wallet)
  if (current?.error && !current.payment) become(wallet, { ...current, error: null })
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
  }
}

export const usePayment = (wallet: number): WalletPayment =>
  useSyncExternalStore(subscribe, () => byWallet.get(wallet) ?? NONE)

export const usePayments = () => useSyncExternalStore(subscribe, () => everything)
