"""What is told of a file: its columns, what is wrong with it, what it does. The desk and the command line say the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from toteboard.imports.existing import ExistingMatch
from toteboard.imports.file import MarketKind, ReadFile
from toteboard.imports.merging.difference import FieldChange
from toteboard.imports.merging.recognised import Doubt, MatchedBy, Recognised
from toteboard.imports.merging.writing import Imported
from toteboard.imports.people.report import PeopleReport, people_report
from toteboard.imports.people.writing import TakenOver
from toteboard.imports.plan import PlannedMatch
from toteboard.imports.sheet.columns import Columns
from toteboard.imports.sheet.meanings import Meaning
from toteboard.imports.sheet.planning import DATES, one_match_name
from toteboard.rules.match import NotPlayed
from toteboard.rules.odds import format_odds
from toteboard.rules.undecided import is_code, is_undecided
from toteboard.spreadsheets.files import Format
from toteboard.spreadsheets.reading import CELL_MAX, Wrong
from toteboard.spreadsheets.table import Table

# Of a file's matches and of a match's outcomes, so many are shown one by one.
MATCHES_SHOWN = 200
OUTCOMES_SHOWN = 6
ROWS_SHOWN = 200

MatchStatus = Literal["doubtful", "missing", "new", "changed", "skipped", "unchanged"]
# What there is to do first.
_ORDER: tuple[MatchStatus, ...] = get_args(MatchStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportColumn:
    """A column of the file in which something stands, its first cells, and what it was taken to mean; None is not read.

    `position` counts from 0.
    """

    position: int
    header: str
    samples: list[str]
    meaning: Meaning | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportIssue:
    """`where` is "B3", "row 3", "match 7", "dates" or "columns"; empty for the file as a whole.

    Of a sheet, `row` is its number; `stands` is what stands in the cell.
    """

    where: str
    detail: str
    row: int | None
    stands: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchChange:
    """What of a match is otherwise: "starts_at" and "closes_at" as times, "odds" in thousandths, the rest as text."""

    what: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleMatch:
    """A match that is there and that one of the file may be; `why` it is not sure. `bets` are on it."""

    id: int
    name: str
    round: str
    starts_at: datetime | None
    bets: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedMatch:
    """`no` is its place in the file, from 1; none where it is only in an earlier one ("missing").

    `rows` are those of a sheet that it was read from. `outcomes` are names, with odds where the file has some;
    `outcomes_more` says how many are not listed. `matched_by`:
    what an existing match was recognised by. `may_be`: asked where it is doubtful; nothing is written before it is answered.
    """

    no: int | None
    rows: list[int]
    name: str
    round: str
    starts_at: datetime | None
    kind: MarketKind
    outcomes: list[str]
    outcomes_more: int
    status: MatchStatus
    matched_by: MatchedBy | None
    # What it is called in the tournament, where that is otherwise and stays.
    known_as: str | None
    not_played: NotPlayed | None
    changes: list[MatchChange]
    may_be: PossibleMatch | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What was read, and what it does (or would do: `dry_run`). With `errors` nothing is counted or written.

    `people` is told of a file of people and their bets; then everything of matches is empty.
    """

    dry_run: bool
    slug: str
    format: Format
    sheets: list[str]
    sheet: str | None
    # The number of the header's row; none of a file that has no columns.
    header_row: int | None
    # What the one match of a sheet without a column for it is called; None elsewhere.
    one_match: str | None
    # Whether it has short codes (1A, W49), or sides to come: then somebody may say which they are.
    has_codes: bool
    # Whether a person has to say which number of a date is the day.
    dates_asked: bool
    rows: int
    columns: list[ImportColumn]
    errors: list[ImportIssue]
    warnings: list[str]
    matches: int
    outcomes: int
    new: int
    changed: int
    unchanged: int
    # May be one that is there: asked.
    doubtful: int
    skipped: int
    # In an earlier file, and not in this one.
    missing: int
    not_played: int
    markets_opened: int
    # Of matches that are not played, or have begun by the file.
    markets_suspended: int
    # Markets that were to be opened and whose matches have begun.
    markets_begun: int
    results_entered: int
    results_waiting: int
    # The same by the state of the market that keeps each one waiting.
    waiting_by_state: dict[str, int]
    # Of what is new, when the first match begins.
    first_at: datetime | None
    items: list[ImportedMatch]
    people: PeopleReport | None


