/**
 * Fails when the spectator's board weighs too much: gzip of all JavaScript and CSS that it loads before anything is
 * clicked, fonts aside. Reads the manifest of the last build.
 */

import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET_KB = 150
const ENTRIES = ['index.html']

const pages = new URL('../../src/toteboard/pages/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', pages), 'utf8'))

/** Every file an entry needs: itself, its styles and what it imports statically. */
function filesOf(key, seen = new Set()) {
  if (seen.has(key)) return []
  seen.add(key)
  const chunk = manifest[key]
  if (!chunk) throw new Error(`no ${key} in the manifest: build first`)
  return [chunk.file, ...(chunk.css ?? []), ...(chunk.imports ?? []).flatMap((name) => filesOf(name, seen))]
}

const files = [...new Set(ENTRIES.flatMap((entry) => filesOf(entry)))]
const sizes = files.map((file) => [file, gzipSync(readFileSync(new URL(file, pages)), { level: 9 }).length])
sizes.sort((a, b) => b[1] - a[1])
for (const [file, bytes] of sizes) console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${file}`)

const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0) / 1000
console.log(`${total.toFixed(1).padStart(7)} kB  of ${BUDGET_KB} kB`)
if (total > BUDGET_KB) {
  console.error('The spectator board is over its budget.')
  process.exit(1)
}
