"""The frozen snapshot of what a process knows of itself. Measures nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from toteboard.metrics.errors import LoggedError
from toteboard.metrics.histograms import Spread
from toteboard.metrics.requests import RouteFigures
from toteboard.metrics.windows import Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFigures:
    """Connections of the database pool."""

    in_use: int
    open: int
    max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopFigures:
    """A background loop: `errors` since the start, `waiting` says why it waits, if it does."""

    name: str
    alive: bool
    turns: int
    errors: int
    last_error: str
    waiting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneFigures:
    """A lane: bets waiting in it, and what it has done since the start."""

    queue: int
    queue_max: int
    batch_max: int
    bets: int
    sets: int
    errors: int
    last_error: str
    # Of the last minute: bets in a set, how long its first bet had waited, how long the set took.
    batch: Summary
    wait_ms: Summary
    set_ms: Summary
    # Since the start: answers by verdict ("taken", "FUNDS", "busy"), minor units staked by currency, and the same three.
    verdicts: Mapping[str, int]
    stakes: Mapping[str, int]
    batches: Spread
    waited_s: Spread
    set_s: Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFigures:
    """`compared_s`: seconds since all boards were compared with the database, None for never."""

    boards: int
    compared_s: int | None
    events_behind: int
    lag_ms: Summary
    lag_by_second: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class BusFigures:
    """The bus between processes: whether it is connected, and whether events come from it rather than from the database.

    Since the start: messages said and heard, those that were not ours, holes in what it told, how often it fell silent.
    """

    connected: bool
    heard: bool
    beat_age_s: float | None
    messages_said: int
    messages_heard: int
    unreadable: int
    holes: int
    silences: int
    # Events that this process told the bus; None where it is none that works.
    told: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaFigures:
    """What may be a moment old: why the replica is not read, if it is not, how old it is, and reads since the start."""

    why_not: str
    age_s: float | None
    # "replica", "primary" instead of it, "refused".
    reads: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketFigures:
    """Open feeds now, of them those too slow; and since the start how often one was, messages and bytes written, how many
    came, and how many ended by reason: "client" went by itself, the others were the server's choice.
    """

    open: int
    max: int
    behind: int
    fell_behind: int
    frames: int
    bytes: int
    opened: int
    closed: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionFigures:
    """Open connections, of requests and feeds; and those the server ended or did not take since the start, by reason."""

    open: int
    max: int
    ended: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityFigures:
    """An identity provider: questions to it since the start, and since when it does not answer, None while it does."""

    name: str
    asked: int
    failed: int
    down_since: datetime | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TournamentFigures:
    """A tournament that is not archived, as the worker last saw it: bets since its beginning, markets that take bets now."""

    slug: str
    bets: int
    open_markets: int
    balanced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupFigures:
    """The newest that was "taken" or tried ("drilled"), and seconds since."""

    kind: str
    age_s: float
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamFigures:
    """Who streams from the database, or should: bytes behind where that is told, and seconds."""

    name: str
    streams: bool
    behind_bytes: int | None
    behind_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFigures:
    """How the whole ledger stands, the same in every process that works; `checks` are of identity, by provider and status.

    `books_age_s`: since the books were last summed up, None before the first time.
    """

    settlements_unfinished: int
    settlement_oldest_s: float
    bets_paid: int
    checks: Mapping[tuple[str, str], int]
    books_age_s: float | None
    tournaments: list[TournamentFigures]
    # Until the next market closes by itself.
    next_close_s: float | None
    backups: list[BackupFigures]
    streams: list[StreamFigures]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFigures:
    """The file system that the data folder is on, in bytes."""

    free: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorFigures:
    """Since the start, and the last of them, newest first."""

    errors: int
    warnings: int
    items: list[LoggedError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything a process knows of itself at one moment. None is what its role does not do."""

    at: datetime
    started_at: datetime
    uptime_s: int
    pid: int
    version: str
    role: str
    pool: PoolFigures
    loops: list[LoopFigures]
    lanes: list[LaneFigures] | None
    bets_by_second: list[int] | None
    feed: FeedFigures | None
    bus: BusFigures | None
    # Whether this process leads now what one process leads: "work", "relay". Empty where it is none that works.
    leads: Mapping[str, bool]
    # None where there is no replica to read from.
    replica: ReplicaFigures | None
    sockets: SocketFigures | None
    connections: ConnectionFigures
    requests: list[RouteFigures]
    identity: list[IdentityFigures]
    # A provider's messages by its name and what became of them.
    messages: Mapping[tuple[str, str], int]
    ledger: LedgerFigures | None
    disk: DiskFigures | None
    errors: ErrorFigures
