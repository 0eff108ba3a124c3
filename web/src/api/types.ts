/** The names the pages use for the API's shapes: the one place that knows how the schema spells them. */

import type { components } from './schema'

type Schemas = components['schemas']

export type Me = Schemas['Me']
export type Kyc = 'none' | 'pending' | 'review' | 'verified' | 'declined'
export type Tournament = Schemas['Tournament']
export type Preview = Schemas['Preview']
export type Match = Schemas['Match']
export type Market = Schemas['Market']
export type Outcome = Schemas['Outcome']
export type Exposure = Schemas['Exposure']
export type Settlement = Schemas['Settlement']
export type Difference = Schemas['Difference']
export type Correction = Schemas['Correction']
export type Wallet = Schemas['Wallet']
export type Member = Schemas['Member']
export type Bet = Schemas['Bet']
export type AuditRow = Schemas['AuditRow']
export type AuditPage = Schemas['AuditPage']
export type AsOf = Schemas['AsOf']
export type Ops = Schemas['Ops']
export type Derivation = Schemas['DerivationSaid']
export type Measured = Schemas['Measured']
export type BetStatus = Bet['status']
export type Movement = Schemas['Movement']
export type Limit = Schemas['Limit']
export type WantedLimit = Schemas['WantedLimit']
