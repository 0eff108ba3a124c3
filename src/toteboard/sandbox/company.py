"""Simulated bettors of a sandbox that people run themselves: in each tournament as many bets as its organizer asks for."""

import asyncio
import contextlib
import random
from dataclasses import dataclass
from typing import Any

from toteboard.sandbox.api import Api, Refused, Unreachable
from toteboard.sandbox.bettors import Bettor, Crowd

LOOK_S = 2.0
# Tournaments with simulated bettors at the same time.
TOURNAMENTS_MAX = 20


@dataclass(slots=True)
class _Playing:
    crowd: Crowd
    task: asyncio.Task[None]


class Company:
    """`desk` is a token that hands out points; `people` are (name, token) of each bettor."""

    def __init__(self, api: Api, desk: str, people: list[tuple[str, str]]):
        self._api = api
        self._desk = desk
        self._people = people
        self._playing: dict[int, _Playing] = {}

    async def live(self) -> None:
        """Looks again and again where bets are asked for, until it is cancelled."""
        try:
            while True:
                with contextlib.suppress(Unreachable, Refused):
                    await self._look()
                await asyncio.sleep(LOOK_S)
        finally:
            await self._end(list(self._playing))

    async def _look(self) -> None:
        wanted = {one["id"]: one for one in await self._tournaments() if one["simulated_per_min"]}
        await self._end([played for played, at in self._playing.items() if played not in wanted or at.task.done()])
        for tournament_id, tournament in list(wanted.items())[:TOURNAMENTS_MAX]:
            rate = tournament["simulated_per_min"] / 60
            if tournament_id in self._playing:
                self._playing[tournament_id].crowd.rate = rate
            else:
                self._playing[tournament_id] = self._began(tournament, rate)

    async def _tournaments(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        path = "/api/tournament?limit=100"
        after = ""
        while True:
            page = await self._api.ask("GET", path + after)
            found += page["items"]
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"

    def _began(self, tournament: dict[str, Any], rate: float) -> _Playing:
        # Each has a wallet in each tournament, and the same taste in all of them.
        people = [Bettor(name, "", "", token, taste=random.Random(name)) for name, token in self._people]  # noqa: S311
        crowd = Crowd(self._api, tournament, self._desk, people, rate)
        return _Playing(crowd, asyncio.create_task(crowd.live()))

    async def _end(self, tournament_ids: list[int]) -> None:
        ending = [self._playing.pop(one).task for one in tournament_ids]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
