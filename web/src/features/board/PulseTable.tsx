/** The pulse for those who read rather than look: sums of ten seconds, newest first. */

import { useEffect, useState } from 'react'
import { useFeed } from '@/feed/useFeed'
import { prefixOf } from '@/shared/money'
import styles from './Hero.module.css'
import { pulseSeries } from './pulseSeries'

const STEP = 10
const SECONDS = 120

export function PulseTable({ currency, exponent }: { currency: string; exponent: number }) {
  const feed = useFeed()
  const [series, setSeries] = useState(() => pulseSeries(feed.board(), feed.serverNow(), SECONDS, exponent))
  useEffect(
    () => feed.onSecond(() => setSeries(pulseSeries(feed.board(), feed.serverNow(), SECONDS, exponent))),
    [feed, exponent],
  )
  const rows = Array.from({ length: SECONDS / STEP }, (_, i) => {
    const end = SECONDS - i * STEP
    const sum = series.stakes.slice(end - STEP, end).reduce((all, stakes) => all + stakes, 0)
    return { ago: (i + 1) * STEP, sum, total: series.totals[end - 1] ?? 0 }
  })
  const say = (units: number) => prefixOf(currency) + Math.round(units).toLocaleString('en-GB')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Money in, as a table">
      <table className={`num ${styles.table}`}>
        <caption className="visually-hidden">Money in, by ten seconds</caption>
        <thead>
          <tr>
            <th scope="col">Seconds ago</th>
            <th scope="col">Money in</th>
            <th scope="col">Running total</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.ago}>
              <td>
                {row.ago}–{row.ago - STEP}
              </td>
              <td>{say(row.sum)}</td>
              <td>{say(row.total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
