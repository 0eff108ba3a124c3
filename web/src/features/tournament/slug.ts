/** The short name of a tournament in addresses, made of its name. The server's `rules/names.py` makes it the same way. */

const LENGTH_MAX = 80
/** Letters that Unicode does not take apart into an ASCII one and a mark. */
const LETTERS: Record<string, string> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ħ: 'h',
  ß: 'ss',
}

export function slugOf(name: string): string {
  const plain = [...name.toLowerCase()]
    .map((letter) => LETTERS[letter] ?? letter)
    .join('')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
  let slug = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  if (slug === '' || /^\d+$/.test(slug)) slug = `tournament-${slug}`
  return slug.slice(0, LENGTH_MAX).replace(/^-+|-+$/g, '')
}

/** What is wrong with a slug that somebody typed; undefined where it is one. */
export function wrongSlug(text: string): string | undefined {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(text)) return 'Small letters, figures and hyphens only.'
  if (/^\d+$/.test(text)) return 'Not figures alone.'
  return undefined
}
