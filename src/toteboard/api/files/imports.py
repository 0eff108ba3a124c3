"""Files into a tournament: read, mapped, looked at and written. Knows no SQL and no format.

A file is sent once to look at what it would do and once to do it; nothing of it is kept in between. The same file
again changes nothing, so that one whose answer was lost can be sent again.
"""

import asyncio
from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request

from toteboard.api.caller import Caller, CurrentUser, current_user
from toteboard.api.files.uploads import MEDIA
from toteboard.api.openapi import problems
from toteboard.api.paging import Paging
from toteboard.api.services import InServices
from toteboard.api.tournaments.tournaments import Which, known_id
from toteboard.api.wire import Page, ResponseModel, utc
from toteboard.imports import writing
from toteboard.imports.columns import Columns, guessed
from toteboard.imports.file import FileOptions, MarketKind, ReadFile, read_file
from toteboard.imports.identity import Answer, answers_of
from toteboard.imports.meanings import Meaning
from toteboard.imports.plan import MATCHES_MAX
from toteboard.imports.report import ImportReport, report_of
from toteboard.imports.undecided import Slots
from toteboard.imports.writing import ImportOrder
from toteboard.ledger.tournaments import tournaments
from toteboard.rules.bounds import TAKEOUT_BPS_MAX
from toteboard.rules.names import NameRefused, clean_name
from toteboard.rules.refusals import Refusal, Refused, invalid
from toteboard.spreadsheets.reading import FileRefused, FileTooLarge
from toteboard.spreadsheets.table import COLUMNS_MAX

READERS = frozenset({"organizer", "auditor"})


class PastImport(ResponseModel):
    """An import that changed something; `by` is null where the command line did it."""

    id: int
    file_name: str
    matches: int
    outcomes: int
    at: str
    by: str | None


@dataclass(frozen=True, kw_only=True)
class ImportQuery:
    """How a file is to be read, from the query."""

    file: Annotated[str, Query(min_length=1, max_length=200, description="what the file is called")]
    dry_run: Annotated[bool, Query(description="true: say what would be done, and do nothing")]
    sheet: Annotated[str | None, Query(max_length=200, description="of a workbook; else the first with rows")] = None
    column: Annotated[
        list[str] | None,
        Query(max_length=COLUMNS_MAX, description="position:meaning, as in 0:match; else guessed from the header"),
    ] = None
    draw: Annotated[str | None, Query(max_length=200, description="an outcome between two sides, as in Draw")] = None
    kind: Annotated[MarketKind, Query(description="for a file that has no columns")] = "pool"
    takeout_bps: Annotated[int, Query(ge=0, le=TAKEOUT_BPS_MAX, description="of new pools; 1000 is 10 %")] = 0
    open_markets: Annotated[bool, Query(description="open the markets that can take bets")] = False
    slots: Annotated[Slots, Query(description="whether 1A, 2B and W49 are sides to come: auto, as the file shows")] = (
        Slots.AUTO
    )
    answer: Annotated[
        list[str] | None,
        Query(
            max_length=MATCHES_MAX,
            description="of matches in doubt, number:choice:id, as in 3:same:42; the choice is same, other or skip, the id "
            "that of the match it may be",
        ),
    ] = None

    def options(self, name: str, zone: tzinfo) -> FileOptions:
        """How the file is to be read. Raises Refused (INVALID)."""
        return FileOptions(
            name=name,
            sheet=self.sheet,
            columns=self._columns,
            draw=self._draw(),
            kind=self.kind,
            zone=zone,
            slots=self.slots,
        )

    def answers(self) -> dict[int, Answer]:
        """What is said of matches in doubt, by their place from 0. Raises Refused (INVALID)."""
        try:
            return answers_of(self.answer or [])
        except ValueError as bad:
            raise invalid("answer", str(bad)) from None

    def _columns(self, header: tuple[str, ...]) -> Columns:
        if self.column is None:
            return guessed(header)
        meanings: list[Meaning | None] = [None] * len(header)
        for text in self.column:
            position, _, meaning = text.partition(":")
            is_one = position.isascii() and position.isdigit() and len(position) < 3 and int(position) < len(header)
            if not is_one or meaning not in list(Meaning):
                raise invalid("column", f"{text[:40]!r} is not the position of a column and its meaning")
            meanings[int(position)] = Meaning(meaning)
        return Columns(tuple(meanings))

    def _draw(self) -> str | None:
        try:
            return clean_name(self.draw) if self.draw else None
        except NameRefused as bad:
            raise invalid("draw", str(bad)) from None


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA},
    }
}

