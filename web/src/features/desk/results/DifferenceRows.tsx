import type { Difference } from '@/api/types'
import { type Currency, money } from '@/shared/money'
import styles from './results.module.css'

/** Bettors that a correction pays otherwise, a row each. */
export function DifferenceRows({ rows, currency }: { rows: readonly Difference[]; currency: Currency }) {
  if (rows.length === 0) return null
  const say = (amount: number) => money(amount, currency)
  return (
    <div className={styles.scroll}>
      <table className="num" data-testid="differences">
        <thead>
          <tr>
            <th scope="col">Bettor</th>
            <th scope="col">Paid before</th>
            <th scope="col">Paid after</th>
            <th scope="col">Difference</th>
            <th scope="col">Debt after</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
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
              <td data-title="Debt after">{row.owed > 0 ? say(row.owed) : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
