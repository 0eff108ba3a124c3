import { expect, it } from 'vitest'
import type { Ops } from '@/api/types'
import { type Lamp, lampsOf, lampsUnknown } from './lamps'

const measured = (max: number) => ({ last: max, count: 1, mean: max, max })

const lane = (more: object = {}) => ({
  queue: 0,
  queue_max: 4000,
  batch_max: 250,
  bets: 5,
  sets: 5,
  errors: 0,
  last_error: '',
  batch: measured(1),
  wait_ms: measured(2),
  set_ms: measured(3),
  ...more,
})

const loop = (name: string, more: object = {}) => ({
  name,
  alive: true,
  turns: 9,
  errors: 0,
  last_error: '',
  waiting: '',
  ...more,
})

const well = {
  at: '2026-11-24T19:12:56Z',
  process: { version: '1', role: 'all', started_at: '2026-11-24T19:00:00Z', uptime_s: 776, pid: 1 },
  database: { reachable: true, answer_ms: 3, why: '' },
  pool: { in_use: 0, open: 1, max: 8 },
  storage: { version: '18.6', disk_free_bytes: null, disk_size_bytes: null, backups: [], streams: [] },
  books: { tournaments: 2, unbalanced: [], differing: [] },
  settlements: { paying: 0, items: [] },
  derivation: {
    state: 'none',
    done: 0,
    of: 21,
    check: '',
    started_at: null,
    finished_at: null,
    balanced: null,
    differences: null,
    counted: {},
    checks: [],
    error: '',
  },
  feed: { boards: 1, compared_s: 0, events_behind: 0, lag_ms: measured(12), lag_by_second: [] },
  sockets: {
    open: 1,
    max: 100,
    behind: 0,
    fell_behind: 0,
    frames: 9,
    bytes: 900,
    opened: 3,
    closed: { client: 2 },
  },
  bus: null,
  leads: { work: true },
  replica: null,
  intake: { lanes: [lane(), lane()], bets_by_second: [] },
  loops: [loop('paying'), loop('closing')],
  connections: { open: 3, max: 100, ended: {} },
  identity: [],
  errors: { errors: 0, warnings: 0, items: [] },
} satisfies Ops

const lit = (ops: Ops) => lampsOf(ops).filter(({ state }) => state !== 'well')
const of = (ops: Ops, name: Lamp['name']) => lampsOf(ops).find((lamp) => lamp.name === name)?.state
const settlement = (age_s: number) => ({
  id: 1,
  market_id: 1,
  slug: 'open',
  tournament: 'Open',
  match: 'A – B',
  market: 'Winner',
  kind: 'settle',
  version: 1,
  bets_done: 1,
  bets: 9,
  decided_at: well.at,
  age_s,
})
const error = (at: string, level: string) => ({ at, level, logger: 'toteboard', text: 'x' })

it('all lamps are dim while all is well', () => {
  expect(lit(well)).toEqual([])
  expect(lampsOf(well).map(({ name }) => name)).toEqual(lampsUnknown(false).map(({ name }) => name))
})

it('a feed that hears no bus is amber and says where its events come from', () => {
  const bus = {
    ...{ connected: true, heard: false, beat_age_s: 3, told: null },
    ...{ messages_said: 0, messages_heard: 0, unreadable: 0, holes: 0, silences: 1 },
  }
  const [lamp, ...others] = lit({ ...well, bus })
  expect([lamp?.name, lamp?.state, others]).toEqual(['Feed', 'warn', []])
  expect(lamp?.why).toContain('database')
  expect(lit({ ...well, bus: { ...bus, heard: true } })).toEqual([])
})

it('books off balance are red and say where', () => {
  const off = { tournament_id: 1, name: 'Riverside', currency: 'EUR', exponent: 2, off: '1' }
  const [lamp, ...others] = lit({ ...well, books: { tournaments: 2, unbalanced: [off], differing: [] } })
  expect([lamp?.name, lamp?.state, others]).toEqual(['Books', 'bad', []])
  expect(lamp?.why).toContain('Riverside')
})

it('books that stopped betting are red, and lifted they are amber', () => {
  const one = {
    tournament_id: 1,
    name: 'Riverside',
    slug: 'riverside',
    currency: 'EUR',
    exponent: 2,
    stopped_at: '2026-11-27T20:00:00Z',
    differs: [{ what: 'wallet', off: '-1' }],
  }
  const differing = (...books: (typeof one | { stopped_at: null })[]) => ({
    ...well,
    books: { tournaments: 2, unbalanced: [], differing: books.map((more) => ({ ...one, ...more })) },
  })
  expect(lit(differing(one)).map(({ word, state }) => [word, state])).toEqual([['Betting stopped', 'bad']])
  expect(of(differing({ stopped_at: null }), 'Books')).toBe('warn')
})

