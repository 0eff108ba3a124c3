/** A settled market that is paid again: what it comes to now, and what that changes for whom. */

import type { Preview } from '@/api/types'
import { type Currency, money } from '@/shared/money'
import { plural } from '@/shared/plural'
import { Note } from '@/shared/ui/Note'
import { correctionWords } from './correction'
import { DifferenceRows } from './DifferenceRows'
import { PreviewTable } from './PreviewTable'
import styles from './results.module.css'

interface Props {
  title: string
  preview: Preview
  currency: Currency
}

/** The bettors it lists are those of the preview, the largest differences first. */
export function Changes({ title, preview, currency }: Props) {
  const { correction, differences = [] } = preview
  if (!correction) return null
  const more = correction.taken_from + correction.paid_to - differences.length
  return (
    <section className={styles.differences} aria-label={`What changes in ${title}`} data-testid="changes">
      <h3>
        <bdi>{title}</bdi> is paid again: {correctionWords(correction, currency).replace(/^[^:]*: /, '')}
      </h3>
      {correction.receivable > 0 && (
        <Note
          tone="warn"
          icon="warning"
          title={`${money(correction.receivable, currency)} cannot be taken back.`}
        >
          {plural(correction.owing, 'bettor')} no longer {correction.owing === 1 ? 'has' : 'have'} it and{' '}
          {correction.owing === 1 ? 'owes' : 'owe'} it.
        </Note>
      )}
      <PreviewTable preview={preview} currency={currency} />
      <DifferenceRows rows={differences} currency={currency} />
      {more > 0 && <p>And {plural(more, 'more bettor')}.</p>}
    </section>
  )
}
