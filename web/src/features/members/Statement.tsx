/** What went in and out of a member's wallet, newest first. */

import { memo } from 'react'
import { api, must } from '@/api/client'
import type { Member, StatementEntry } from '@/api/types'
import { type Currency, money } from '@/shared/money'
import { shortTime } from '@/shared/time'
import { More, usePaged } from '@/shared/ui/Paged'
import styles from './members.module.css'

const PAGE = 10

interface Props {
  member: Member & { wallet_id: number }
  currency: Currency
}

export const STATEMENTS = ['member statement']

export function Statement({ member, currency }: Props) {
  const list = usePaged([...STATEMENTS, member.wallet_id], (after) =>
    must(
      api.GET('/api/wallet/{wallet_id}/statement', {
        params: { path: { wallet_id: member.wallet_id }, query: { after, limit: PAGE } },
      }),
    ),
  )
  return (
    <section className={styles.statement} aria-label={`Statement of ${member.name}`}>
      <h3>Statement</h3>
      {list.isSuccess && list.rows.length === 0 && <p>Nothing has moved yet.</p>}
      <ol className="num">
        {list.rows.map((line) => (
          <Line key={line.id} line={line} currency={currency.currency} exponent={currency.exponent} />
        ))}
      </ol>
      <More list={list} what="movements" />
    </section>
  )
}

interface LineProps {
  line: StatementEntry
  currency: string
  exponent: number
}

const Line = memo(function Line({ line, currency, exponent }: LineProps) {
  const unit = { currency, exponent }
  return (
    <li data-sign={line.amount >= 0 ? 'in' : 'out'}>
      <span>{shortTime(line.at, Date.now())}</span>
      <span dir="auto">{line.text}</span>
      <b>
        {line.amount > 0 ? '+' : ''}
        {money(line.amount, unit)}
      </b>
      <span>
        <span className="visually-hidden">balance </span>
        {money(line.balance, unit)}
      </span>
    </li>
  )
})
