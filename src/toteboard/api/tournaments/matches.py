"""Matches, as everybody sees them and an organizer makes them. Knows no SQL."""

from dataclasses import asdict
from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from toteboard.api.caller import Caller, CurrentUser
from toteboard.api.openapi import problems
from toteboard.api.paging import Paging
from toteboard.api.services import InServices, Services
from toteboard.api.tournaments.tournaments import known_id
from toteboard.api.wire import Id, Moment, Name, Page, PatchModel, RequestModel, ResponseModel, Text, Version, utc
from toteboard.ledger.connection import Conn
from toteboard.ledger.tournaments import delays, matches, tournaments
from toteboard.rules.bounds import DELAY_MIN_MAX, ID_MAX
from toteboard.rules.match import NotPlayed
from toteboard.rules.refusals import Refusal, Refused

MatchId = Annotated[int, Path(ge=1, le=ID_MAX)]

Goals = Annotated[list[Annotated[int, Field(ge=0, le=9999)]], Field(min_length=2, max_length=2)]
# Full time, half time, extra time, penalties: as the spreadsheets say it.
Score = Annotated[dict[Literal["ft", "ht", "et", "p"], Goals], Field(min_length=1)]


class MatchRequest(RequestModel):
    """A new match, without markets."""

    tournament_id: Id
    name: Name
    round: Text = ""
    venue: Text = ""
    starts_at: Moment | None = None


class MatchPatch(PatchModel):
    """What changes. `started_at` is when it really began: bets after it are refunded when its markets are settled."""

    clearable: ClassVar[frozenset[str]] = frozenset({"starts_at", "started_at", "score", "not_played"})

    name: Name | None = None
    round: Text | None = None
    venue: Text | None = None
    starts_at: Moment | None = None
    started_at: Moment | None = Field(None, description="when it really began: bets placed after it are refunded")
    score: Score | None = None
    not_played: NotPlayed | None = Field(None, description="that it was not, or not to its end; null: it is played")
    version: Version | None = None


class Match(ResponseModel):
    """A match; `score` by period, as in {"ft": [2, 1]}."""

    id: int
    tournament_id: int
    name: str
    round: str
    venue: str
    starts_at: str | None
    started_at: str | None
    score: dict[str, Any] | None
    not_played: NotPlayed | None
    version: int


class DelayRequest(RequestModel):
    """By how many minutes the match, and all that begin then or later, are moved."""

    minutes: Annotated[int, Field(ge=1, le=DELAY_MIN_MAX)]
    dry_run: bool = Field(False, description="say what would be moved, and move nothing")


class DelayedMatch(ResponseModel):
    """`starts_at` is its new start; `markets` are those that close with it and move."""

    id: int
    name: str
    starts_at: str
    markets: int


class KeptMarket(ResponseModel):
    """A market that stays as it is: it has a closing time of its own, or is closed already."""

    id: int
    name: str
    match: str
    closes_at: str | None
    is_closed: bool


class Delay(ResponseModel):
    """What was moved, or would be, and what stays."""

    matches: list[DelayedMatch]
    kept: list[KeptMarket]


def _shape(match: matches.Match) -> Match:
    times = {"starts_at": utc(match.starts_at), "started_at": utc(match.started_at)}
    return Match(**(asdict(match) | times))


async def known(conn: Conn, match_id: int) -> matches.Match:
    """The match. Raises Refused (NOT_FOUND)."""
    row = await matches.one(conn, match_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND, "There is no such match.")
    return row


async def _need_organizer(services: Services, caller: Caller, match_id: int) -> None:
    async with services.ledger.read() as conn:
        match = await known(conn, match_id)
    caller.need_organizer(match.tournament_id)


router = APIRouter(prefix="/api/match", tags=["tournaments"])


@router.get("", responses=problems(Refusal.NOT_FOUND))
async def of_tournament(
    services: InServices,
    tournament: Annotated[str, Query(min_length=1, max_length=80, description="id or slug")],
    page: Paging,
) -> Page[Match]:
    """A tournament's matches, in the order they were added."""
    tournament_id = await known_id(services, tournament)
    async with services.ledger.read() as conn:
        rows = await matches.page(conn, tournament_id, after=page.after_id(), limit=page.rows)
    shown, following = page.split(rows, lambda match: str(match.id))
    return Page(items=[_shape(row) for row in shown], next=following)


@router.get("/{match_id}", responses=problems(Refusal.NOT_FOUND))
async def one(services: InServices, match_id: MatchId) -> Match:
    """One match."""
    async with services.ledger.read() as conn:
        return _shape(await known(conn, match_id))


@router.post("", status_code=201, responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def create(services: InServices, body: MatchRequest, caller: CurrentUser) -> Match:
    """A new match."""
    async with services.ledger.read() as conn:
        if not await tournaments.is_known(conn, body.tournament_id):
            raise Refused(Refusal.NOT_FOUND, "There is no such tournament.")
    caller.need_organizer(body.tournament_id)
    async with services.ledger.change(caller.actor) as change:
        match_id = await matches.create(
            change,
            body.tournament_id,
            name=body.name,
            round_=body.round,
            venue=body.venue,
            starts_at=body.starts_at,
        )
        return _shape(await known(change.conn, match_id))


@router.patch("/{match_id}", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE))
async def edit(services: InServices, match_id: MatchId, body: MatchPatch, caller: CurrentUser) -> Match:
    """Edits the match; `started_at` counts when its markets are settled, and is refused afterwards."""
    await _need_organizer(services, caller, match_id)
    async with services.ledger.change(caller.actor) as change:
        given = body.given()
        await matches.edit(change, match_id, given, version=given.pop("version", None))
        return _shape(await known(change.conn, match_id))


@router.post("/{match_id}/delay", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def delay(services: InServices, match_id: MatchId, body: DelayRequest, caller: CurrentUser) -> Delay:
    """Moves the match and all of its tournament that begin then or later; markets that close with the start follow."""
    await _need_organizer(services, caller, match_id)
    async with services.ledger.change(caller.actor) as change:
        done = await delays.delay(change, match_id, body.minutes, dry_run=body.dry_run)
    return Delay(
        matches=[DelayedMatch(**(asdict(match) | {"starts_at": utc(match.starts_at)})) for match in done.matches],
        kept=[KeptMarket(**(asdict(market) | {"closes_at": utc(market.closes_at)})) for market in done.kept],
    )


@router.delete(
    "/{match_id}",
    status_code=204,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE),
)
async def delete(services: InServices, match_id: MatchId, caller: CurrentUser) -> None:
    """Takes the match and its markets away, unless bets have touched them."""
    await _need_organizer(services, caller, match_id)
    async with services.ledger.change(caller.actor) as change:
        await matches.remove(change, match_id)