it('a derivation that found a difference is red, one that failed is amber, one under way changes nothing', () => {
  const derived = (more: object) => ({ ...well, derivation: { ...well.derivation, ...more } })
  expect(of(derived({ state: 'done', balanced: false, differences: 3 }), 'Books')).toBe('bad')
  expect(of(derived({ state: 'failed', error: 'not done after 1 s' }), 'Books')).toBe('warn')
  expect(of(derived({ state: 'running' }), 'Books')).toBe('well')
})

it('a database that is away is red, and what only it knows is unknown rather than well', () => {
  const away = {
    ...well,
    database: { reachable: false, answer_ms: null, why: 'x' },
    books: null,
    settlements: null,
  }
  expect([of(away, 'Database'), of(away, 'Books'), of(away, 'Settlements')]).toEqual([
    'bad',
    'unknown',
    'unknown',
  ])
  expect(of({ ...well, database: { reachable: true, answer_ms: 251, why: '' } }, 'Database')).toBe('warn')
  expect(of({ ...well, database: { reachable: true, answer_ms: 3, why: 'full' } }, 'Database')).toBe('bad')
})

it('a feed that stands still is red, one that is late is amber, one that nobody looks at is well', () => {
  const feed = (more: object) => of({ ...well, feed: { ...well.feed, ...more } }, 'Feed')
  expect(feed({ compared_s: 11 })).toBe('bad')
  expect(feed({ compared_s: null })).toBe('bad')
  expect(feed({ lag_ms: measured(5001) })).toBe('bad')
  expect(feed({ lag_ms: measured(1001) })).toBe('warn')
  expect(feed({ boards: 0, lag_ms: { last: null, count: 0, mean: null, max: 0 } })).toBe('well')
})

it('the fullest lane and the longest wait light the queue', () => {
  const queue = (more: object) =>
    of({ ...well, intake: { ...well.intake, lanes: [lane(), lane(more)] } }, 'Queue')
  expect(queue({ queue: 3600 })).toBe('bad')
  expect(queue({ queue: 2000 })).toBe('warn')
  expect(queue({ wait_ms: measured(1001) })).toBe('warn')
  expect(queue({ queue: 100 })).toBe('well')
})

it('a settlement lights its lamp only after a while', () => {
  const paying = (age: number) =>
    of({ ...well, settlements: { paying: 1, items: [settlement(age)] } }, 'Settlements')
  expect([paying(5), paying(121)]).toEqual(['well', 'warn'])
})

it('a loop that fails is red and says why, one that waits is amber', () => {
  const looped = (more: object) => lit({ ...well, loops: [loop('paying', more), loop('closing')] })
  const failed = looped({ alive: false, last_error: 'RuntimeError: x' })
  expect(failed.map(({ name, state }) => [name, state])).toEqual([['Loops', 'bad']])
  expect(failed[0]?.why).toBe('paying cannot go on: RuntimeError: x.')
  expect(looped({ waiting: 'no database' }).map(({ state }) => state)).toEqual(['warn'])
})

it('what another process does is said, and lights nothing', () => {
  const worker = {
    ...well,
    process: { ...well.process, role: 'worker' },
    feed: null,
    sockets: null,
    intake: null,
  }
  expect(lit(worker)).toEqual([])
  expect(lampsOf(worker).filter(({ word }) => word === 'Not here').length).toBe(2)
})

it('an error lights its lamp for ten minutes by the clock of the server', () => {
  const errors = (at: string, level: string) =>
    of({ ...well, errors: { errors: 1, warnings: 0, items: [error(at, level)] } }, 'Errors')
  expect(errors('2026-11-24T19:12:00Z', 'ERROR')).toBe('bad')
  expect(errors('2026-11-24T19:12:00Z', 'WARNING')).toBe('warn')
  expect(errors('2026-11-24T19:02:00Z', 'ERROR')).toBe('well')
})

it('without an answer nothing is well, and a server that says so has lost its database', () => {
  expect(new Set(lampsUnknown(false).map(({ state }) => state))).toEqual(new Set(['unknown']))
  expect(
    lampsUnknown(true)
      .filter(({ state }) => state === 'bad')
      .map(({ name }) => name),
  ).toEqual(['Database'])
})

it('an identity provider that does not answer lights its lamp, and betting goes on', () => {
  const away = { name: 'veriff', asked: 9, failed: 2, down_since: well.at, why: 'veriff: it answers 503' }
  const [lamp, ...others] = lit({ ...well, identity: [{ ...away, name: 'onfido', down_since: null }, away] })
  expect([lamp?.name, lamp?.state, others]).toEqual(['Identity', 'warn', []])
  expect(lamp?.why).toContain('veriff: it answers 503')
})
