"""One line for each thing worth knowing: when, how bad, who says it, what, and which request, bet and person it is about.

For people, or as JSON for machines (TOTEBOARD_LOG_FORMAT). Nothing in a line can begin another one, command a terminal, or is
a secret. What a request is about stands in `about`, a dict of its own for each request.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from toteboard.rules.names import escaped

# Fields of a line, in their order; a record says them by `extra`, or the request that it belongs to does.
FIELDS = ("request", "bet", "user", "tournament", "pid")
about: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)

# What a connection string, a header or a token of ours would give away.
_SECRETS = re.compile(
    r"(?P<login>://[^\s:/@]*:)[^\s@]+(?=@)|(?P<before>\b(?:password|passwd|secret|token|authorization|cookie)\b['\"]?\s*[:=]\s*['\"]?(?:bearer\s+)?|\bbearer\s+)"
    r"[^\s@'\",;]+|\btb_[\w-]{8,}",
    re.IGNORECASE,
)


class LogFormat(StrEnum):
    """How a line is written."""

    TEXT = "text"
    JSON = "json"


def redacted(text: str) -> str:
    """The text without what looks like a secret."""
    return _SECRETS.sub(lambda found: f"{found['login'] or found['before'] or ''}…", text)


def begin(form: LogFormat) -> None:
    """From now on all loggers of this process write to stderr, ours from INFO on and those of libraries from WARNING on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(form))
    root = logging.getLogger()
    for before in [one for one in root.handlers if isinstance(one.formatter, Lines)]:
        root.removeHandler(before)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("toteboard").setLevel(logging.INFO)
    # uvicorn sets itself up otherwise; what it says at INFO, `serve` has said.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)


class Lines(logging.Formatter):
    """A record as one line."""

    def __init__(self, form: LogFormat = LogFormat.TEXT):
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields = fields_of(record)
        text = redacted(message_of(record))
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info and record.exc_info[0] else ""
        if self._form is LogFormat.JSON:
            line = {"time": at, "level": record.levelname.lower(), "logger": record.name, "message": text, **fields}
            if trace:
                line["traceback"] = redacted(trace)
            return json.dumps(line, ensure_ascii=False, default=str)
        said = "".join(f" {name}={escaped(str(value))}" for name, value in fields.items())
        after = f" ⏎ {escaped_lines(redacted(trace))}" if trace else ""
        return f"{at} {record.levelname:<7} {record.name}: {escaped_lines(text)}{said}{after}"


def message_of(record: logging.LogRecord) -> str:
    """What the record says; what it was given, where that does not fit together."""
    try:
        return record.getMessage()
    except Exception:
        return str(record.msg)


def fields_of(record: logging.LogRecord) -> Mapping[str, Any]:
    """What the record is about: as it says itself, else as its request does."""
    request = about.get() or {}
    found = {name: getattr(record, name, None) or request.get(name) for name in FIELDS}
    return {name: value for name, value in found.items() if value is not None}


def escaped_lines(text: str) -> str:
    """The text on one line: its line breaks are to be seen, and nothing else in it is a command."""
    return " ⏎ ".join(escaped(line) for line in text.splitlines())
