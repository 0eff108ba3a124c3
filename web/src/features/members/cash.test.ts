import { expect, it } from 'vitest'
import { Problem } from '@/api/problem'
import type { CashResponse } from '@/api/types'
import { allKept, foreseen, forgetPayment, keepPayment, type Payment, pay } from './cash'

const payment: Payment = {
  key: '01936b7e-0000-7000-8000-000000000000',
  wallet: 7,
  by: 3,
  name: 'Amara',
  direction: 'withdrawal',
  amount: 2000,
  currency: 'EUR',
  note: '',
}
const moved = { transfer_id: 1, balance: 4850 } as CashResponse
const refusal = (status: number, code: string) => new Problem({ title: code, status, code })

async function asked(answers: Array<Error | CashResponse>) {
  const keys: string[] = []
  let lost = 0
  const outcome = await pay(payment, {
    signal: new AbortController().signal,
    onLost: () => {
      lost += 1
    },
    wait: async () => {},
    ask: async ({ key }) => {
      keys.push(key)
      const answer = answers.shift()!
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  return { outcome, keys, lost }
}

it('asks again with the same key until there is an answer', async () => {
  const { outcome, keys, lost } = await asked([
    new TypeError('Failed to fetch'),
    refusal(503, 'OUTAGE'),
    moved,
  ])
  expect(outcome).toBe(moved)
  expect(keys).toEqual([payment.key, payment.key, payment.key])
  expect(lost).toBe(2)
})

it('does not ask again after a refusal', async () => {
  await expect(asked([refusal(409, 'FUNDS'), moved])).rejects.toThrow('FUNDS')
  await expect(asked([refusal(503, 'TOO_BUSY'), moved])).rejects.toThrow('TOO_BUSY')
})

it('knows nothing when it is given up', async () => {
  const control = new AbortController()
  const outcome = await pay(payment, {
    signal: control.signal,
    onLost: () => control.abort(),
    wait: async () => {},
    ask: async () => {
      throw new TypeError('Failed to fetch')
    },
  })
  expect(outcome).toBeNull()
})

it('is kept until its answer is known', () => {
  const kept = new Map<string, string>([['toteboard.theme', 'dark']])
  const memory = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
    key: (n: number) => [...kept.keys()][n] ?? null,
    get length() {
      return kept.size
    },
  }
  keepPayment(payment, memory)
  keepPayment({ ...payment, wallet: 8 }, memory)
  expect(allKept(memory)).toEqual([payment, { ...payment, wallet: 8 }])
  forgetPayment(8, memory)
  expect(allKept(memory)).toEqual([payment])
})

it('foresees the balance, and what is owed is paid back first', () => {
  expect(foreseen({ balance: 5000, owed: 0 }, 'deposit', 2000)).toEqual({ balance: 7000, repaid: 0 })
  expect(foreseen({ balance: 0, owed: 500 }, 'deposit', 2000)).toEqual({ balance: 1500, repaid: 500 })
  expect(foreseen({ balance: 5000, owed: 0 }, 'withdrawal', 5000)).toEqual({ balance: 0, repaid: 0 })
  expect(foreseen({ balance: 5000, owed: 100 }, 'withdrawal', 5000)).toBeNull()
})
