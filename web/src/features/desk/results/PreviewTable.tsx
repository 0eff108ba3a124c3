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
  const sums: Array<[string, number]> = [[label('stakes'), preview.gross + preview.refunds]]
  const add = (name: 'refunds' | 'carried_in' | 'house_added' | 'carried_out' | 'house_won') => {
    if (preview[name] > 0) sums.push([label(name), preview[name]])
  }
  add('refunds')
  add('carried_in')
  sums.push(
    [label('takeout'), preview.takeout],
    ['Paid to bettors', preview.paid],
    [label('breakage'), preview.breakage],
  )
  add('house_won')
  add('house_added')
  add('carried_out')
  sums.push([label('house_result'), preview.house_result])
  return (
    <section className={styles.preview} aria-label="Preview of the settlement" data-testid="preview">
      {preview.all_refunded && preview.kind === 'settle' && (
        <Note tone="warn" icon="warning" title="Everybody is refunded.">
          {preview.result.winners?.length ? 'Nobody bet on the winner' : 'No listed outcome won'}, so the
          house keeps nothing.
        </Note>
      )}
      {preview.warnings.length > 0 && (
        <Note tone="warn" icon="warning" title="Read this before you decide.">
          {preview.warnings.join(' ')}
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
                <td data-title="Staked">
                  {say(outcome.stakes)}
                  {outcome.late > 0 && <small>{say(outcome.late)} after the start: refunded</small>}
                </td>
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
