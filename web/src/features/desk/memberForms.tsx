/** What the desk does for a member: takes cash in, and checks a document. */

import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { api, must } from '@/api/client'
import type { Member } from '@/api/types'
import { type Currency, money, parseMoney } from '@/shared/money'
import { Button } from '@/shared/ui/Button'
import { Field } from '@/shared/ui/Field'
import { Failure } from '@/shared/ui/Note'
import { uuid7 } from '@/shared/uuid7'
import styles from './Desk.module.css'

interface CashInProps {
  wallet: number
  slug: string
  currency: Currency
  onDone: () => void
}

export function CashInForm({ wallet, slug, currency, onDone }: CashInProps) {
  const queries = useQueryClient()
  const [text, setText] = useState('')
  // One key for one cash-in: a retry after a lost connection cannot be a second one.
  const [key] = useState(() => uuid7())
  const amount = parseMoney(text, currency.exponent)
  const cashIn = useMutation({
    mutationFn: (minor: number) =>
      must(
        api.POST('/api/wallet/{wallet_id}/deposit', {
          params: { path: { wallet_id: wallet }, header: { 'Idempotency-Key': key } },
          body: { amount: minor, currency: currency.currency },
        }),
      ),
    onSuccess: () => {
      queries.invalidateQueries({ queryKey: ['members', slug] })
      onDone()
    },
  })
  function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (amount) cashIn.mutate(amount)
  }
  return (
    <form className={styles.memberForm} onSubmit={onSubmit}>
      <Field
        label={`Cash received, in ${currency.currency}`}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        wrong={text !== '' && !amount ? 'This is no amount of this currency.' : undefined}
        onChange={(event) => setText(event.target.value)}
      />
      <Failure error={cashIn.error} />
      <Button type="submit" disabled={!amount || cashIn.isPending}>
        {amount ? `Put ${money(amount, currency)} in the wallet` : 'Put it in the wallet'}
      </Button>
    </form>
  )
}

interface CheckProps {
  member: Member
  slug: string
  tournament: number
  onDone: () => void
}

export function DeskCheckForm({ member, slug, tournament, onDone }: CheckProps) {
  const queries = useQueryClient()
  const [seen, setSeen] = useState('')
  const check = useMutation({
    mutationFn: (decision: 'verified' | 'declined') =>
      must(
        api.POST('/api/kyc/desk', {
          body: { tournament_id: tournament, user_id: member.user_id, document: seen.trim(), decision },
        }),
      ),
    onSuccess: () => {
      queries.invalidateQueries({ queryKey: ['members', slug] })
      onDone()
    },
  })
  const isReady = seen.trim() !== '' && !check.isPending
  return (
    <form
      className={styles.memberForm}
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) check.mutate('verified')
      }}
    >
      <Field
        label="Document seen"
        hint="Such as: identity card, Germany. It is logged with your name."
        value={seen}
        maxLength={200}
        onChange={(event) => setSeen(event.target.value)}
      />
      <Failure error={check.error} />
      <div className={styles.decide}>
        <Button type="submit" disabled={!isReady}>
          Verify {member.name}
        </Button>
        <Button look="danger" disabled={!isReady} onClick={() => check.mutate('declined')}>
          Decline
        </Button>
      </div>
    </form>
  )
}
