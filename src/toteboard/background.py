"""Loops that go on after any error, and that /ops and readiness can see. Knows nothing of what a loop does.

    async with loops.running("closing", step, every_s=0.25):
        …

Whatever must run for as long as the process does runs here: an error that nobody foresaw is logged with its traceback and
counted, and the loop goes on after a pause that grows and is bounded. No loop ends unseen.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)

# After an unexpected error: the first pause, and the longest.
PAUSE_FIRST_S = 0.1
PAUSE_MAX_S = 30.0
# After an expected error, such as a database that is away.
WAIT_S = 1.0
# So many turns that failed one after the other are more than a stumble.
FAILED_TURNS_MAX = 3
ERROR_TEXT_MAX = 200

Step = Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Loop:
    """What is known of a loop. `errors` are the unexpected ones since the start, `waiting` says why it waits, if it does."""

    name: str
    turns: int = 0
    errors: int = 0
    failed_in_a_row: int = 0
    last_error: str = ""
    waiting: str = ""
    ended: bool = False

    @property
    def alive(self) -> bool:
        """Whether it does its work. One that waits for a database that is away is alive."""
        return not self.ended and self.failed_in_a_row < FAILED_TURNS_MAX


async def forever(
    loop: Loop, step: Step, every_s: float = 0.0, *, expected: tuple[type[BaseException], ...] = ()
) -> None:
    """Takes the step again and again, `every_s` seconds apart, until cancelled. `expected` errors are waited out.

    A CancelledError that the step raises although nobody cancelled this task is an error as any other.
    """
    task = asyncio.current_task()
    assert task is not None
    try:
        while True:
            pause_s = every_s
            try:
                await step()
            except expected as away:
                pause_s = max(every_s, WAIT_S)
                _waits(loop, away)
            except asyncio.CancelledError as error:
                if task.cancelling():
                    raise
                pause_s = _failed(loop, error, every_s)
            except Exception as error:
                pause_s = _failed(loop, error, every_s)
            else:
                _went_well(loop)
            await asyncio.sleep(pause_s)
    finally:
        loop.ended = True


def _waits(loop: Loop, away: BaseException) -> None:
    # Said once, not at every turn of an outage.
    if not loop.waiting:
        log.warning("%s waits: %s", loop.name, str(away) or type(away).__name__)
    loop.waiting = (str(away) or type(away).__name__)[:ERROR_TEXT_MAX]


def _failed(loop: Loop, error: BaseException, every_s: float) -> float:
    """Counts and logs the error; the seconds to pause."""
    loop.errors += 1
    loop.failed_in_a_row += 1
    loop.last_error = f"{type(error).__name__}: {error}"[:ERROR_TEXT_MAX]
    pause_s = min(PAUSE_MAX_S, PAUSE_FIRST_S * 2.0 ** min(loop.failed_in_a_row - 1, 30))
    log.error("%s met an error and goes on in %.1f s", loop.name, pause_s, exc_info=error)
    return max(every_s, pause_s)


def _went_well(loop: Loop) -> None:
    if loop.waiting:
        log.info("%s goes on", loop.name)
    loop.turns += 1
    loop.failed_in_a_row = 0
    loop.waiting = ""


class Loops:
    """All loops of this process, by name."""

    def __init__(self) -> None:
        self._loops: dict[str, Loop] = {}

    def __iter__(self) -> Iterator[Loop]:
        return iter(list(self._loops.values()))

    @property
    def alive(self) -> bool:
        """Whether every loop does its work."""
        return all(loop.alive for loop in self._loops.values())

    @asynccontextmanager
    async def running(
        self, name: str, step: Step, *, every_s: float = 0.0, expected: tuple[type[BaseException], ...] = ()
    ) -> AsyncIterator[Loop]:
        """The loop runs while the block does."""
        assert name not in self._loops, f"two loops are called {name}"
        loop = self._loops[name] = Loop(name)
        task = asyncio.create_task(forever(loop, step, every_s, expected=expected), name=name)
        try:
            yield loop
        finally:
            await cancel([task])
            del self._loops[name]


async def cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancels the tasks and waits until all have ended. What one of them raises on its way out is logged."""
    ending = list(tasks)
    for task in ending:
        task.cancel()
    for task, result in zip(ending, await asyncio.gather(*ending, return_exceptions=True), strict=True):
        if isinstance(result, Exception):
            log.error("%s ended with an error", task.get_name(), exc_info=result)
