"""Reports of a tournament: made in the background, looked at, taken away table by table. Knows no SQL and reckons nothing.

A report is made once for all who ask, is kept for a while by the process that made it, and says as of when it is.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from toteboard.api.caller import READERS, CurrentUser
from toteboard.api.files.downloads import attachment
from toteboard.api.openapi import problems
from toteboard.api.operating.report_queue import State
from toteboard.api.services import InServices, Services
from toteboard.api.tournaments.tournaments import Which, known_id
from toteboard.api.wire import ResponseModel, utc
from toteboard.reports.making import Report
from toteboard.reports.tables import TABLES
from toteboard.reports.writing import TooLong, written
from toteboard.rules.refusals import Refusal, Refused, invalid
from toteboard.spreadsheets.sheets import CURRENCY, Kind, Sheet
from toteboard.spreadsheets.writing import writer

# Rows of a table that a screen is given; a file has all of them.
SHOWN_MAX = 500
Name = Literal[
    "turnover", "rounds", "matches", "outcomes", "exposure", "house", "bettors", "refusals", "minutes", "cohorts"
]
Format = Literal["csv", "xlsx"]


class ReportTable(ResponseModel):
    """A table: at most 500 of its rows, each with the columns' names, amounts in minor units. The file has all."""

    name: Name
    columns: list[str]
    rows: int = Field(description="how many it has; a file has all of them")
    items: list[dict[str, Any]]


class ReportShape(ResponseModel):
    """A report as of a moment; `step_s` is from one point of turnover and exposure to the next."""

    as_of: str
    lag_ms: int
    source: Literal["replica", "primary"]
    currency: str
    exponent: int
    step_s: int
    bets: int
    stakes: int
    paid: int
    tables: list[ReportTable]


class ReportProgress(ResponseModel):
    """How the last one that was asked for stands, and the last one that was made, null before the first."""

    state: State
    done: int = Field(description="bets read")
    of: int
    error: str = Field(description="why it failed; empty otherwise")
    report: ReportShape | None


_FILE: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The file",
        "content": {
            "text/csv": {},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {},
        },
    }
}

router = APIRouter(tags=["reports"])


@router.get(
    "/api/tournament/{which}/report", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.TOO_BUSY)
)
async def report(services: InServices, which: Which, caller: CurrentUser) -> ReportProgress:
    """The last report; where there is none, or it is five minutes old, another is begun. Ask again while it is made."""
    tournament_id = await _readable(services, which, caller)
    services.reports.ask(tournament_id)
    return _progress(services, tournament_id)


@router.post(
    "/api/tournament/{which}/report",
    status_code=202,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.TOO_BUSY),
)
async def anew(services: InServices, which: Which, caller: CurrentUser) -> ReportProgress:
    """Makes another one now; the one before is shown until it is made."""
    tournament_id = await _readable(services, which, caller)
    services.reports.ask(tournament_id, anew=True)
    return _progress(services, tournament_id)


@router.get(
    "/api/tournament/{which}/report/{table}",
    response_class=Response,
    responses=_FILE | problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND),
)
async def file(
    services: InServices, which: Which, table: Name, caller: CurrentUser, format: Format = "csv"
) -> Response:
    """One table of the last report as a file, with all its rows. 404 before there is a report."""
    tournament_id = await _readable(services, which, caller)
    _, kept = services.reports.find(tournament_id)
    if kept is None:
        raise Refused(Refusal.NOT_FOUND, "No report was made yet, or not by this process. Look at it first.")
    try:
        content = await asyncio.to_thread(written, kept, table, format)
    except TooLong as too_long:
        raise invalid("format", str(too_long)) from too_long
    async with services.ledger.change(caller.actor) as change:
        await change.audit(
            "sheet.exported", f"tournament:{tournament_id}", tournament_id, sheet=f"report {table}", format=format
        )
    at = kept.as_of.at.astimezone(UTC)
    name = f"{kept.slug}-{table}-{at:%Y%m%dT%H%M%SZ}.{format}"
    headers = {"content-disposition": attachment(name), "x-as-of": utc(at) or "", "x-as-of-source": kept.as_of.source}
    return Response(
        content, media_type=writer(TABLES[table], format, currency=kept.currency).media_type, headers=headers
    )


async def _readable(services: Services, which: str, caller: CurrentUser) -> int:
    tournament_id = await known_id(services, which)
    caller.need_role(tournament_id, READERS)
    return tournament_id


def _progress(services: Services, tournament_id: int) -> ReportProgress:
    making, kept = services.reports.find(tournament_id)
    assert making is not None, "it was just asked for"
    return ReportProgress(
        state=making.state,
        done=making.done,
        of=making.of,
        error=making.error,
        report=shape(kept) if kept is not None else None,
    )


def shape(report: Report) -> ReportShape:
    """A report as the API says it."""
    return ReportShape(
        as_of=utc(report.as_of.at) or "",
        lag_ms=report.as_of.lag_ms,
        source=report.as_of.source.value,
        currency=report.currency,
        exponent=report.exponent,
        step_s=report.step_s,
        bets=report.bets,
        stakes=report.stakes,
        paid=report.paid,
        tables=[_table(sheet, report.tables[name]) for name, sheet in TABLES.items()],
    )


def _table(sheet: Sheet, rows: list[dict[str, Any]]) -> ReportTable:
    columns = [column for column in sheet.columns if column is not CURRENCY]
    return ReportTable(
        name=sheet.name,  # type: ignore[arg-type]
        columns=[column.name for column in columns],
        rows=len(rows),
        items=[{column.name: _value(column.kind, column.cell(row)) for column in columns} for row in rows[:SHOWN_MAX]],
    )


def _value(kind: Kind, value: Any) -> Any:
    return utc(value) if kind is Kind.TIME and isinstance(value, datetime) else value
