"""The composition root: the one file that knows everyone. Builds the rooms, starts them, sends requests to them."""

import asyncio
import contextlib
import gc
import logging
from collections.abc import Coroutine
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI

from toteboard.api import (
    audit,
    bets,
    boards,
    exports,
    front,
    imports,
    invitations,
    kyc,
    markets,
    matches,
    ops,
    outcomes,
    own_limits,
    people,
    problems,
    server,
    settlements,
    ticker,
    tournaments,
    wallets,
)
from toteboard.api.bounds import Bounds
from toteboard.api.house import House
from toteboard.api.pages import Docs, Pages
from toteboard.api.placing import Placing
from toteboard.api.problems import Problem
from toteboard.api.sessions import Sessions
from toteboard.feed.hub import Hub
from toteboard.feed.socket import FeedSocket
from toteboard.feed.subscriber import Headers, Who
from toteboard.intake.intake import Intake
from toteboard.kyc.provider import Provider
from toteboard.kyc.providers import providers
from toteboard.ledger import closing, paying
from toteboard.ledger.ledger import Ledger
from toteboard.metrics import LastErrors
from toteboard.proof import derivation
from toteboard.settings import Settings

log = logging.getLogger("toteboard")

ROUTERS = (
    *(server, people, own_limits, kyc, tournaments, matches, markets, outcomes, wallets, boards, bets, settlements),
    *(audit, ops, invitations, ticker, imports, exports),
)


def describe(house: House) -> FastAPI:
    """FastAPI with every route; also what the OpenAPI is generated from."""
    api = FastAPI(
        title="Toteboard",
        version=version("toteboard"),
        description="The live betting ledger for tournaments. See docs/api.md for what a description cannot say.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(api, retry_after_s=house.settings.retry_after_s)
    for room in ROUTERS:
        api.include_router(room.routes(house))
    return api


class Toteboard:
    """The ASGI application. `placing` and `retry_after_s` are read by front.FrontProtocol."""

    def __init__(self, settings: Settings):
        self.settings = settings
        self.retry_after_s = settings.retry_after_s
        ledger = Ledger(
            settings.app_database_url or settings.database_url,
            pool_max=settings.pool_max,
            statement_timeout_s=settings.statement_timeout_s,
            role=None if settings.app_database_url else "toteboard_app",
        )
        sessions = Sessions(ledger, settings)
        intake = Intake(ledger, settings)
        kyc_providers: dict[str, Provider] = providers(settings)
        hub = Hub(ledger, settings, _identifier(sessions))
        self.house = House(
            settings=settings,
            ledger=ledger,
            sessions=sessions,
            intake=intake,
            hub=hub,
            kyc=kyc_providers,
            books=derivation.of_ledger(ledger, longest_s=settings.ops_books_s),
            errors=LastErrors(settings.ops_errors_max, settings.ops_error_text_max),
        )
        self.placing = Placing(ledger, sessions, intake, settings)
        self.api = describe(self.house)
        self._bounded = Bounds(self.api, settings)
        self._feed = FeedSocket(hub, settings)
        self._pages = Pages()
        self._docs = Docs()
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        kind = scope["type"]
        if kind == "http":
            await self._answer(scope, receive, send)
        elif kind == "websocket":
            # There is one feed; another path gets the same refusals and then a tournament it does not name.
            await self._feed(scope, receive, send)
        elif kind == "lifespan":
            await self._live(receive, send)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        path, method = scope["path"], scope["method"]
        if path == front.PATH and method == "POST":
            await front.place(self.placing, scope, receive, send, retry_after_s=self.retry_after_s)
        elif not path.startswith("/api/"):
            await self._pages(scope, receive, send)
        elif (
            path.endswith("/board") and path.count("/") == 4 and path.startswith("/api/tournament/") and method == "GET"
        ):
            await front.board(self.house.hub, scope, send)
        elif path.startswith("/api/docs"):
            await self._docs(scope, receive, send)
        else:
            await self._bounded(scope, receive, send)

    # Starting and stopping ----------------------------------------------------------------------------------------------

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        try:
            await self.start()
        except Exception as error:
            log.exception("could not start")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def start(self) -> None:
        """Starting is recovering: what was left half-way (a settlement, a due close) goes on by itself."""
        house = self.house
        house.errors.start()
        await house.ledger.start()
        await house.intake.start()
        await house.hub.start()
        self._run("closing", closing.run(house.ledger, house.settings.close_poll_ms))
        self._run("paying", paying.run(house.ledger, house.settings))
        # What lives from now on is not looked through at every collection.
        gc.collect()
        gc.freeze()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.house.books.stop()
        await self.house.hub.stop()
        await self.house.intake.stop()
        await self.house.ledger.stop()
        self.house.errors.stop()

    def _run(self, name: str, loop: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(loop, name=name))


def _identifier(sessions: Sessions) -> Any:
    async def identify(headers: Headers) -> Who | None:
        try:
            identity = await sessions.identify_request(headers)
        except Problem:
            # Two cookies, two authorizations: nobody that could be told.
            return None
        if identity is None or identity.blocked:
            return None
        oversees = frozenset(t for t, role in identity.roles.items() if role in ("organizer", "auditor"))
        return Who(identity.user_id, identity.session_id, identity.admin, oversees)

    return identify


def create() -> Toteboard:
    """The application of a worker process, from its environment (uvicorn's factory)."""
    return Toteboard(Settings.read())
