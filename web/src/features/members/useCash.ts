/** One payment at a time for a wallet: asked for, checked, answered; found again after a reload. */

import { useEffect, useState } from 'react'
import { Problem } from '@/api/problem'
import type { Moved } from '@/api/types'
import { uuid7 } from '@/shared/uuid7'
import { forgetPayment, keepPayment, keptPayment, type Payment, pay } from './cash'

export type Receipt = Moved & { at: number }

export function useCash(wallet: number, onPaid: () => void) {
  const [payment, setPayment] = useState(() => keptPayment(wallet))
  const [isLost, setLost] = useState(payment !== null)
  const [receipt, setReceipt] = useState<Receipt | null>(null)
  const [error, setError] = useState<unknown>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: a payment is asked for once, whatever onPaid is by then.
  useEffect(() => {
    if (!payment) return
    const control = new AbortController()
    const over = (told: () => void) => {
      forgetPayment(wallet)
      setPayment(null)
      setLost(false)
      told()
    }
    pay(payment, { signal: control.signal, onLost: () => setLost(true) })
      .then((moved) => {
        if (!moved) return
        over(() => setReceipt({ ...moved, at: Date.now() }))
        onPaid()
      })
      .catch((refusal) => {
        // Who was signed out meanwhile learns what became of it when they come back.
        if (refusal instanceof Problem && refusal.status === 401) setError(refusal)
        else over(() => setError(refusal))
      })
    return () => control.abort()
  }, [payment, wallet])

  return {
    payment,
    isLost,
    receipt,
    error,
    start(asked: Omit<Payment, 'key' | 'wallet'>) {
      const started = { ...asked, wallet, key: uuid7() }
      keepPayment(started)
      setReceipt(null)
      setError(null)
      setPayment(started)
    },
    forgetError: () => setError(null),
  }
}
