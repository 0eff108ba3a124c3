"""A tournament's sheets to take away, as CSV or XLSX: what there is, a download, and how far it has come. Knows no SQL."""

from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from toteboard.api.caller import READERS, CurrentUser
from toteboard.api.files.downloads import Download
from toteboard.api.files.export_queue import State
from toteboard.api.openapi import problems
from toteboard.api.services import InServices
from toteboard.api.tournaments.tournaments import Which, known_id
from toteboard.api.wire import ResponseModel, utc
from toteboard.ledger.files import exports
from toteboard.rules.refusals import Refusal, Refused
from toteboard.spreadsheets.export import SheetExport
from toteboard.spreadsheets.sheets import SHEETS
from toteboard.spreadsheets.writing import XLSX_ROWS_MAX

Name = Literal["bets", "matches", "results", "versions", "people", "transfers", "audit", "feedback"]
Format = Literal["csv", "xlsx"]


class ExportSheet(ResponseModel):
    """A sheet that can be taken away, as long as it is now. `xlsx` is false where it is longer than a workbook."""

    name: Name
    rows: int = Field(description="now; a download counts again")
    columns: list[str]
    xlsx: bool = Field(description="false: it has more rows than a workbook holds; take CSV")


class ExportSheets(ResponseModel):
    """All sheets, as of `at`. `markets_left_out` are those that the sheet of matches does not have."""

    items: list[ExportSheet]
    at: str = Field(description="when the rows were counted")
    markets_left_out: int = Field(description="markets that the sheet of matches, one a match, has not")


class ExportProgress(ResponseModel):
    """How far a download has come; `rows_of` and `bytes_of` are null while they are not known."""

    state: State = Field(description="left: the client went away before the end")
    rows: int
    rows_of: int | None
    bytes: int
    bytes_of: int | None = Field(description="null until the file is whole; a CSV is sent while it is made")
    detail: str = Field(description="of a download that failed")
    retry: bool = Field(description="of a download that failed: asking again can help")


_ANSWERS: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The file",
        "content": {
            "text/csv": {},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {},
        },
    },
    503: {"description": "TOO_BUSY: too many sheets are being made; OUTAGE"},
}


router = APIRouter(tags=["exports"])


@router.get("/api/tournament/{which}/export", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def sheets(services: InServices, which: Which, caller: CurrentUser) -> ExportSheets:
    """What there is to take away, and how many rows of it now."""
    tournament_id = await known_id(services, which)
    caller.need_role(tournament_id, READERS)
    async with services.replica.snapshot() as conn:
        counted = await exports.counts(conn, tournament_id)
    return ExportSheets(
        items=[
            ExportSheet(
                name=name,  # type: ignore[arg-type]
                rows=counted[name],
                columns=[column.name for column in sheet.columns],
                xlsx=counted[name] <= XLSX_ROWS_MAX,
            )
            for name, sheet in SHEETS.items()
        ],
        at=utc(datetime.now(UTC)) or "",
        markets_left_out=counted["markets_left_out"],
    )


@router.get(
    "/api/tournament/{which}/export/{sheet}",
    response_class=Response,
    responses=_ANSWERS | problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.TOO_BUSY),
)
async def download(
    services: InServices,
    which: Which,
    sheet: Name,
    caller: CurrentUser,
    format: Format = "csv",
    number: UUID | None = None,
) -> Response:
    """One sheet as a file, of one moment. Its progress can be asked for by a `number` of the client's choice."""
    tournament_id = await known_id(services, which)
    caller.need_role(tournament_id, READERS)
    export = SheetExport(tournament_id, SHEETS[sheet], format)
    job = services.exports.begin(number, caller.user_id, export)
    return Download(services, export, job, caller.actor)


@router.get("/api/export/{number}", responses=problems(Refusal.NOT_FOUND))
async def progress(services: InServices, number: UUID, caller: CurrentUser) -> ExportProgress:
    """How far a download of one's own has come. 404: not begun, long over, or made by another process."""
    job = services.exports.find(number, caller.user_id)
    if job is None:
        raise Refused(Refusal.NOT_FOUND, "There is no such download.")
    return ExportProgress(**{name: getattr(job, name) for name in ExportProgress.model_fields})
