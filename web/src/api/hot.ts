/**
 * `POST /api/bet` as docs/api.md has it. It is answered in front of the framework that writes openapi.json, which may
 * not list it; where it does, this says the same.
 */

import type { paths } from './schema'
import type { Bet } from './types'

interface PlaceBet {
  parameters: { header: { 'Idempotency-Key': string } }
  requestBody: {
    content: {
      'application/json': { outcome_id: number; stake: number; currency: string; min_odds?: string }
    }
  }
  responses: { 201: { content: { 'application/json': Bet } } }
}

export type AllPaths = Omit<paths, '/api/bet'> & {
  '/api/bet': Omit<paths['/api/bet'], 'post'> & { post: PlaceBet }
}
