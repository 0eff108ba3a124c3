"""What is told of a file: its columns, what is wrong with it, what it does. Knows no route."""

from dataclasses import dataclass
from typing import Literal

from toteboard.api.wire import Said, utc
from toteboard.ledger.imports import Imported
from toteboard.rules.odds import format_odds
from toteboard.rules.plan import Plan, PlannedMatch
from toteboard.spreadsheets.columns import Columns, Meaning
from toteboard.spreadsheets.files import Format
from toteboard.spreadsheets.reading import FileRefused
from toteboard.spreadsheets.table import Table

# Of a file's matches and of a match's outcomes, so many are shown one by one.
MATCHES_SHOWN = 200
OUTCOMES_SHOWN = 6

MarketKind = Literal["pool", "fixed"]


class Column(Said):
    header: str
    samples: list[str]
    meaning: Meaning | None


class WrongPart(Said):
    """`where` is "row 3", "match 7" or "columns"; empty for the file as a whole."""

    where: str
    detail: str


class MatchSeen(Said):
    name: str
    round: str
    starts_at: str | None
    kind: MarketKind
    outcomes: list[str]
    outcomes_more: int
    status: Literal["new", "changed", "unchanged"]


class FileSeen(Said):
    """What was read, and what it does (or would do: `dry_run`). With `errors` nothing is counted or written."""

    dry_run: bool
    format: Format
    sheets: list[str]
    sheet: str | None
    rows: int
    columns: list[Column]
    errors: list[WrongPart]
    warnings: list[str]
    matches: int
    new: int
    changed: int
    unchanged: int
    markets_opened: int
    results_entered: int
    results_waiting: int
    items: list[MatchSeen]


@dataclass(frozen=True, slots=True)
class Read:
    """A file once it is read: a plan, or what is wrong."""

    format: Format
    table: Table | None
    columns: Columns | None
    plan: Plan | None
    wrong: FileRefused | None


def _match(match: PlannedMatch, done: Imported) -> MatchSeen:
    names = [
        name if milli is None else f"{name} {format_odds(milli)}"
        for market in match.markets
        for name, milli in market.outcomes
    ]
    return MatchSeen(
        name=match.name,
        round=match.round,
        starts_at=utc(match.starts_at),
        kind=match.markets[0].kind,
        outcomes=names[:OUTCOMES_SHOWN],
        outcomes_more=max(0, len(names) - OUTCOMES_SHOWN),
        status="new" if match.key in done.new_keys else "changed" if match.key in done.changed_keys else "unchanged",
    )


def seen_of(read: Read, done: Imported | None, *, dry_run: bool) -> FileSeen:
    """`done`: what it did; none where something is wrong."""
    table, columns = read.table, read.columns
    matches = read.plan.matches if read.plan else ()
    return FileSeen(
        dry_run=dry_run,
        format=read.format,
        sheets=list(table.sheets) if table else [],
        sheet=table.sheet if table else None,
        rows=len(table.rows) if table else len(matches),
        columns=[
            Column(header=header, samples=table.samples(place), meaning=columns.meanings[place])
            for place, header in enumerate(table.header)
        ]
        if table and columns
        else [],
        errors=[WrongPart(where=error.where, detail=error.what) for error in read.wrong.errors] if read.wrong else [],
        warnings=done.warnings if done else [],
        matches=len(matches),
        new=done.new if done else 0,
        changed=done.changed if done else 0,
        unchanged=done.unchanged if done else 0,
        markets_opened=done.markets_opened if done else 0,
        results_entered=done.results_entered if done else 0,
        results_waiting=sum(done.results_waiting.values()) if done else 0,
        # What there is to do first.
        items=sorted(
            (_match(match, done) for match in matches),
            key=lambda match: ("new", "changed", "unchanged").index(match.status),
        )[:MATCHES_SHOWN]
        if done
        else [],
    )
