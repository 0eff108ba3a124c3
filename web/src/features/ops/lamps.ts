/** What each lamp of the cockpit says about a look. Dim while well. The bounds stand in docs/operating.md too. Pure. */

import type { Ops } from '@/api/types'
import { plural } from '@/shared/plural'

export type State = 'well' | 'warn' | 'bad' | 'unknown'

export interface Lamp {
  name: 'Books' | 'Database' | 'Feed' | 'Queue' | 'Settlements' | 'Loops' | 'Identity' | 'Errors'
  state: State
  /** One or two words: colour is never alone. */
  word: string
  why: string
}

export const SLOW_DATABASE_MS = 250
export const LATE_FEED_MS = 1000
export const STILL_FEED_MS = 5000
/** The feed compares itself with the database every second. */
export const SILENT_FEED_S = 10
export const LONG_WAIT_MS = 1000
export const LONG_PAYING_S = 120
/** An error lights its lamp for this long. */
export const ERROR_FRESH_MS = 600_000

const lamp = (name: Lamp['name'], state: State, word: string, why: string): Lamp => ({
  name,
  state,
  word,
  why,
})

function books({ books, derivation }: Ops): Lamp {
  const stopped = books?.differing.filter(({ stopped_at }) => stopped_at !== null) ?? []
  if (stopped.length > 0) {
    const where = stopped.map(({ name }) => name).join(', ')
    return lamp('Books', 'bad', 'Betting stopped', `The books differ in ${where}.`)
  }
  if (books && books.unbalanced.length > 0) {
    const where = books.unbalanced.map(({ name }) => name).join(', ')
    return lamp('Books', 'bad', 'Off balance', `The accounts do not sum to zero in ${where}.`)
  }
  if (books && books.differing.length > 0) {
    const where = books.differing.map(({ name }) => name).join(', ')
    return lamp('Books', 'warn', 'Differ', `Known and lifted, in ${where}.`)
  }
  if (derivation.state === 'done' && derivation.balanced === false) {
    return lamp(
      'Books',
      'bad',
      'Differ',
      `The last derivation found ${plural(derivation.differences ?? 0, 'difference')}.`,
    )
  }
  if (!books) return lamp('Books', 'unknown', 'Unknown', 'The database does not answer.')
  if (derivation.state === 'failed') {
    return lamp('Books', 'warn', 'Not derived', `The last derivation failed: ${derivation.error}`)
  }
  return lamp('Books', 'well', 'Balanced', `${plural(books.tournaments, 'tournament')}, each sums to zero.`)
}

function database({ database }: Ops): Lamp {
  if (!database.reachable) return lamp('Database', 'bad', 'Away', database.why || 'It does not answer.')
  if (database.why) return lamp('Database', 'bad', 'Cannot write', database.why)
  const ms = database.answer_ms ?? 0
  if (ms > SLOW_DATABASE_MS) return lamp('Database', 'warn', 'Slow', `It took ${ms} ms to answer.`)
  return lamp('Database', 'well', 'Answers', `In ${ms} ms.`)
}

const notHere = (name: Lamp['name'], role: string) =>
  lamp(name, 'well', 'Not here', `This process (${role}) has none; another one does.`)

function feed({ feed, bus, process }: Ops): Lamp {
  if (!feed) return notHere('Feed', process.role)
  const worst = feed.lag_ms.max
  if (feed.compared_s === null || feed.compared_s > SILENT_FEED_S) {
    const since = feed.compared_s === null ? 'since the start' : `for ${feed.compared_s} s`
    return lamp('Feed', 'bad', 'Stands still', `It has not compared itself with the database ${since}.`)
  }
  if (worst > STILL_FEED_MS)
    return lamp('Feed', 'bad', 'Behind', `Up to ${worst} ms behind in the last minute.`)
  if (worst > LATE_FEED_MS)
    return lamp('Feed', 'warn', 'Late', `Up to ${worst} ms behind in the last minute.`)
  if (bus && !bus.heard)
    return lamp('Feed', 'warn', 'Without the bus', 'Its events come from the database; the bus is silent.')
  if (feed.boards === 0) return lamp('Feed', 'well', 'Idle', 'Nobody is looking at a board.')
  return lamp('Feed', 'well', 'Current', `At most ${worst} ms behind in the last minute.`)
}

