/** A refusal of the API as a value that can be thrown and shown. */

export interface ProblemBody {
  title: string
  status: number
  code: string
  detail?: string
  retry?: boolean
  errors?: Array<{ field: string; detail: string }>
  [more: string]: unknown
}

export class Problem extends Error {
  override name = 'Problem'

  /** `retryAfterS`: in how many seconds asking again can help, where the server said so. */
  constructor(
    readonly body: ProblemBody,
    readonly retryAfterS?: number,
  ) {
    super(body.title)
  }

  get code() {
    return this.body.code
  }

  get status() {
    return this.body.status
  }

  /** What is wrong with a field of a form, if it was that field. */
  of(field: string): string | undefined {
    return this.body.errors?.find((error) => error.field === field || error.field.endsWith(`.${field}`))
      ?.detail
  }

  /** A figure that comes with some refusals: `left`, `balance`, `minimum` … */
  figure(name: string): number | undefined {
    const value = this.body[name]
    return typeof value === 'number' ? value : undefined
  }
}

/** What was refused of late, the last one last: feedback tells of it. */
const refused: Array<{ at: string; code: string; status: number; title: string }> = []
const REFUSED_MAX = 5
export const lately = () => [...refused]

/** What any failed request says: a problem as it is, anything else in our words. `retryAfter` is the header's text. */
export function problemOf(error: unknown, status: number, retryAfter: string | null = null): Problem {
  const seconds = retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined
  const isProblem = typeof error === 'object' && error !== null && 'code' in error && 'title' in error
  const body = isProblem
    ? (error as ProblemBody)
    : { title: 'The server did not answer as expected', status, code: 'UNEXPECTED' }
  // Who is not signed in is told so by every page.
  if (status !== 401)
    refused.push({ at: new Date().toISOString(), code: body.code, status, title: body.title })
  if (refused.length > REFUSED_MAX) refused.shift()
  return new Problem(body, seconds)
}

/** Refusals whose detail says all there is to say; their title is only their kind. */
const isSaidByDetail = (problem: Problem) =>
  Boolean(problem.body.detail) && (problem.code === 'CONFLICT' || problem.code === 'STATE')

/** What failed, without a full stop. */
export function titleOf(error: unknown): string {
  if (!(error instanceof Problem)) return 'The server cannot be reached'
  return isSaidByDetail(error) ? (error.body.detail ?? '').replace(/\.$/, '') : error.body.title
}

/** The longer words beside a title, where there are any. */
export function detailOf(error: unknown): string | undefined {
  return error instanceof Problem && !isSaidByDetail(error) ? error.body.detail : undefined
}