def report_of(
    read: ReadFile, done: Imported | None, *, slug: str, dry_run: bool, taken_over: TakenOver | None = None
) -> ImportReport:
    """`done` or `taken_over`: what it did; neither where something is wrong."""
    table, columns, plan = read.table, read.columns, read.plan
    matches = plan.matches if plan else ()
    found = done.found if done else None
    return ImportReport(
        dry_run=dry_run,
        slug=slug,
        format=read.format,
        sheets=list(table.sheets) if table else [],
        sheet=table.sheet if table else None,
        header_row=table.header_no if table else None,
        one_match=(matches[0].name if matches else one_match_name(table, "")) if _is_one(columns) and table else None,
        has_codes=any(is_code(name) or is_undecided(name) for match in matches for name in match.sides or ()),
        dates_asked=any(error.where == DATES for error in read.wrong.errors) if read.wrong else False,
        rows=len(table.rows) if table else len(matches),
        columns=_columns(table, columns) if table and columns else [],
        errors=[_issue(table, error) for error in read.wrong.errors] if read.wrong else [],
        warnings=done.warnings if done else list(taken_over.warnings) if taken_over else [],
        matches=len(matches),
        outcomes=plan.outcomes if plan else 0,
        new=found.new if found else 0,
        changed=found.changed if found else 0,
        unchanged=found.unchanged if found else 0,
        doubtful=len(done.identity.doubts) if done else 0,
        skipped=len(done.identity.skipped) if done else 0,
        missing=len(done.identity.missing) if done else 0,
        not_played=sum(match.not_played is not None for match in matches),
        markets_opened=found.opened if found else 0,
        markets_suspended=len(found.suspended_markets) if found else 0,
        markets_begun=found.begun if found else 0,
        results_entered=found.results_entered if found else 0,
        results_waiting=sum(found.results_waiting.values()) if found else 0,
        waiting_by_state=dict(found.results_waiting) if found else {},
        first_at=done.plan.first_at if done and done.found.new else None,
        items=_items(done)[:MATCHES_SHOWN] if done else [],
        people=people_report(taken_over) if taken_over else None,
    )


def _is_one(columns: Columns | None) -> bool:
    return columns is not None and columns.is_one_market and bool(columns.positions(Meaning.OUTCOME))


def _columns(table: Table, columns: Columns) -> list[ImportColumn]:
    return [
        ImportColumn(
            position=at,
            header=table.name(at),
            samples=table.samples(at),
            meaning=columns.meanings[at] if at < len(columns.meanings) else None,
        )
        for at in table.used()
    ]


def _issue(table: Table | None, error: Wrong) -> ImportIssue:
    cells = next((cells for no, cells in table.rows if no == error.row), []) if table and error.row else []
    stands = cells[error.column] if error.column is not None and error.column < len(cells) else ""
    return ImportIssue(where=error.where, detail=error.what, row=error.row, stands=stands[:CELL_MAX])


def _items(done: Imported) -> list[ImportedMatch]:
    items = [_match(no, match, done) for no, match in enumerate(done.plan.matches)]
    items += [_missing(match) for match in done.identity.missing]
    return sorted(items, key=lambda one: _ORDER.index(one.status))


def _match(no: int, match: PlannedMatch, done: Imported) -> ImportedMatch:
    names = [
        name if milli is None else f"{name} {format_odds(milli)}"
        for market in match.markets
        for name, milli in market.outcomes
    ]
    recognised, doubt = done.identity.recognised.get(no), done.identity.doubts.get(no)
    changes = done.found.changes.get(no, [])
    status: MatchStatus = "changed" if changes else "unchanged"
    if no in done.identity.skipped:
        status = "skipped"
    elif doubt is not None:
        status = "doubtful"
    elif recognised is None:
        status = "new"
    return ImportedMatch(
        no=no + 1,
        rows=list(match.rows[:ROWS_SHOWN]),
        name=match.name,
        round=match.round,
        starts_at=match.starts_at,
        kind=match.markets[0].kind,
        outcomes=names[:OUTCOMES_SHOWN],
        outcomes_more=max(0, len(names) - OUTCOMES_SHOWN),
        status=status,
        matched_by=recognised.by if recognised else None,
        known_as=_known_as(match, recognised, changes),
        not_played=match.not_played,
        changes=[MatchChange(what=one.what, before=one.before, after=one.after) for one in changes],
        may_be=_possible(doubt) if doubt else None,
    )


def _known_as(match: PlannedMatch, recognised: Recognised | None, changes: list[FieldChange]) -> str | None:
    if recognised is None or recognised.match.name == match.name or any(one.what == "name" for one in changes):
        return None
    return recognised.match.name


def _possible(doubt: Doubt) -> PossibleMatch:
    match = doubt.match
    return PossibleMatch(
        id=match.id, name=match.name, round=match.round, starts_at=match.starts_at, bets=match.bets, why=doubt.why
    )


def _missing(match: ExistingMatch) -> ImportedMatch:
    names = [outcome.name for market in match.markets for outcome in market.outcomes]
    return ImportedMatch(
        no=None,
        rows=[],
        name=match.name,
        round=match.round,
        starts_at=match.starts_at,
        kind="fixed" if any(market.kind == "fixed" for market in match.markets) else "pool",
        outcomes=names[:OUTCOMES_SHOWN],
        outcomes_more=max(0, len(names) - OUTCOMES_SHOWN),
        status="missing",
        matched_by=None,
        known_as=None,
        not_played=match.not_played,
        changes=[],
        may_be=None,
    )
