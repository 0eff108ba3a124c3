"""A real Chromium, as Debian has it, driven by Playwright."""

import contextlib
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

# The first is the same browser without its windows: a new page costs it a quarter of the time.
CANDIDATES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
WAIT_MS = 15_000

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
    return fresh
