/** What of the checklist this device remembers of a tournament: that it was put away, that the wall was opened. */

type What = 'away' | 'wall'
const keyOf = (slug: string, what: What) => `toteboard.setup.${what}.${slug}`

export const remembered = {
  get(slug: string, what: What): boolean {
    try {
      return localStorage.getItem(keyOf(slug, what)) === '1'
    } catch {
      // Storage may be refused; then the checklist comes back with a reload.
      return false
    }
  },
  set(slug: string, what: What, is: boolean) {
    try {
      if (is) localStorage.setItem(keyOf(slug, what), '1')
      else localStorage.removeItem(keyOf(slug, what))
    } catch {
      // As above.
    }
  },
}
