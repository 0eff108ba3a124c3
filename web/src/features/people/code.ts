/** What somebody typed or pasted as the code of an invitation. The server's `rules/codes.py` reads it the same way. */

const LENGTH = 10

/** The code in two halves, or null while there are too few or too many letters. A whole link is taken too. */
export function codeOf(typed: string): string | null {
  const last = typed.trim().split('/').at(-1) ?? ''
  const letters = last
    .toUpperCase()
    .replace(/[\s\-‐‑–—]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  if (letters.length !== LENGTH) return null
  return `${letters.slice(0, LENGTH / 2)}-${letters.slice(LENGTH / 2)}`
}
