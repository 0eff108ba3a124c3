import { useState } from 'react'
import type { Outcome } from '@/api/types'
import { parseMoney } from '@/shared/money'
import { formatOdds } from '@/shared/odds'
import { Button } from '@/shared/ui/Button'
import styles from './Book.module.css'
import { rescaled } from './margin'
import type { OddsEntry } from './useOdds'

const MARGIN_BPS_MAX = 5000

/** The same chances with another margin: fills the fields, saves nothing. */
export function Rescale({
  outcomes,
  places,
  entry,
}: {
  outcomes: Outcome[]
  places: number
  entry: OddsEntry
}) {
  const [text, setText] = useState('5')
  const target = parseMoney(text, 2)
  const odds = outcomes.map(entry.now)
  const isWhole = odds.length > 1 && odds.every((one) => one !== null)
  const isReady = isWhole && target !== null && target <= MARGIN_BPS_MAX

  function rescale() {
    if (!isReady) return
    const next = rescaled(odds as number[], target, places)
    for (const [i, outcome] of outcomes.entries()) entry.type(outcome, formatOdds(next[i]!))
  }

  return (
    <span className={styles.rescale}>
      <label>
        to
        <input
          className="num"
          inputMode="decimal"
          aria-label="Margin to rescale to, in %"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            rescale()
          }}
        />
        %
      </label>
      <Button size="small" look="plain" disabled={!isReady} onClick={rescale}>
        Rescale
      </Button>
    </span>
  )
}
