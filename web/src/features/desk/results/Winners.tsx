import { useEffect, useRef, useState } from 'react'
import type { MarketOnBoard } from '@/feed/messages'
import { Button } from '@/shared/ui/Button'
import { MARK_WORDS, type Mark, type Marks, marked, NOBODY, nobodyWon } from './result'
import styles from './results.module.css'

interface Props {
  market: MarketOnBoard
  marks: Marks
  places: number
  onMarks: (marks: Marks) => void
}

const PLAIN: ReadonlyArray<Mark | 'lost'> = ['lost', 'won', 'halfWon', 'half', 'void']
const WITH_TIES: ReadonlyArray<Mark | 'lost'> = ['lost', 'won', 'tied', 'halfWon', 'half', 'void']
/** A pool voids no outcome: it is withdrawn. */
const IN_POOL: ReadonlyArray<Mark | 'lost'> = ['lost', 'won', 'tied']

function choicesOf(market: MarketOnBoard, places: number) {
  if (market.kind === 'pool') return IN_POOL
  return places > 1 ? WITH_TIES : PLAIN
}

/** One click for a winner; for a fixed market also what is void, half void, or tied for the last place. */
export function Winners({ market, marks, places, onMarks }: Props) {
  const needsMore = Object.values(marks).some((mark) => mark !== 'won')
  const [isMore, setMore] = useState(needsMore)
  const running = market.outcomes.filter(({ withdrawn }) => !withdrawn)
  const question =
    places > 1 ? `Who won? ${places} places are paid.` : 'Who won? Choose two or more for a dead heat.'
  // Who pressed “Enter result” goes on with who won.
  const winners = useRef<HTMLFieldSetElement>(null)
  useEffect(() => winners.current?.querySelector<HTMLElement>('input, select')?.focus(), [])
  return (
    <fieldset ref={winners} className={styles.winners}>
      <legend>{question}</legend>
      {!isMore &&
        running.map((outcome) => (
          <label key={outcome.id} data-chosen={marks[outcome.id] || undefined}>
            <input
              type="checkbox"
              checked={marks[outcome.id] === 'won'}
              onChange={(event) => onMarks(marked(marks, outcome.id, event.target.checked ? 'won' : 'lost'))}
            />
            <bdi>{outcome.name}</bdi>
          </label>
        ))}
      {isMore &&
        running.map((outcome) => (
          <label key={outcome.id} className={styles.marked} data-chosen={marks[outcome.id] || undefined}>
            <bdi>{outcome.name}</bdi>
            <select
              aria-label={`Result of ${outcome.name}`}
              value={marks[outcome.id] ?? 'lost'}
              onChange={(event) => onMarks(marked(marks, outcome.id, event.target.value as Mark | 'lost'))}
            >
              {choicesOf(market, places).map((mark) => (
                <option key={mark} value={mark}>
                  {MARK_WORDS[mark]}
                </option>
              ))}
            </select>
          </label>
        ))}
      <label data-chosen={marks[NOBODY] || undefined}>
        <input
          type="checkbox"
          checked={marks[NOBODY] !== undefined}
          onChange={(event) => onMarks(nobodyWon(event.target.checked))}
        />
        No listed outcome won
      </label>
      {(market.kind === 'fixed' || places > 1) && !isMore && (
        <Button size="small" look="plain" onClick={() => setMore(true)}>
          {[market.kind === 'fixed' ? 'Partly void' : '', places > 1 ? 'tied' : '']
            .filter(Boolean)
            .join(', ')}
          …
        </Button>
      )}
    </fieldset>
  )
}
