"""What is told of a file: its columns, what is wrong with it, what it does. The desk and the command line say the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from toteboard.imports.columns import Meaning
from toteboard.imports.file import MarketKind, ReadFile
from toteboard.imports.plan import PlannedMatch
from toteboard.imports.writing import Imported
from toteboard.rules.odds import format_odds
from toteboard.spreadsheets.files import Format

# Of a file's matches and of a match's outcomes, so many are shown one by one.
MATCHES_SHOWN = 200
OUTCOMES_SHOWN = 6

MatchStatus = Literal["new", "changed", "unchanged"]
_ORDER: tuple[MatchStatus, ...] = ("new", "changed", "unchanged")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportColumn:
    """A column of the file, its first cells, and what it was taken to mean; None is not read."""

    header: str
    samples: list[str]
    meaning: Meaning | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportIssue:
    """`where` is "row 3", "match 7" or "columns"; empty for the file as a whole."""

    where: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedMatch:
    """`outcomes` are names, with odds where the file has some; `outcomes_more` says how many are not listed."""

    name: str
    round: str
    starts_at: datetime | None
    kind: MarketKind
    outcomes: list[str]
    outcomes_more: int
    status: MatchStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What was read, and what it does (or would do: `dry_run`). With `errors` nothing is counted or written."""

    dry_run: bool
    slug: str
    format: Format
    sheets: list[str]
    sheet: str | None
    rows: int
    columns: list[ImportColumn]
    errors: list[ImportIssue]
    warnings: list[str]
    matches: int
    outcomes: int
    new: int
    changed: int
    unchanged: int
    markets_opened: int
    # Markets that were to be opened and whose matches have begun.
    markets_begun: int
    results_entered: int
    results_waiting: int
    # The same by the state of the market that keeps each one waiting.
    waiting_by_state: dict[str, int]
    # Of what is new, when the first match begins.
    first_at: datetime | None
    items: list[ImportedMatch]


def report_of(read: ReadFile, done: Imported | None, *, slug: str, dry_run: bool) -> ImportReport:
    """`done`: what it did; None where something is wrong."""
    table, columns, plan = read.table, read.columns, read.plan
    matches = plan.matches if plan else ()
    return ImportReport(
        dry_run=dry_run,
        slug=slug,
        format=read.format,
        sheets=list(table.sheets) if table else [],
        sheet=table.sheet if table else None,
        rows=len(table.rows) if table else len(matches),
        columns=[
            ImportColumn(header=header, samples=table.samples(position), meaning=columns.meanings[position])
            for position, header in enumerate(table.header)
        ]
        if table and columns
        else [],
        errors=[ImportIssue(where=error.where, detail=error.what) for error in read.wrong.errors] if read.wrong else [],
        warnings=done.warnings if done else [],
        matches=len(matches),
        outcomes=plan.outcomes if plan else 0,
        new=done.new if done else 0,
        changed=done.changed if done else 0,
        unchanged=done.unchanged if done else 0,
        markets_opened=done.markets_opened if done else 0,
        markets_begun=done.begun if done else 0,
        results_entered=done.results_entered if done else 0,
        results_waiting=sum(done.results_waiting.values()) if done else 0,
        waiting_by_state=done.results_waiting if done else {},
        first_at=done.first_at if done and done.new else None,
        # What there is to do first.
        items=sorted((_match(match, done) for match in matches), key=lambda one: _ORDER.index(one.status))[
            :MATCHES_SHOWN
        ]
        if done
        else [],
    )


def _match(match: PlannedMatch, done: Imported) -> ImportedMatch:
    names = [
        name if milli is None else f"{name} {format_odds(milli)}"
        for market in match.markets
        for name, milli in market.outcomes
    ]
    return ImportedMatch(
        name=match.name,
        round=match.round,
        starts_at=match.starts_at,
        kind=match.markets[0].kind,
        outcomes=names[:OUTCOMES_SHOWN],
        outcomes_more=max(0, len(names) - OUTCOMES_SHOWN),
        status="new" if match.key in done.new_keys else "changed" if match.key in done.changed_keys else "unchanged",
    )
