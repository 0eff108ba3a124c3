/** What can be edited around a market: its match, its terms, its outcomes, and another market beside it. */

import { useState } from 'react'
import type { Structure } from '@/feed/board'
import type { MarketOnBoard, MatchOnBoard } from '@/feed/messages'
import { Segments } from '@/shared/ui/Segments'
import { AddMarket } from '../adding/AddMarket'
import formStyles from '../form.module.css'
import { MarketForm } from './MarketForm'
import { MatchForm } from './MatchForm'
import { Outcomes } from './Outcomes'

type Part = 'outcomes' | 'market' | 'match' | 'another'

const PARTS: Array<{ value: Part; label: string; words: string }> = [
  { value: 'outcomes', label: 'Outcomes', words: 'Outcomes' },
  { value: 'market', label: 'Market', words: 'The market and its terms' },
  { value: 'match', label: 'Match', words: 'The match' },
  { value: 'another', label: '+ Market', words: 'Another market for this match' },
]

interface Props {
  slug: string
  market: MarketOnBoard
  match: MatchOnBoard | undefined
  structure: Structure
  onClose: () => void
}

export function Edit({ slug, market, match, structure, onClose }: Props) {
  const [part, setPart] = useState<Part>('outcomes')
  const currency = structure.tournament
  return (
    <div className={formStyles.form} data-testid="edit">
      <div className={formStyles.parts}>
        <Segments label="What to edit" value={part} options={PARTS} onChoose={setPart} />
      </div>
      {part === 'outcomes' && <Outcomes market={market} currency={currency} />}
      {part === 'market' && <MarketForm market={market} currency={currency} />}
      {part === 'match' && match && <MatchForm slug={slug} match={match} structure={structure} />}
      {part === 'another' && match && <AddMarket match={match} currency={currency} onClose={onClose} />}
    </div>
  )
}
