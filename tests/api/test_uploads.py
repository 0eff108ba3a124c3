"""Files larger than any other body: how much is taken in, how slowly, and how many at once."""

import asyncio
from typing import Any

import httpx
import pytest

from .clients import code
from .scenarios import ApiScenario

HEAD = b"match,round,starts_at,outcome,odds\n"
CSV = HEAD + b"Derby,,,Comet,2\nDerby,,,Duchess,3\n"


async def send(scenario: ApiScenario, content: Any) -> httpx.Response:
    return await scenario.organizer.post(
        f"/api/tournament/{scenario.tournament_id}/import",
        content=content,
        params={"file": "races.csv", "dry_run": True},
        headers={"Content-Type": "text/csv"},
    )


@pytest.fixture
def wanted() -> dict[str, Any]:
    return {"import_bytes_max": 65_536, "imports_max": 1, "import_wait_s": 1, "body_max": 1024}


async def test_a_file_may_be_larger_than_any_other_body_up_to_its_own_bound(scenario: ApiScenario) -> None:
    rows = b"".join(b"Derby,,,Horse %d,2\n" % number for number in range(100))
    assert len(rows) > 1024
    assert (await send(scenario, HEAD + rows)).json()["new"] == 1
    assert code(await send(scenario, b"x" * 65_537)) == "TOO_LARGE"

    async def endless() -> Any:
        while True:
            yield b"x" * 10_000

    assert code(await send(scenario, endless())) == "TOO_LARGE"


async def test_one_file_too_many_is_told_to_wait_and_a_slow_one_is_given_up(scenario: ApiScenario) -> None:
    begun = asyncio.Event()

    async def slow() -> Any:
        yield b"match,"
        begun.set()
        await asyncio.sleep(30)

    first = asyncio.create_task(send(scenario, slow()))
    await begun.wait()
    second = await send(scenario, CSV)
    assert (code(second), second.headers["retry-after"]) == ("TOO_BUSY", "1")
    assert code(await first) == "TIMEOUT"
    assert (await send(scenario, CSV)).status_code == 200
