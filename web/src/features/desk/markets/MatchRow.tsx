/** A match that has no market yet. */

import { memo, useState } from 'react'
import type { Structure } from '@/feed/board'
import type { MatchOnBoard } from '@/feed/messages'
import { closingOnEscape } from '@/shared/escape'
import { Button } from '@/shared/ui/Button'
import { AddMarket } from '../adding/AddMarket'
import { MatchForm } from '../editing/MatchForm'
import styles from './MarketRow.module.css'

interface Props {
  slug: string
  match: MatchOnBoard
  structure: Structure
}

export const MatchRow = memo(function MatchRow({ slug, match, structure }: Props) {
  const [form, setForm] = useState<'market' | 'edit' | null>(null)
  const toggle = (which: 'market' | 'edit') => setForm(form === which ? null : which)
  return (
    <li
      className={styles.row}
      data-match={match.id}
      data-testid="desk-match"
      onKeyDown={closingOnEscape(() => setForm(null))}
    >
      <div className={styles.head}>
        <div className={styles.what}>
          <h2 dir="auto">{match.name}</h2>
          <span>{match.round || 'No round'}</span>
        </div>
        <span className={styles.status}>No market yet</span>
        <div className={styles.actions}>
          <Button size="small" aria-expanded={form === 'market'} onClick={() => toggle('market')}>
            Add a market<span className="visually-hidden"> to {match.name}</span>
          </Button>
          <Button size="small" look="plain" aria-expanded={form === 'edit'} onClick={() => toggle('edit')}>
            Edit<span className="visually-hidden"> {match.name}</span>
          </Button>
        </div>
      </div>
      {form === 'market' && (
        <AddMarket match={match} currency={structure.tournament} onClose={() => setForm(null)} />
      )}
      {form === 'edit' && <MatchForm slug={slug} match={match} structure={structure} />}
    </li>
  )
})
