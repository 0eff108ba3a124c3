/** What a refused request says at which field of a form. Pure. */

import { Problem } from '@/api/problem'

export type Wrong<Field extends string> = Partial<Record<Field, string>>

/** "outcomes.2.name" is said at `outcomes`, with its line. Errors of fields the form does not have are left out. */
export function wrongOf<Field extends string>(error: unknown, fields: readonly Field[]): Wrong<Field> {
  const wrong: Wrong<Field> = {}
  if (!(error instanceof Problem)) return wrong
  for (const { field, detail } of error.body.errors ?? []) {
    const [head, line] = field.split('.')
    const mine = fields.find((one) => one === head)
    if (mine) wrong[mine] ??= /^\d+$/.test(line ?? '') ? `Line ${Number(line) + 1}: ${detail}` : detail
  }
  return wrong
}

/** Without the fields that are right, so that a spread over it does not hide what another says of them. */
export function onlyWrong<Field extends string>(wrong: Wrong<Field>): Wrong<Field> {
  return Object.fromEntries(Object.entries(wrong).filter(([, text]) => text !== undefined)) as Wrong<Field>
}

/** Whether something is refused that no field of the form can say. */
export function hasNoField(error: unknown, fields: readonly string[]): boolean {
  return Boolean(error) && Object.keys(wrongOf(error, fields)).length === 0
}
