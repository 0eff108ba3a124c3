"""The audit log for those who may read it: filters, pages, and the log as it stood. Knows no SQL and changes nothing."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field, TypeAdapter, ValidationError

from toteboard.api.caller import READERS, Caller, CurrentUser
from toteboard.api.openapi import problems
from toteboard.api.paging import Paging
from toteboard.api.services import InServices, Services
from toteboard.api.wire import Moment, Page, ResponseModel, utc
from toteboard.http.problems import title_of
from toteboard.ledger import replica
from toteboard.ledger.connection import Conn
from toteboard.ledger.operating import audit_log
from toteboard.ledger.operating.audit_log import Wanted
from toteboard.ledger.operating.audit_names import keys_of
from toteboard.rules import refusals
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.refusals import Refusal, invalid

TEXT_MAX = 200
_moment = TypeAdapter(Moment)


class RefusalSummary(ResponseModel):
    """Why a bet was refused: the code, and its title for people."""

    code: str
    title: str


class SubjectName(ResponseModel):
    """What a number is called today, and where that is found."""

    name: str
    of: str | None = Field(description="of an outcome: its match and market")


class AuditRow(ResponseModel):
    """A row as it was written, with the names of today for what it numbers."""

    id: int
    at: str
    tournament_id: int | None
    tournament: str | None = Field(description="its name now")
    currency: str | None = Field(description="what amounts in the details are in, in minor units")
    exponent: int | None
    user_id: int | None = Field(description="null is the program itself")
    user: str | None = Field(description="their name now")
    ip: str | None
    action: str
    subject: str
    details: Any
    names: dict[str, SubjectName] = Field(description="what its subject, and what its details number, is called now")
    refusal: RefusalSummary | None = Field(description="of a refused bet: what its verdict says")


class AsOf(ResponseModel):
    """The row the log was looked at as of. `settled` is false while somebody may still be writing a row below it."""

    id: int = Field(description="the last row that can be seen; asked for again it shows the same rows")
    at: str | None
    settled: bool = Field(description="false: somebody is still writing, and a row may yet come below this id")


class AuditPage(Page[AuditRow]):
    """A page of the log; pages with the same `as_of` are of one look."""

    as_of: AsOf


class AuditActions(ResponseModel):
    """What the filter `action` can be."""

    items: list[str]


Number = Annotated[int | None, Query(ge=1, le=ID_MAX)]
Text = Annotated[str | None, Query(min_length=1, max_length=TEXT_MAX)]

router = APIRouter(prefix="/api/audit", tags=["audit"])


@router.get("", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def read(
    services: InServices,
    caller: CurrentUser,
    page: Paging,
    tournament: Number = None,
    user: Annotated[
        str | None, Query(min_length=1, max_length=TEXT_MAX, description="an id, or letters of a name")
    ] = None,
    action: Annotated[
        str | None, Query(min_length=1, max_length=TEXT_MAX, description="'market.' is all of them")
    ] = None,
    subject: Text = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
    as_of: Annotated[
        str | None, Query(min_length=1, max_length=TEXT_MAX, description="an id or a time; none is now")
    ] = None,
) -> AuditPage:
    """The log, newest first, as of a moment: nothing later is shown, and the same is shown again."""
    may_read(caller, tournament)
    for name, text in (("user", user), ("action", action), ("subject", subject), ("as_of", as_of)):
        if text is not None and not text.isprintable():
            raise invalid(name, "holds a character that cannot be seen")
    before = page.after_id()
    point = None if as_of is None else _point(as_of)
    wait_s = services.settings.audit_settle_ms / 1000
    newest, settled = await audit_log.settled(services.ledger, wait_s=wait_s)
    async with services.ledger.read() as conn:
        place = await replica.place_now(conn)
    # What is read has to have come as far as the primary was when the rows below were said to be whole.
    settled = await services.replica.reached(place, wait_s=wait_s) and settled
    async with services.replica.snapshot() as conn:
        if isinstance(point, datetime):
            up_to = await audit_log.last_before(conn, point, newest=newest)
        else:
            up_to = newest if point is None else min(point, newest)
        wanted = Wanted(
            tournament_id=tournament,
            people=None if user is None else await _people(conn, services, user, tournament),
            actions=None if action is None else await _actions(conn, action),
            subject=subject,
            since=since,
            until=until,
        )
        found = await audit_log.read(conn, wanted, up_to=up_to, before=before, limit=page.rows)
        at = await audit_log.at_of(conn, up_to)
    shown, following = page.split(found.rows, lambda row: str(row["id"]))
    return AuditPage(
        items=[row_shape(row, found) for row in shown],
        next=following,
        as_of=AsOf(id=up_to, at=utc(at), settled=settled),
    )


@router.get("/action", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def actions(services: InServices, caller: CurrentUser, tournament: Number = None) -> AuditActions:
    """The names that the filter `action` can have: those that stand in the log."""
    may_read(caller, tournament)
    async with services.ledger.read() as conn:
        return AuditActions(items=await audit_log.actions(conn))


def may_read(caller: Caller, tournament_id: int | None) -> None:
    """Goes on for who may read this tournament's log, an admin's is every one. Raises Refused (FORBIDDEN)."""
    if tournament_id is not None:
        caller.need_role(tournament_id, READERS)
    elif not caller.identity.admin or caller.identity.blocked:
        caller.deny("Only an admin reads every tournament at once; name one that you audit.")


def _point(text: str) -> int | datetime:
    """A row's id, or a time with its zone. Raises Refused (422)."""
    if text.isascii() and text.isdigit() and len(text) < 20:
        return min(int(text), ID_MAX)
    try:
        return _moment.validate_python(text)
    except ValidationError:
        raise invalid("as_of", "is the id of a row, or a time as in 2026-06-11T19:00:00Z") from None


