"""No loop ends unseen: each is made to fail as nobody foresaw, and goes on, counted and logged."""

import asyncio
import json
import logging
from typing import Any

import pytest

from toteboard import background, services
from toteboard.asgi import Application
from toteboard.background import PAUSE_MAX_S, Loop, Loops, forever
from toteboard.settings import Settings

WAIT_S = 15
# What runs in a process of every role.
EVERY_LOOP = {
    *("wakeups", "lane 0", "lane 1", "feed tail", "feed bets", "feed sessions", "feed sessions, slowly"),
    "lead work",
    *("closing", "paying", "discarding", "identity", "expiry", "connections", "books", "standing"),
}


class Unforeseen(Exception):
    """What nobody wrote an `except` for."""


async def until(is_so: Any) -> None:
    async with asyncio.timeout(WAIT_S):
        while True:
            if is_so():
                return
            await asyncio.sleep(0.01)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses after errors that a test can wait for."""
    monkeypatch.setattr(background, "PAUSE_FIRST_S", 0.001)
    monkeypatch.setattr(background, "WAIT_S", 0.001)


@pytest.mark.parametrize("name", sorted(EVERY_LOOP))
@pytest.mark.usefixtures("quick")
async def test_each_loop_goes_on_after_an_error_nobody_foresaw(
    name: str, database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its step is killed once, from inside; the loop takes the step again."""
    kills = {"left": 0, "met": 0}
    plain = background.forever

    async def killing(loop: Loop, step: Any, every_s: float = 0.0, **more: Any) -> None:
        async def killed() -> None:
            if loop.name == name and kills["left"]:
                kills["left"] -= 1
                kills["met"] += 1
                raise Unforeseen(name)
            if loop.name == name and kills["met"]:
                kills["went on"] = True
            await step()

        await plain(loop, killed, every_s, **more)

    monkeypatch.setattr(background, "forever", killing)
    kills["left"] = 2
    monkeypatch.setattr(services, "EXPIRY_S", 0.01)
    application = Application(Settings.read({}, database_url=database, kyc_poll_s=1, standing_poll_s=1, books_poll_s=1))
    with caplog.at_level(logging.ERROR, logger="toteboard.background"):
        await application.start()
        try:
            loops = {loop.name: loop for loop in application.services.loops}
            assert set(loops) == EVERY_LOOP
            await until(lambda: kills.get("went on"))
            assert loops[name].errors == 2
            assert loops[name].last_error == f"Unforeseen: {name}"
            assert loops[name].alive
            assert all(loop.errors == 0 for other, loop in loops.items() if other != name)
        finally:
            await application.stop()
    [first, second] = caplog.records
    assert first.exc_info is not None
    assert name in first.getMessage()
    assert second.exc_info is not None


@pytest.mark.usefixtures("quick")
async def test_a_cancellation_that_nobody_asked_for_is_an_error_as_any_other() -> None:
    turns = 0

    async def step() -> None:
        nonlocal turns
        turns += 1
        if turns == 1:
            raise asyncio.CancelledError

    async with Loops().running("odd", step) as loop:
        await until(lambda: loop.turns > 0)
        assert (loop.errors, loop.alive) == (1, True)


@pytest.mark.usefixtures("quick")
async def test_what_is_expected_is_waited_out_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    away = True

    async def step() -> None:
        if away:
            raise ConnectionError("no route")

    with caplog.at_level(logging.INFO, logger="toteboard.background"):
        async with Loops().running("tail", step, expected=(ConnectionError,)) as loop:
            await until(lambda: loop.waiting)
            await asyncio.sleep(0.05)
            assert (loop.errors, loop.alive, loop.waiting) == (0, True, "no route")
            away = False
            await until(lambda: not loop.waiting)
    assert [record.getMessage() for record in caplog.records] == ["tail waits: no route", "tail goes on"]


async def test_pauses_grow_and_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(pause_s: float) -> None:
        pauses.append(pause_s)
        if len(pauses) == 40:
            raise KeyboardInterrupt

    async def step() -> None:
        raise Unforeseen

    monkeypatch.setattr(asyncio, "sleep", sleep)
    loop = Loop("broken")
    with pytest.raises(KeyboardInterrupt):
        await forever(loop, step)
    assert pauses[:4] == [0.1, 0.2, 0.4, 0.8]
    assert max(pauses) == pauses[-1] == PAUSE_MAX_S
    assert not loop.alive


async def test_a_loop_that_always_fails_is_seen_by_readiness_and_ops(database: str) -> None:
    """Paying that cannot pay: /readyz says so, and who looks at /ops reads the error."""
    application = Application(Settings.read({}, database_url=database))
    await application.start()
    try:
        [paying] = [loop for loop in application.services.loops if loop.name == "paying"]
        paying.failed_in_a_row, paying.last_error = background.FAILED_TURNS_MAX, "Unforeseen: no"
        answers: list[Any] = []

        async def send(message: Any) -> None:
            answers.append(message)

        async def receive() -> Any:
            return {"type": "http.request", "body": b""}

        scope = {"type": "http", "method": "GET", "path": "/readyz", "headers": [], "query_string": b""}
        await application(scope, receive, send)
        assert answers[0]["status"] == 503
        assert "the loop paying does not run" in json.loads(answers[1]["body"])["reasons"]
    finally:
        await application.stop()
