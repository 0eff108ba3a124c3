/** Keeps the house: who may import whom, and how long a file may be. */

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'

const SRC = import.meta.dirname
const LINES_MAX = 300

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? filesUnder(path) : [path]
  })
}

const sources = filesUnder(SRC).filter(
  (path) => /\.(ts|tsx|css)$/.test(path) && !path.endsWith('schema.d.ts'),
)

/** What a file imports of ours, as paths below src: `features/slip/machine`. */
function importsOf(path: string): string[] {
  const names = [...readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, name]) => name!,
  )
  return names
    .filter((name) => name.startsWith('@/') || name.startsWith('.'))
    .map((name) => (name.startsWith('@/') ? name.slice(2) : relative(SRC, resolve(dirname(path), name))))
}

/** The room of a path: `features/slip`, `app`, `shared` … */
function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/')
  return first === 'features' ? `features/${second}` : first
}

/** Rooms that must not be imported from a room. `shared` knows the API's client and shapes, and no feature. */
function isForbidden(from: string, to: string): boolean {
  if (from === 'app' || from === 'main.tsx' || from === to) return false
  if (to === 'app') return true
  if (from.startsWith('features/')) return to.startsWith('features/')
  if (from === 'shared') return to.startsWith('features/') || to === 'feed'
  if (from === 'feed') return to.startsWith('features/')
  if (from === 'api') return to !== 'api'
  return false
}

it('no feature imports another, and nobody imports upwards', () => {
  const wrong = sources.flatMap((path) => {
    const here = relative(SRC, path)
    return importsOf(path)
      .filter((there) => isForbidden(roomOf(here), roomOf(there)))
      .map((there) => `${here} imports ${there}`)
  })
  expect(wrong).toEqual([])
})

it(`no file is longer than ${LINES_MAX} lines`, () => {
  const long = sources.filter((path) => readFileSync(path, 'utf8').split('\n').length > LINES_MAX + 1)
  expect(long.map((path) => relative(SRC, path))).toEqual([])
})

it('colours come from the tokens', () => {
  const styles = sources.filter((path) => path.endsWith('.css') && !path.endsWith('tokens.css'))
  const painted = styles.filter((path) => /#[0-9a-f]{3,8}\b/i.test(readFileSync(path, 'utf8')))
  expect(painted.map((path) => relative(SRC, path))).toEqual([])
})

it('corners and distances come from the tokens', () => {
  const styles = sources.filter((path) => path.endsWith('.css') && !path.endsWith('tokens.css'))
  const loose = styles.filter((path) =>
    /(?:gap|border-radius): [^;]*\d(?:px|rem)/.test(readFileSync(path, 'utf8').replace(/calc\([^;]*/g, '')),
  )
  expect(loose.map((path) => relative(SRC, path))).toEqual([])
})

it('nothing is loaded from another host', () => {
  const foreign = sources.filter(
    (path) => !path.endsWith('.test.ts') && /['"(]https?:\/\//.test(readFileSync(path, 'utf8')),
  )
  expect(foreign.map((path) => relative(SRC, path))).toEqual([])
})

/** The style sheets that a file imports, each by the name it has there. */
function sheetsOf(path: string): Array<[name: string, sheet: string]> {
  const found = readFileSync(path, 'utf8').matchAll(/import (\w+) from '([^']+\.module\.css)'/g)
  return [...found].map(([, name, from]) => [
    name!,
    from!.startsWith('@/') ? join(SRC, from!.slice(2)) : resolve(dirname(path), from!),
  ])
}

const classesOf = (sheet: string) => {
  const rules = readFileSync(sheet, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
  return new Set([...rules.matchAll(/\.([a-zA-Z]\w*)/g)].map(([, name]) => name!))
}

it('every class that is used has rules, and every class that has rules is used', () => {
  const wrong: string[] = []
  const used = new Map<string, string>()
  for (const path of sources.filter((one) => /\.tsx?$/.test(one))) {
    const text = readFileSync(path, 'utf8')
    for (const [name, sheet] of sheetsOf(path)) {
      used.set(sheet, (used.get(sheet) ?? '') + text)
      for (const [, one] of text.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, 'g')))
        if (!classesOf(sheet).has(one!))
          wrong.push(`${relative(SRC, path)}: ${one} is not in ${relative(SRC, sheet)}`)
    }
  }
  for (const [sheet, text] of used)
    for (const one of classesOf(sheet))
      if (!new RegExp(`\\.${one}\\b`).test(text)) wrong.push(`${relative(SRC, sheet)}: nobody uses ${one}`)
  expect(wrong).toEqual([])
})
