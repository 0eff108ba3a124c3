"""Files into a tournament: read, mapped, looked at and written. Knows no SQL and no format.

A file is sent once to look at what it would do and once to do it; nothing of it is kept in between. The same file
again changes nothing, so that one whose answer was lost can be sent again.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request

from toteboard.api.auth import actor, asker, need_role
from toteboard.api.changing import changing
from toteboard.api.house import House
from toteboard.api.imported import FileSeen, MarketKind, Read, seen_of
from toteboard.api.paging import PageAsked, paging
from toteboard.api.problems import Problem, invalid
from toteboard.api.sessions import Identity
from toteboard.api.tournaments import Which, known_id
from toteboard.api.uploads import MEDIA, Uploads
from toteboard.api.wire import Page, Said, utc
from toteboard.ledger import imports, tournaments
from toteboard.ledger.imports import Imported, ImportOrder, ImportRefused
from toteboard.ledger.ledger import Actor
from toteboard.rules.names import NameRefused, clean_name
from toteboard.rules.plan import Plan
from toteboard.rules.refusals import Refusal
from toteboard.spreadsheets.columns import Columns, Meaning, guessed
from toteboard.spreadsheets.files import Format, format_of, table_of
from toteboard.spreadsheets.planned import plan_of
from toteboard.spreadsheets.reading import FileRefused, FileTooLarge
from toteboard.spreadsheets.table import COLUMNS_MAX
from toteboard.spreadsheets.worldcup import read_worldcup

ORGANIZER = frozenset({"organizer"})
READERS = frozenset({"organizer", "auditor"})
TAKEOUT_BPS_MAX = 5000


class PastImport(Said):
    id: int
    file_name: str
    matches: int
    outcomes: int
    at: str
    by: str | None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How a file is to be read, from the query."""

    file: Annotated[str, Query(min_length=1, max_length=200, description="what the file is called")]
    dry_run: Annotated[bool, Query(description="say what would be done, and do nothing")] = True
    sheet: Annotated[str | None, Query(max_length=200, description="of a workbook; else the first with rows")] = None
    column: Annotated[
        list[str] | None,
        Query(max_length=COLUMNS_MAX, description="place:meaning, as in 0:match; else guessed from the header"),
    ] = None
    draw: Annotated[str | None, Query(max_length=200, description="an outcome between two sides, as in Draw")] = None
    kind: Annotated[MarketKind, Query(description="for a file that has no columns")] = "pool"
    takeout_bps: Annotated[int, Query(ge=0, le=TAKEOUT_BPS_MAX, description="of new pools; 1000 is 10 %")] = 0
    open_markets: Annotated[bool, Query(description="open the markets that can take bets")] = False

    def columns(self, header: tuple[str, ...]) -> Columns:
        """What was said of the columns. Raises Problem (422)."""
        if self.column is None:
            return guessed(header)
        meanings: list[Meaning | None] = [None] * len(header)
        for said in self.column:
            place, _, meaning = said.partition(":")
            is_place = place.isascii() and place.isdigit() and len(place) < 3 and int(place) < len(header)
            if not is_place or meaning not in list(Meaning):
                raise invalid("column", f"{said[:40]!r} is not the place of a column and its meaning")
            meanings[int(place)] = Meaning(meaning)
        return Columns(tuple(meanings))

    def draw_name(self) -> str | None:
        """Raises Problem (422)."""
        try:
            return clean_name(self.draw) if self.draw else None
        except NameRefused as bad:
            raise invalid("draw", str(bad)) from None


def _read(content: bytes, asked: Asked, name: str, zone: tzinfo) -> Read:
    """Takes its time; not for the event loop. Raises FileRefused where not even the columns can be read, Problem."""
    kind = format_of(content)
    table = columns = None
    if kind is not Format.WORLDCUP:
        table = table_of(content, asked.sheet)
        columns = asked.columns(table.header)
    try:
        if table is None or columns is None:
            plan = read_worldcup(content, zone=zone, kind=asked.kind)
        else:
            plan = plan_of(table, columns, name=name, zone=zone, draw=asked.draw_name())
    except FileRefused as wrong:
        return Read(kind, table, columns, None, wrong)
    return Read(kind, table, columns, plan, None)


