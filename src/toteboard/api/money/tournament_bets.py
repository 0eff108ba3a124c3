"""Every bet of a tournament, for those who run it. Knows no SQL and places nothing."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from toteboard.api.caller import READERS, CurrentUser
from toteboard.api.money.bets import placed_before, placed_cursor
from toteboard.api.openapi import problems
from toteboard.api.paging import Paging, number
from toteboard.api.services import InServices
from toteboard.api.tournaments.tournaments import Which, known_id
from toteboard.api.wire import Page, ResponseModel, utc
from toteboard.ledger.money import tournament_bets
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.odds import format_odds
from toteboard.rules.refusals import Refusal, invalid
from toteboard.rules.settlement import BetStatus

IdFilter = Annotated[int | None, Query(ge=1, le=ID_MAX)]


class TournamentBet(ResponseModel):
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
    outcome_now: str
    kind: str
    status: BetStatus
    stake: int
    currency: str
    exponent: int
    odds: str
    payout: int | None
    placed_at: str


def taken_bet(row: dict[str, Any]) -> TournamentBet:
    """A bet's row as the desk is told it."""
    shown = row | {"odds": format_odds(row["odds_milli"]), "placed_at": utc(row["placed_at"])}
    return TournamentBet.model_validate({name: shown[name] for name in TournamentBet.model_fields})


def _cursor(text: str | None) -> tournament_bets.Cursor | None:
    if text is None:
        return None
    parts = [number(part) for part in text.split(".")]
    if len(parts) != 2:
        raise invalid("after", "not a cursor of this list")
    return tournament_bets.Cursor(*parts)


router = APIRouter(tags=["bets"])


@router.get("/api/tournament/{which}/bet", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def all_bets(
    services: InServices,
    which: Which,
    caller: CurrentUser,
    page: Paging,
    market: IdFilter = None,
    outcome: IdFilter = None,
    user: IdFilter = None,
    status: BetStatus | None = None,
) -> Page[TournamentBet]:
    """Every bet, newest first. A page can be short while `next` leads on: a rare status is looked for in steps."""
    tournament_id = await known_id(services, which)
    caller.need_role(tournament_id, READERS)
    if market is None and outcome is None and user is None:
        cursor = _cursor(page.after)
        async with services.ledger.read() as conn:
            rows, following = await tournament_bets.page(
                conn,
                tournament_id,
                status=status,
                after=cursor,
                limit=page.limit,
                look_back=services.settings.bets_look_back,
            )
        return Page(
            items=[taken_bet(row) for row in rows], next=f"{following.seq}.{following.position}" if following else None
        )
    before = placed_before(page)
    async with services.ledger.read() as conn:
        rows = await tournament_bets.filtered(
            conn,
            tournament_id,
            market_id=market,
            outcome_id=outcome,
            user_id=user,
            status=status,
            before=before,
            limit=page.rows,
        )
    shown, next_no = page.split(rows, placed_cursor)
    return Page(items=[taken_bet(row) for row in shown], next=next_no)
