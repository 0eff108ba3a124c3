"""Looks at a page with axe: 0 violations of WCAG 2.2 AA, in the dark and in the light."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The theme is put on at once; without movement nothing fades either.
SETTLED_MS = 80

_axe = Axe()


def violations(page: Page) -> list[str]:
    """What axe has to say about the page as it is now, a line for each rule and place."""
    found: list[dict[str, Any]] = _axe.run(page, options={"runOnly": TAGS}).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}" for rule in found for node in rule["nodes"]
    ]


def assert_accessible(page: Page, where: str) -> None:
    """`where` names the view in the failure. Leaves the page in the dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.wait_for_timeout(SETTLED_MS)
        assert violations(page) == [], f"{where}, {scheme}"
    page.emulate_media(reduced_motion="no-preference")
