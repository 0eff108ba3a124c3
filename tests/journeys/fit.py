"""Whether a page fits its window."""

import time

from playwright.sync_api import Page

# After a change of size, charts and menus measure themselves and are drawn once more.
SETTLED_S = 3
POLL_MS = 50

_MEASURE = """
() => {
  const page = document.documentElement
  if (page.scrollWidth <= innerWidth) return []
  const wide = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  return [`${page.scrollWidth} px in ${innerWidth}`, ...wide.map((e) => e.outerHTML.slice(0, 120))]
}
"""


def assert_fits(page: Page, where: str = "") -> None:
    """Nothing makes the page scroll sideways. `where` names the view in the failure, beside what stands out."""
    until = time.monotonic() + SETTLED_S
    while wide := page.evaluate(_MEASURE):
        assert time.monotonic() < until, f"{where} does not fit: {wide}"
        page.wait_for_timeout(POLL_MS)
