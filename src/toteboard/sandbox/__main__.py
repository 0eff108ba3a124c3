"""The sandbox's people, as a process of their own: they end when their stdin does, so with whoever started them.

python -m toteboard.sandbox < one line of JSON: url, tournament, token, secret, rate, bettors, results; or, of a sandbox that
people run themselves, url, token and people ([[name, token] …])
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
from typing import Any

from setproctitle import setproctitle

from toteboard.sandbox.api import Api, Refused, Unreachable
from toteboard.sandbox.bettors import Crowd, bettors
from toteboard.sandbox.company import Company
from toteboard.sandbox.desk import Desk

AGAIN_S = 5.0


async def live(given: dict[str, Any]) -> None:
    """Organizer and bettors of one tournament, or bettors wherever an organizer asks for them, until cancelled."""
    async with Api(given["url"]) as api:
        await api.ready()
        if "people" in given:
            await Company(api, given["token"], given["people"]).live()
            return
        tournament = await api.ask("GET", f"/api/tournament/{given['tournament']}")
        desk = Desk(api, tournament, given["token"], given["results"])
        people = bettors(given["secret"], given["bettors"])
        crowd = Crowd(api, tournament, given["token"], people, given["rate"])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(desk.live())
            if given["rate"] > 0:
                tasks.create_task(crowd.live())


async def _until_stdin_ends(reader: asyncio.StreamReader) -> None:
    while await reader.read(1024):
        pass


async def main() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    given = json.loads(await reader.readline())
    end = asyncio.create_task(_until_stdin_ends(reader))
    loop.add_signal_handler(signal.SIGTERM, end.cancel)
    while not end.done():
        people = asyncio.create_task(live(given))
        await asyncio.wait({people, end}, return_when=asyncio.FIRST_COMPLETED)
        people.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            try:
                await people
            except* (Unreachable, Refused) as lost:
                # The server is not there (yet): come again. Anything else is a bug and ends us.
                sys.stderr.write(f"sandbox: {lost.exceptions[0]}\n")
        if not end.done():
            await asyncio.wait({end}, timeout=AGAIN_S)


if __name__ == "__main__":
    setproctitle("toteboard sandbox people")
    # Bets of real people go first.
    os.nice(5)
    asyncio.run(main())
