/** The slip in its place: beside the board, or on a phone a sheet over it with a small bar to open it. */

import { useNavigate } from '@tanstack/react-router'
import type { Wallet } from '@/api/types'
import { useFeed } from '@/feed/useFeed'
import { useKeys } from '@/shared/keys'
import { money, typed } from '@/shared/money'
import { formatOdds } from '@/shared/odds'
import { useNarrow, useOddsFormat } from '@/shared/prefs'
import { pickPath } from './pickPath'
import type { WayOn } from './refusals'
import { Sheet } from './Sheet'
import { Slip } from './Slip'
import { useSlip } from './useSlip'

interface Props {
  user: number
  wallet: Wallet
  pick: number | null
  /** What is typed as stake to begin with. */
  firstStake: string
  onPick: (outcome: number | null) => void
}

export function SlipPanel({ user, wallet, pick, firstStake, onPick }: Props) {
  const navigate = useNavigate()
  const feed = useFeed()
  const isNarrow = useNarrow()
  const format = useOddsFormat()
  const slip = useSlip({ user, wallet, pick, firstStake, onPick })
  const { state } = slip
  const clear = () => onPick(null)

  useKeys({
    s: () => document.getElementById('stake')?.focus(),
    Escape: clear,
    Enter: slip.place,
  })

  function backHere(): string | undefined {
    const structure = feed.structure()
    return structure && slip.outcome ? pickPath(structure, slip.outcome.id, slip.stakeText) : undefined
  }

  function go(way: WayOn) {
    switch (way.do) {
      case 'stake':
        slip.setStake(typed(way.stake, wallet.exponent))
        return
      case 'odds':
        return slip.send({ t: 'requote', odds: slip.odds ?? way.odds, now: Date.now() })
      case 'resend':
        return slip.resend()
      case 'wait':
        return slip.send({ t: 'wait' })
      case 'verify':
        return navigate({ to: '/verify', search: { tournament: wallet.tournament_id, next: backHere() } })
      case 'wallet':
        return navigate({ to: '/wallet' })
      case 'limits':
        return navigate({ to: '/limits' })
      case 'sign-in':
        return navigate({ to: '/sign-in', search: { next: backHere() } })
      case 'leave':
        clear()
        document.getElementById('open-matches')?.focus()
    }
  }

  const body = (
    <Slip
      slip={slip}
      currency={wallet}
      balance={wallet.balance}
      format={format}
      hasKeypad={isNarrow}
      onClear={clear}
      onWay={go}
    />
  )
  if (!isNarrow) return body
  if (state.k === 'idle' || !slip.outcome) return null
  return (
    <Sheet
      // A new pick opens the sheet again.
      key={slip.outcome.id}
      title={slip.outcome.name}
      line={`${slip.stake ? `${money(slip.stake, wallet)} at ` : ''}${formatOdds(slip.odds, format)}`}
      // A bet under way or answered is not to be missed.
      isUrgent={state.k !== 'priced' && state.k !== 'check'}
    >
      {body}
    </Sheet>
  )
}