Sender = Annotated[Caller, Depends(current_user(media=MEDIA))]

router = APIRouter(prefix="/api/tournament/{which}/import", tags=["tournaments"])


@router.post(
    "", openapi_extra=_BODY, responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE, Refusal.TOO_BUSY)
)
async def take(
    services: InServices, which: Which, request: Request, query: Annotated[ImportQuery, Depends()], caller: Sender
) -> ImportReport:
    """Reads a CSV, an .xlsx workbook or a World Cup JSON, and writes all of it or nothing.

    A dry run tells what is wrong in which row; a file that is not to be read at all is refused either way.
    """
    tournament_id = await known_id(services, which)
    caller.need_organizer(tournament_id)
    async with services.ledger.read() as conn:
        (tournament,) = await tournaments.shown(conn, [tournament_id])
    options = query.options(tournament["name"], _zone(tournament["timezone"]))
    async with services.uploads.taken(request) as content:
        try:
            # Not on the loop: a bet meanwhile is slower (ADR 17), and does not wait for the end of a workbook.
            read = await asyncio.to_thread(read_file, content, options)
        except FileTooLarge as wrong:
            raise _refused(wrong, Refusal.TOO_LARGE) from None
        except FileRefused as wrong:
            raise _refused(wrong) from None
    done = None
    if read.plan is not None:
        done = await writing.import_file(services.ledger, caller.actor, read.plan, _order(tournament, query, read))
    elif not query.dry_run:
        assert read.wrong is not None, "a file is read, or something is wrong"
        raise _refused(read.wrong)
    return report_of(read, done, slug=tournament["slug"], dry_run=query.dry_run)


@router.get("", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def past(services: InServices, which: Which, caller: CurrentUser, page: Paging) -> Page[PastImport]:
    """What was imported before and changed something, newest first."""
    tournament_id = await known_id(services, which)
    caller.need_role(tournament_id, READERS)
    async with services.replica.read() as conn:
        rows = await writing.page(conn, tournament_id, before=page.after_id(), limit=page.rows)
    shown, following = page.split(rows, lambda row: str(row["id"]))
    return Page(items=[PastImport(**(dict(row) | {"at": utc(row["at"])})) for row in shown], next=following)


def _refused(wrong: FileRefused, refusal: Refusal = Refusal.INVALID) -> Refused:
    errors = [{"field": error.where or "file", "detail": error.what} for error in wrong.errors]
    return Refused(refusal, "Nothing was imported.", errors=errors)


def _order(tournament: Any, query: ImportQuery, read: ReadFile) -> ImportOrder:
    return ImportOrder(
        slug=tournament["slug"],
        tournament_id=tournament["id"],
        file_name="".join(char for char in query.file if char.isprintable()) or "a file",
        sha256=read.sha256,
        currency=tournament["currency"],
        timezone=tournament["timezone"],
        takeout_bps=query.takeout_bps,
        open_markets=query.open_markets,
        answers=query.answers(),
        dry_run=query.dry_run,
    )


def _zone(name: str) -> tzinfo:
    """The tournament's zone, for times that name none. PostgreSQL knows it; this machine may not: Refused (STATE)."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Refused(Refusal.STATE, f"This server has no time zone {name}; choose another in the settings.") from None
