/** The names the pages use for the API's shapes: the one place that knows how the schema spells them. */

import type { components } from './schema'

type Schemas = components['schemas']

export type Server = Schemas['Server']
export type Me = Schemas['Me']
export type Membership = Schemas['Membership']
export type Kyc = Me['kyc']
export type KycStarted = Schemas['KycStarted']
export type Tournament = Schemas['Tournament']
export type Market = Schemas['Market']
export type ResultBody = Schemas['ResultBody']
export type Preview = Schemas['Preview']
export type Settlement = Schemas['Settlement']
export type Wallet = Schemas['Wallet']
export type StatementLine = Schemas['StatementLine']
export type Member = Schemas['Member']
export type Bet = Schemas['Bet']
export type BetStatus = Bet['status']
