import { expect, it } from 'vitest'
import { oddsAsNames, readOutcomes, sidesOf } from './outcomes'

it('takes one outcome a line, with the odds of a spreadsheet behind the tab', () => {
  expect(readOutcomes('Mara Lindqvist\t2.10\r\nJun Takeda\t1,75\n\n')).toEqual({
    outcomes: [
      { name: 'Mara Lindqvist', odds: 2100 },
      { name: 'Jun Takeda', odds: 1750 },
    ],
    wrong: undefined,
  })
  expect(readOutcomes('A ; 3\nB @ 45%').outcomes).toEqual([
    { name: 'A', odds: 3000 },
    { name: 'B', odds: 2220 },
  ])
})

it('leaves a number at the end of a name alone', () => {
  expect(readOutcomes('Over 5.5\nUnder 5.5').outcomes.map(({ name }) => name)).toEqual([
    'Over 5.5',
    'Under 5.5',
  ])
})

it('says in which line what is wrong, the first of all', () => {
  expect(readOutcomes('A\t2.0\nB\tx\nC\ty').wrong).toBe('Line 2: x is no odds; write them as in 2.28.')
  expect(readOutcomes('A\n\na').wrong).toBe('Line 3: a is there already.')
  expect(readOutcomes(`${'x'.repeat(201)}`).wrong).toMatch(/at most 200 characters/)
  expect(readOutcomes('A\t2.0\tB\t3.0').wrong).toMatch(/^Line 1: B is no odds/)
  expect(readOutcomes(Array.from({ length: 201 }, (_, i) => `Nr ${i}`).join('\n')).wrong).toMatch(/200/)
})

it('knows names of any script', () => {
  const names = ['فريق الشمال', '🦊 Füchse', '日本']
  expect(readOutcomes(names.join('\n')).outcomes.map(({ name }) => name)).toEqual(names)
})

it('finds two sides in a name', () => {
  expect(sidesOf('Mexico v Norway')).toEqual(['Mexico', 'Norway'])
  expect(sidesOf('Mexico – Norway')).toEqual(['Mexico', 'Norway'])
  expect(sidesOf('Jean-Luc vs. Data')).toEqual(['Jean-Luc', 'Data'])
  expect(sidesOf('Final')).toBeNull()
  expect(sidesOf('Saint-Étienne')).toBeNull()
})

it('asks whether numbers at the ends of all names are the odds', () => {
  expect(oddsAsNames('e4 1.80\nd4 2,10\nSonst 5')).toEqual({
    odds: ['1.80', '2,10', '5'],
    example: 'e4; 1.80',
  })
  expect(oddsAsNames('Over 5.5\nUnder 5.5')).toBeNull()
  expect(oddsAsNames('Ada\nBea 2.10')).toBeNull()
  expect(oddsAsNames('Ada; 1.80\nBea; 2.10')).toBeNull()
})
