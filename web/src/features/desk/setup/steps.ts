/** The way from an empty tournament to its first bet: which steps are done and which one is next. Pure. */

import type { Structure } from '@/feed/board'
import type { MarketOnBoard } from '@/feed/messages'
import { plural } from '@/shared/plural'
import { marginBps, marginText, toneOf } from '../odds/margin'

export type StepName = 'matches' | 'odds' | 'people' | 'open' | 'wall'

export interface Step {
  name: StepName
  title: string
  /** How it stands, in words. */
  detail: string
  isDone: boolean
}

export interface SetUp {
  structure: Structure
  /** How many have joined as bettors; null while it is not known. */
  bettors: number | null
  /** Whether the wall was opened from here. Nobody can know whether it hangs. */
  sawWall: boolean
}

const running = (market: MarketOnBoard) => market.outcomes.filter(({ withdrawn }) => !withdrawn)

function oddsStep(markets: MarketOnBoard[]): Pick<Step, 'detail' | 'isDone'> {
  const fixed = markets.filter(
    ({ kind, status, waits_for_sides }) => kind === 'fixed' && status === 'draft' && !waits_for_sides,
  )
  const unpriced = fixed.filter((market) => running(market).some(({ odds_milli }) => odds_milli === null))
  if (unpriced.length > 0)
    return {
      isDone: false,
      detail: `${plural(unpriced.length, 'market')} still ${unpriced.length === 1 ? 'needs' : 'need'} odds.`,
    }
  const margins = fixed.flatMap((market) => marginBps(running(market).map((one) => one.odds_milli!)) ?? [])
  const odd = margins.filter((bps) => toneOf(bps) !== 'fine')
  if (odd.length > 0)
    return { isDone: false, detail: `A margin of ${marginText(odd[0]!)}: look at it again.` }
  if (margins.length > 0) {
    const [least, most] = [Math.min(...margins), Math.max(...margins)].map(marginText)
    return { isDone: true, detail: least === most ? `Margin ${least}.` : `Margins from ${least} to ${most}.` }
  }
  const pools = markets.filter(({ kind }) => kind === 'pool')
  const most = Math.max(0, ...pools.map(({ takeout_bps }) => takeout_bps))
  return {
    isDone: markets.length > 0,
    detail:
      pools.length > 0
        ? `The odds of a pool follow the stakes; the house share is ${marginText(most)}.`
        : 'Fixed odds are set by you, those of a pool by the stakes.',
  }
}

export function stepsOf({ structure, bettors, sawWall }: SetUp): Step[] {
  const markets = [...structure.markets.values()]
  const drafts = markets.filter(({ status }) => status === 'draft').length
  const opened = markets.length - drafts
  const waiting = markets.filter(({ waits_for_sides }) => waits_for_sides).length
  return [
    {
      name: 'matches',
      title: 'Add the matches',
      isDone: markets.length > 0,
      detail:
        markets.length > 0
          ? `${plural(structure.matches.size, 'match', 'matches')}, ${plural(markets.length, 'market')}.`
          : 'One by one, or all of a spreadsheet at once.',
    },
    { name: 'odds', title: 'Check the odds', ...oddsStep(markets) },
    {
      name: 'people',
      title: 'Invite people',
      isDone: (bettors ?? 0) > 0,
      detail: bettors
        ? `${plural(bettors, 'bettor')} so far. Their cash is paid in under People.`
        : 'By a link or a QR code.',
    },
    {
      name: 'open',
      title: 'Open betting',
      isDone: opened > 0,
      detail:
        opened > 0
          ? `${plural(opened, 'market')} opened, ${plural(drafts, 'draft')} left${waiting ? `, ${waiting} of them waiting for their sides` : ''}.`
          : 'Until then nobody can bet.',
    },
    {
      name: 'wall',
      title: 'Put the board on the wall',
      isDone: sawWall,
      detail: 'Full screen on the projector, with the QR code to join.',
    },
  ]
}

/** The first step that is not done. */
export const nextStep = (steps: readonly Step[]) => steps.find(({ isDone }) => !isDone)?.name ?? null
