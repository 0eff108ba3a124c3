import type { Preview } from '@/api/types'
import { type Currency, money } from '@/shared/money'
import { plural } from '@/shared/plural'
import { Note } from '@/shared/ui/Note'
import { BET_STATUS_WORDS, label } from '@/shared/words'
import styles from './results.module.css'

const LABELS: Record<Preview['outcomes'][number]['label'], string> = {
  won: `✓ ${BET_STATUS_WORDS.won}`,
  lost: `✕ ${BET_STATUS_WORDS.lost}`,
  void: BET_STATUS_WORDS.void,
  half: BET_STATUS_WORDS.half,
}

/** Winners, payouts and rounding of a settlement that has not happened yet. */
export function PreviewTable({ preview, currency }: { preview: Preview; currency: Currency }) {
  const say = (amount: number) => money(amount, currency)
  const sums: Array<[string, number]> = [
    [label('gross'), preview.gross],
    [label('takeout'), preview.takeout],
    ['Paid to bettors', preview.paid],
    [label('breakage'), preview.breakage],
    [label('house_result'), preview.house_won + preview.takeout + preview.breakage - preview.house_added],
  ]
  if (preview.house_added > 0) sums.splice(4, 0, [label('house_added'), preview.house_added])
  if (preview.refunds > 0) sums.splice(1, 0, [label('refunds'), preview.refunds])
  return (
    <section className={styles.preview} aria-label="Preview of the settlement" data-testid="preview">
      {preview.all_refunded && (
        <Note tone="warn" icon="warning" title="Everybody is refunded.">
          Nobody bet on the winner, so the house keeps nothing.
        </Note>
      )}
      <div className={styles.scroll}>
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
                <th scope="row">
                  <bdi>{outcome.name}</bdi>
                </th>
                <td>{LABELS[outcome.label]}</td>
                <td data-title="Bets">{outcome.bets}</td>
                <td data-title="Staked">{say(outcome.stakes)}</td>
                <td data-title="Dividend">{outcome.dividend ?? '–'}</td>
                <td data-title="Pays">{say(outcome.paid)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <dl className={`num ${styles.sums}`}>
        {sums.map(([name, amount]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{say(amount)}</dd>
          </div>
        ))}
        <div>
          <dt>Winners</dt>
          <dd>
            {preview.winners.toLocaleString('en-GB')} of {plural(preview.bettors, 'bettor')}
          </dd>
        </div>
      </dl>
    </section>
  )
}
