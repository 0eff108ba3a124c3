"""What journeys begin with: a server with an admin, or a sandbox, and a browser, for a file of tests.

The servers are processes of `toteboard serve`; their databases are on the worker's own PostgreSQL (tests/conftest.py).
"""

import asyncio
import itertools
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser

from databases import Slot
from toteboard.embedded.postgres import EmbeddedPostgres

from .browser import browser
from .scenarios import ServerScenario, add_admin, server_scenario
from .server import Site

T = TypeVar("T")

_numbers = itertools.count(1)


def _wait_for(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: Playwright keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@dataclass(frozen=True, slots=True)
class WithAdmin:
    """A database with an admin in it, to be copied, and the admin's token."""

    name: str
    token: str


@pytest.fixture(scope="session")
def with_admin(
    postgres: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WithAdmin]:
    slot = Slot(postgres, template, "with_admin")
    _wait_for(slot.make())
    yield WithAdmin("with_admin", add_admin(Site(tmp_path_factory.mktemp("admin"), slot.dsn)))
    _wait_for(slot.drop())


def _site(postgres: EmbeddedPostgres, template: str, folder: Path) -> Iterator[Site]:
    slot = Slot(postgres, template, f"journey_{next(_numbers)}")
    _wait_for(slot.make())
    yield Site(folder / "data", slot.dsn)
    _wait_for(slot.drop())


@pytest.fixture(scope="module")
def empty_site(postgres: EmbeddedPostgres, template: str, module_folder: Path) -> Iterator[Site]:
    """A database with nothing in it, for a sandbox."""
    yield from _site(postgres, template, module_folder)


@pytest.fixture(scope="module")
def site(postgres: EmbeddedPostgres, with_admin: WithAdmin, module_folder: Path) -> Iterator[Site]:
    """A database with an admin in it."""
    yield from _site(postgres, with_admin.name, module_folder)


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """Settings that a module wants otherwise: override this fixture."""
    return {}


@pytest.fixture(scope="module")
def scenario(site: Site, with_admin: WithAdmin, environment: dict[str, str]) -> Iterator[ServerScenario]:
    with server_scenario(site, with_admin.token, **environment) as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened
