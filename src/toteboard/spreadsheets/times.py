"""Reads days and times as people write them in spreadsheets. Knows no column and no format of files.

Whether 03/04 is April or March a single cell does not say: a column does (`order_of`), or a person.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Never

from toteboard.spreadsheets.reading import YEARS, RowRefused

NOON = time(12)
# A year of two digits is of this century.
CENTURY = 2000
# What a day is where a spreadsheet shows its number: the days since 30 December 1899; these are the years 1954 to 2145.
_DAY_ZERO = date(1899, 12, 30)
_SERIAL = re.compile(r"^([2-8]\d{4})(?:[.,](\d{1,15}))?$", re.ASCII)
_FRACTION = re.compile(r"^0[.,](\d{1,15})$", re.ASCII)

_YEAR_FIRST = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$", re.ASCII)
_YEAR_LAST = re.compile(r"^(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})\.?$", re.ASCII)
_DAY_MONTH_NAME = re.compile(
    r"^(\d{1,2})(?:\.|st|nd|rd|th|º|er)?\s*(?:de |of )?([^\W\d_]{3,})\.?,?\s*(?:de )?(\d{4}|\d{2})$"
)
_MONTH_NAME_DAY = re.compile(r"^([^\W\d_]{3,})\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}|\d{2})$")
# "Sat", "Sa.", "Samstag," before a day.
_WEEKDAY = re.compile(r"^[^\W\d_]{2,12}\.?,?\s+(?=\d)")

_MONTHS: tuple[str, ...] = (
    "jan ene gen sty",
    "feb fév fev lut",
    "mar mär mrz maa mrt",
    "apr abr avr kwi",
    "may mai mayo mag mei maj",
    "jun jui giu cze",
    "jul juil lug lip",
    "aug ago aoû aou sie",
    "sep set wrz",
    "oct okt out ott paź paz",
    "nov lis",
    "dec dez dic déc gru",
)
_BY_PREFIX = {prefix: month for month, prefixes in enumerate(_MONTHS, start=1) for prefix in prefixes.split()}
_BY_NAME = {"juin": 6, "juni": 6, "juillet": 7, "juli": 7, "june": 6, "july": 7, "junio": 6, "julio": 7}

_TIME = re.compile(
    r"^(?:(?:ab|from|at|um|à|a las|alle|om|od|o|ca\.?|circa)\s+)?(?P<h>\d{1,2})"
    r"(?:(?:[:.hH](?P<m>\d{2}))(?::(?P<s>\d{2})(?:[.,]\d{1,9})?)?)?"
    r"\s*(?P<half>[aApP]\.?\s?[mM]\.?)?\s*(?P<clock>uhr|h|o'clock)?\s*(?P<zone>\S.*)?$",
    re.ASCII | re.IGNORECASE,
)
_OFFSET = re.compile(
    r"^(?:UTC|GMT)?\s*(?:(?P<sign>[+\-−])(?P<h>\d{1,2})(?::?(?P<m>\d{2}))?)?$", re.ASCII | re.IGNORECASE
)
# Minutes from UTC of zones that people write behind a time.
_ZONES: dict[str, int] = {
    "Z": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120, "EET": 120, "EEST": 180,
    "MSK": 180, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
    "AKST": -540, "AKDT": -480, "HST": -600, "BRT": -180, "ART": -180, "JST": 540, "KST": 540, "SGT": 480, "HKT": 480,
    "AWST": 480, "ACST": 570, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "SAST": 120,
}  # fmt: skip
_OFFSET_MAX = timedelta(hours=14)
_BOTH = re.compile(
    r"^(?P<date>.+?)(?:,?\s+|T)"
    r"(?P<time>(?:(?:ab|from|at|um|à|om)\s+)?\d{1,2}(?:[:.hH]\d{2}|\s*[aApP]\.?[mM]|\s*uhr|h).*)$",
    re.IGNORECASE,
)


class DateOrder(StrEnum):
    """Which of two numbers of a date is the day."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


def order_of(texts: Iterable[str]) -> DateOrder | None:
    """What a column of dates shows; None where every date could be read either way, or there is none to ask about.

    Raises RowRefused where it shows both.
    """
    shown: dict[DateOrder, str] = {}
    for text in texts:
        found = _YEAR_LAST.match(split(text)[0])
        if found is None or found[2] == ".":
            continue
        if int(found[1]) > 12:
            shown.setdefault(DateOrder.DAY_FIRST, text)
        elif int(found[3]) > 12:
            shown.setdefault(DateOrder.MONTH_FIRST, text)
    if len(shown) == 2:
        first, second = shown.values()
        raise RowRefused(f"the dates are written two ways, as in {first!r} and {second!r}; write them as 2026-06-11")
    return next(iter(shown), None)


