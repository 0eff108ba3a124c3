/** Asks the server: to take a bet, and later what became of it. Answers are events of the slip's machine. */

import { api, must } from '@/api/client'
import { Problem } from '@/api/problem'
import type { Bet } from '@/api/types'
import { parseOdds } from '@/shared/odds'
import type { BetRequest, Refusal } from './machine'

const ANSWER_MS = 10_000
const ASK_AGAIN_MS = 1_500
/** A bet younger than this may still be under way inside the server, so "no such bet" is not believed yet. */
const UNDER_WAY_MS = 5_000

export type Verdict = { t: 'confirmed'; bet: Bet } | { t: 'refused'; refusal: Refusal } | { t: 'lost' }

function refusalOf(problem: Problem): Refusal {
  const { odds, opens_at } = problem.body
  return {
    code: problem.status === 401 ? 'SIGN_IN' : problem.code,
    title: problem.body.title,
    detail: problem.body.detail,
    left: problem.figure('left'),
    balance: problem.figure('balance'),
    minimum: problem.figure('minimum'),
    maximum: problem.figure('maximum'),
    opens_at: typeof opens_at === 'string' ? opens_at : undefined,
    odds: typeof odds === 'string' ? parseOdds(odds) : undefined,
  }
}

/** TOO_BUSY never came in; any other failure of the server leaves open whether the bet was taken. */
const leavesOpen = (problem: Problem) => problem.status >= 500 && problem.code !== 'TOO_BUSY'

export async function placeBet(request: BetRequest): Promise<Verdict> {
  try {
    const bet = await must(
      api.POST('/api/bet', {
        params: { header: { 'Idempotency-Key': request.key } },
        body: {
          outcome_id: request.outcome,
          stake: request.stake,
          currency: request.currency,
          ...(request.minOdds === null ? {} : { min_odds: request.minOdds }),
        },
        signal: AbortSignal.timeout(ANSWER_MS),
      }),
    )
    return { t: 'confirmed', bet }
  } catch (error) {
    if (error instanceof Problem && !leavesOpen(error)) return { t: 'refused', refusal: refusalOf(error) }
    return { t: 'lost' }
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** Asks by the bet's number until the server has said what became of it. Null when given up through the signal. */
export async function findOut(request: BetRequest, signal: AbortSignal): Promise<Verdict | null> {
  while (!signal.aborted) {
    try {
      const bet = await must(
        api.GET('/api/bet/{bet_id}', { params: { path: { bet_id: request.key } }, signal }),
      )
      return { t: 'confirmed', bet }
    } catch (error) {
      const isMissing = error instanceof Problem && error.status === 404
      if (isMissing && Date.now() - request.sentAt > UNDER_WAY_MS) {
        return { t: 'refused', refusal: { code: 'NOT_TAKEN', title: 'Your bet did not arrive' } }
      }
    }
    await pause(ASK_AGAIN_MS, signal)
  }
  return null
}
