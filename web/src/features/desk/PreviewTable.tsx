import type { Preview } from '@/api/types'
import { type Currency, money } from '@/shared/money'
import { Note } from '@/shared/ui/Note'
import styles from './MarketRow.module.css'

const LABELS: Record<Preview['outcomes'][number]['label'], string> = {
  won: '✓ Won',
  lost: '✕ Lost',
  void: 'Refunded',
  half: 'Half',
}

/** Winners, payouts and rounding of a settlement that has not happened yet. */
export function PreviewTable({ preview, currency }: { preview: Preview; currency: Currency }) {
  const say = (amount: number) => money(amount, currency)
  const sums: Array<[string, number]> = [
    ['Staked', preview.gross],
    ['Takeout', preview.takeout],
    ['Paid to bettors', preview.paid],
    ['Rounding', preview.breakage],
    ['House result', preview.house_won - preview.house_added],
  ]
  if (preview.refunds > 0) sums.splice(1, 0, ['Refunded', preview.refunds])
  return (
    <section className={styles.preview} aria-label="Preview of the settlement" data-testid="preview">
      {preview.all_refunded && (
        <Note tone="warn" icon="warning" title="Everybody is refunded.">
          Nobody bet on the winner, so there is no takeout.
        </Note>
      )}
      <table className="num">
        <thead>
          <tr>
            <th scope="col">Outcome</th>
            <th scope="col">Result</th>
            <th scope="col">Bets</th>
            <th scope="col">Staked</th>
            <th scope="col">Dividend</th>
            <th scope="col">Pays</th>
          </tr>
        </thead>
        <tbody>
          {preview.outcomes.map((outcome) => (
            <tr key={outcome.outcome_id} data-label={outcome.label}>
              <th scope="row">{outcome.name}</th>
              <td>{LABELS[outcome.label]}</td>
              <td>{outcome.bets}</td>
              <td>{say(outcome.stakes)}</td>
              <td>{outcome.dividend ?? '–'}</td>
              <td>{say(outcome.paid)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl className={`num ${styles.sums}`}>
        {sums.map(([name, amount]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{say(amount)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
