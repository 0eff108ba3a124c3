import { expect, it } from 'vitest'
import { RULE_4, readTable, textOf } from './deductions'

it('reads a table and writes it again', () => {
  const { table, wrong } = readTable(RULE_4)
  expect(wrong).toBeUndefined()
  expect(table).toHaveLength(18)
  expect(readTable(textOf(table)).table).toEqual(table)
  expect(readTable(' \n')).toEqual({ table: [] })
})

it('says which line is none', () => {
  expect(readTable('2.00 91').wrong).toContain('“2.00 91”')
  expect(readTable('0.5 10').wrong).toContain('is no line')
  expect(readTable('3.00 10\n2.00 20').wrong).toContain('lower odds')
})
