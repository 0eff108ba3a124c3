"""Looks at a page with axe: 0 violations of WCAG 2.2 AA, in the dark and in the light."""

from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What the colours decide; everything else is the same in every theme and is looked at once.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
# The theme is put on at once; without movement nothing fades either.
SETTLED_MS = 80

_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# Only what is wrong is gathered, and style sheets of other sites, of which there are none, are not asked for.
_RUN = """
async (only) => {
  const found = await axe.run(document, { runOnly: only, resultTypes: ['violations'], preload: false })
  return found.violations
}
"""


def violations(page: Page, only: list[str]) -> list[str]:
    """What axe has to say about the page as it is now, a line for each rule and place. `only`: tags or rules."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE)
    found: list[dict[str, Any]] = page.evaluate(_RUN, only)
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}" for rule in found for node in rule["nodes"]
    ]


def assert_accessible(page: Page, where: str) -> None:
    """`where` names the view in the failure. Leaves the page in the dark."""
    looks: tuple[tuple[Literal["light", "dark"], list[str]], ...] = (("light", OF_COLOUR), ("dark", TAGS))
    for scheme, only in looks:
        page.emulate_media(color_scheme=scheme)
        page.wait_for_timeout(SETTLED_MS)
        found = violations(page, only)
        assert found == [], f"{where}, {scheme}: {found}"
