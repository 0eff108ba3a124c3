import { Problem } from '@/api/problem'

/** What is said at the field of the current password, where that was not it. */
export const saidAtPassword = (error: unknown) =>
  error instanceof Problem && error.code === 'FORBIDDEN' ? 'That is not your current password.' : undefined
