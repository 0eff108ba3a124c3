import { expect, it } from 'vitest'
import {
  figure,
  money,
  parseMoney,
  shortFigure,
  stepOf,
  totalFigure,
  typed,
  unreadWords,
  wholeMoney,
} from './money'

const EUR = { currency: 'EUR', exponent: 2 }
const JPY = { currency: 'JPY', exponent: 0 }
const KWD = { currency: 'KWD', exponent: 3 }

it('writes an amount with the decimals of its currency', () => {
  expect(money(120_400, EUR)).toBe('€1,204.00')
  expect(money(1250, JPY)).toBe('¥1,250')
  expect(money(1250, KWD)).toBe('KWD\u00a01.250')
})

it('writes small and negative amounts', () => {
  expect(money(5, EUR)).toBe('€0.05')
  expect(money(-500, EUR)).toBe('−€5.00')
  expect(figure(0, 3)).toBe('0.000')
})

it('groups thousands in the whole part only', () => {
  expect(figure(123_456_789, 3)).toBe('123,456.789')
  expect(wholeMoney(1_416_999, EUR)).toBe('€14,169')
})

it('reads what somebody typed as minor units', () => {
  expect(parseMoney('25', 2)).toBe(2500)
  expect(parseMoney('12.5', 2)).toBe(1250)
  expect(parseMoney('12,50', 2)).toBe(1250)
  expect(parseMoney('.5', 2)).toBe(50)
  expect(parseMoney('1.25', 3)).toBe(1250)
  expect(parseMoney('1250', 0)).toBe(1250)
})

it('reads thousands where they cannot be decimals', () => {
  expect(parseMoney('1,250.50', 2)).toBe(125_050)
  expect(parseMoney('1.250,50', 2)).toBe(125_050)
  expect(parseMoney('1 250', 2)).toBe(125_000)
  expect(parseMoney('1\u202f250,5', 2)).toBe(125_050)
  expect(parseMoney('1,250,000', 2)).toBe(125_000_000)
  expect(parseMoney('5,000', 0)).toBe(5000)
  expect(parseMoney('1.250', 0)).toBe(1250)
  expect(parseMoney('1,250', 3)).toBe(1250)
  expect(parseMoney('1,250.500', 3)).toBe(1_250_500)
})

it('does not guess at thousands that could be decimals, or are none', () => {
  for (const text of ['1,250', '1.234', '12,50,00', '1,25,000', '1,250,50', '1,250 000', '1250,000.00']) {
    expect(parseMoney(text, 2)).toBeNull()
  }
  for (const text of ['0,500', '1.50', '1234,567', '5,00']) expect(parseMoney(text, 0)).toBeNull()
})

it('reads no amount where there is none of this currency', () => {
  for (const text of ['', '.', 'abc', '-5', '1e3', '12.345']) {
    expect(text === '.' ? parseMoney(text, 2) || null : parseMoney(text, 2)).toBeNull()
  }
  expect(parseMoney('1.5', 0)).toBeNull()
})

it('gives back as typed what it reads', () => {
  for (const amount of [1, 50, 1250, 2500, 123_456]) {
    expect(parseMoney(typed(amount, 2), 2)).toBe(amount)
    expect(parseMoney(typed(amount, 0), 0)).toBe(amount)
    expect(parseMoney(typed(amount, 3), 3)).toBe(amount)
  }
})

it('steps a hundred times further in currencies of small units', () => {
  expect(stepOf(5, EUR)).toBe(500)
  expect(stepOf(5, JPY)).toBe(500)
  expect(stepOf(5, KWD)).toBe(5000)
  expect(stepOf(5, { currency: 'PTS', exponent: 0 })).toBe(5)
})

it('shortens what a narrow cell could not hold, and never rounds up', () => {
  expect(shortFigure(9_999_999, 2)).toBe('99,999')
  expect(shortFigure(123_999, 0)).toBe('123k')
  expect(shortFigure(999_999, 0)).toBe('999k')
  expect(shortFigure(4_590_000, 0)).toBe('4.5m')
  expect(shortFigure(100_000_000_000_000, 2)).toBe('1000bn')
})

it('a total keeps its decimals while they matter', () => {
  expect(totalFigure(1750, 2)).toBe('17.50')
  expect(totalFigure(1700, 2)).toBe('17')
  expect(totalFigure(99_999, 2)).toBe('999.99')
  expect(totalFigure(1_416_950, 2)).toBe('14,169')
  expect(totalFigure(17, 0)).toBe('17')
})

it('what people write around an amount is left out', () => {
  for (const text of ['€20', '20 €', '20,-', '20.-', ' 20 ']) expect(parseMoney(text, 2)).toBe(2000)
  expect(parseMoney('20 EUR', 2)).toBeNull()
  expect(unreadWords('1,000')).toBe('Write 1000 or 1.00')
  expect(unreadWords('ten')).toBe('Enter an amount such as 12.50')
})
