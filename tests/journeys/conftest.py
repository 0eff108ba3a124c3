"""What most journeys begin with: a server with an admin, and a browser, for a file of tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .browser import browser
from .scenarios import ServerScenario, server_scenario


@pytest.fixture(scope="module")
def scenario(module_folder: Path) -> Iterator[ServerScenario]:
    with server_scenario(module_folder / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened
