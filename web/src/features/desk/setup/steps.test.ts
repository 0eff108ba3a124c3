import { expect, it } from 'vitest'
import { fromBoard } from '@/feed/board'
import { market, snapshot } from '@/feed/fixtures'
import { nextStep, stepsOf } from './steps'

const setUp = (markets: ReturnType<typeof market>[], more = {}) => ({
  structure: fromBoard(snapshot({ markets }).board, 1, 'e').structure,
  bettors: 0,
  sawWall: false,
  ...more,
})
const priced = (odds: Array<number | null>) => {
  const draft = market(
    1,
    odds.map((_, i) => i + 1),
    { kind: 'fixed', status: 'draft' },
  )
  return { ...draft, outcomes: draft.outcomes.map((one, i) => ({ ...one, odds_milli: odds[i]! })) }
}
const odds = (markets: ReturnType<typeof market>[]) => stepsOf(setUp(markets))[1]!

it('begins with the matches', () => {
  const steps = stepsOf(setUp([]))
  expect(steps.map(({ isDone }) => isDone)).toEqual([false, false, false, false, false])
  expect(nextStep(steps)).toBe('matches')
})

it('goes on to the next step that is not done, and ends', () => {
  const draft = priced([1900, 1900])
  expect(nextStep(stepsOf(setUp([draft])))).toBe('people')
  const open = { ...draft, status: 'open' as const }
  expect(nextStep(stepsOf(setUp([open], { bettors: 3 })))).toBe('wall')
  expect(nextStep(stepsOf(setUp([open], { bettors: 3, sawWall: true })))).toBeNull()
})

it('asks for odds, and for another look at a margin that loses money or scares people away', () => {
  expect(odds([priced([1900, null])])).toMatchObject({
    isDone: false,
    detail: '1 market still needs odds.',
  })
  expect(odds([priced([2100, 2100])]).detail).toBe('A margin of −4.76 %: look at it again.')
  expect(odds([priced([1500, 1500])]).isDone).toBe(false)
  expect(odds([priced([1900, 1900])])).toMatchObject({ isDone: true, detail: 'Margin 5.26 %.' })
})

it('leaves drafts whose sides are not known out of what there is to do', () => {
  const waiting = { ...priced([null, null]), id: 2, waits_for_sides: true }
  const open = { ...priced([1900, 1900]), status: 'open' as const }
  expect(odds([waiting]).isDone).toBe(true)
  const steps = stepsOf(setUp([open, waiting]))
  expect(steps.find(({ name }) => name === 'open')?.detail).toBe(
    '1 market opened, 1 draft left, 1 of them waiting for their sides.',
  )
})

it('has nothing to set in a pool but its house share', () => {
  expect(odds([market(1, [1, 2], { status: 'draft' })])).toMatchObject({
    isDone: true,
    detail: 'The odds of a pool follow the stakes; the house share is 5.00 %.',
  })
})
