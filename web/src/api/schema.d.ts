/**
 * The paths and shapes of docs/api.md, by hand and in the form openapi-typescript gives, until `npm run api` writes
 * this file from openapi.json. The rest of the pages takes its types from types.ts only.
 */

type Money = number
type Status = 'draft' | 'open' | 'suspended' | 'closed' | 'resulted' | 'settling' | 'settled' | 'voiding' | 'void'
type BetStatus = 'pending' | 'won' | 'lost' | 'void' | 'half'
type Kyc = 'none' | 'pending' | 'review' | 'verified' | 'declined'

export interface components {
  schemas: {
    Server: { name: string; version: string; sandbox: boolean; time: string }
    Membership: { tournament_id: number; slug: string; name: string; role: string; wallet_id: number | null }
    Me: {
      id: number
      email: string
      name: string
      admin: boolean
      kyc: Kyc
      blocked: boolean
      excluded_until: string | null
      csrf_token: string
      memberships: components['schemas']['Membership'][]
    }
    Problem: {
      type: string
      title: string
      status: number
      code: string
      detail?: string
      retry?: boolean
      errors?: { field: string; detail: string }[]
    } & Record<string, unknown>
    Tournament: {
      id: number
      slug: string
      name: string
      subtitle: string
      currency: string
      exponent: number
      timezone: string
      kyc_provider: string | null
      staff_may_bet: boolean
      archived: boolean
      markets_open: number
      total: Money
      bets: number
    }
    ResultBody: { winners: number[]; void?: number[]; half_void?: number[] }
    Outcome: {
      id: number
      market_id: number
      name: string
      place: number
      odds: string | null
      odds_version: number
      withdrawn: boolean
      stakes: Money
      bets: number
    }
    Market: {
      id: number
      tournament_id: number
      match_id: number
      name: string
      kind: 'pool' | 'fixed'
      status: Status
      closes_at: string | null
      closed_at: string | null
      result: components['schemas']['ResultBody'] | null
      version: number
      outcomes: components['schemas']['Outcome'][]
    }
    SettlementSums: {
      market_id: number
      kind: 'settle' | 'void'
      result: components['schemas']['ResultBody'] | null
      currency: string
      gross: Money
      refunds: Money
      takeout: Money
      net: Money
      paid: Money
      breakage: Money
      house_added: Money
      house_won: Money
      bets: number
      winners: number
      bettors: number
      all_refunded: boolean
    }
    Preview: components['schemas']['SettlementSums'] & {
      outcomes: {
        outcome_id: number
        name: string
        stakes: Money
        bets: number
        dividend: string | null
        label: 'won' | 'lost' | 'void' | 'half'
        paid: Money
      }[]
      digest: string
    }
    Settlement: components['schemas']['SettlementSums'] & {
      id: number
      version: number
      status: 'paying' | 'paid'
      bets_done: number
      decided_at: string
      finished_at: string | null
      reverses: number | null
    }
    Limit: { kind: string; period: string; amount: Money; used: Money }
    Wallet: {
      id: number
      tournament_id: number
      slug: string
      user_id: number
      balance: Money
      owed: Money
      currency: string
      exponent: number
      limits: components['schemas']['Limit'][]
    }
    StatementLine: {
      id: number
      at: string
      kind: string
      amount: Money
      balance: Money
      bet_id: string | null
      text: string
    }
    Bet: {
      id: string
      tournament_id: number
      match_id: number
      market_id: number
      outcome_id: number
      match: string
      market: string
      outcome: string
      kind: 'pool' | 'fixed'
      status: BetStatus
      stake: Money
      currency: string
      exponent: number
      odds: string
      payout: Money | null
      placed_at: string
      balance?: Money
    }
    Member: {
      user_id: number
      name: string
      email: string
      role: string
      kyc: Kyc
      wallet_id: number | null
      balance: Money | null
      owed: Money | null
    }
    KycStarted: { provider: string; status: Kyc; url: string | null }
    KycState: {
      status: Kyc
      checks: { provider: string; status: Kyc; created_at: string; changed_at: string }[]
    }
    Deposited: { transfer_id: number; balance: Money }
  }
}

