"""The ASGI application: a table from path to door, and the lifespan that starts what is behind the doors.

app = Application(Settings.read())          # what `toteboard serve` runs
"""

import gc
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from toteboard import logs
from toteboard.api import front
from toteboard.api.bounds import Bounds
from toteboard.api.description import API as FASTAPI
from toteboard.api.operating.figures import figures
from toteboard.api.operating.probes import Probes
from toteboard.api.pages import Docs, Pages
from toteboard.api.placing import Placing
from toteboard.api.services import SCOPE_KEY, Services
from toteboard.api.traced_placing import TracedPlacing
from toteboard.feed.socket import FeedSocket, refuse_handshake
from toteboard.http.address import names_a_proxy
from toteboard.http.draining import drained
from toteboard.http.headers import completed
from toteboard.http.problems import refuse
from toteboard.http.request_ids import request_id
from toteboard.metrics.figures import Figures
from toteboard.metrics.listener import OwnFigures, answering
from toteboard.rules.refusals import Refusal, Refused
from toteboard.services import build, running
from toteboard.settings import ProcessRole, Settings

log = logging.getLogger("toteboard")

AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]
AsgiSend = Callable[[Any], Awaitable[None]]

API = frozenset({ProcessRole.ALL, ProcessRole.API})
FEED = frozenset({ProcessRole.ALL, ProcessRole.FEED})
EVERY = frozenset(ProcessRole)


@dataclass(frozen=True, slots=True)
class Door:
    """What answers which path, in processes of which roles. In `path`, {…} is one segment and * the rest."""

    kind: str
    method: str
    path: str
    app: AsgiApp
    roles: frozenset[ProcessRole]

    @property
    def pattern(self) -> re.Pattern[str]:
        """`path` as an expression that fits whole paths."""
        # A line break in a path is a character as any other.
        return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(self.path)).replace(r"\*", ".*"), re.DOTALL)


class Application:
    """The doors of a process. Its protocols read `placing`, `connections`, `requests`, `settings` and `retry_after_s`.

    `is_alone`: it is the only one its process will have, and lives as long.
    """

    def __init__(self, settings: Settings, *, is_alone: bool = False):
        self._is_alone = is_alone
        self.settings = settings
        self.retry_after_s = settings.retry_after_s
        self.services = services = build(settings)
        self.connections = services.connections
        self.requests = services.requests
        self.figures = OwnFigures(self._figures_now)
        # Of proxies that are counted there is nothing to be said.
        self._heard_of_proxy = settings.trusted_proxies > 0
        parts = services.ledger, services.sessions, services.intake, settings
        placing = TracedPlacing(*parts, traces=services.traces) if services.traces else Placing(*parts)
        self.placing = placing if settings.role in API else None
        probes = Probes(services)
        place = partial(front.place, placing, retry_after_s=settings.retry_after_s)
        board = partial(front.board, services.hub, retry_after_s=settings.retry_after_s)
        # The first row that fits answers.
        # fmt: off
        self.doors = (
            Door("http",      "GET",  "/livez",                        probes.live,                         EVERY),
            Door("http",      "GET",  "/readyz",                       probes.ready,                        EVERY),
            Door("http",      "POST", front.PATH,                      place,                               API),
            Door("http",      "GET",  "/api/tournament/{which}/board", board,                               FEED),
            Door("websocket", "",     "/api/feed",                     FeedSocket(services.hub, settings),  FEED),
            Door("http",      "",     "/api/docs*",                    Docs(),                              API),
            Door("http",      "",     "/api/*",                        Bounds(_fastapi(services), settings), API),
            Door("http",      "",     "*",                             Pages(settings),                     API),
        )
        # fmt: on
        self._table = [(door, door.pattern) for door in self.doors]
        self._running: AbstractAsyncContextManager[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        door = self.door(scope["type"], scope.get("method", ""), scope["path"])
        request = request_id(scope, self.settings)
        logs.about.set({"request": request})
        if not self._heard_of_proxy and names_a_proxy(scope):
            self._hear_of_proxy()
        if scope["type"] == "http":
            send = self._counted(scope, send, door)
        send = completed(scope, send, self.settings, request)
        if door is not None and self.settings.role in door.roles:
            await door.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await _turn_away(scope, receive, send, self.settings)
        else:
            await refuse(send, _misdirected(self.settings.role), retry_after_s=self.retry_after_s)

    def door(self, kind: str, method: str, path: str) -> Door | None:
        """The first door of the table that fits, whether or not this process's role opens it."""
        # Whoever may look may also ask with HEAD.
        looked = "GET" if method == "HEAD" else method
        for door, pattern in self._table:
            if door.kind == kind and door.method in ("", method, looked) and pattern.fullmatch(path):
                return door
        return None

    def _hear_of_proxy(self) -> None:
        """Says once what an operator forgets: everybody behind a proxy that is not counted has one address, the proxy's."""
        self._heard_of_proxy = True
        log.warning(
            "a request came with X-Forwarded-For, and no proxy is trusted: if it is yours, set TOTEBOARD_TRUSTED_PROXIES;"
            " until then everybody behind it counts as one address"
        )

    def _counted(self, scope: Any, send: AsgiSend, door: Door | None) -> AsgiSend:
        """The `send` of a request whose answer is counted when it begins."""
        began = time.perf_counter()

        async def counted(message: Any) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", door.path if door else "*")
                self.requests.of(scope["method"], route).answered(message["status"], time.perf_counter() - began)
            await send(message)

        return counted

    # Starting and stopping ----------------------------------------------------------------------------------------------

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            await self.start()
        except Exception as error:
            log.exception("could not start")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        if self._is_alone:
            # What lives from now on is not looked through at every collection.
            gc.collect()
            gc.freeze()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def start(self) -> None:
        """Starts what the role needs. Raises whatever keeps it from starting; then nothing of it is left running."""
        started = self._started()
        await started.__aenter__()
        self._running = started

    @asynccontextmanager
    async def _started(self) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(running(self.services))
            stack.enter_context(drained(self.connections, self.settings.drain_s))
            self.figures.begin()
            if self.settings.metrics_folder:
                await stack.enter_async_context(answering(self.settings.metrics_folder, self._figures_now))
            yield

    def _figures_now(self) -> Figures:
        return figures(self.services)

    async def stop(self) -> None:
        """Stops what `start` started, in the order turned round."""
        if self._running is not None:
            started, self._running = self._running, None
            await started.__aexit__(None, None, None)


def _fastapi(services: Services) -> AsgiApp:
    """FastAPI's routes, with the services of this process."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope[SCOPE_KEY] = services
        await FASTAPI(scope, receive, send)

    return app


def _misdirected(role: ProcessRole) -> Refused:
    return Refused(Refusal.MISDIRECTED, f"This process has the role {role}; ask one that serves this path.")


async def _turn_away(scope: Any, receive: Any, send: Any, settings: Settings) -> None:
    """A socket at a path where this process has no feed: the handshake is answered as a request would be."""
    await receive()
    await refuse_handshake(scope, send, Refusal.MISDIRECTED, retry_after_s=settings.retry_after_s)


def create() -> Application:
    """The application of a worker process, from its environment (uvicorn's factory)."""
    return Application(Settings.read(), is_alone=True)
