from collections.abc import Iterator
from pathlib import Path

import pytest

from toteboard.embedded.postgres import EmbeddedPostgres


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def server(data_folder: Path, said: list[str]) -> Iterator[EmbeddedPostgres]:
    """One user of a server of the test's own; it has left when the test ends, if it ever joined."""
    server = EmbeddedPostgres(data_folder, say=said.append)
    yield server
    server.leave()