type Schemas = components['schemas']
type Json<T> = { content: { 'application/json': T } }
type Answers<T> = { responses: { 200: Json<T>; default: { content: { 'application/problem+json': Schemas['Problem'] } } } }
type Asks<P, T> = { parameters: P; requestBody?: never } & Answers<T>
type Sends<P, B, T> = { parameters: P; requestBody: Json<B> } & Answers<T>
type Page<T> = { items: T[]; next: string | null }
type Id<Name extends string, T = number> = { path: { [K in Name]: T } }
type Keyed = { header: { 'Idempotency-Key': string } }

export interface paths {
  '/api/server': { get: Asks<{}, Schemas['Server']> }
  '/api/user': { post: Sends<{}, { email: string; name: string; password: string }, Schemas['Me']> }
  '/api/session': {
    post: Sends<{}, { email: string; password: string }, Schemas['Me']>
    delete: Asks<{}, undefined>
  }
  '/api/me': { get: Asks<{}, Schemas['Me']> }
  '/api/sandbox/sign-in': { post: Sends<{}, { as: 'bettor' | 'organizer' }, Schemas['Me']> }
  '/api/kyc': {
    get: Asks<{}, Schemas['KycState']>
    post: Sends<{}, { tournament_id: number }, Schemas['KycStarted']>
  }
  '/api/kyc/desk': {
    post: Sends<
      {},
      { tournament_id: number; user_id: number; document: string; decision: 'verified' | 'declined' },
      Schemas['KycState']
    >
  }
  '/api/tournament': { get: Asks<{ query?: { after?: string; limit?: number } }, Page<Schemas['Tournament']>> }
  '/api/tournament/{id}': { get: Asks<Id<'id', string>, Schemas['Tournament']> }
  '/api/tournament/{id}/join': { post: Asks<Id<'id', string>, Schemas['Wallet']> }
  '/api/tournament/{id}/member': {
    get: Asks<Id<'id', string> & { query?: { after?: string; limit?: number } }, Page<Schemas['Member']>>
  }
  '/api/market/{id}/open': { post: Asks<Id<'id'>, Schemas['Market']> }
  '/api/market/{id}/suspend': { post: Asks<Id<'id'>, Schemas['Market']> }
  '/api/market/{id}/close': { post: Asks<Id<'id'>, Schemas['Market']> }
  '/api/market/{id}/reopen': { post: Asks<Id<'id'>, Schemas['Market']> }
  '/api/market/{id}/result': { post: Sends<Id<'id'>, Schemas['ResultBody'], Schemas['Market']> }
  '/api/market/{id}/preview': { post: Sends<Id<'id'>, Schemas['ResultBody'] | { all_void: true }, Schemas['Preview']> }
  '/api/market/{id}/settle': { post: Sends<Id<'id'>, { digest?: string }, Schemas['Settlement']> }
  '/api/market/{id}/void': { post: Sends<Id<'id'>, { reason: string }, Schemas['Settlement']> }
  '/api/market/{id}/settlement': { get: Asks<Id<'id'>, Page<Schemas['Settlement']>> }
  '/api/wallet': { get: Asks<{}, Page<Schemas['Wallet']>> }
  '/api/wallet/{id}/statement': {
    get: Asks<Id<'id'> & { query?: { after?: string; limit?: number } }, Page<Schemas['StatementLine']>>
  }
  '/api/wallet/{id}/deposit': {
    post: Sends<Id<'id'> & Keyed, { amount: Money; currency: string; note?: string }, Schemas['Deposited']>
  }
  '/api/bet': {
    get: Asks<
      { query?: { tournament?: number; market?: number; status?: BetStatus; after?: string; limit?: number } },
      Page<Schemas['Bet']>
    >
    post: Sends<
      Keyed,
      { outcome_id: number; stake: Money; currency: string; min_odds?: string },
      Schemas['Bet']
    >
  }
  '/api/bet/{id}': { get: Asks<Id<'id', string>, Schemas['Bet']> }
}
