/** The table of deductions as lines of a form: odds and per cent. Pure. */

import { DEDUCTION_BPS_MAX } from '@/shared/bounds'
import { parseMoney, typed } from '@/shared/money'

export interface Deduction {
  up_to: string
  bps: number
}

export const textOf = (table: readonly Deduction[]) =>
  table.map(({ up_to, bps }) => `${up_to} ${typed(bps, 2)}`).join('\n')

/** A line each, "3.25 30": up to these odds so many per cent. What is wrong with the first that is none. */
export function readTable(text: string): { table: Deduction[]; wrong?: string } {
  const table: Deduction[] = []
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  for (const line of lines) {
    const [odds = '', percent = '', ...more] = line.replace('%', '').trim().split(/\s+/)
    const milli = parseMoney(odds, 3)
    const bps = parseMoney(percent, 2)
    const before = table.at(-1)
    if (milli === null || milli < 1000 || bps === null || bps > DEDUCTION_BPS_MAX || more.length > 0)
      return {
        table,
        wrong: `“${line.trim()}” is no line: write odds and per cent, such as 3.25 30; at most 90.`,
      }
    if (before && milli <= (parseMoney(before.up_to, 3) ?? 0))
      return { table, wrong: `“${line.trim()}” has lower odds than the line before.` }
    table.push({ up_to: typed(milli, 3), bps })
  }
  return { table }
}

/** Tattersalls' Rule 4 (c), as a new tournament has it. */
export const RULE_4 = `1.111 90
1.182 85
1.25 80
1.30 75
1.40 70
1.533 65
1.615 60
1.80 55
1.952 50
2.20 45
2.50 40
2.75 35
3.25 30
4.00 25
5.00 20
6.50 15
10.00 10
15.00 5`
