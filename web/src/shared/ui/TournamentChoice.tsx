/** Which of my tournaments a page is about: asked only of those who have several. */

import type { Me } from '@/api/types'
import { SelectField } from './Field'

/** Where this reader has a wallet, the newest tournament first. */
export const walletsOf = (me: Me) => me.memberships.filter((member) => member.wallet_id !== null)

interface Props {
  me: Me
  tournament: number | undefined
  /** The words for no choice, where that is one. */
  all?: string
  onChoose: (tournament: number | undefined) => void
}

export function TournamentChoice({ me, tournament, all, onChoose }: Props) {
  const mine = walletsOf(me)
  if (mine.length < 2) return null
  const options = mine.map(({ tournament_id, name }) => ({ value: String(tournament_id), label: name }))
  return (
    <SelectField
      label="Tournament"
      value={tournament ?? ''}
      options={all ? [{ value: '', label: all }, ...options] : options}
      onChange={(event) => onChoose(Number(event.target.value) || undefined)}
    />
  )
}
