"""The last warnings and errors of a process, bounded, without secrets."""

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from toteboard.logs import escaped_lines, message_of, redacted

ERRORS_KEPT = 50
ERROR_TEXT_MAX = 500


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
        text = message_of(record)
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            text += f": {type(error).__name__}: {error}"
        if record.levelno >= logging.ERROR:
            self.errors += 1
        else:
            self.warnings += 1
        text = redacted(text)
        at = datetime.fromtimestamp(record.created, UTC)
        self._kept.append(LoggedError(at, record.levelname, record.name, escaped_lines(text[: self._text_max])))
        if not logging.getLogger().handlers and logging.lastResort is not None:
            # Where nobody has set logging up, being here would silence the terminal.
            logging.lastResort.handle(record)

    def newest_first(self) -> list[LoggedError]:
        """What is kept, the newest first."""
        return list(reversed(self._kept))
