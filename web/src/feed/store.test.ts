import { expect, it, vi } from 'vitest'
import { market, snapshot, update } from './fixtures'
import { CELLS_PER_FRAME, createFeedStore } from './store'

/** A store whose frames are drawn by hand. */
function storeByHand() {
  const frames: Array<() => void> = []
  const store = createFeedStore((callback) => void frames.push(callback))
  const drawFrame = () => frames.shift()?.()
  const drawAll = () => {
    while (frames.length) drawFrame()
  }
  return { store, frames, drawFrame, drawAll }
}

it('tells a cell once a frame, however often it changed', () => {
  const { store, drawAll } = storeByHand()
  store.take(snapshot(), 0)
  drawAll()
  const cell = vi.fn()
  store.onOutcome(51, cell)
  store.take(update({ outcomes: [[51, 1100, 2, 1850]] }), 0)
  store.take(update({ outcomes: [[51, 1200, 3, 1800]] }, 12), 0)
  expect(cell).not.toHaveBeenCalled()
  drawAll()
  expect(cell).toHaveBeenCalledTimes(1)
  expect(store.tick(51)?.odds).toBe(1800)
})

it('does not tell the cells that did not change', () => {
  const { store, drawAll } = storeByHand()
  store.take(snapshot(), 0)
  drawAll()
  const other = vi.fn()
  store.onOutcome(52, other)
  store.take(update({ outcomes: [[51, 1100, 2, 1850]] }), 0)
  drawAll()
  expect(other).not.toHaveBeenCalled()
})

it('writes nothing off the screen, and once when it comes back', () => {
  const { store, drawAll } = storeByHand()
  store.take(snapshot(), 0)
  drawAll()
  const cell = vi.fn()
  store.onOutcome(51, cell)
  store.setVisible(5, false)
  store.take(update({ outcomes: [[51, 1100, 2, 1850]] }), 0)
  drawAll()
  expect(cell).not.toHaveBeenCalled()
  store.setVisible(5, true)
  expect(cell).toHaveBeenCalledTimes(1)
})

it('spreads many cells over frames and calls it a storm', () => {
  const { store, drawFrame, drawAll, frames } = storeByHand()
  const ids = Array.from({ length: 150 }, (_, i) => 1000 + i)
  store.take(snapshot({ markets: [market(9, ids)] }), 0)
  drawAll()
  let told = 0
  let inStorm = 0
  for (const id of ids) {
    store.onOutcome(id, () => {
      told += 1
      if (store.isStorm()) inStorm += 1
    })
  }
  store.take(update({ outcomes: ids.map((id) => [id, 1, 1, 2000]) }), 0)
  drawFrame()
  expect(told).toBe(CELLS_PER_FRAME)
  expect(frames).toHaveLength(1)
  drawAll()
  expect(told).toBe(150)
  expect(inStorm).toBe(150)
  expect(store.isStorm()).toBe(false)
})

it('tells React only when the structure changed', () => {
  const { store } = storeByHand()
  const structure = vi.fn()
  store.onStructure(structure)
  store.take(snapshot(), 0)
  store.take(update({ outcomes: [[51, 1100, 2, 1850]] }), 0)
  expect(structure).toHaveBeenCalledTimes(1)
  store.take(update({ markets: [market(5, [51, 52], { status: 'closed' })] }, 12), 0)
  expect(structure).toHaveBeenCalledTimes(2)
})

it('passes on what is for this reader alone', () => {
  const { store } = storeByHand()
  const personal = vi.fn()
  store.onPersonal(personal)
  store.take({ t: 'wallet', wallet_id: 1, balance: 5, owed: 0 }, 0)
  store.take({ t: 'pong', n: 1 }, 0)
  expect(personal).toHaveBeenCalledTimes(1)
})
