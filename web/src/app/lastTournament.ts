/** The tournament last looked at, so that "Board" leads back to it from anywhere. */

const KEY = 'toteboard.tournament'

export function rememberTournament(slug: string) {
  try {
    localStorage.setItem(KEY, slug)
  } catch {
    // Without storage "Board" leads to the list.
  }
}

export function lastTournament(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}
