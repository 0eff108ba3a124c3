/** The markets of a tournament: what to set up, what waits, and every market with all that can be done to it. */

import { type FocusEvent, useMemo, useRef, useState } from 'react'
import type { Structure } from '@/feed/board'
import { announce } from '@/shared/announce'
import { plural } from '@/shared/plural'
import { Button, LinkButton } from '@/shared/ui/Button'
import { Empty } from '@/shared/ui/States'
import { AddMatch } from '../adding/AddMatch'
import { BulkBar } from '../bulk/BulkBar'
import { RunBanner } from '../bulk/RunBanner'
import { Delay } from '../editing/Delay'
import { Checklist } from '../setup/Checklist'
import { isShown, keepOrder, NO_FILTER, ROWS_SHOWN, type Row, rowsOf, type Shown, within } from './list'
import { MarketRow } from './MarketRow'
import styles from './Markets.module.css'
import { MatchRow } from './MatchRow'
import { Stale } from './Stale'
import { Toolbar } from './Toolbar'

/** While somebody works in the list its order is held, and what left its state stays to be seen. */
function useHeldOrder(scope: Row[], shown: Shown, filter: string) {
  const [isBusy, setBusy] = useState(false)
  const held = useRef({ filter, keys: [] as string[] })
  const rows = useMemo(() => scope.filter((row) => isShown(row, shown)), [scope, shown])
  const isHeld = isBusy && held.current.filter === filter
  const ordered = isHeld ? keepOrder(held.current.keys, rows, scope) : rows
  held.current = { filter, keys: ordered.map(({ key }) => key) }
  return {
    ordered,
    watch: {
      onFocus: () => setBusy(true),
      onBlur: (event: FocusEvent<HTMLElement>) => {
        // A button that vanishes takes the focus with it and names nobody: the work goes on.
        if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) setBusy(false)
      },
    },
  }
}

export function Markets({ slug, structure }: { slug: string; structure: Structure }) {
  const [filter, setFilter] = useState(NO_FILTER)
  const [limit, setLimit] = useState(ROWS_SHOWN)
  const [isAdding, setAdding] = useState(false)
  const [isDelaying, setDelaying] = useState(false)
  const all = useMemo(() => rowsOf(structure), [structure])
  const scope = useMemo(() => within(all, filter), [all, filter])
  const { ordered, watch } = useHeldOrder(scope, filter.shown, JSON.stringify(filter))
  const list = useRef<HTMLUListElement>(null)
  const left = ordered.length - limit

  return (
    <>
      <RunBanner slug={slug} structure={structure} />
      <Stale />
      <Checklist
        slug={slug}
        structure={structure}
        onAdd={() => setAdding(true)}
        onDrafts={() => {
          setFilter({ ...NO_FILTER, shown: 'draft' })
          list.current?.scrollIntoView({ block: 'center' })
        }}
      />
      {all.length > 0 && (
        <Toolbar
          structure={structure}
          scope={scope}
          filter={filter}
          onFilter={(next) => {
            setFilter(next)
            setLimit(ROWS_SHOWN)
          }}
          isAdding={isAdding}
          onAdd={() => setAdding(!isAdding)}
          isDelaying={isDelaying}
          onDelay={() => setDelaying(!isDelaying)}
        />
      )}
      {isDelaying && <Delay structure={structure} onClose={() => setDelaying(false)} />}
      {isAdding && <AddMatch structure={structure} onClose={() => setAdding(false)} />}
      <BulkBar slug={slug} all={all} scope={scope} isWhole={scope.length === all.length} />
      {all.length === 0 && !isAdding && (
        <Empty title="No matches yet. Import a spreadsheet or add one match.">
          <p className={styles.ways}>
            <LinkButton>
              <a href={`/org/t/${slug}/import`}>Import a spreadsheet</a>
            </LinkButton>
            <Button look="plain" onClick={() => setAdding(true)}>
              Add a match
            </Button>
          </p>
        </Empty>
      )}
      {all.length > 0 && ordered.length === 0 && <p className={styles.none}>No markets in this view.</p>}
      <ul className={styles.rows} ref={list} {...watch}>
        {ordered
          .slice(0, limit)
          .map(({ key, market, match }) =>
            market ? (
              <MarketRow key={key} slug={slug} market={market} match={match} structure={structure} />
            ) : (
              match && <MatchRow key={key} slug={slug} match={match} structure={structure} />
            ),
          )}
      </ul>
      {left > 0 && (
        <Button
          look="plain"
          onClick={() => {
            setLimit(limit + ROWS_SHOWN)
            announce(`${plural(Math.min(left, ROWS_SHOWN), 'more market')} shown`)
          }}
        >
          Show {Math.min(left, ROWS_SHOWN)} more of {left.toLocaleString('en-GB')}
        </Button>
      )}
    </>
  )
}
