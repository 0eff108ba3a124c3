/** What went in and out of a wallet, newest first, with the balance after each. */

import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { memo, useEffect, useRef } from 'react'
import { api, must } from '@/api/client'
import type { StatementEntry, Wallet } from '@/api/types'
import { money } from '@/shared/money'
import { exactTime, shortTime } from '@/shared/time'
import { Button } from '@/shared/ui/Button'
import { Icon } from '@/shared/ui/Icon'
import { More, usePaged } from '@/shared/ui/Paged'
import { Empty } from '@/shared/ui/States'
import styles from './Statement.module.css'
import { signOf } from './words'

const PAGE = 100

interface Props {
  wallet: Wallet
  /** The tournament's name, and the bettor's. */
  name: string
  bettor: string
}

export function Statement({ wallet, name, bettor }: Props) {
  const queries = useQueryClient()
  const list = usePaged(['statement', wallet.id], (after) =>
    must(
      api.GET('/api/wallet/{wallet_id}/statement', {
        params: { path: { wallet_id: wallet.id }, query: { after, limit: PAGE } },
      }),
    ),
  )
  // What is in the wallet has changed: so has how it came there.
  const balance = useRef(wallet.balance)
  useEffect(() => {
    if (balance.current !== wallet.balance) queries.invalidateQueries({ queryKey: ['statement', wallet.id] })
    balance.current = wallet.balance
  }, [wallet.balance, wallet.id, queries])

  return (
    <section className={styles.statement} aria-labelledby="statement">
      <header>
        <h2 id="statement">Statement</h2>
        <p className={styles.onPaper}>
          <bdi>{bettor}</bdi>, <bdi>{name}</bdi>, wallet {wallet.id}, printed {exactTime(Date.now())}
          {list.hasNextPage && '. The newest movements only; older ones are not on this page.'}
        </p>
        {list.rows.length > 0 && (
          <span data-noprint>
            <Button look="plain" size="small" onClick={() => print()}>
              Print
            </Button>
          </span>
        )}
      </header>
      {list.data && list.rows.length === 0 && (
        <Empty title="Nothing has moved yet.">
          <p>Deposits, bets, payouts and refunds show here, each with the balance after it.</p>
        </Empty>
      )}
      {list.rows.length > 0 && (
        <table className={`num ${styles.lines}`}>
          <caption className="visually-hidden">Newest first</caption>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">What</th>
              <th scope="col">Amount</th>
              <th scope="col">Balance</th>
            </tr>
          </thead>
          <tbody>
            {list.rows.map((line) => (
              <Line key={line.id} line={line} currency={wallet.currency} exponent={wallet.exponent} />
            ))}
          </tbody>
        </table>
      )}
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
    <tr data-testid="movement" data-amount={line.amount} data-balance={line.balance}>
      <td className={styles.when}>
        <time dateTime={line.at} title={exactTime(line.at)}>
          {shortTime(line.at, Date.now())}
        </time>
      </td>
      <td className={styles.what}>
        <div className={styles.text}>
          <Icon name={signOf(line.kind)} className={styles.sign} />
          {line.bet_id ? (
            <Link to="/bets/$id" params={{ id: line.bet_id }} preload={false} dir="auto">
              {line.text}
            </Link>
          ) : (
            <span dir="auto">{line.text}</span>
          )}
        </div>
      </td>
      <td className={styles.amount}>
        {line.amount > 0 ? '+' : ''}
        {money(line.amount, unit)}
      </td>
      <td className={styles.after}>
        <span className={styles.label}>Balance </span>
        {money(line.balance, unit)}
      </td>
    </tr>
  )
})
