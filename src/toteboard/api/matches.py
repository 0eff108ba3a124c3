"""Matches, as everybody sees them and an organizer makes them. Knows no SQL."""

from typing import Annotated, Any, ClassVar, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from toteboard.api.auth import actor, asker, need_role
from toteboard.api.changing import changing
from toteboard.api.house import House
from toteboard.api.paging import PageAsked, paging
from toteboard.api.problems import Problem
from toteboard.api.sessions import Identity
from toteboard.api.wire import ID_MAX, Asked, Edited, Id, Moment, Name, Page, Said, Text, Version, utc
from toteboard.ledger import matches, tournaments
from toteboard.ledger.ledger import Actor
from toteboard.rules.refusals import Refusal

MatchId = Annotated[int, Path(ge=1, le=ID_MAX)]
ORGANIZER = frozenset({"organizer"})

Goals = Annotated[list[Annotated[int, Field(ge=0, le=9999)]], Field(min_length=2, max_length=2)]
# Full time, half time, extra time, penalties: as the spreadsheets say it.
Score = Annotated[dict[Literal["ft", "ht", "et", "p"], Goals], Field(min_length=1)]


class NewMatch(Asked):
    tournament_id: Id
    name: Name
    round: Text = ""
    place: Text = ""
    starts_at: Moment | None = None


class EditedMatch(Edited):
    clearable: ClassVar[frozenset[str]] = frozenset({"starts_at", "started_at", "score"})

    name: Name | None = None
    round: Text | None = None
    place: Text | None = None
    starts_at: Moment | None = None
    started_at: Moment | None = Field(None, description="the true start: bets placed after it are refunded")
    score: Score | None = None
    version: Version | None = None


class Match(Said):
    id: int
    tournament_id: int
    name: str
    round: str
    place: str
    starts_at: str | None
    started_at: str | None
    score: dict[str, Any] | None
    version: int


def _shape(row: dict[str, Any]) -> Match:
    return Match(**(row | {"starts_at": utc(row["starts_at"]), "started_at": utc(row["started_at"])}))


async def known(conn: Any, match_id: int) -> dict[str, Any]:
    """The match. Raises Problem (404)."""
    row = await matches.one(conn, match_id)
    if row is None:
        raise Problem(Refusal.NOT_FOUND, "There is no such match.")
    return row


def routes(house: House) -> APIRouter:
    router = APIRouter(prefix="/api/match", tags=["tournaments"])
    _add_looks(router, house)
    _add_changes(router, house)
    return router


def _add_looks(router: APIRouter, house: House) -> None:
    Asking = Annotated[PageAsked, Depends(paging(house.settings))]

    @router.get("")
    async def of_tournament(tournament: Annotated[int, Query(ge=1, le=ID_MAX)], asked: Asking) -> Page[Match]:
        """A tournament's matches, in the order they were added."""
        async with house.ledger.read() as conn:
            rows = await matches.page(conn, tournament, after=asked.after_id(), limit=asked.rows)
        shown, following = asked.split(rows, lambda row: str(row["id"]))
        return Page(items=[_shape(row) for row in shown], next=following)

    @router.get("/{match_id}")
    async def one(match_id: MatchId) -> Match:
        async with house.ledger.read() as conn:
            return _shape(await known(conn, match_id))


def _add_changes(router: APIRouter, house: House) -> None:
    Asker = Annotated[Identity, Depends(asker(house))]
    By = Annotated[Actor, Depends(actor(house))]

    async def need_organizer(who: Identity, match_id: int) -> None:
        async with house.ledger.read() as conn:
            match = await known(conn, match_id)
        need_role(who, match["tournament_id"], ORGANIZER)

    @router.post("", status_code=201)
    async def create(body: NewMatch, who: Asker, by: By) -> Match:
        async with house.ledger.read() as conn:
            if not await tournaments.is_known(conn, body.tournament_id):
                raise Problem(Refusal.NOT_FOUND, "There is no such tournament.")
        need_role(who, body.tournament_id, ORGANIZER)
        async with changing(house, by) as change:
            match_id = await matches.create(
                change,
                body.tournament_id,
                name=body.name,
                round_=body.round,
                place=body.place,
                starts_at=body.starts_at,
            )
            return _shape(await known(change.conn, match_id))

    @router.patch("/{match_id}")
    async def edit(match_id: MatchId, body: EditedMatch, who: Asker, by: By) -> Match:
        """Edits the match; `started_at` counts when its markets are settled, and is refused afterwards."""
        await need_organizer(who, match_id)
        async with changing(house, by) as change:
            given = body.given()
            await matches.edit(change, match_id, given, version=given.pop("version", None))
            return _shape(await known(change.conn, match_id))

    @router.delete("/{match_id}", status_code=204)
    async def delete(match_id: MatchId, who: Asker, by: By) -> None:
        """Takes the match and its markets away, unless bets have touched them."""
        await need_organizer(who, match_id)
        async with changing(house, by) as change:
            await matches.remove(change, match_id)
