/** Where the identity check was begun from, kept while one is at the provider's page: it leads back without it. */

const KEY = 'toteboard.verify'

export function keepNext(next: string) {
  try {
    sessionStorage.setItem(KEY, next)
  } catch {
    // Without storage the way back is the board.
  }
}

export function keptNext(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined
  } catch {
    return undefined
  }
}
