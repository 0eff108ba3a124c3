"""A real Chromium, as Debian has it, driven by Playwright."""

import contextlib
import shutil
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

# The first is the same browser without its windows: a new page costs it a quarter of the time.
CANDIDATES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
WAIT_MS = 15_000
# A page that has asked for nothing this long has what comes by itself.
QUIET_MS = 100
POLL_MS = 25

Size = tuple[int, int]
DESKTOP: Size = (1440, 900)
WALL: Size = (1920, 1080)
PHONE: Size = (390, 844)
SMALL_PHONE: Size = (320, 568)


def chromium() -> str:
    """The browser's path. A machine without one fails, and is told how to get it."""
    found = next((path for name in CANDIDATES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("there is no Chromium here; on Debian, as root: apt-get install chromium-headless-shell")
    return found


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        try:
            yield opened
        finally:
            opened.close()


def page(opened: Browser, *, size: Size = DESKTOP, is_moving: bool = False) -> Page:
    """A page of a person of its own: no cookie is shared. What goes wrong in it stands in `page.said`.

    Unless it `is_moving` nothing fades and slides, which costs more than all else on a machine without a graphics card.
    """
    width, height = size
    context = opened.new_context(
        viewport={"width": width, "height": height}, reduced_motion="no-preference" if is_moving else "reduce"
    )
    fresh = context.new_page()
    fresh.set_default_timeout(WAIT_MS)
    said: list[str] = []
    fresh.on("pageerror", lambda error: said.append(str(error)))
    fresh.said = said  # type: ignore[attr-defined]
    asked: set[Request] = set()
    fresh.on("request", lambda request: asked.add(request))
    fresh.on("requestfinished", lambda request: asked.discard(request))
    fresh.on("requestfailed", lambda request: asked.discard(request))
    fresh.asked = asked  # type: ignore[attr-defined]
    return fresh


def wait_until_quiet(someone: Page) -> None:
    """Until no request is on its way and none follows at once. The feed's socket is no request."""
    end, since = time.monotonic() + WAIT_MS / 1000, time.monotonic()
    while time.monotonic() - since < QUIET_MS / 1000:
        someone.wait_for_timeout(POLL_MS)
        if someone.asked:  # type: ignore[attr-defined]
            since = time.monotonic()
        assert time.monotonic() < end, [request.url for request in someone.asked]  # type: ignore[attr-defined]
