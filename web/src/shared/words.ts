/**
 * What people read for what programs name, from the server's one file of words. Keys are the API's own names. Only the
 * groups a page asks for are in its build.
 */

import {
  action,
  bet_status,
  carry,
  division,
  field,
  import_column,
  kyc_status,
  market_kind,
  market_status,
  matched_by,
  not_played,
  refunded_for,
  role,
  role_phrase,
  sheet,
} from '@words/en.json'

export type FieldName = keyof typeof field

/** A field as it stands beside its input or at the head of its column. */
export const label = (name: FieldName): string => field[name]

/** The same for a name that came over the wire: null where there is no word for it. */
export const labelOf = (name: string): string | null => (name in field ? field[name as FieldName] : null)

const ACTION_WORDS: Record<string, string> = action
/** The word for a name that came over the wire, or the name. */
export const wordOf = (words: Record<string, string>, name: string): string => words[name] ?? name

export const BET_STATUS_WORDS = bet_status
export const CARRY_WORDS = carry
export const DIVISION_WORDS = division
export const IMPORT_COLUMN_WORDS = import_column
export const KYC_WORDS = kyc_status
export const MARKET_KIND_WORDS = market_kind
export const MARKET_STATUS_WORDS = market_status
export const MATCHED_BY_WORDS = matched_by
export const NOT_PLAYED_WORDS = not_played
/** Why a bet was refunded. */
export const REFUNDED_FOR_WORDS = refunded_for
export const ROLE_WORDS = role
/** As it stands in a sentence: "a cashier", "an organizer". */
export const A_ROLE = role_phrase
export const SHEET_WORDS = sheet

/** A field as it stands within a sentence: "house share", "IP address"; an API name without a word is taken apart. */
export function within(name: string): string {
  const text = labelOf(name) ?? name.replaceAll('_', ' ')
  return /^[A-Z]{2}/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1)
}

/** What the audit log calls an action; one that is unknown here keeps its API name. */
export const actionWord = (action: string): string => ACTION_WORDS[action] ?? action
