/** What a button for many markets says it does. Pure. */

import type { Move } from '../actions'

const MANY: Record<Move, (n: string) => string> = {
  open: (n) => `Open ${n}`,
  suspend: (n) => `Suspend ${n}`,
  close: (n) => `Close ${n}`,
  reopen: (n) => `Reopen ${n}`,
}

/** "Open all 8 drafts", "Open the draft". */
export const openDrafts = (n: number) =>
  n === 1 ? 'Open the draft' : `Open all ${n.toLocaleString('en-GB')} drafts`

/** "Suspend everything", "Close these 3": of the whole tournament, or of what is listed. */
export function manyWords(move: Move, n: number, isWhole: boolean, noun = 'market'): string {
  const many = n.toLocaleString('en-GB')
  if (n === 1) return MANY[move](isWhole ? `the one ${noun}` : 'this one')
  return MANY[move](isWhole ? `all ${many} ${noun}s` : `these ${many} ${noun}s`)
}
