"""Every bet of a tournament, for those who run it. Knows no SQL and places nothing."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from toteboard.api.auth import asker, need_role
from toteboard.api.bets import Status
from toteboard.api.house import House
from toteboard.api.paging import PageAsked, number, paging
from toteboard.api.problems import invalid
from toteboard.api.sessions import Identity
from toteboard.api.tournaments import Which, known_id
from toteboard.api.wire import ID_MAX, Page, Said, utc
from toteboard.ledger import ticker
from toteboard.rules.odds import format_odds

READERS = frozenset({"organizer", "auditor"})

IdAsked = Annotated[int | None, Query(ge=1, le=ID_MAX)]


class TakenBet(Said):
    """A bet with its bettor."""

    id: UUID
    user_id: int
    bettor: str
    match_id: int
    market_id: int
    outcome_id: int
    match: str
    market: str
    outcome: str
    kind: str
    status: Status
    stake: int
    currency: str
    exponent: int
    odds: str
    payout: int | None
    placed_at: str


def _taken(row: dict[str, Any]) -> TakenBet:
    said = row | {"odds": format_odds(row["odds_milli"]), "placed_at": utc(row["placed_at"])}
    return TakenBet.model_validate({name: said[name] for name in TakenBet.model_fields})


def _place(text: str | None) -> ticker.Place | None:
    if text is None:
        return None
    parts = [number(part) for part in text.split(".")]
    if len(parts) != 2:
        raise invalid("after", "not a cursor of this list")
    return ticker.Place(*parts)


def routes(house: House) -> APIRouter:
    router = APIRouter(tags=["bets"])
    Asker = Annotated[Identity, Depends(asker(house))]
    Asking = Annotated[PageAsked, Depends(paging(house.settings))]

    @router.get("/api/tournament/{which}/bet")
    async def taken(
        which: Which,
        who: Asker,
        asked: Asking,
        market: IdAsked = None,
        outcome: IdAsked = None,
        user: IdAsked = None,
        status: Status | None = None,
    ) -> Page[TakenBet]:
        """Every bet, newest first. A page can be short while `next` leads on: a rare status is looked for in steps."""
        tournament_id = await known_id(house, which)
        need_role(who, tournament_id, READERS)
        if market is None and outcome is None and user is None:
            place = _place(asked.after)
            async with house.ledger.read() as conn:
                rows, following = await ticker.page(
                    conn,
                    tournament_id,
                    status=status,
                    after=place,
                    limit=asked.limit,
                    look_back=house.settings.bets_look_back,
                )
            return Page(
                items=[_taken(r) for r in rows], next=f"{following.seq}.{following.place}" if following else None
            )
        before = asked.after_id()
        async with house.ledger.read() as conn:
            rows = await ticker.filtered(
                conn,
                tournament_id,
                market_id=market,
                outcome_id=outcome,
                user_id=user,
                status=status,
                before=before,
                limit=asked.rows,
            )
        shown, next_no = asked.split(rows, lambda row: str(row["no"]))
        return Page(items=[_taken(row) for row in shown], next=next_no)

    return router
