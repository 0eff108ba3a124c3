/** The slip of who cannot bet yet: the pick and the stake stay while they sign in or join. */

import type { ReactNode } from 'react'
import { Odds } from '@/feed/cells'
import { useStructure } from '@/feed/useFeed'
import { useKeys } from '@/shared/keys'
import { useNarrow, useOddsFormat } from '@/shared/prefs'
import { Button } from '@/shared/ui/Button'
import { MoneyField } from '@/shared/ui/Field'
import { Note } from '@/shared/ui/Note'
import { Panel } from '@/shared/ui/Panel'
import { MARKET_STATUS_WORDS } from '@/shared/words'
import { pickPath } from './pickPath'
import { Sheet } from './Sheet'
import styles from './WaitingPick.module.css'

interface Props {
  outcome: number
  stake: string
  onStake: (text: string) => void
  onClear: () => void
  /** What leads on, given the address that fills this slip again. */
  children: (back: string) => ReactNode
}

export function WaitingPick({ outcome: id, stake, onStake, onClear, children }: Props) {
  const structure = useStructure()
  const format = useOddsFormat()
  const isNarrow = useNarrow()
  useKeys({ Escape: onClear })
  const market = structure?.markets.get(structure.marketOf.get(id) ?? -1)
  const outcome = market?.outcomes.find((one) => one.id === id)
  if (!structure || !market || !outcome) return null
  const match = structure.matches.get(market.match_id)
  const body = (
    <Panel title="Bet slip">
      <div className={styles.pick} data-testid="waiting-pick">
        <b className="given">{outcome.name}</b>
        <Odds outcome={id} format={format} className={styles.odds} />
        <p>
          <bdi>{match?.name}</bdi>, <bdi>{market.name}</bdi>
        </p>
      </div>
      {market.status !== 'open' && (
        <Note tone="warn" icon="clock" title={`${MARKET_STATUS_WORDS[market.status]}.`}>
          It takes no bets now. Pick something else on the board.
        </Note>
      )}
      <MoneyField label="Stake" currency={structure.tournament} text={stake} onText={onStake} />
      {children(pickPath(structure, id, stake.trim()))}
      <Button look="plain" size="small" onClick={onClear}>
        Clear the slip
      </Button>
    </Panel>
  )
  if (!isNarrow) return body
  return (
    <Sheet key={id} title={outcome.name} line={stake} isUrgent={false}>
      {body}
    </Sheet>
  )
}
