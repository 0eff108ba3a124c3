"""For the operator at 3 a.m.: is the database there, do the books balance, is anything behind. Measures nothing itself.

All but the database's answers are figures of this process, kept in memory since its start.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from toteboard.api.auth import actor, asker, need_admin
from toteboard.api.house import House
from toteboard.api.problems import Problem
from toteboard.api.sessions import Identity
from toteboard.api.wire import Said, utc
from toteboard.intake.batcher import Lane
from toteboard.ledger import health
from toteboard.ledger.ledger import Actor, Outage
from toteboard.metrics import Summary, Window
from toteboard.proof.derivation import Progress
from toteboard.rules.refusals import Refusal

PATH = "/api/ops"


class Measured(Said):
    """Over the last minute; `last` may be older, null is never."""

    last: int | None
    count: int
    mean: int | None
    max: int


class Process(Said):
    version: str
    started_at: str
    uptime_s: int
    pid: int = Field(description="which of several worker processes answered")


class Database(Said):
    reachable: bool
    answer_ms: int | None
    why: str


class Pool(Said):
    in_use: int
    open: int
    max: int


class Unbalanced(Said):
    tournament_id: int
    name: str
    currency: str
    exponent: int
    off: str = Field(description="what all accounts sum to, in minor units; it should be 0")


class DifferenceSaid(Said):
    subject: str
    stored: str
    derived: str


class CheckSaid(Said):
    name: str
    title: str
    found: int
    differences: list[DifferenceSaid]


class DerivationSaid(Said):
    """The last full derivation that this process was asked for."""

    state: Literal["none", "running", "done", "failed"]
    done: int
    of: int
    check: str = Field(description="the check under way")
    started_at: str | None
    finished_at: str | None
    balanced: bool | None
    differences: int | None
    counted: dict[str, int]
    checks: list[CheckSaid]
    error: str


class BooksSaid(Said):
    tournaments: int
    unbalanced: list[Unbalanced]


class Feed(Said):
    boards: int
    compared_s: int | None = Field(description="seconds since all boards were compared with the database")
    events_behind: int
    lag_ms: Measured
    lag_by_second: list[int]


class Sockets(Said):
    open: int
    max: int
    behind: int
    fell_behind: int
    frames: int


class LaneSaid(Said):
    queue: int
    queue_max: int
    batch_max: int
    bets: int
    sets: int
    errors: int
    last_error: str
    batch: Measured
    wait_ms: Measured
    set_ms: Measured


class Intake(Said):
    lanes: list[LaneSaid]
    bets_by_second: list[int]


class PayingSaid(Said):
    id: int
    market_id: int
    slug: str
    tournament: str
    match: str
    market: str
    kind: str
    version: int
    bets_done: int
    bets: int
    decided_at: str
    age_s: int


class Settlements(Said):
    paying: int
    items: list[PayingSaid]


class ErrorSaid(Said):
    at: str
    level: str
    logger: str
    text: str


class Errors(Said):
    errors: int = Field(description="since the start")
    warnings: int
    items: list[ErrorSaid]


class Ops(Said):
    at: str
    process: Process
    database: Database
    pool: Pool
    # Null while the database does not answer.
    books: BooksSaid | None
    settlements: Settlements | None
    derivation: DerivationSaid
    feed: Feed
    sockets: Sockets
    intake: Intake
    errors: Errors


def routes(house: House) -> APIRouter:
    router = APIRouter(prefix=PATH, tags=["operating"])
    Asker = Annotated[Identity, Depends(asker(house))]
    Onlooker = Annotated[Identity, Depends(_onlooker(house))]
    By = Annotated[Actor, Depends(actor(house))]
    started_at, started = datetime.now(UTC), time.monotonic()

    @router.get("")
    async def look(who: Onlooker, out: Response) -> Ops:
        """How this process and its database are. Asked every two seconds by the page."""
        need_admin(who)
        out.headers["Cache-Control"] = "no-store"
        database, seen = await _database(house)
        return Ops(
            at=utc(datetime.now(UTC)) or "",
            process=Process(
                version=version("toteboard"),
                started_at=utc(started_at) or "",
                uptime_s=int(time.monotonic() - started),
                pid=os.getpid(),
            ),
            database=database,
            pool=Pool(**dict(zip(("in_use", "open", "max"), house.ledger.connections, strict=True))),
            books=_books(seen) if seen else None,
            settlements=_settlements(seen) if seen else None,
            derivation=derivation_said(house.books.last, whole=False),
            feed=_feed(house),
            sockets=_sockets(house),
            intake=_intake(house.intake.lanes),
            errors=_errors(house),
        )

    @router.get("/audit")
    async def derivation(who: Onlooker, out: Response) -> DerivationSaid:
        """The last full derivation of the books that this process was asked for: its progress, or its result."""
        need_admin(who)
        out.headers["Cache-Control"] = "no-store"
        return derivation_said(house.books.last, whole=True)

    @router.post("/audit", status_code=202)
    async def derive(who: Asker, by: By) -> DerivationSaid:
        """Derive all books again, in the background. Where that is under way already it simply goes on."""
        need_admin(who)
        if house.books.last.state != "running":
            async with house.ledger.change(by) as change:
                await change.audit("books.derivation_asked", "books:all")
            house.books.begin(datetime.now(UTC))
        return derivation_said(house.books.last, whole=True)

    return router


def _onlooker(house: House) -> Callable[[Request], Awaitable[Identity]]:
    """As `asker`, for looking only: while the database is away, whoever was known before it went is still shown it."""

    async def looking(request: Request) -> Identity:
        headers = request.scope["headers"]
        try:
            identity = await house.sessions.identify_request(headers)
        except Outage:
            identity = house.sessions.remembered(headers)
            if identity is None:
                raise
        if identity is None:
            raise Problem(Refusal.UNAUTHENTICATED, "Sign in first.")
        return identity

    return looking


async def _database(house: House) -> tuple[Database, health.Look | None]:
    try:
        async with asyncio.timeout(house.settings.ops_patience_ms / 1000):
            seen = await health.look(house.ledger)
    except TimeoutError:
        why = f"no answer within {house.settings.ops_patience_ms} ms"
    except Outage as away:
        why = str(away)
    else:
        return Database(reachable=True, answer_ms=seen.answer_ms, why=""), seen
    return Database(reachable=False, answer_ms=None, why=why), None


def _books(seen: health.Look) -> BooksSaid:
    return BooksSaid(tournaments=seen.tournaments, unbalanced=[Unbalanced(**row) for row in seen.unbalanced])


def _settlements(seen: health.Look) -> Settlements:
    return Settlements(
        paying=seen.paying_found,
        items=[
            PayingSaid(**{k: v for k, v in row.items() if k != "found"} | {"decided_at": utc(row["decided_at"])})
            for row in seen.paying
        ],
    )


def _feed(house: House) -> Feed:
    tail = house.hub.tail
    since = None if tail.compared_at is None else int(time.monotonic() - tail.compared_at)
    return Feed(
        boards=len(tail.boards),
        compared_s=since,
        events_behind=tail.events_behind,
        lag_ms=_measured(tail.lag_ms.summary()),
        lag_by_second=tail.lag_ms.maxima(),
    )


def _sockets(house: House) -> Sockets:
    hub = house.hub
    return Sockets(
        open=hub.sockets,
        max=house.settings.sockets_max,
        behind=hub.behind,
        fell_behind=hub.fell_behind,
        frames=hub.frames,
    )


def _intake(lanes: list[Lane]) -> Intake:
    by_lane = [lane.figures.sizes.sums() for lane in lanes]
    return Intake(
        lanes=[_lane(lane) for lane in lanes], bets_by_second=[sum(second) for second in zip(*by_lane, strict=True)]
    )


def _lane(lane: Lane) -> LaneSaid:
    figures = lane.figures
    windows: dict[str, Window] = {"batch": figures.sizes, "wait_ms": figures.waits_ms, "set_ms": figures.sets_ms}
    return LaneSaid(
        queue=len(lane),
        queue_max=lane.queue_max,
        batch_max=lane.batch_max,
        bets=figures.bets,
        sets=figures.sets,
        errors=figures.errors,
        last_error=figures.last_error,
        **{name: _measured(window.summary()) for name, window in windows.items()},
    )


def _measured(summary: Summary) -> Measured:
    return Measured(last=summary.last, count=summary.count, mean=summary.mean, max=summary.max)


def _errors(house: House) -> Errors:
    kept = house.errors
    return Errors(
        errors=kept.errors,
        warnings=kept.warnings,
        items=[ErrorSaid(**asdict(one) | {"at": utc(one.at)}) for one in kept.newest_first()],
    )


def derivation_said(progress: Progress, *, whole: bool) -> DerivationSaid:
    """A derivation as the API says it; every check and what differs only where it is asked for as a whole."""
    report = progress.report
    return DerivationSaid(
        state=progress.state,
        done=progress.done,
        of=progress.of,
        check=progress.check,
        started_at=utc(progress.started_at),
        finished_at=utc(progress.finished_at),
        balanced=report.balanced if report else None,
        differences=report.differences if report else None,
        counted=report.counted if report else {},
        checks=[
            CheckSaid(
                name=check.name,
                title=check.title,
                found=check.found,
                differences=[DifferenceSaid(**asdict(difference)) for difference in check.differences],
            )
            for check in (report.checks if report and whole else ())
        ],
        error=progress.error,
    )
