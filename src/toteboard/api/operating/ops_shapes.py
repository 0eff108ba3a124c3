"""What the operator is told, as JSON: shapes, and how figures become them. Asks nobody."""

from dataclasses import asdict
from typing import Literal

from pydantic import Field

from toteboard.api.wire import ResponseModel, utc
from toteboard.ledger.operating import health
from toteboard.metrics import figures
from toteboard.metrics.figures import Figures
from toteboard.metrics.windows import Summary
from toteboard.reconciliation.derivation import Progress


class Measure(ResponseModel):
    """Over the last minute; `last` may be older, null is never."""

    last: int | None
    count: int
    mean: int | None
    max: int


class Process(ResponseModel):
    """The process that answers: its figures are its own."""

    version: str
    role: str
    started_at: str
    uptime_s: int
    pid: int = Field(description="which of several worker processes answered")


class Database(ResponseModel):
    """Whether it answers, and in how many ms; `why` says why it does not, or why it cannot be written."""

    reachable: bool
    answer_ms: int | None
    why: str


class Backup(ResponseModel):
    """The newest backup that was taken, or tried (drilled): when, and until when what is in it was committed."""

    kind: Literal["taken", "drilled"]
    at: str
    stands_at: str
    bytes: int
    whole: bool = Field(description="verified; of a drill, its books balanced")


class Streaming(ResponseModel):
    """A replica, or a backup that follows: whether it takes what is committed, and how far it is behind."""

    name: str
    streams: bool
    behind_bytes: int | None = Field(description="null where the database does not say")
    behind_s: float


class Storage(ResponseModel):
    """What the ledger stands on: PostgreSQL's version, the disk that its folder is on, backups, and who streams from it."""

    version: str
    disk_free_bytes: int | None = Field(description="null where the database is not under --data")
    disk_size_bytes: int | None
    backups: list[Backup]
    streams: list[Streaming]


class Pool(ResponseModel):
    """Connections of this process."""

    in_use: int
    open: int
    max: int


class BackgroundLoop(ResponseModel):
    """A loop of this process. `errors` are those that nobody foresaw since its start."""

    name: str
    alive: bool
    turns: int
    errors: int = Field(description="unexpected ones since the start; the loop went on after each")
    last_error: str
    waiting: str = Field(description="why it waits, as for a database that is away; empty while it does not")


class Unbalanced(ResponseModel):
    """A tournament whose accounts do not sum to zero; `off` is by how much, in minor units as text."""

    tournament_id: int
    name: str
    currency: str
    exponent: int
    off: str = Field(description="what all accounts sum to, in minor units; it should be 0")


class BooksDifference(ResponseModel):
    """What is stored, and what was derived instead."""

    subject: str
    stored: str
    derived: str


class BooksCheck(ResponseModel):
    """One of the checks, with the first of what it found."""

    name: str
    title: str
    found: int
    differences: list[BooksDifference]


class DerivationReport(ResponseModel):
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
    checks: list[BooksCheck]
    error: str


class Off(ResponseModel):
    """What is off in a tournament's books: all accounts of a kind ("wallet"), "all" of them, or an escrow ("market:42")."""

    what: str
    off: str = Field(description="what stands less what was moved, in minor units")


class DifferingBooks(ResponseModel):
    """A tournament whose books were seen to differ: betting is stopped, or an admin has lifted that."""

    tournament_id: int
    name: str
    slug: str
    currency: str
    exponent: int
    stopped_at: str | None
    differs: list[Off]


class BooksSummary(ResponseModel):
    """How many tournaments were summed up, those that do not sum to zero, and those in which something differs."""

    tournaments: int
    unbalanced: list[Unbalanced]
    differing: list[DifferingBooks]


class Feed(ResponseModel):
    """How far the feed is behind the database: events, and ms from commit to being read."""

    boards: int
    compared_s: int | None = Field(description="seconds since all boards were compared with the database")
    events_behind: int
    lag_ms: Measure
    lag_by_second: list[int]


class BusBetween(ResponseModel):
    """The bus between processes. `heard`: events come from it; while they do not, a feed takes them from the database."""

    connected: bool
    heard: bool
    beat_age_s: float | None = Field(description="seconds since the relay's last beat; null before the first")
    messages_said: int
    messages_heard: int
    unreadable: int
    holes: int = Field(description="what it told with a hole, which was read from the database")
    silences: int
    told: int | None = Field(description="events that this process told it; null where it is none that works")


class ReplicaReads(ResponseModel):
    """The standby that exports, statements, the audit log and the books are read from: why it is not, where it is not."""

    why_not: str = Field(description="empty while it is read")
    age_s: float | None = Field(description="how old what it has is; null before that is known")
    reads: dict[str, int] = Field(description="since the start: replica, primary instead of it, refused")


class Sockets(ResponseModel):
    """Who listens, and what was dropped on who read too slowly."""

    open: int
    max: int
    behind: int
    fell_behind: int
    frames: int
    bytes: int
    opened: int
    closed: dict[str, int] = Field(description="since the start, by reason; client: went by itself")


class LaneFigures(ResponseModel):
    """A lane: what waits in it, and what it did in the last minute. Times in ms."""

    queue: int
    queue_max: int
    batch_max: int
    bets: int
    sets: int
    errors: int
    last_error: str
    batch: Measure
    wait_ms: Measure
    set_ms: Measure


class Intake(ResponseModel):
    """The lanes, and bets by second, the newest last."""

    lanes: list[LaneFigures]
    bets_by_second: list[int]


