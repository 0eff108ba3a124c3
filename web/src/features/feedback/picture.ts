/** A picture of the page as it stands, small enough to be sent. Made in the browser, by drawing the page once more. */

import { domToCanvas } from 'modern-screenshot'
import { PICTURE_BYTES_MAX } from '@/shared/bounds'

const WIDTHS = [1100, 800, 600, 420]
const QUALITIES = [0.75, 0.55, 0.4]
/** Drawing a page takes its time on an old phone; longer than this nobody waits. */
const DRAW_MS = 8000

const bytesOf = (base64: string) => Math.floor((base64.length * 3) / 4)

/**
 * The faces that the page has loaded, with their files in them. The library would resolve their addresses by a `<base>`, which
 * the content policy refuses. Styles of another origin cannot be read: then the browser's own letters stand for them.
 */
async function faces(): Promise<string> {
  const rules = [...document.styleSheets].flatMap((sheet) => {
    try {
      return [...sheet.cssRules].map((rule) => ({ rule, base: sheet.href ?? location.href }))
    } catch {
      return []
    }
  })
  const loaded = new Set([...document.fonts].filter((face) => face.status === 'loaded').map(keyOf))
  const texts = rules.map(async ({ rule, base }) => {
    if (!(rule instanceof CSSFontFaceRule) || !loaded.has(keyOfRule(rule.style))) return ''
    const address = rule.style.getPropertyValue('src').match(/url\("?([^")]+)"?\)/)?.[1]
    if (!address) return ''
    const file = await (await fetch(new URL(address, base))).blob()
    return rule.cssText.replace(address, await dataUrl(file))
  })
  return (await Promise.all(texts)).join('\n')
}

const plain = (text: string) => text.replaceAll(/["\s]/g, '').toLowerCase()
const keyOf = (face: FontFace) => plain(`${face.family} ${face.weight}`)
const keyOfRule = (style: CSSStyleDeclaration) =>
  plain(`${style.getPropertyValue('font-family')} ${style.getPropertyValue('font-weight')}`)

const dataUrl = (file: Blob) =>
  new Promise<string>((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })

/** What is seen of the page now, as a data: URL of a JPEG; null where the browser cannot, or it does not get small enough. */
export async function picture(): Promise<string | null> {
  const page = document.body
  // The page's own colour is the root's: of a JPEG without one the rest would be black.
  const background = getComputedStyle(document.documentElement).getPropertyValue('--bg')
  try {
    const seen = await domToCanvas(page, {
      width: innerWidth,
      height: innerHeight,
      scale: Math.min(1, WIDTHS[0]! / innerWidth),
      backgroundColor: background,
      timeout: DRAW_MS,
      font: { cssText: await faces() },
      style: { margin: '0', background, transform: `translate(${-scrollX}px, ${-scrollY}px)` },
      // What somebody types is theirs; a dialog of ours is not the page.
      filter: (node) => !(node instanceof HTMLElement && node.dataset.overlay !== undefined),
      onCloneNode: (copy) => {
        if (!(copy instanceof HTMLElement)) return
        for (const field of copy.querySelectorAll('input, textarea')) {
          field.removeAttribute('value')
          field.textContent = ''
        }
      },
    })
    return smaller(seen)
  } catch {
    return null
  }
}

function smaller(seen: HTMLCanvasElement): string | null {
  for (const width of WIDTHS) {
    const factor = Math.min(1, width / seen.width)
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(seen.width * factor)
    canvas.height = Math.round(seen.height * factor)
    canvas.getContext('2d')?.drawImage(seen, 0, 0, canvas.width, canvas.height)
    for (const quality of QUALITIES) {
      const url = canvas.toDataURL('image/jpeg', quality)
      if (url.startsWith('data:image/jpeg;base64,') && bytesOf(base64Of(url)) <= PICTURE_BYTES_MAX) return url
    }
  }
  return null
}

/** What the API takes of it. */
export const base64Of = (url: string) => url.slice(url.indexOf(',') + 1)
