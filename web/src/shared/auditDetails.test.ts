import { expect, it } from 'vitest'
import type { AuditRow } from '@/api/types'
import { detailsOf, momentText, subjectName, summaryOf } from './auditDetails'

const row = (action: string, details: unknown, more: Partial<AuditRow> = {}): AuditRow => ({
  id: 1,
  at: '2026-11-24T19:12:56.110310Z',
  tournament_id: 1,
  tournament: 'Open',
  currency: 'EUR',
  exponent: 2,
  user_id: 2,
  user: 'Ada',
  ip: null,
  action,
  subject: 'bet:1',
  details,
  names: {},
  refusal: null,
  ...more,
})

const values = (one: AuditRow) => detailsOf(one).map(({ value }) => value)

it('amounts are in the currency of the tournament, whatever its exponent', () => {
  expect(values(row('bet.placed', { stake: 1250 }))).toEqual(['€12.50'])
  expect(values(row('bet.placed', { stake: 1250 }, { currency: 'JPY', exponent: 0 }))).toEqual(['¥1,250'])
  expect(values(row('bet.placed', { stake: 1250 }, { currency: 'KWD', exponent: 3 }))).toEqual([
    'KWD\u00a01.250',
  ])
  expect(values(row('bet.placed', { stake: 1250 }, { currency: null, exponent: null }))).toEqual([
    '1250 minor units',
  ])
})

it('odds are decimal, takeout is a percentage, ids stay what they are', () => {
  expect(values(row('bet.placed', { odds: 1430, outcome: 1430 }))).toEqual(['1.43', '1430'])
  expect(values(row('bet.placed', { odds: 1_000_000 }))).toEqual(['1000.00'])
  expect(values(row('bet.placed', { odds: 1234 }))).toEqual(['1.234'])
  expect(values(row('market.created', { takeout_bps: 1050 }))).toEqual(['10.50 %'])
  expect(detailsOf(row('market.created', { takeout_bps: 1050 }))[0]?.name).toBe('house share')
})

it('what was edited says old and new', () => {
  expect(detailsOf(row('outcome.changed', { odds_milli: [2000, 2500], name: ['A', 'B'] }))).toEqual([
    { key: 'odds_milli', name: 'odds', before: '2.00', value: '2.50' },
    { key: 'name', name: 'name', before: 'A', value: 'B' },
  ])
  expect(detailsOf(row('member.role_changed', { role: ['bettor', 'auditor'] }))[0]?.before).toBe('bettor')
  expect(detailsOf(row('market.edited', { closes_at: [null, 'x'] }))[0]).toEqual({
    key: 'closes_at',
    name: 'closing time',
    before: 'none',
    value: 'x',
  })
})

it('two of something that was not edited are no change', () => {
  expect(detailsOf(row('market.resulted', { winners: [4, 5] }))).toEqual([
    { key: 'winners', name: 'winners', value: '4, 5' },
  ])
})

it('a refused bet says first why', () => {
  const refused = row(
    'bet.refused',
    { outcome: 4, stake: 500, verdict: 15 },
    { refusal: { code: 'FUNDS', title: 'The wallet does not hold enough' } },
  )
  expect(summaryOf(refused)).toBe('refused The wallet does not hold enough · stake €5.00 · outcome 4')
})

it('on one line money comes first, and numbers that say nothing are left out', () => {
  const details = {
    note: 'two notes',
    transfer_id: 7,
    kind: 'deposit',
    amount: 2500,
    currency: 'EUR',
    exponent: 2,
  }
  expect(summaryOf(row('wallet.deposited', details))).toBe('amount €25.00 · note two notes')
})

const names = {
  'outcome:4': { name: 'Ada Ferreira', of: 'Final, Match winner' },
  'outcome:5': { name: 'Sam', of: 'Final, Match winner' },
  'market:3': { name: 'Final, Match winner', of: null },
}

it('what is numbered is called by its name, with the number beside it', () => {
  const placed = row('bet.placed', { outcome: 4, stake: 500, odds: 1430 }, { names })
  expect(summaryOf(placed)).toBe('stake €5.00 · outcome Ada Ferreira #4 · odds 1.43')
  expect(subjectName(placed)).toBe('Final, Match winner')
  const made = row('outcome.created', { market_id: 3, name: 'Sam' }, { names, subject: 'outcome:5' })
  expect(values(made)).toEqual(['Final, Match winner #3', 'Sam'])
  expect(subjectName(made)).toBe('Sam, Final, Match winner')
  expect(subjectName(row('market.opened', null, { names, subject: 'market:3' }))).toBe('Final, Match winner')
})

it('what has no name any more keeps its number', () => {
  expect(values(row('bet.placed', { outcome: 9 }, { names }))).toEqual(['9'])
  expect(subjectName(row('bet.placed', { outcome: 9 }, { names }))).toBeNull()
  expect(subjectName(row('market.deleted', { name: 'Final' }, { names, subject: 'market:9' }))).toBeNull()
})

it('a result says who won and who is void', () => {
  const result = { winners: [4], void: [5, 9], half_void: [], tied: [] }
  const resulted = row('market.resulted', { before: null, result }, { names, subject: 'market:3' })
  expect(summaryOf(resulted)).toBe('result won Ada Ferreira #4; void Sam #5, 9')
  expect(values(row('market.resulted', { result: { winners: [] } }))).toEqual(['nobody'])
  expect(values(row('x.y', { result: { winners: 'all' } }))).toEqual(['{"winners":"all"}'])
})

it('details of any shape are shown and never break the row', () => {
  for (const details of [
    null,
    7,
    'text',
    [1],
    { a: { b: [1] }, c: null, d: '', e: true, f: 1.5, g: 2 ** 60 },
  ]) {
    expect(() => summaryOf(row('x.y', details))).not.toThrow()
  }
  expect(values(row('x.y', { a: { b: [1] }, c: null, d: '', e: true, f: 1.5 }))).toEqual([
    '{"b":[1]}',
    'none',
    'empty',
    'yes',
    '1.5',
  ])
})

it('a moment is told in UTC with its milliseconds', () => {
  expect(momentText('2026-11-24T19:12:56.110310Z', 'UTC')).toBe('24 Nov 2026, 19:12:56.110')
  expect(momentText('2026-11-24T19:12:56Z', 'UTC')).toBe('24 Nov 2026, 19:12:56.000')
  expect(momentText('soon', 'UTC')).toBe('soon')
})