def is_ambiguous(text: str) -> bool:
    """Whether a date reads as two days: 03/04/2027, not 04/04/2027 and not 16/08/2027."""
    found = _YEAR_LAST.match(split(text)[0])
    return (
        found is not None and found[2] != "." and found[1] != found[3] and int(found[1]) <= 12 and int(found[3]) <= 12
    )


def split(text: str) -> tuple[str, str | None]:
    """The day and the time in one cell; the time is None where there is none."""
    text = text.strip()
    if (named := _WEEKDAY.sub("", text)) != text and _is_day(split(named)[0]):
        text = named
    if found := _SERIAL.match(text):
        return found[1], f"0.{found[2]}" if found[2] and int(found[2]) else None
    found = _BOTH.match(text)
    return (found["date"].strip(), found["time"]) if found else (text, None)


def _is_day(text: str) -> bool:
    return any(shape.match(text) for shape in (_YEAR_FIRST, _YEAR_LAST, _DAY_MONTH_NAME))


def day(text: str, order: DateOrder | None = None) -> date:
    """ "2026-06-11", "11.06.2026", "16/08/27" by its `order`, "16 Aug 2027". Raises RowRefused."""
    year, month, of_month = _parts(text.strip(), order)
    if year not in YEARS:
        raise RowRefused(f"the year {year} is out of range")
    try:
        return date(year, month, of_month)
    except ValueError as bad:
        raise RowRefused(f"{text!r} is no date: {bad}") from None


def _parts(text: str, order: DateOrder | None) -> tuple[int, int, int]:
    """Year, month and day, as they are written. Raises RowRefused."""
    if found := _YEAR_FIRST.match(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _YEAR_LAST.match(text):
        return _year_last(text, int(found[1]), found[2], int(found[3]), _year(found[4]), order)
    if (found := _DAY_MONTH_NAME.match(text)) and (month := _month(found[2])):
        return _year(found[3]), month, int(found[1])
    if (found := _MONTH_NAME_DAY.match(text)) and (month := _month(found[1])):
        return _year(found[3]), month, int(found[2])
    if found := _SERIAL.match(text):
        on = _DAY_ZERO + timedelta(days=int(found[1]))
        return on.year, on.month, on.day
    raise RowRefused(f"{text[:40]!r} is no date; use 2026-06-11 or 11.06.2026")


def _year_last(text: str, one: int, mark: str, two: int, year: int, order: DateOrder | None) -> tuple[int, int, int]:
    if mark == "." or one > 12:
        return year, two, one
    if two > 12 or one == two:
        return year, one, two
    if order is None:
        raise RowRefused(f"{text!r} may be day and month or month and day; say which, or use 2026-06-11")
    return (year, two, one) if order is DateOrder.DAY_FIRST else (year, one, two)


def _year(text: str) -> int:
    return int(text) + (CENTURY if len(text) == 2 else 0)


def _month(name: str) -> int | None:
    folded = name.casefold()
    return _BY_NAME.get(folded) or _BY_PREFIX.get(folded[:4]) or _BY_PREFIX.get(folded[:3])


def clock(text: str) -> tuple[time, tzinfo | None]:
    """ "13:00 UTC-6", "20:45 CEST", "7:30 PM", "ab 19 Uhr", "13:00", which has no zone. Raises RowRefused."""
    if found := _FRACTION.match(text.strip()):
        # A time that a spreadsheet shows as its number: a part of the day.
        seconds = round(int(found[1]) * 86_400 / 10 ** len(found[1]))
        return (datetime.min + timedelta(seconds=min(seconds, 86_399))).time(), None
    found = _TIME.match(text.strip())
    if found is None or not (found["m"] or found["half"] or found["clock"]):
        _not_a_time(text)
    hour = int(found["h"])
    if found["half"]:
        if not 1 <= hour <= 12:
            _not_a_time(text)
        hour = hour % 12 + (12 if found["half"][0] in "pP" else 0)
    try:
        at = time(hour, int(found["m"] or 0), int(found["s"] or 0))
    except ValueError:
        _not_a_time(text)
    return at, _zone(found["zone"].strip(), text) if found["zone"] else None


def _zone(name: str, text: str) -> tzinfo:
    if name.upper() in _ZONES:
        return timezone(timedelta(minutes=_ZONES[name.upper()])) if _ZONES[name.upper()] else UTC
    offset = _OFFSET.match(name)
    if offset is None:
        _not_a_time(text)
    if offset["sign"] is None:
        return UTC
    away = timedelta(hours=int(offset["h"]), minutes=int(offset["m"] or 0))
    if away > _OFFSET_MAX:
        _not_a_time(text)
    return timezone(away if offset["sign"] == "+" else -away)


def _not_a_time(text: str) -> Never:
    raise RowRefused(f"{text[:40]!r} is no time; use 13:00, or 13:00 UTC-6")


def moment(on: date, at: time, zone: tzinfo) -> datetime:
    """In UTC. A clock time that daylight saving skips or repeats is taken as before the change."""
    return datetime.combine(on, at, tzinfo=zone).astimezone(UTC)
