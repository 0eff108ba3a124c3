import { useMemo } from 'react'
import type { Structure } from '@/feed/board'
import { Button } from '@/shared/ui/Button'
import { Segments } from '@/shared/ui/Segments'
import { type Filter, isShown, type Row, roundsOf, type Shown } from './list'
import styles from './Markets.module.css'

const SHOWN: Array<{ value: Shown; label: string; words: string }> = [
  { value: 'now', label: 'Not settled', words: 'Markets that are not settled' },
  { value: 'waiting', label: 'Needs result', words: 'Markets that wait for you' },
  { value: 'open', label: 'Open', words: 'Open markets' },
  { value: 'draft', label: 'Drafts', words: 'Drafts' },
  { value: 'over', label: 'Settled', words: 'Settled and void markets' },
]

interface Props {
  structure: Structure
  /** What round and search let through, in whichever state: it is counted. */
  scope: readonly Row[]
  filter: Filter
  onFilter: (filter: Filter) => void
  isAdding: boolean
  onAdd: () => void
  isDelaying: boolean
  onDelay: () => void
}

export function Toolbar({ structure, scope, filter, onFilter, isAdding, onAdd, isDelaying, onDelay }: Props) {
  const rounds = useMemo(() => roundsOf(structure), [structure])
  const options = SHOWN.map(({ value, label, words }) => {
    const many = scope.filter((row) => isShown(row, value)).length
    return {
      value,
      label: many ? `${label} ${many.toLocaleString('en-GB')}` : label,
      words: `${words}: ${many}`,
    }
  })
  return (
    <div className={styles.bar}>
      <div className={styles.states}>
        <Segments
          label="Which markets"
          value={filter.shown}
          options={options}
          onChoose={(shown) => onFilter({ ...filter, shown })}
        />
      </div>
      {rounds.length > 0 && (
        <select
          aria-label="Round"
          value={filter.round}
          onChange={(event) => onFilter({ ...filter, round: event.target.value })}
        >
          <option value="">All rounds</option>
          {rounds.map((round) => (
            <option key={round}>{round}</option>
          ))}
        </select>
      )}
      <input
        type="search"
        className={styles.search}
        aria-label="Find a market"
        placeholder="Find a market"
        value={filter.sought}
        onChange={(event) => onFilter({ ...filter, sought: event.target.value })}
      />
      <Button size="small" look="plain" aria-expanded={isDelaying} onClick={onDelay}>
        Delay…
      </Button>
      <Button size="small" look={isAdding ? 'plain' : 'main'} aria-expanded={isAdding} onClick={onAdd}>
        {isAdding ? 'Close the form' : 'Add a match'}
      </Button>
    </div>
  )
}