async def _people(conn: Conn, services: Services, text: str, tournament_id: int | None) -> tuple[int, ...]:
    """Whom the filter means: one by id, or whoever is called so."""
    if text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= ID_MAX:
        return (int(text),)
    most = services.settings.audit_people_max
    found = await audit_log.people_called(conn, text, tournament_id=tournament_id, limit=most + 1)
    if len(found) > most:
        raise invalid("user", f"fits more than {most} people; write more of the name, or an id")
    return tuple(found)


async def _actions(conn: Conn, text: str) -> tuple[str, ...]:
    """The actions the filter means: "market." begins them, anything else is one."""
    if not text.endswith("."):
        return (text,)
    return tuple(name for name in await audit_log.actions(conn) if name.startswith(text))


def row_shape(row: dict[str, Any], found: audit_log.Rows) -> AuditRow:
    """A row as the API says it, with the names found around it."""
    tournament = found.tournaments.get(row["tournament_id"])
    return AuditRow(
        id=row["id"],
        at=utc(row["at"]) or "",
        tournament_id=row["tournament_id"],
        tournament=tournament["name"] if tournament else None,
        currency=tournament["currency"] if tournament else None,
        exponent=tournament["exponent"] if tournament else None,
        user_id=row["user_id"],
        user=found.people.get(row["user_id"]),
        ip=None if row["ip"] is None else str(row["ip"]),
        action=row["action"],
        subject=row["subject"],
        details=row["details"],
        names={key: SubjectName(**found.called[key]._asdict()) for key in sorted(keys_of(row)) if key in found.called},
        refusal=_refusal(row),
    )


def _refusal(row: dict[str, Any]) -> RefusalSummary | None:
    verdict = row["details"].get("verdict") if isinstance(row["details"], dict) else None
    if row["action"] != "bet.refused" or not isinstance(verdict, int):
        return None
    try:
        refusal = refusals.by_number(verdict)
    except KeyError:
        # A log outlives the program that wrote it.
        return None
    return RefusalSummary(code=refusal.code, title=title_of(refusal))
