/** What each sheet is for, and how a download is told. Knows no React. */

import type { ExportProgress, Sheet } from '@/api/types'
import { plural } from '@/shared/plural'
import { SHEET_WORDS } from '@/shared/words'

export type SheetName = Sheet['name']
export type Format = 'csv' | 'xlsx'

export const FORMAT_NAME: Record<Format, string> = { csv: 'CSV', xlsx: 'XLSX' }

interface About {
  title: string
  about: string
  /** Said where it has no rows. */
  empty: string
}

export const ABOUT: Record<SheetName, About> = {
  bets: {
    title: SHEET_WORDS.bets,
    about: 'Every bet: when, who, on what, stake, odds, status, payout.',
    empty: 'No bets yet.',
  },
  matches: {
    title: SHEET_WORDS.matches,
    about: 'Matches with their outcomes and odds, in the columns that an import reads.',
    empty: 'No match has a market yet.',
  },
  results: {
    title: SHEET_WORDS.results,
    about:
      'Every market as it stands: its result, stakes, what was paid, house share, rounding, dividends, house result. Columns add up.',
    empty: 'No markets yet.',
  },
  versions: {
    title: SHEET_WORDS.versions,
    about: 'Every settlement of every market: the first, and each correction as a version of its own.',
    empty: 'Nothing is settled yet.',
  },
  people: {
    title: SHEET_WORDS.people,
    about: 'Everybody with a role or a wallet: balance, paid in and out, staked, won, net.',
    empty: 'Nobody yet.',
  },
  feedback: {
    title: SHEET_WORDS.feedback,
    about: 'What people said of the pages, and what was answered.',
    empty: 'Nobody said anything yet.',
  },
  transfers: {
    title: SHEET_WORDS.transfers,
    about: 'The ledger itself: every movement between two accounts, and what a correction takes back.',
    empty: 'No money has moved yet.',
  },
  audit: {
    title: SHEET_WORDS.audit,
    about: 'Who did what and when, refused bets too.',
    empty: 'Nothing was recorded yet.',
  },
}

/** "812 bytes", "41 kB", "3.4 MB": in thousands, as browsers count their downloads. */
export function size(bytes: number): string {
  if (bytes < 1000) return plural(bytes, 'byte')
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** How far it has come, as long as it goes on; `share` is between 0 and 1, null where nobody knows. */
export function soFar(progress: ExportProgress): { text: string; share: number | null } {
  const { state, rows, rows_of, bytes, bytes_of } = progress
  if (state === 'waiting') return { text: 'Waiting for its turn: other sheets are being made.', share: null }
  const of = rows_of === null ? '' : ` of ${rows_of.toLocaleString('en-GB')}`
  const share = rows_of ? rows / rows_of : null
  const many = `${rows.toLocaleString('en-GB')}${of} ${rows_of === 1 ? 'row' : 'rows'}`
  if (state === 'making') return { text: `Making the file: ${many}.`, share }
  if (bytes_of) return { text: `${size(bytes)} of ${size(bytes_of)}.`, share: bytes / bytes_of }
  return { text: `${size(bytes)} so far: ${many}.`, share }
}
