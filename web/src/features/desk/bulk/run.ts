/** One move for many markets, one after the other: how far it is, and which failed. Pure. */

import type { Move } from '../actions'

export interface Failed {
  id: number
  why: string
}

export interface Run {
  /** "Open 8 drafts". */
  title: string
  move: Move
  /** Still to be asked for, in order. */
  left: number[]
  done: number[]
  failed: Failed[]
  status: 'going' | 'stopped' | 'over'
  /** Why it stopped by itself. */
  lost?: string
}

export type RunEvent =
  | { on: 'done'; id: number }
  | { on: 'failed'; id: number; why: string }
  | { on: 'lost'; why: string }
  | { on: 'stop' }
  | { on: 'go on' }
  | { on: 'try failed again' }

export const begun = (title: string, move: Move, ids: readonly number[]): Run => ({
  title,
  move,
  left: [...ids],
  done: [],
  failed: [],
  status: ids.length > 0 ? 'going' : 'over',
})

/** What is left goes on; with nothing left it is over. */
const resting = (run: Run): Run =>
  run.left.length > 0 ? run : { ...run, status: run.status === 'going' ? 'over' : run.status }

export function next(run: Run, event: RunEvent): Run {
  switch (event.on) {
    case 'done':
      return resting({ ...run, left: without(run.left, event.id), done: [...run.done, event.id] })
    case 'failed':
      return resting({
        ...run,
        left: without(run.left, event.id),
        failed: [...run.failed, { id: event.id, why: event.why }],
      })
    // Unknown, so it stays to be asked for: the same move again answers the same.
    case 'lost':
      return { ...run, status: 'stopped', lost: event.why }
    case 'stop':
      return run.status === 'going' ? { ...run, status: 'stopped' } : run
    case 'go on':
      return run.status === 'stopped' ? resting({ ...run, status: 'going', lost: undefined }) : run
    case 'try failed again':
      if (run.status === 'going' || run.failed.length === 0) return run
      return {
        ...run,
        left: [...run.left, ...run.failed.map(({ id }) => id)],
        failed: [],
        status: 'going',
      }
  }
}

const without = (ids: readonly number[], id: number) => ids.filter((one) => one !== id)

export const totalOf = (run: Run) => run.left.length + run.done.length + run.failed.length

/** A run that was kept through a reload: nobody goes on with it by itself, an organizer does. */
export function kept(text: string | null): Run | null {
  if (text === null) return null
  try {
    const run = JSON.parse(text) as Run
    if (!Array.isArray(run.left) || !Array.isArray(run.done) || !Array.isArray(run.failed)) return null
    return run.status === 'going' ? { ...run, status: run.left.length ? 'stopped' : 'over' } : run
  } catch {
    return null
  }
}
