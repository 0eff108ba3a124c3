import { expect, it } from 'vitest'
import { isWrong, wrongNewPassword, wrongRegistration, wrongSignIn } from './entry'

const ada = { name: 'Ada', email: 'ada@example.org', password: 'correct horse', code: '' }

it('lets through what may be right, and leaves it to the server', () => {
  expect(isWrong(wrongSignIn(ada))).toBe(false)
  expect(isWrong(wrongRegistration({ ...ada, name: '🏓'.repeat(80) }))).toBe(false)
  // Short passwords may be of old; only new ones have a rule.
  expect(isWrong(wrongSignIn({ ...ada, password: 'x' }))).toBe(false)
})

it('says at each field what is missing or wrong', () => {
  expect(wrongSignIn({ name: '', email: '', password: '', code: '' })).toEqual({
    email: 'Your e-mail address is missing.',
    password: 'Your password is missing.',
  })
  expect(wrongRegistration({ ...ada, name: '🏓'.repeat(81), email: 'ada', password: 'short' })).toEqual({
    name: 'At most 80 characters; this has 81.',
    email: 'That is no e-mail address: one looks like ada@example.org.',
    password: 'At least 8 characters.',
  })
})

it('takes a new password with a code, and an address only if one is typed', () => {
  const entry = { ...ada, email: '', code: 'ABCD' }
  expect(isWrong(wrongNewPassword(entry))).toBe(false)
  expect(wrongNewPassword({ ...entry, code: '', password: 'short', email: 'ada' })).toEqual({
    code: expect.any(String),
    password: 'At least 8 characters.',
    email: 'That is no e-mail address: one looks like ada@example.org.',
  })
})