function queue({ intake, process }: Ops): Lamp {
  if (!intake) return notHere('Queue', process.role)
  const fullest = Math.max(...intake.lanes.map((lane) => lane.queue / lane.queue_max))
  const wait = Math.max(...intake.lanes.map((lane) => lane.wait_ms.max))
  const waiting = intake.lanes.reduce((sum, lane) => sum + lane.queue, 0)
  if (fullest >= 0.9)
    return lamp('Queue', 'bad', 'Full', `${plural(waiting, 'bet')} waiting; new ones are answered 503.`)
  if (fullest >= 0.5) return lamp('Queue', 'warn', 'Filling', `${plural(waiting, 'bet')} waiting.`)
  if (wait > LONG_WAIT_MS)
    return lamp('Queue', 'warn', 'Waiting', `A bet waited ${wait} ms in the last minute.`)
  return lamp('Queue', 'well', 'Flowing', `${plural(waiting, 'bet')} waiting.`)
}

function settlements({ settlements }: Ops): Lamp {
  if (!settlements) return lamp('Settlements', 'unknown', 'Unknown', 'The database does not answer.')
  const oldest = Math.max(0, ...settlements.items.map(({ age_s }) => age_s))
  const under = `${plural(settlements.paying, 'settlement')} under way`
  if (oldest > LONG_PAYING_S) {
    return lamp('Settlements', 'warn', 'Long', `${under}, the oldest for ${Math.floor(oldest / 60)} min.`)
  }
  if (settlements.paying > 0) return lamp('Settlements', 'well', 'Paying', `${under}.`)
  return lamp('Settlements', 'well', 'None open', 'Everything that was decided is paid.')
}

function loops({ loops }: Ops): Lamp {
  const failing = loops.filter(({ alive }) => !alive)
  const [first] = failing
  if (first) {
    const names = failing.map(({ name }) => name).join(', ')
    return lamp('Loops', 'bad', 'Failing', `${names} cannot go on: ${first.last_error || 'it has ended'}.`)
  }
  const waiting = loops.filter((loop) => loop.waiting !== '')
  if (waiting.length > 0)
    return lamp(
      'Loops',
      'warn',
      'Waiting',
      `${waiting.map(({ name }) => name).join(', ')}: ${waiting[0]?.waiting}`,
    )
  return lamp('Loops', 'well', 'Running', `${plural(loops.length, 'background loop')} at work.`)
}

function identity({ identity }: Ops): Lamp {
  const [down, ...others] = identity.filter(({ down_since }) => down_since !== null)
  if (down) {
    const names = [down, ...others].map(({ name }) => name).join(', ')
    return lamp('Identity', 'warn', 'Away', `No answer of ${names}: ${down.why}. Who is verified bets on.`)
  }
  if (identity.length === 0) return lamp('Identity', 'well', 'Idle', 'No provider was asked yet.')
  return lamp('Identity', 'well', 'Answers', identity.map(({ name }) => name).join(', '))
}

function errors({ errors, at }: Ops): Lamp {
  const fresh = errors.items.filter((one) => Date.parse(at) - Date.parse(one.at) < ERROR_FRESH_MS)
  const bad = fresh.filter(({ level }) => level !== 'WARNING').length
  if (bad > 0) return lamp('Errors', 'bad', plural(bad, 'error'), 'In the last ten minutes; see below.')
  if (fresh.length > 0)
    return lamp('Errors', 'warn', plural(fresh.length, 'warning'), 'In the last ten minutes; see below.')
  return lamp('Errors', 'well', 'Quiet', 'Nothing in the last ten minutes.')
}

/** In the order of what an operator must know first. */
export const lampsOf = (ops: Ops): Lamp[] => [
  books(ops),
  database(ops),
  feed(ops),
  queue(ops),
  settlements(ops),
  loops(ops),
  identity(ops),
  errors(ops),
]

const NAMES = ['Books', 'Database', 'Feed', 'Queue', 'Settlements', 'Loops', 'Identity', 'Errors'] as const

/** Where there is no answer nothing is known; where the server says that its database is away, that is. */
export const lampsUnknown = (isDatabaseAway: boolean): Lamp[] =>
  NAMES.map((name) =>
    name === 'Database' && isDatabaseAway
      ? lamp(name, 'bad', 'Away', 'The server answers, its database does not.')
      : lamp(name, 'unknown', 'Unknown', 'No answer.'),
  )
