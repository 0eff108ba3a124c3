"""What every reader of a file shares: its bounds, its text, its times and how a row is refused. Knows no format."""

import codecs
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Never

from toteboard.rules.bounds import YEAR_MAX, YEAR_MIN
from toteboard.rules.names import clean_name

FILE_BYTES_MAX = 16 * 1024 * 1024
REFUSALS_MAX = 20
CELL_MAX = 200
YEARS = range(YEAR_MIN, YEAR_MAX + 1)

_TIME = re.compile(r"^(?P<h>\d{1,2}):(?P<m>\d{2})(?::(?P<s>\d{2}))?\s*(?P<zone>\S.*)?$", re.ASCII)
_ZONE = re.compile(r"^(?:UTC|GMT)?\s*(?:(?P<sign>[+\-−])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?)?$", re.ASCII | re.IGNORECASE)
_ISO_DATE = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$", re.ASCII)
_DAY_FIRST = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong; `where` is "row 3", "match 7", or empty for the file as a whole."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class FileRefused(ValueError):
    """The file cannot be taken, and nothing of it was. Each of `errors` is a line of its own."""

    def __init__(self, *errors: Wrong | str):
        self.errors = tuple(error if isinstance(error, Wrong) else Wrong("", error) for error in errors)
        super().__init__("\n".join(map(str, self.errors)))


class FileTooLarge(FileRefused):
    """The file, or what it unpacks to, is more than is read."""


class RowRefused(ValueError):
    """One row is wrong; the reader adds where it stands."""


@dataclass(slots=True)
class Refusals:
    """Gathers the rows that are wrong, up to REFUSALS_MAX, so that a person can mend them all at once."""

    errors: list[Wrong] = field(default_factory=list)

    def add(self, where: str, why: object) -> None:
        """Notes what is wrong where; past the bound they are only counted."""
        self.errors.append(Wrong(where, str(why)))
        if len(self.errors) >= REFUSALS_MAX:
            self.errors.append(Wrong("", "… and perhaps more; reading stopped here"))
            raise FileRefused(*self.errors)

    def raise_any(self) -> None:
        """Raises FileRefused with all that was noted; goes on where nothing was."""
        if self.errors:
            raise FileRefused(*self.errors)


def decoded(content: bytes) -> tuple[str, str | None]:
    """The file's text, and a warning where the encoding was guessed. Raises FileRefused."""
    if len(content) > FILE_BYTES_MAX:
        raise FileTooLarge(f"the file has {len(content):,} bytes; at most {FILE_BYTES_MAX:,} are taken")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16"), None
        except UnicodeDecodeError as bad:
            raise FileRefused(Wrong(_row_of(content, bad.start), "not UTF-16, as the file's first bytes say")) from None
    if b"\x00" in content[:4096]:
        raise FileRefused(Wrong("row 1", "the file has NUL bytes; it is neither UTF-8 nor marked as UTF-16"))
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as bad:
        raise FileRefused(
            Wrong(_row_of(content, bad.start), "neither UTF-8 nor Windows-1252; save the file as UTF-8")
        ) from None
    return text, "the file is not UTF-8; read as Windows-1252: check the accents"


def _row_of(content: bytes, at: int) -> str:
    newlines = content.count(b"\n", 0, at)
    return f"row {newlines + 1}"


def named(text: object, what: str) -> str:
    """A name as rules.names has it. Raises RowRefused saying `what` is wrong."""
    if not isinstance(text, str):
        raise RowRefused(f"{what} is not text")
    if len(text) > CELL_MAX:
        raise RowRefused(f"{what} has {len(text)} characters; at most {CELL_MAX} are taken")
    try:
        return clean_name(text)
    except ValueError as bad:
        raise RowRefused(f"{what}: {bad}") from None


def day(text: str) -> date:
    """ "2026-06-11" or "11.06.2026". Raises RowRefused."""
    if iso := _ISO_DATE.match(text):
        year, month, of_month = (int(part) for part in iso.groups())
    elif day_first := _DAY_FIRST.match(text):
        of_month, month, year = (int(part) for part in day_first.groups())
    else:
        raise RowRefused(f"{text[:40]!r} is no date; use 2026-06-11 or 11.06.2026")
    if year not in YEARS:
        raise RowRefused(f"the year {year} is out of range")
    try:
        return date(year, month, of_month)
    except ValueError as bad:
        raise RowRefused(f"{text!r} is no date: {bad}") from None


def clock(text: str) -> tuple[time, tzinfo | None]:
    """ "13:00 UTC-6", "13:00 UTC+5:30", "13:00Z" or "13:00", which has no zone. Raises RowRefused."""
    found = _TIME.match(text.strip())
    if found is None:
        _not_a_time(text)
    try:
        at = time(int(found["h"]), int(found["m"]), int(found["s"] or 0))
    except ValueError:
        _not_a_time(text)
    zone = found["zone"]
    if zone is None:
        return at, None
    if zone.upper() == "Z":
        return at, UTC
    offset = _ZONE.match(zone.strip())
    if offset is None:
        _not_a_time(text)
    if offset["sign"] is None:
        return at, UTC
    away = timedelta(hours=int(offset["h"]), minutes=int(offset["m"] or 0))
    if away > timedelta(hours=14):
        _not_a_time(text)
    return at, timezone(away if offset["sign"] == "+" else -away)


def _not_a_time(text: str) -> Never:
    raise RowRefused(f"{text[:40]!r} is no time; use 13:00, or 13:00 UTC-6")


def moment(on: date, at: time, zone: tzinfo) -> datetime:
    """In UTC. A clock time that daylight saving skips or repeats is taken as before the change."""
    return datetime.combine(on, at, tzinfo=zone).astimezone(UTC)
