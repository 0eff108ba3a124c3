"""What a hall needs of a wall, measured in the browser: text large enough to read, and nothing beyond its box."""

from typing import Any

from playwright.sync_api import Page

# At 1920 pixels; the wall grows and shrinks with the screen.
TEXT_MIN_PX = 26

# What is cut on purpose, with an ellipsis or as a whole: names, and the tape's line. What stands beside its box: labels.
_MEASURE = """
({ least, isLandscape }) => {
  const cut = (e) => {
    for (let up = e; up && up !== document.body; up = up.parentElement) {
      const { textOverflow, webkitLineClamp } = getComputedStyle(up)
      if (textOverflow === 'ellipsis' || webkitLineClamp !== 'none' || up.dataset.testid === 'tape') return true
    }
    return false
  }
  const wrong = []
  const wall = document.querySelector('[data-testid=wall]')
  const texts = document.createTreeWalker(wall, NodeFilter.SHOW_TEXT)
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const holder = node.parentElement
    if (!node.data.trim() || !holder.checkVisibility({ visibilityProperty: true })) continue
    const size = parseFloat(getComputedStyle(holder).fontSize)
    if (size < least - 0.01) wrong.push(`${size} px: ${node.data}`)
    const range = document.createRange()
    range.selectNodeContents(node)
    const { left, right, top, bottom } = range.getBoundingClientRect()
    // Above and below its ink a line has room for accents, a tenth of its size and more.
    const spare = size / 10
    const isBeside = left < -1 || right > innerWidth + 1
    const isBeyond = isBeside || (isLandscape && (top < -spare || bottom > innerHeight + spare))
    if (isBeyond && !cut(holder)) wrong.push(`off the screen: ${node.data}`)
  }
  for (const e of [wall, ...wall.querySelectorAll('*')]) {
    if (e.clientWidth === 0 || e.closest('svg') || e.closest('[role=img]') || cut(e)) continue
    const what = `${e.className} ${e.innerText.slice(0, 40)}`
    if (e.scrollWidth > e.clientWidth + 1) wrong.push(`wider than its box: ${what}`)
    const isBox = e === wall || e.matches('section, section > *, article, header')
    const isTaller = e.scrollHeight > e.clientHeight + 2 * Math.max(1, innerWidth / 1920)
    if (isLandscape && isBox && isTaller) wrong.push(`taller than its box: ${what}`)
  }
  const page = document.scrollingElement
  if (page.scrollWidth > innerWidth) wrong.push('the page scrolls sideways')
  if (isLandscape && page.scrollHeight > innerHeight) wrong.push('the page scrolls')
  return wrong
}
"""


def unreadable(wall: Page) -> list[str]:
    """What a wall of this size shows too small or cut, a line each."""
    size: Any = wall.viewport_size
    is_landscape = size["width"] >= size["height"]
    # As large as a screen of 1920 by 1080 would show it; a page held in the hand is read from near.
    scale = min(size["width"] / 1920, size["height"] / 1080) if is_landscape else 0.5
    found: list[str] = wall.evaluate(_MEASURE, {"least": TEXT_MIN_PX * scale, "isLandscape": is_landscape})
    return found
