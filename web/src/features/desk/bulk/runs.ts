/**
 * The run that is under way, outside React: it goes on in the other rooms of the desk and is found again there. A reload
 * stops it; what is left is kept in the tab's own storage and goes on when the organizer says so.
 */

import { useSyncExternalStore } from 'react'
import { detailOf, Problem, titleOf } from '@/api/problem'
import type { Move } from '../actions'
import { ask } from '../ask'
import { begun, kept, next, type Run, type RunEvent } from './run'

const KEY = 'toteboard.run.'

interface Kept {
  run: Run | null
  isWorking: boolean
  /** Counts the runs, so that an answer for one that was overtaken is not taken for the next one's. */
  number: number
}

const bySlug = new Map<string, Kept>()
const listeners = new Set<() => void>()

function stored(slug: string): string | null {
  try {
    return sessionStorage.getItem(KEY + slug)
  } catch {
    // Storage may be refused; then a reload forgets the run.
    return null
  }
}

function store(slug: string, run: Run | null) {
  try {
    if (run) sessionStorage.setItem(KEY + slug, JSON.stringify(run))
    else sessionStorage.removeItem(KEY + slug)
  } catch {
    // As above.
  }
}

function keptOf(slug: string): Kept {
  let here = bySlug.get(slug)
  if (!here) {
    here = { run: kept(stored(slug)), isWorking: false, number: 0 }
    bySlug.set(slug, here)
  }
  return here
}

function become(slug: string, run: Run | null) {
  keptOf(slug).run = run
  store(slug, run)
  for (const listener of listeners) listener()
}

/** Of this market alone; a lost connection or a server that is too busy would refuse the next one too. */
const isRefusal = (error: unknown) => error instanceof Problem && error.status < 500

/** One after the other: the server's answer decides, and a refusal holds up nobody else. */
async function work(slug: string) {
  const here = keptOf(slug)
  if (here.isWorking) return
  here.isWorking = true
  try {
    for (let run = here.run; run?.status === 'going'; run = here.run) {
      const id = run.left[0]!
      const { number } = here
      const event = await ask(id, run.move).then(
        (): RunEvent => ({ on: 'done', id }),
        (error): RunEvent => {
          const why = detailOf(error) ?? titleOf(error)
          return isRefusal(error) ? { on: 'failed', id, why } : { on: 'lost', why }
        },
      )
      if (here.run && here.number === number) become(slug, next(here.run, event))
    }
  } finally {
    here.isWorking = false
  }
}

/** Overtakes one that is under way: what it has asked for is answered first. */
export function beginRun(slug: string, title: string, move: Move, ids: readonly number[]) {
  keptOf(slug).number += 1
  become(slug, begun(title, move, ids))
  void work(slug)
}

export function tellRun(slug: string, event: RunEvent) {
  const { run } = keptOf(slug)
  if (!run) return
  become(slug, next(run, event))
  void work(slug)
}

export const putRunAway = (slug: string) => become(slug, null)

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useRun(slug: string): Run | null {
  return useSyncExternalStore(subscribe, () => keptOf(slug).run)
}
