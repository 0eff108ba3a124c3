"""The report of an import as the API says it. What stands in it is imports/report.py's."""

from dataclasses import asdict
from typing import Literal

from toteboard.api.wire import ResponseModel, utc
from toteboard.imports import report
from toteboard.imports.columns import Meaning
from toteboard.imports.file import MarketKind
from toteboard.spreadsheets.files import Format


class ImportColumn(ResponseModel):
    header: str
    samples: list[str]
    meaning: Meaning | None


class ImportIssue(ResponseModel):
    """`where` is "row 3", "match 7" or "columns"; empty for the file as a whole."""

    where: str
    detail: str


class ImportedMatch(ResponseModel):
    name: str
    round: str
    starts_at: str | None
    kind: MarketKind
    outcomes: list[str]
    outcomes_more: int
    status: Literal["new", "changed", "unchanged"]


class ImportReport(ResponseModel):
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
    markets_begun: int
    results_entered: int
    results_waiting: int
    waiting_by_state: dict[str, int]
    first_at: str | None
    items: list[ImportedMatch]


def report_shape(made: report.ImportReport) -> ImportReport:
    """The report with its times as the API says them."""
    items = [ImportedMatch(**(asdict(match) | {"starts_at": utc(match.starts_at)})) for match in made.items]
    return ImportReport(**(asdict(made) | {"first_at": utc(made.first_at), "items": items}))
