/**
 * The feed outside React. Messages change the state at once; cells are told once a frame, only those that changed and
 * are on screen, and at most CELLS_PER_FRAME of them. React renders structure, never prices.
 */

import { type BoardState, fold, type Structure, type Tick, touchedBy } from './board'
import { LINK_START, type LinkEvent, type LinkState, nextLink } from './link'
import type { FeedMessage, PersonalMessage, PublicMessage } from './messages'

/** 200 cells land within four frames, inside one tick of 100 ms, and no single frame pays for all of them. */
export const CELLS_PER_FRAME = 64
/** When more cells than this change at once the flash is dropped and the arrows stay. */
export const STORM_CELLS = 24

type Listener = () => void
type FrameScheduler = (callback: () => void) => void

function listeners<Key>() {
  const byKey = new Map<Key, Set<Listener>>()
  return {
    on(key: Key, listener: Listener) {
      const set = byKey.get(key) ?? new Set()
      byKey.set(key, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0 && byKey.get(key) === set) byKey.delete(key)
      }
    },
    tell(key: Key) {
      for (const listener of byKey.get(key) ?? []) listener()
    },
  }
}

type Channel = 'structure' | 'book' | 'link' | 'second'

export function createFeedStore(
  nextFrame: FrameScheduler = (callback) => void requestAnimationFrame(callback),
) {
  let state: BoardState | null = null
  let link: LinkState = LINK_START
  /** The server's clock less ours, in ms: countdowns run on the server's. */
  let clockOffset = 0
  let storm = false
  let frameAsked = false
  let bookDirty = false

  const dirtyOutcomes = new Set<number>()
  const dirtyMarkets = new Set<number>()
  const hiddenMarkets = new Set<number>()
  const outcomeCells = listeners<number>()
  const marketCells = listeners<number>()
  const channels = listeners<Channel>()
  const personal = new Set<(message: PersonalMessage) => void>()

  function askFrame() {
    if (frameAsked) return
    frameAsked = true
    nextFrame(flush)
  }

  function flush() {
    frameAsked = false
    if (dirtyOutcomes.size > STORM_CELLS) storm = true
    let written = 0
    for (const id of dirtyOutcomes) {
      dirtyOutcomes.delete(id)
      const market = state?.structure.marketOf.get(id)
      if (market !== undefined && hiddenMarkets.has(market)) continue
      outcomeCells.tell(id)
      written += 1
      if (written >= CELLS_PER_FRAME) break
    }
    if (dirtyOutcomes.size > 0) return askFrame()
    for (const id of dirtyMarkets) if (!hiddenMarkets.has(id)) marketCells.tell(id)
    dirtyMarkets.clear()
    storm = false
    if (bookDirty) {
      bookDirty = false
      channels.tell('book')
    }
  }

  function touchEverything(board: BoardState) {
    for (const id of board.ticks.keys()) dirtyOutcomes.add(id)
    for (const id of board.structure.markets.keys()) dirtyMarkets.add(id)
  }

  function takePublic(message: PublicMessage, now: number) {
    const before = state
    state = fold(before, message)
    clockOffset = message.now - now
    if (state === null || state === before) return
    if (message.t === 'snapshot') touchEverything(state)
    if (message.t === 'update') {
      const touched = touchedBy(message, state.structure)
      for (const id of touched.outcomes) dirtyOutcomes.add(id)
      for (const id of touched.markets) dirtyMarkets.add(id)
    }
    bookDirty = true
    if (state.structure !== before?.structure) channels.tell('structure')
    askFrame()
  }

  return {
    /** The state of now, for those who write cells. */
    board: (): BoardState | null => state,
    structure: (): Structure | null => state?.structure ?? null,
    tick: (outcome: number): Tick | undefined => state?.ticks.get(outcome),
    pool: (market: number): number => state?.pools.get(market) ?? 0,
    link: (): LinkState => link,
    /** The server's time, in ms since 1970. */
    serverNow: (): number => Date.now() + clockOffset,
    /** Whether the cells being told now are too many to flash. */
    isStorm: (): boolean => storm,

    onOutcome: outcomeCells.on,
    onMarket: marketCells.on,
    onStructure: (listener: Listener) => channels.on('structure', listener),
    onBook: (listener: Listener) => channels.on('book', listener),
    onLink: (listener: Listener) => channels.on('link', listener),
    onSecond: (listener: Listener) => channels.on('second', listener),
    onPersonal(listener: (message: PersonalMessage) => void) {
      personal.add(listener)
      return () => {
        personal.delete(listener)
      }
    },

    /** A card that leaves the screen writes nothing; one that comes back is written once. */
    setVisible(market: number, visible: boolean) {
      if (!visible) {
        hiddenMarkets.add(market)
        return
      }
      if (!hiddenMarkets.delete(market)) return
      for (const outcome of state?.structure.markets.get(market)?.outcomes ?? [])
        outcomeCells.tell(outcome.id)
      marketCells.tell(market)
    },

    take(message: FeedMessage, now: number) {
      switch (message.t) {
        case 'snapshot':
        case 'update':
        case 'beat':
          return takePublic(message, now)
        case 'pong':
          return
        default:
          for (const listener of personal) listener(message)
      }
    },

    moveLink(event: LinkEvent) {
      const next = nextLink(link, event)
      if (next === link) return
      // Only the moment it was last heard changed: nothing to be seen.
      const seen =
        next.phase !== link.phase || next.latencyMs !== link.latencyMs || next.retryAt !== link.retryAt
      link = next
      if (seen) channels.tell('link')
    },

    /** Once a second: countdowns, and the pulse moves on. */
    second() {
      channels.tell('second')
    },
  }
}

export type FeedStore = ReturnType<typeof createFeedStore>
