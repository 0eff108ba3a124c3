/** Where to go after signing in: an address of these pages, as `?next=` says it, and never one of another site. */

/** Any host will do: what leads away from it would lead away from ours. */
const HERE = 'ws://here.invalid'
const ENTRANCES = ['/sign-in', '/register']

/** The path to go to; null for whatever is none of ours. */
export function nextPath(text: unknown): string | null {
  // Browsers read "\" as "/", and leave out line ends and tabs: "/\t/evil.example" is another host.
  if (typeof text !== 'string' || !text.startsWith('/') || /[\\\p{Cc}]/u.test(text)) return null
  let url: URL
  try {
    url = new URL(text, HERE)
  } catch {
    return null
  }
  if (url.origin !== HERE || url.pathname.startsWith('//') || url.pathname.startsWith('/api/')) return null
  if (ENTRANCES.includes(url.pathname)) return null
  return url.pathname + url.search + url.hash
}
