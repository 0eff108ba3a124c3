/** Cash in and out for one member: what it will come to before, what it came to after. */

import { type FormEvent, useEffect, useState } from 'react'
import { Problem } from '@/api/problem'
import type { Member } from '@/api/types'
import { AMOUNT_MAX, NAME_LENGTH_MAX } from '@/shared/bounds'
import { type Currency, money, parseMoney } from '@/shared/money'
import { useMe } from '@/shared/session'
import { clockTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Field, MoneyField } from '@/shared/ui/Field'
import { Failure, Note } from '@/shared/ui/Note'
import { Segments } from '@/shared/ui/Segments'
import { type Direction, foreseen } from './cash'
import styles from './members.module.css'
import { forgetError, startPayment, usePayment, type WalletPayment } from './payments'

const DIRECTIONS: Array<{ value: Direction; label: string; words: string }> = [
  { value: 'deposit', label: 'Pay in', words: 'Pay cash in' },
  { value: 'withdrawal', label: 'Pay out', words: 'Pay cash out' },
]

/** What the API refused, said at the amount. */
function refusedAmount(error: unknown, currency: Currency): string | undefined {
  if (!(error instanceof Problem)) return undefined
  const balance = error.figure('balance')
  const owed = error.figure('owed')
  const left = error.figure('left')
  switch (error.code) {
    case 'FUNDS':
      if (balance === undefined) return 'The wallet does not hold enough.'
      return owed
        ? `The wallet holds ${money(balance, currency)} and owes ${money(owed, currency)}.`
        : `The wallet holds ${money(balance, currency)}.`
    case 'OWN_LIMIT':
      return left === undefined
        ? 'Their own deposit limit does not allow it.'
        : `Their own deposit limit leaves ${money(left, currency)}.`
    case 'CURRENCY':
      return 'The tournament has another currency. Load the page again.'
    default:
      return error.of('amount')
  }
}

function ReceiptLine({ receipt }: { receipt: NonNullable<WalletPayment['receipt']> }) {
  const done = receipt.kind === 'deposit' ? 'Paid in' : 'Paid out'
  return (
    <div role="status" data-testid="cash-receipt">
      <Note tone="good" icon="check" title={`${done} ${money(receipt.amount, receipt)}.`}>
        {receipt.repaid > 0 && `${money(receipt.repaid, receipt)} of it paid back what was owed. `}
        The wallet holds <b className="num">{money(receipt.balance, receipt)}</b>. Receipt{' '}
        {receipt.transfer_id}, {clockTime(receipt.at)}.
      </Note>
    </div>
  )
}

interface Props {
  member: Member & { wallet_id: number }
  currency: Currency
}

export function CashForm({ member, currency }: Props) {
  const me = useMe()
  const cash = usePayment(member.wallet_id)
  const [direction, setDirection] = useState<Direction>(cash.payment?.direction ?? 'deposit')
  const [text, setText] = useState('')
  const [note, setNote] = useState('')
  const paid = cash.receipt?.transfer_id
  useEffect(() => {
    if (paid === undefined) return
    setText('')
    setNote('')
  }, [paid])

  const typed = parseMoney(text, currency.exponent) ?? 0
  const amount = typed > 0 && typed <= AMOUNT_MAX ? typed : null
  const after = amount === null ? null : foreseen(member, direction, amount)
  const isIn = direction === 'deposit'
  const spendable = (member.balance ?? 0) - (member.owed ?? 0)
  const tooMuch =
    amount !== null && after === null
      ? `The wallet holds ${money(member.balance ?? 0, currency)}${
          member.owed ? ` and owes ${money(member.owed, currency)}` : ''
        }.`
      : undefined
  const none =
    typed > AMOUNT_MAX
      ? `At most ${money(AMOUNT_MAX, currency)} at once.`
      : parseMoney(text, currency.exponent) === 0
        ? 'Enter an amount above 0.'
        : undefined
  const atField = none ?? tooMuch ?? refusedAmount(cash.error, currency)

  /** An amount that came in is not what goes out. */
  function turn(to: Direction) {
    forgetError(member.wallet_id)
    setText('')
    setDirection(to)
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault()
    if (amount === null || after === null || cash.payment || !me) return
    startPayment({
      wallet: member.wallet_id,
      by: me.id,
      name: member.name,
      direction,
      amount,
      currency: currency.currency,
      note: note.trim(),
    })
  }

  const does = isIn ? 'Pay in' : 'Pay out'
  return (
    <form className={styles.cash} onSubmit={onSubmit} data-testid="cash-form">
      <Segments label="Cash in or out" value={direction} options={DIRECTIONS} onChoose={turn} />
      <MoneyField
        label={isIn ? 'Cash received' : 'Cash handed out'}
        currency={currency}
        text={text}
        disabled={cash.payment !== null}
        wrong={atField}
        hint={
          isIn
            ? member.owed
              ? `${money(member.owed, currency)} is owed and paid back first.`
              : undefined
            : `At most ${money(Math.max(spendable, 0), currency)}.`
        }
        onText={(typed) => {
          forgetError(member.wallet_id)
          setText(typed)
        }}
      />
      <Field
        label="Note, if any"
        maxLength={NAME_LENGTH_MAX}
        value={note}
        disabled={cash.payment !== null}
        wrong={cash.error instanceof Problem ? cash.error.of('note') : undefined}
        onChange={(event) => setNote(event.target.value)}
      />
      {cash.payment && cash.isLost && (
        <Note tone="warn" icon="clock" title="Checking." alert>
          The answer for {money(cash.payment.amount, currency)}{' '}
          {cash.payment.direction === 'deposit' ? 'in' : 'out'} did not arrive. The server is asked again with
          the same number, so it is never paid twice.
        </Note>
      )}
      {!atField && <Failure error={cash.error} />}
      {cash.receipt && <ReceiptLine receipt={cash.receipt} />}
      <Button type="submit" disabled={amount === null || after === null || cash.payment !== null}>
        {cash.payment
          ? cash.isLost
            ? 'Checking…'
            : 'Paying…'
          : amount !== null && after !== null
            ? `${does} ${money(amount, currency)}, wallet then ${money(after.balance, currency)}`
            : does}
      </Button>
    </form>
  )
}
