import { expect, it } from 'vitest'
import { begun, kept, next, type RunEvent, totalOf } from './run'

const played = (events: RunEvent[], ids = [1, 2, 3]) => events.reduce(next, begun('Open 3', 'open', ids))

it('goes through its markets one by one and is over with the last', () => {
  const run = played([
    { on: 'done', id: 1 },
    { on: 'failed', id: 2, why: 'No odds yet' },
  ])
  expect(run).toMatchObject({
    left: [3],
    done: [1],
    failed: [{ id: 2, why: 'No odds yet' }],
    status: 'going',
  })
  expect(next(run, { on: 'done', id: 3 }).status).toBe('over')
  expect(totalOf(run)).toBe(3)
})

it('is over at once where there is nothing to do', () => {
  expect(played([], []).status).toBe('over')
})

it('stops, and goes on with what is left', () => {
  const stopped = played([{ on: 'done', id: 1 }, { on: 'stop' }])
  expect(stopped).toMatchObject({ status: 'stopped', left: [2, 3] })
  expect(next(stopped, { on: 'go on' })).toMatchObject({ status: 'going', left: [2, 3] })
})

it('keeps the answer of the one that was under way when it was stopped', () => {
  const run = played([{ on: 'stop' }, { on: 'done', id: 1 }])
  expect(run).toMatchObject({ status: 'stopped', left: [2, 3], done: [1] })
})

it('stops by itself where the server cannot be reached, and forgets none', () => {
  const lost = played([
    { on: 'done', id: 1 },
    { on: 'lost', why: 'No connection' },
  ])
  expect(lost).toMatchObject({ status: 'stopped', left: [2, 3], failed: [], lost: 'No connection' })
  expect(next(lost, { on: 'go on' })).toMatchObject({ status: 'going', lost: undefined })
})

it('tries again only what failed', () => {
  const over = played([
    { on: 'done', id: 1 },
    { on: 'failed', id: 2, why: 'x' },
    { on: 'done', id: 3 },
  ])
  expect(next(over, { on: 'try failed again' })).toMatchObject({ status: 'going', left: [2], failed: [] })
})

it('is found again after a reload, stopped where it was', () => {
  const run = played([{ on: 'done', id: 1 }])
  expect(kept(JSON.stringify(run))).toEqual({ ...run, status: 'stopped' })
  expect(kept(null)).toBeNull()
  expect(kept('{"left":1}')).toBeNull()
  expect(kept('nonsense')).toBeNull()
})
