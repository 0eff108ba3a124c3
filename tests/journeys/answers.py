"""What a page is told, changed on its way from the server."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route

Answer = Callable[[Route], object]


class Answers:
    """The answers to requests for some addresses: the server's own, unless `told` says otherwise.

    A test must not take a route away while the page goes on asking: Playwright lets go of a request whose handler is at
    work, and the handler's answer fails with "Route is already handled". This one stays as long as the page does.
    """

    def __init__(self, page: Page, url: str | re.Pattern[str]):
        self.told: Answer | None = None
        page.route(url, self._answer)

    def _answer(self, route: Route) -> None:
        if self.told is None:
            route.continue_()
        else:
            self.told(route)


def lost(route: Route) -> None:
    """The connection goes before an answer comes."""
    route.abort("connectionreset")
