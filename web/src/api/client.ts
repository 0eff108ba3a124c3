/** The typed door to the API. Unsafe requests carry the CSRF token of the session. */

import createClient, { type Middleware } from 'openapi-fetch'
import { problemOf } from './problem'
import type { paths } from './schema'

let csrfToken: string | null = null

/** Told by the session whenever Me arrives or goes. */
export function rememberCsrf(token: string | null) {
  csrfToken = token
}

const csrf: Middleware = {
  onRequest({ request }) {
    if (csrfToken && request.method !== 'GET') request.headers.set('X-CSRF-Token', csrfToken)
    return request
  },
}

export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })
api.use(csrf)

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The answer's body, or the problem thrown. A request that did not arrive throws fetch's own error. */
export async function must<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked
  if (!response.ok) throw problemOf(error, response.status, response.headers.get('Retry-After'))
  return data as T
}
