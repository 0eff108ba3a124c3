import { expect, it } from 'vitest'
import type { Match } from '@/api/types'
import { readMatchTexts, readScore, scoreBody, textsOfMatch } from './matchFields'

const match = {
  name: 'Final',
  round: 'Finals',
  venue: '',
  starts_at: '2026-06-11T19:00:30Z',
  started_at: null,
  score: { ft: [2, 1], ht: [1, 1] },
} as unknown as Match

it('asks only for what was changed', () => {
  const texts = textsOfMatch(match)
  expect(readMatchTexts(texts, match)).toEqual({ body: {}, wrong: {} })
  expect(readMatchTexts({ ...texts, venue: ' Azteca ', starts_at: '' }, match).body).toEqual({
    venue: 'Azteca',
    starts_at: null,
  })
})

it('reads a score and keeps its other periods', () => {
  expect([readScore('3:2'), readScore('3 - 2'), readScore('3–2')]).toEqual([
    [3, 2],
    [3, 2],
    [3, 2],
  ])
  expect([readScore(''), readScore('3'), readScore('a:b')]).toEqual([null, undefined, undefined])
  expect(readMatchTexts({ ...textsOfMatch(match), score: '3:2' }, match).body).toEqual({
    score: { ft: [3, 2], ht: [1, 1] },
  })
  expect(scoreBody(null, { ft: [1, 0] })).toBeNull()
  expect(scoreBody(null, null)).toBeNull()
})

it('says at its field what is wrong', () => {
  const { wrong } = readMatchTexts({ ...textsOfMatch(match), name: ' ', score: 'x' }, match)
  expect(wrong).toEqual({ name: 'A match needs a name.', score: 'A score such as 2:1.' })
})
