/** What a corrected result changes, bettor by bettor, in pages. */

import { api, must } from '@/api/client'
import type { Difference, Preview } from '@/api/types'
import type { MarketOnBoard } from '@/feed/messages'
import { type Currency, money } from '@/shared/money'
import { plural } from '@/shared/plural'
import { Note } from '@/shared/ui/Note'
import { More, usePaged } from '@/shared/ui/Paged'
import type { ResultRequest } from './result'
import styles from './results.module.css'

interface Props {
  market: MarketOnBoard
  preview: Preview
  result: ResultRequest
  currency: Currency
}

export function Differences({ market, preview, result, currency }: Props) {
  const list = usePaged<Difference>(['differences', market.id, market.version, preview.digest], (after) =>
    must(
      api.POST('/api/market/{market_id}/preview/difference', {
        params: { path: { market_id: market.id }, query: { after } },
        body: result,
      }),
    ),
  )
  const { correction } = preview
  if (!correction) return null
  const many = correction.taken_from + correction.paid_to
  const say = (amount: number) => money(amount, currency)
  return (
    <section className={styles.differences} aria-label="The difference for each bettor">
      <h3>{many === 0 ? 'Nobody is paid differently' : `Other payments for ${plural(many, 'bettor')}`}</h3>
      {correction.receivable > 0 && (
        <Note tone="warn" icon="warning" title={`${say(correction.receivable)} cannot be given back.`}>
          {plural(correction.owing, 'bettor')} no longer {correction.owing === 1 ? 'has' : 'have'} it and{' '}
          {correction.owing === 1 ? 'owes' : 'owe'} it: no bet is taken from them until it is paid back.
        </Note>
      )}
      {list.rows.length > 0 && (
        <div className={styles.scroll}>
          <table className="num" data-testid="differences">
            <thead>
              <tr>
                <th scope="col">Bettor</th>
                <th scope="col">Paid before</th>
                <th scope="col">Paid after</th>
                <th scope="col">Difference</th>
                <th scope="col">Then owed</th>
              </tr>
            </thead>
            <tbody>
              {list.rows.map((row) => (
                <tr key={row.user_id} data-user={row.user_id}>
                  <th scope="row">
                    <bdi>{row.name}</bdi>
                  </th>
                  <td data-title="Paid before">{say(row.before)}</td>
                  <td data-title="Paid after">{say(row.after)}</td>
                  <td data-title="Difference" data-sign={row.difference < 0 ? 'back' : 'more'}>
                    {row.difference > 0 && '+'}
                    {say(row.difference)}
                  </td>
                  <td data-title="Then owed">{row.receivable > 0 ? say(row.receivable) : '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {many > 0 && <More list={list} what="bettors" />}
    </section>
  )
}
