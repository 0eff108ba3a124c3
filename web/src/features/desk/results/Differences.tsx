/** What a corrected result changes, bettor by bettor, in pages. */

import { api, must } from '@/api/client'
import type { Difference, Preview } from '@/api/types'
import type { MarketOnBoard } from '@/feed/messages'
import { type Currency, money } from '@/shared/money'
import { plural } from '@/shared/plural'
import { Note } from '@/shared/ui/Note'
import { More, usePaged } from '@/shared/ui/Paged'
import { DifferenceRows } from './DifferenceRows'
import type { ResultRequest } from './result'
import styles from './results.module.css'

interface Props {
  market: MarketOnBoard
  preview: Preview
  result: ResultRequest | { all_void: true }
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
      <h3>{many === 0 ? 'Nobody is paid differently' : `What changes for ${plural(many, 'bettor')}`}</h3>
      {correction.receivable > 0 && (
        <Note tone="warn" icon="warning" title={`${say(correction.receivable)} cannot be taken back.`}>
          {plural(correction.owing, 'bettor')} no longer {correction.owing === 1 ? 'has' : 'have'} it and{' '}
          {correction.owing === 1 ? 'owes' : 'owe'} it: no bet is taken from them until it is paid back.
        </Note>
      )}
      <DifferenceRows rows={list.rows} currency={currency} />
      {many > 0 && <More list={list} what="bettors" />}
    </section>
  )
}
