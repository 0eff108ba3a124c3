"""One bet and its whole life, for staff who hold its receipt: found by its number, its reference, or the QR code of both."""

import re
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from toteboard.api.caller import CurrentUser
from toteboard.api.money.bets import RefundReason
from toteboard.api.money.tournament_bets import TournamentBet, taken_bet
from toteboard.api.openapi import problems
from toteboard.api.operating.audit import AuditRow, row_shape
from toteboard.api.services import InServices
from toteboard.api.tournaments.members import MEMBER_READERS
from toteboard.api.tournaments.tournaments import Which, known_id
from toteboard.api.wire import Page, ResponseModel, Text, UtcTime, utc
from toteboard.ledger.money import bet_life, bets
from toteboard.ledger.operating import audit_log
from toteboard.rules.odds import format_odds
from toteboard.rules.refusals import Refusal, Refused, invalid

# A bet's number without its hyphens, and the last letters of it that a receipt calls the reference.
NUMBER = re.compile(r"[0-9a-f]{32}")
REFERENCE = re.compile(r"[0-9a-f]{8}")


class BetMovement(ResponseModel):
    """Money between the wallet and the bet since its stake; positive went into the wallet."""

    at: UtcTime
    kind: Literal["payout", "refund", "reversal"]
    amount: int
    version: int = Field(description="of the market's settlement that moved it")
    decision: Literal["settle", "void"]


class BetLife(ResponseModel):
    """All that is known of a bet: as it stands, what was moved for it, and what was decided about it."""

    bet: TournamentBet
    tournament_id: int
    wallet_id: int
    settled_at: str | None
    dividend: str | None = Field(description="what a unit on it was paid, in a pool that is won")
    refunded_for: RefundReason | None = Field(description="why it was refunded")
    movements: list[BetMovement]
    decisions: list[AuditRow] = Field(description="of the bet, its outcome, market and match; oldest first, without ip")


router = APIRouter(tags=["bets"])


@router.get("/api/tournament/{which}/bet/found", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def find(
    services: InServices,
    which: Which,
    caller: CurrentUser,
    ref: Annotated[Text, Query(description="a bet's number, or the reference of its receipt: 9F3C-01AB")],
) -> Page[TournamentBet]:
    """The bets of this number or reference; none, mostly one, and never more than a handful."""
    tournament_id = await known_id(services, which)
    caller.need_role(tournament_id, MEMBER_READERS)
    letters = re.sub(r"[\s-]", "", ref).lower()
    whole = NUMBER.fullmatch(letters)
    if whole is None and REFERENCE.fullmatch(letters) is None:
        raise invalid("ref", "is neither the number of a bet nor a reference as in 9F3C-01AB")
    async with services.ledger.read() as conn:
        ids = await bet_life.find(
            conn, tournament_id, ending=None if whole else letters, bet_id=UUID(letters) if whole else None
        )
        rows = [row for one in ids if (row := await bets.one(conn, one, None)) is not None]
    return Page(items=[taken_bet(row) for row in rows])


@router.get("/api/bet/{bet_id}/life", responses=problems(Refusal.NOT_FOUND))
async def life(services: InServices, bet_id: UUID, caller: CurrentUser) -> BetLife:
    """A bet with what became of it, for cashiers, auditors and organizers of its tournament. 404 for everybody else."""
    newest, _ = await audit_log.settled(services.ledger, wait_s=0)
    async with services.ledger.snapshot() as conn:
        bet = await bets.one(conn, bet_id, None)
        if bet is None or not caller.has_role(bet["tournament_id"], MEMBER_READERS):
            raise Refused(Refusal.NOT_FOUND, "There is no such bet in your tournaments.")
        moved = await bet_life.movements(conn, bet_id)
        decided = await bet_life.decisions(conn, bet, up_to=newest)
    dividend = bet["dividend_milli"]
    return BetLife(
        bet=taken_bet(bet),
        tournament_id=bet["tournament_id"],
        wallet_id=bet["wallet_id"],
        settled_at=utc(bet["settled_at"]),
        dividend=None if dividend is None else format_odds(dividend),
        refunded_for=bet["refunded_for"],
        movements=[BetMovement(**{name: row[name] for name in BetMovement.model_fields}) for row in moved],
        decisions=[row_shape(row | {"ip": None}, names) for row, names in decided],
    )