class PayingSettlement(ResponseModel):
    """A settlement that is being paid, and since when."""

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


class Settlements(ResponseModel):
    """Those being paid, the oldest first."""

    paying: int
    items: list[PayingSettlement]


class ConnectionsHeld(ResponseModel):
    """Open connections, of requests and feeds; `ended` by the server since the start, by reason."""

    open: int
    max: int
    ended: dict[str, int] = Field(
        description="full, address: not taken; slow, headers, malformed, pipelined, unread, flooded: ended; idle: as ever"
    )


class IdentityProvider(ResponseModel):
    """An identity provider as this process knows it: `down_since` while it does not answer, and why."""

    name: str
    asked: int
    failed: int
    down_since: str | None
    why: str


class LoggedError(ResponseModel):
    """A line of the log at WARNING or above."""

    at: str
    level: str
    logger: str
    text: str


class Errors(ResponseModel):
    """How many since the start, and the newest."""

    errors: int = Field(description="since the start")
    warnings: int
    items: list[LoggedError]


class Ops(ResponseModel):
    """Null is what the database does not answer now, or what this process's role does not do."""

    at: str
    process: Process
    database: Database
    pool: Pool
    loops: list[BackgroundLoop]
    storage: Storage | None
    books: BooksSummary | None
    settlements: Settlements | None
    derivation: DerivationReport
    feed: Feed | None
    bus: BusBetween | None = Field(description="null where TOTEBOARD_NATS_URL is empty")
    leads: dict[str, bool] = Field(
        description="whether it is the one that closes and pays (work), or tells the bus (relay)"
    )
    replica: ReplicaReads | None = Field(description="null where TOTEBOARD_REPLICA_URL is empty")
    sockets: Sockets | None
    intake: Intake | None
    connections: ConnectionsHeld
    identity: list[IdentityProvider]
    errors: Errors


def _books(look: health.Look) -> BooksSummary:
    return BooksSummary(
        tournaments=look.tournaments,
        unbalanced=[Unbalanced(**row) for row in look.unbalanced],
        differing=[DifferingBooks(**row | {"stopped_at": utc(row["stopped_at"])}) for row in look.differing],
    )


def _storage(look: health.Look, disk: figures.DiskFigures | None) -> Storage:
    return Storage(
        version=look.version,
        disk_free_bytes=disk.free if disk else None,
        disk_size_bytes=disk.size if disk else None,
        backups=[
            Backup(
                kind="taken" if one.kind == "taken" else "drilled",
                at=utc(one.at) or "",
                stands_at=utc(one.stands_at) or "",
                bytes=one.bytes,
                whole=one.whole,
            )
            for one in look.backups
        ],
        streams=[Streaming(**asdict(one)) for one in look.streams],
    )


def _settlements(look: health.Look) -> Settlements:
    return Settlements(
        paying=look.paying_found,
        items=[
            PayingSettlement(**{k: v for k, v in row.items() if k != "found"} | {"decided_at": utc(row["decided_at"])})
            for row in look.paying
        ],
    )


def ops_shape(now: Figures, database: Database, look: health.Look | None, progress: Progress) -> Ops:
    return Ops(
        at=utc(now.at) or "",
        process=Process(
            version=now.version, role=now.role, started_at=utc(now.started_at) or "", uptime_s=now.uptime_s, pid=now.pid
        ),
        database=database,
        pool=Pool(**asdict(now.pool)),
        loops=[BackgroundLoop(**asdict(loop)) for loop in now.loops],
        storage=_storage(look, now.disk) if look else None,
        books=_books(look) if look else None,
        settlements=_settlements(look) if look else None,
        derivation=derivation_shape(progress, whole=False),
        feed=Feed(**(asdict(now.feed) | {"lag_ms": _measure(now.feed.lag_ms)})) if now.feed else None,
        bus=BusBetween(**asdict(now.bus)) if now.bus else None,
        leads=dict(now.leads),
        replica=ReplicaReads(**asdict(now.replica)) if now.replica else None,
        sockets=Sockets(**asdict(now.sockets)) if now.sockets else None,
        intake=Intake(lanes=[_lane(lane) for lane in now.lanes], bets_by_second=now.bets_by_second or [])
        if now.lanes is not None
        else None,
        connections=ConnectionsHeld(**asdict(now.connections)),
        identity=[IdentityProvider(**asdict(one) | {"down_since": utc(one.down_since)}) for one in now.identity],
        errors=Errors(
            errors=now.errors.errors,
            warnings=now.errors.warnings,
            items=[LoggedError(**asdict(one) | {"at": utc(one.at)}) for one in now.errors.items],
        ),
    )


def _lane(lane: figures.LaneFigures) -> LaneFigures:
    measures = {name: _measure(getattr(lane, name)) for name in ("batch", "wait_ms", "set_ms")}
    shown = {name: value for name, value in asdict(lane).items() if name in LaneFigures.model_fields}
    return LaneFigures(**(shown | measures))


def _measure(summary: Summary) -> Measure:
    return Measure(last=summary.last, count=summary.count, mean=summary.mean, max=summary.max)


def derivation_shape(progress: Progress, *, whole: bool) -> DerivationReport:
    """A derivation as the API says it; every check and what differs only where it is asked for as a whole."""
    report = progress.report
    return DerivationReport(
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
            BooksCheck(
                name=check.name,
                title=check.title,
                found=check.found,
                differences=[BooksDifference(**asdict(difference)) for difference in check.differences],
            )
            for check in (report.checks if report and whole else ())
        ],
        error=progress.error,
    )
