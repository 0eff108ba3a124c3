"""What every test of the database stands on: a real server of our own, and a database that is as new for each test.

    async def test_something(database: str) -> None:      # the owner's DSN of a migrated database
        conn = await asyncpg.connect(database)

`postgres` is the server (one for each worker of a parallel run), `bare_database` a database nothing was migrated in,
`data_folder` a place for a server of the test's own, `module_folder` for one of the module's.

A database is made once a worker and put back to how it was before each test, which takes a tenth of the time of a fresh
copy (databases.py). The server does not sync to disk: whoever tries a crash starts one of their own.
"""

import itertools
import os
import shutil
import tempfile

# Whole before pytest looks for it: it does where something that was never closed is collected, and that may be while it is
# being imported.
import tracemalloc  # noqa: F401
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from databases import Slot, template_of
from toteboard.embedded.postgres import EmbeddedPostgres

_numbers = itertools.count(1)


def _short_folder() -> Path:
    """Not pytest's tmp_path: root's is closed to the user the server runs as, and too long for a socket's path."""
    folder = Path(tempfile.mkdtemp(prefix="toteboard-"))
    folder.chmod(0o755 if os.geteuid() == 0 else 0o700)
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys first: a file is one worker's (`--dist loadfile`), and the longest must not be left for the end."""
    items.sort(key=lambda item: item.path.parent.name != "journeys")


@pytest.fixture
def data_folder() -> Iterator[Path]:
    """An empty folder for an embedded server that the test itself starts, and stops."""
    folder = _short_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def module_folder() -> Iterator[Path]:
    """The same for a server that all tests of a module share."""
    folder = _short_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """The server of this worker."""
    folder = _short_folder()
    try:
        with EmbeddedPostgres(folder, say=lambda _: None, durable=False) as server:
            yield server
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def template(postgres: EmbeddedPostgres) -> str:
    """A database migrated once and never used: the others are copies of it."""
    return await template_of(postgres)


@pytest.fixture(scope="session")
async def empty_slot(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[Slot]:
    """The database of this worker's tests that begin with nothing."""
    slot = Slot(postgres, template, "empty")
    yield slot
    await slot.close()


@pytest.fixture
async def database(empty_slot: Slot) -> str:
    """The owner's DSN of a migrated database with nothing in it."""
    return await empty_slot.renewed()


@pytest.fixture
async def bare_database(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """The owner's DSN of an empty database."""
    slot = Slot(postgres, "template1", f"bare_{next(_numbers)}")
    await slot.make()
    yield slot.dsn
    await slot.drop()