def _refused(wrong: FileRefused, refusal: Refusal = Refusal.INVALID) -> Problem:
    errors = [{"field": error.where or "file", "detail": error.what} for error in wrong.errors]
    return Problem(refusal, "Nothing was imported.", errors=errors)


def routes(house: House) -> APIRouter:
    router = APIRouter(prefix="/api/tournament/{which}/import", tags=["tournaments"])
    uploads = Uploads(house.settings)
    Sender = Annotated[Identity, Depends(asker(house, media=MEDIA))]
    Asker = Annotated[Identity, Depends(asker(house))]
    By = Annotated[Actor, Depends(actor(house))]
    Asking = Annotated[PageAsked, Depends(paging(house.settings))]
    How = Annotated[Asked, Depends()]

    @router.post("", openapi_extra=_BODY)
    async def take(which: Which, request: Request, asked: How, who: Sender, by: By) -> FileSeen:
        """Reads a CSV, an .xlsx workbook or a World Cup JSON, and writes all of it or nothing; by default neither.

        A dry run tells what is wrong in which row; a file that is not to be read at all is refused either way.
        """
        tournament_id = await known_id(house, which)
        need_role(who, tournament_id, ORGANIZER)
        async with house.ledger.read() as conn:
            (tournament,) = await tournaments.shown(conn, [tournament_id])
        async with uploads.taken(request) as content:
            try:
                # Not on the loop: a bet meanwhile is slower (ADR 17), and does not wait for the end of a workbook.
                read = await asyncio.to_thread(_read, content, asked, tournament["name"], _zone(tournament["timezone"]))
            except FileTooLarge as wrong:
                raise _refused(wrong, Refusal.TOO_LARGE) from None
            except FileRefused as wrong:
                raise _refused(wrong) from None
            digest = hashlib.sha256(content).digest()
        if read.plan is None:
            assert read.wrong is not None, "a file is read, or something is wrong"
            if not asked.dry_run:
                raise _refused(read.wrong)
            return seen_of(read, None, dry_run=asked.dry_run)
        done = await _write(house, by, read.plan, _order(tournament, asked, digest))
        return seen_of(read, done, dry_run=asked.dry_run)

    @router.get("")
    async def past(which: Which, who: Asker, asked: Asking) -> Page[PastImport]:
        """What was imported before and changed something, newest first."""
        tournament_id = await known_id(house, which)
        need_role(who, tournament_id, READERS)
        async with house.ledger.read() as conn:
            rows = await imports.page(conn, tournament_id, before=asked.after_id(), limit=asked.rows)
        shown, following = asked.split(rows, lambda row: str(row["id"]))
        return Page(items=[PastImport(**(dict(row) | {"at": utc(row["at"])})) for row in shown], next=following)

    return router


def _order(tournament: Any, asked: Asked, digest: bytes) -> ImportOrder:
    return ImportOrder(
        slug=tournament["slug"],
        tournament_id=tournament["id"],
        file_name="".join(char for char in asked.file if char.isprintable()) or "a file",
        sha256=digest,
        currency=tournament["currency"],
        timezone=tournament["timezone"],
        takeout_bps=asked.takeout_bps,
        open_markets=asked.open_markets,
        dry_run=asked.dry_run,
    )


async def _write(house: House, by: Actor, plan: Plan, order: ImportOrder) -> Imported:
    try:
        async with changing(house, by) as change:
            return await imports.import_plan(change, plan, order)
    except ImportRefused as refused:
        text = str(refused)
        raise Problem(Refusal.STATE, f"{text[:1].upper()}{text[1:]}.") from None


def _zone(name: str) -> tzinfo:
    """The tournament's zone, for times that name none. PostgreSQL knows it; this machine may not: Problem (STATE)."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Problem(Refusal.STATE, f"This server has no time zone {name}; choose another in the settings.") from None


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA},
    }
}
