"""Files into a tournament: read, mapped, looked at and written. Knows no SQL and no format.

A file is sent once to look at what it would do and once to do it; nothing of it is kept in between. The same file
again changes nothing, so that one whose answer was lost can be sent again.
"""

import asyncio
from dataclasses import replace
from datetime import tzinfo
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request, Response

from toteboard.api.caller import READERS, Caller, CurrentUser, current_user
from toteboard.api.files.import_query import ImportQuery
from toteboard.api.files.uploads import MEDIA
from toteboard.api.openapi import problems
from toteboard.api.paging import Paging
from toteboard.api.services import InServices, Services
from toteboard.api.tournaments.tournaments import Which, known_id
from toteboard.api.wire import Page, ResponseModel, utc
from toteboard.imports.file import ReadFile, read_file
from toteboard.imports.merging import writing
from toteboard.imports.merging.writing import ImportOrder
from toteboard.imports.people.writing import import_people
from toteboard.imports.report import ImportReport, report_of
from toteboard.ledger.tournaments import tournaments
from toteboard.rules.money import CURRENCIES
from toteboard.rules.refusals import Refusal, Refused, invalid
from toteboard.spreadsheets.marked import marked_workbook
from toteboard.spreadsheets.reading import FileRefused, FileTooLarge

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PastImport(ResponseModel):
    """An import that changed something; `by` is null where the command line did it."""

    id: int
    file_name: str
    matches: int
    outcomes: int
    people: int
    bets: int
    at: str
    by: str | None


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA},
    }
}

Sender = Annotated[Caller, Depends(current_user(media=MEDIA))]

_MARKED: dict[int | str, dict[str, Any]] = {200: {"content": {WORKBOOK: {}}, "description": "A workbook"}}

router = APIRouter(prefix="/api/tournament/{which}/import", tags=["tournaments"])


@router.post(
    "",
    openapi_extra=_BODY,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE, Refusal.TOO_BUSY, Refusal.HEADERS),
)
async def take(
    services: InServices, which: Which, request: Request, query: Annotated[ImportQuery, Depends()], caller: Sender
) -> ImportReport:
    """Reads a CSV, an .xlsx workbook or a World Cup JSON, and writes all of it or nothing.

    A sheet of people (names with e-mail addresses or balances) or of bets taken elsewhere is told by its header.
    A dry run tells what is wrong in which row; a file that is not to be read at all is refused either way.
    """
    tournament = await _tournament(services, which, caller)
    async with services.uploads.taken(request) as content:
        read = await _read(content, tournament, query)
    done = taken_over = None
    if read.people is not None:
        try:
            taken_over = await import_people(
                services.ledger, caller.actor, read.people, _order(tournament, query, read, caller)
            )
        except FileRefused as wrong:
            read = replace(read, wrong=wrong)
    if read.plan is not None:
        done = await writing.import_file(
            services.ledger, caller.actor, read.plan, _order(tournament, query, read, caller)
        )
    elif taken_over is None and not query.dry_run:
        assert read.wrong is not None, "a file is read, or something is wrong"
        raise _refused(read.wrong)
    return report_of(read, done, slug=tournament["slug"], dry_run=query.dry_run, taken_over=taken_over)


@router.post(
    "/marked",
    openapi_extra=_BODY,
    response_class=Response,
    responses=_MARKED
    | problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE, Refusal.TOO_BUSY, Refusal.HEADERS),
)
async def marked(
    services: InServices, which: Which, request: Request, query: Annotated[ImportQuery, Depends()], caller: Sender
) -> Response:
    """The sheet of the file as a workbook, each cell that is wrong marked and said. Writes nothing, whatever `dry_run` is."""
    tournament = await _tournament(services, which, caller)
    async with services.uploads.taken(request) as content:
        read = await _read(content, tournament, query)
        if read.table is None:
            raise invalid("file", "only a sheet can be marked")
        made = await asyncio.to_thread(marked_workbook, read.table.grid, read.wrong.errors if read.wrong else ())
    return Response(made, media_type=WORKBOOK, headers={"Content-Disposition": "attachment; filename=marked.xlsx"})


@router.get("", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def past(services: InServices, which: Which, caller: CurrentUser, page: Paging) -> Page[PastImport]:
    """What was imported before and changed something, newest first."""
    tournament_id = await known_id(services, which)
    caller.need_role(tournament_id, READERS)
    async with services.ledger.read() as conn:
        rows = await writing.page(conn, tournament_id, before=page.after_id(), limit=page.rows)
    shown, following = page.split(rows, lambda row: str(row["id"]))
    return Page(items=[PastImport(**(dict(row) | {"at": utc(row["at"])})) for row in shown], next=following)


async def _tournament(services: Services, which: str, caller: Caller) -> Any:
    """The tournament that a file goes into. Raises Refused: NOT_FOUND, FORBIDDEN."""
    tournament_id = await known_id(services, which)
    caller.need_organizer(tournament_id)
    async with services.ledger.read() as conn:
        (tournament,) = await tournaments.shown(conn, [tournament_id])
    return tournament


async def _read(content: bytes, tournament: Any, query: ImportQuery) -> ReadFile:
    """The file read as the query says. Raises Refused (INVALID, TOO_LARGE)."""
    exponent = CURRENCIES[tournament["currency"]].exponent
    options = replace(query.options(tournament["name"], _zone(tournament["timezone"])), exponent=exponent)
    try:
        # Not on the loop: a bet meanwhile is slower (ADR 17), and does not wait for the end of a workbook.
        return await asyncio.to_thread(read_file, content, options)
    except FileTooLarge as wrong:
        raise _refused(wrong, Refusal.TOO_LARGE) from None
    except FileRefused as wrong:
        raise _refused(wrong) from None


def _refused(wrong: FileRefused, refusal: Refusal = Refusal.INVALID) -> Refused:
    errors = [{"field": error.where or "file", "detail": error.what} for error in wrong.errors]
    return Refused(refusal, "Nothing was imported.", errors=errors)


def _order(tournament: Any, query: ImportQuery, read: ReadFile, caller: Caller) -> ImportOrder:
    return ImportOrder(
        slug=tournament["slug"],
        tournament_id=tournament["id"],
        file_name="".join(char for char in query.file if char.isprintable()) or "a file",
        sha256=read.sha256,
        name=tournament["name"],
        currency=tournament["currency"],
        timezone=tournament["timezone"],
        takeout_bps=query.takeout_bps,
        open_markets=query.open_markets,
        answers=query.answers(),
        dry_run=query.dry_run,
        # An address is what a new password is asked for with: it would outlive the token that gave it.
        may_give_addresses=caller.identity.kind == "session",
    )


def _zone(name: str) -> tzinfo:
    """The tournament's zone, for times that name none. PostgreSQL knows it; this machine may not: Refused (STATE)."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Refused(Refusal.STATE, f"This server has no time zone {name}; choose another in the settings.") from None
