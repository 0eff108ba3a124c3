"""What orchestrators and load balancers ask: does the process live, and may it be sent requests. Knows no person."""

import asyncio
import time
from typing import Any

import msgspec

from toteboard.api.services import Services
from toteboard.http.problems import respond
from toteboard.ledger.ledger import Outage

# An answer about the database is believed for so long: whoever asks in a loop asks us, not the database.
KNOWN_S = 1.0
# Bets refused for an outage count for so long after the last of them.
REFUSED_S = 5.0

_encode = msgspec.json.encode


class Probes:
    """`live` and `ready` are ASGI applications."""

    def __init__(self, services: Services):
        self._services = services
        self._known_until = 0.0
        self._why_not = ""
        self._looking = asyncio.Lock()

    async def live(self, _scope: Any, _receive: Any, send: Any) -> None:
        """GET /livez: 200 as long as the event loop answers. It is restarted where it does not."""
        await respond(send, 200, _encode({"live": True}))

    async def ready(self, _scope: Any, _receive: Any, send: Any) -> None:
        """GET /readyz: 200 while requests may come, else 503 and why not. Never 200 while bets would be refused."""
        reasons = await self.reasons()
        await respond(
            send, 503 if reasons else 200, _encode({"ready": not reasons, "reasons": reasons}), is_problem=False
        )

    async def reasons(self) -> list[str]:
        """Why no requests should come; empty where they may."""
        services, role = self._services, self._services.settings.role
        reasons = [f"the loop {loop.name} does not run" for loop in services.loops if not loop.alive]
        if services.connections.draining:
            reasons.append("the server is about to stop")
        if why := await self._database():
            reasons.append(why)
        if role.serves_feed and not services.hub.tail.is_current(services.settings.ready_lag_s):
            reasons.append("the feed is not current")
        if role.serves_api:
            now = time.monotonic()
            for number, lane in enumerate(services.intake.lanes):
                if len(lane) >= lane.queue_max:
                    reasons.append(f"the queue of lane {number} is full")
                elif lane.figures.refused_at is not None and now - lane.figures.refused_at < REFUSED_S:
                    reasons.append(f"lane {number} could not place bets lately")
        return reasons

    async def _database(self) -> str:
        """Why bets could not be written; empty where they could."""
        async with self._looking:
            if time.monotonic() >= self._known_until:
                self._why_not = await self._look()
                self._known_until = time.monotonic() + KNOWN_S
            return self._why_not

    async def _look(self) -> str:
        try:
            async with asyncio.timeout(self._services.settings.ops_wait_ms / 1000):
                return await self._services.intake.why_not_writable()
        except TimeoutError:
            return "the database does not answer in time"
        except Outage:
            return "the database cannot be reached"
