/** The feed's messages and the board, by the names the pages use. Their shapes are feed/messages.py's, generated. */

import type { components } from '@/api/schema'

type Schemas = components['schemas']

export type MarketKind = Schemas['MarketKind']
export type MarketStatus = Schemas['MarketState']
export type TournamentOnBoard = Schemas['TournamentOnBoard']
export type MatchOnBoard = Schemas['MatchOnBoard']
export type MarketOnBoard = Schemas['MarketOnBoard']
export type OutcomeOnBoard = Schemas['OutcomeOnBoard']
export type Result = Schemas['ResultOnBoard']
export type Board = Schemas['Board']
export type PulseRow = Board['pulse'][number]
export type TapeRow = Board['tape'][number]
export type BetRow = Schemas['BetsTaken']['bets'][number]
export type SettledBet = Schemas['SettledBet']

export type Snapshot = Schemas['BoardSnapshot']
export type Update = Schemas['BoardUpdate']
export type PublicMessage = Snapshot | Update | Schemas['Beat']
export type FeedMessage = Schemas['FeedMessage']
/** What is one's own, or for those who run the tournament: it never touches the board. */
export type PersonalMessage = Exclude<FeedMessage, PublicMessage | Schemas['Pong']>
