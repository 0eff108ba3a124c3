"""Reads a CSV of matches, a row for each outcome: match, round, starts_at, outcome, odds. Knows no table.

Columns stand in any order and case, `match` and `outcome` have to be there. Rows of the same match and round belong
together. With odds a match gets a fixed market, without a pool. A match is recognised again by its round and name, an
outcome by its name.
"""

import csv
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, tzinfo
from io import StringIO

from toteboard.rules.odds import parse_odds
from toteboard.rules.plan import MATCHES_MAX, OUTCOMES_MAX, Plan, PlannedMarket, PlannedMatch
from toteboard.spreadsheets.reading import FileRefused, Refusals, RowRefused, clock, day, decoded, moment, named

COLUMNS = ("match", "round", "starts_at", "outcome", "odds")
REQUIRED = ("match", "outcome")
ROWS_MAX = 20_000
MARKET_KEY = "winner"
MARKET_NAME = "Winner"
NOON = time(12)

# What a spreadsheet would run as a formula; our exports put a quote in front, which is taken off here.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_STARTS_AT = re.compile(r"^(?P<date>\S+?)(?:(?:[ T]\s*)(?P<time>\d{1,2}:\d{2}.*))?$")


@dataclass(slots=True)
class _Draft:
    """A match while its rows are gathered."""

    name: str
    round: str
    where: str
    starts_at: datetime | None = None
    outcomes: dict[str, tuple[str, int | None]] = field(default_factory=dict)


@dataclass(slots=True)
class _Reader:
    zone: tzinfo
    drafts: dict[tuple[str, str], _Draft] = field(default_factory=dict)
    without_zone: set[str] = field(default_factory=set)
    without_time: set[str] = field(default_factory=set)

    def take(self, row: dict[str, str], where: str) -> None:
        """One row, one outcome. Raises RowRefused."""
        name, outcome = named(row["match"], "match"), named(row["outcome"], "outcome")
        round_name = named(row["round"], "round") if row.get("round") else ""
        key = (round_name.casefold(), name.casefold())
        draft = self.drafts.setdefault(key, _Draft(name, round_name, where))
        if len(self.drafts) > MATCHES_MAX:
            raise FileRefused(f"{where}: more than {MATCHES_MAX:,} matches")
        if len(draft.outcomes) >= OUTCOMES_MAX:
            raise RowRefused(f"{name!r} has more than {OUTCOMES_MAX} outcomes")
        if outcome.casefold() in draft.outcomes:
            raise RowRefused(f"{name!r} has the outcome {outcome!r} already")
        odds = _odds(row.get("odds", ""))
        starts_at = self._starts_at(row.get("starts_at", ""), name)
        if starts_at and draft.starts_at and starts_at != draft.starts_at:
            raise RowRefused(f"{name!r} has another starts_at in {draft.where}")
        draft.starts_at = draft.starts_at or starts_at
        draft.outcomes[outcome.casefold()] = (outcome, odds)

    def _starts_at(self, text: str, match: str) -> datetime | None:
        if not text:
            return None
        found = _STARTS_AT.match(text)
        if found is None:
            raise RowRefused(f"starts_at {text[:40]!r} is not a time like 2026-06-11 13:00")
        on = day(found["date"])
        if found["time"] is None:
            self.without_time.add(match)
            return moment(on, NOON, self.zone)
        at, zone = clock(found["time"])
        if zone is None:
            self.without_zone.add(match)
        return moment(on, at, zone or self.zone)

    def matches(self, refusals: Refusals) -> list[PlannedMatch]:
        planned = []
        for (round_key, name_key), draft in self.drafts.items():
            priced = [odds is not None for _, odds in draft.outcomes.values()]
            if any(priced) and not all(priced):
                refusals.add(draft.where, f"{draft.name!r} has odds for some outcomes and not for others")
            market = PlannedMarket(
                key=MARKET_KEY,
                name=MARKET_NAME,
                kind="fixed" if all(priced) else "pool",
                outcomes=tuple(draft.outcomes.values()),
            )
            planned.append(
                PlannedMatch(
                    key=f"csv:{round_key}|{name_key}",
                    name=draft.name,
                    round=draft.round,
                    starts_at=draft.starts_at,
                    markets=(market,),
                )
            )
        return planned

    def warnings(self) -> list[str]:
        untimed = sum(draft.starts_at is None for draft in self.drafts.values())
        counted = (
            (len(self.without_zone), f"without a zone: taken as {self.zone}"),
            (len(self.without_time), f"without a time: taken as 12:00 {self.zone}"),
            (untimed, "without starts_at: they have no start, and their markets close by hand"),
        )
        return [f"{many} {'match' if many == 1 else 'matches'} {what}" for many, what in counted if many]


def read_csv(content: bytes, *, name: str, zone: tzinfo = UTC) -> Plan:
    """The plan in a file's bytes; the tournament is called `name`. Raises FileRefused, each line with its row."""
    text, warning = decoded(content)
    if not text.strip():
        raise FileRefused("the file is empty")
    rows = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text.split("\n", 1)[0]), strict=True)
    refusals, reader = Refusals(), _Reader(zone)
    try:
        columns = _columns(next(rows))
        for cells in rows:
            where = f"row {rows.line_num}"
            if rows.line_num > ROWS_MAX + 1:
                raise FileRefused(f"{where}: more than {ROWS_MAX:,} rows")
            if not any(cell.strip() for cell in cells):
                continue
            try:
                if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
                    raise RowRefused(f"has {len(cells)} cells; the header has {len(columns)}")
                reader.take({column: _as_text(cell) for column, cell in zip(columns, cells, strict=False)}, where)
            except KeyError as missing:
                refusals.add(where, f"has no {missing.args[0]}")
            except RowRefused as refused:
                refusals.add(where, refused)
    except csv.Error as bad:
        raise FileRefused(f"row {rows.line_num}: {bad}") from None
    if not reader.drafts:
        refusals.raise_any()
        raise FileRefused("the file has a header and no rows")
    matches = reader.matches(refusals)
    refusals.raise_any()
    warnings = ([warning] if warning else []) + reader.warnings()
    return Plan(name=named(name, "the tournament's name"), matches=tuple(matches), warnings=tuple(warnings))


def _delimiter(header: str) -> str:
    """The one that makes most of our columns out of the header."""

    def known(delimiter: str) -> int:
        return sum(cell.strip().strip('"').casefold() in COLUMNS for cell in header.split(delimiter))

    return max(",;\t", key=known)


def _columns(cells: list[str]) -> list[str]:
    columns = [cell.strip().casefold().replace(" ", "_") for cell in cells]
    while columns and not columns[-1]:
        columns.pop()
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        raise FileRefused(f"row 1: the column {unknown[0][:40]!r} is not one of {', '.join(COLUMNS)}")
    if missing := [column for column in REQUIRED if column not in columns]:
        raise FileRefused(f"row 1: there is no column {missing[0]!r}")
    if len(set(columns)) != len(columns):
        raise FileRefused("row 1: a column stands twice")
    return columns


def _as_text(cell: str) -> str:
    """A cell as text, whatever a spreadsheet would make of it."""
    cell = cell.strip(" ")
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _odds(text: str) -> int | None:
    if not text:
        return None
    try:
        return parse_odds(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError as bad:
        raise RowRefused(f"odds {text[:20]!r}: {bad}") from None
