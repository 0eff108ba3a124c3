"""What a process measures of itself: windows of the last minute, the last errors, and the frozen snapshot of all of it.

Plain integers, added to once for a set or a look, never for a bet. In memory and of one process: they begin anew with it.
/ops shows the snapshot; whoever scrapes us will read the same one.
"""

import logging
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from toteboard.rules.names import escaped

# A minute by seconds.
WINDOW_S = 60
ERRORS_KEPT = 50
ERROR_TEXT_MAX = 500
# What a connection string, a header or a token of ours would give away in a log's line.
_SECRETS = re.compile(
    r"(?P<before>://[^\s:/@]*:|\b(?:password|passwd|secret|token|authorization|cookie)\b['\"]?\s*[:=]\s*['\"]?(?:bearer\s+)?|\bbearer\s+)"
    r"(?P<secret>[^\s@'\",;]+)|\btb_[\w-]{8,}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What was measured in the last WINDOW_S seconds; `last` may be older, None is never."""

    last: int | None
    count: int
    sum: int
    max: int

    @property
    def mean(self) -> int | None:
        """Rounded down; None where nothing was measured."""
        return self.sum // self.count if self.count else None


class Window:
    """A measure over the last minute, second by second."""

    __slots__ = ("_clock", "_counts", "_maxima", "_seconds", "_sums", "last")

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.last: int | None = None
        self._clock = clock
        self._seconds = [-1] * WINDOW_S
        self._counts = [0] * WINDOW_S
        self._sums = [0] * WINDOW_S
        self._maxima = [0] * WINDOW_S

    def add(self, value: int) -> None:
        """Counts a value in the current second."""
        second = int(self._clock())
        i = second % WINDOW_S
        if self._seconds[i] != second:
            self._seconds[i], self._counts[i], self._sums[i], self._maxima[i] = second, 0, 0, 0
        self.last = value
        self._counts[i] += 1
        self._sums[i] += value
        self._maxima[i] = max(self._maxima[i], value)

    def summary(self) -> Summary:
        """The last minute: how many, mean, largest and newest."""
        live = self._live()
        return Summary(
            self.last,
            sum(self._counts[i] for i in live),
            sum(self._sums[i] for i in live),
            max((self._maxima[i] for i in live), default=0),
        )

    def sums(self) -> list[int]:
        """By second, the oldest first, the running one left out."""
        return self._by_second(self._sums)

    def maxima(self) -> list[int]:
        """By second, the oldest first, the running one left out."""
        return self._by_second(self._maxima)

    def _live(self) -> list[int]:
        now = int(self._clock())
        return [i for i, second in enumerate(self._seconds) if now - WINDOW_S < second <= now]

    def _by_second(self, values: list[int]) -> list[int]:
        now = int(self._clock())
        seconds = range(now - WINDOW_S + 1, now)
        return [values[s % WINDOW_S] if self._seconds[s % WINDOW_S] == s else 0 for s in seconds]


@dataclass(frozen=True, slots=True)
class LoggedError:
    """A log record of level WARNING or above: one line, nothing in it can command a terminal."""

    at: datetime
    level: str
    logger: str
    text: str


class LastErrors(logging.Handler):
    """The last warnings and errors of our own loggers, bounded."""

    def __init__(self, kept_max: int = ERRORS_KEPT, text_max: int = ERROR_TEXT_MAX):
        super().__init__(logging.WARNING)
        self.warnings = 0
        self.errors = 0
        self._text_max = text_max
        self._kept: deque[LoggedError] = deque(maxlen=kept_max)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """It hears while the block runs."""
        logging.getLogger("toteboard").addHandler(self)
        try:
            yield
        finally:
            logging.getLogger("toteboard").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps the record as one line, without secrets."""
        try:
            text = record.getMessage()
        except Exception:
            text = str(record.msg)
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            text += f": {type(error).__name__}: {error}"
        if record.levelno >= logging.ERROR:
            self.errors += 1
        else:
            self.warnings += 1
        text = _SECRETS.sub(lambda found: f"{found['before'] or ''}…", text)
        at = datetime.fromtimestamp(record.created, UTC)
        self._kept.append(LoggedError(at, record.levelname, record.name, escaped(text[: self._text_max])))
        if not logging.getLogger().handlers and logging.lastResort is not None:
            # Where nobody has set logging up, being here would silence the terminal.
            logging.lastResort.handle(record)

    def newest_first(self) -> list[LoggedError]:
        """What is kept, the newest first."""
        return list(reversed(self._kept))


# One moment of a process -------------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFigures:
    """`compared_s`: seconds since all boards were compared with the database, None for never."""

    boards: int
    compared_s: int | None
    events_behind: int
    lag_ms: Summary
    lag_by_second: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketFigures:
    """Open feeds now, of them those too slow; and since the start, how often one was, and messages written."""

    open: int
    max: int
    behind: int
    fell_behind: int
    frames: int


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
    sockets: SocketFigures | None
    connections: ConnectionFigures
    identity: list[IdentityFigures]
    errors: ErrorFigures
