"""What is found out late: the actual start of a match, a runner that did not run. Knows no SQL.

Each has its preview, which is the decision itself rolled back; what was settled is paid again as a new version.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import Field

from toteboard.api.caller import Caller, CurrentUser
from toteboard.api.money.settlements import Preview, own_warnings, preview_shape
from toteboard.api.openapi import problems
from toteboard.api.services import InServices, Services
from toteboard.api.tournaments import matches as match_routes
from toteboard.api.wire import Moment, Reason, RequestModel, ResponseModel, UtcTime
from toteboard.ledger.ledger import Actor, Change
from toteboard.ledger.money import corrections
from toteboard.ledger.money.corrections import Repaid, StartCorrected, WithdrawalCorrected
from toteboard.ledger.tournaments import outcomes
from toteboard.rules.bounds import DEDUCTION_BPS_MAX, ID_MAX
from toteboard.rules.market import MarketState
from toteboard.rules.refusals import Refusal, Refused

MatchId = Annotated[int, Path(ge=1, le=ID_MAX)]
OutcomeId = Annotated[int, Path(ge=1, le=ID_MAX)]
# What a preview is asked with: nothing of it is kept.
_REHEARSED = "a preview"


class StartPreviewRequest(RequestModel):
    """When the match really began; null takes back what was entered."""

    started_at: Moment | None


class StartRequest(StartPreviewRequest):
    """The same with why it is entered now; `digest` of the preview that was looked at."""

    reason: Reason
    digest: str | None = None


class LateBet(ResponseModel):
    """A bet placed after the actual start; stake in minor units."""

    id: UUID
    market_id: int
    market: str
    outcome: str
    bettor: str
    stake: int
    placed_at: UtcTime


class StartedMarket(ResponseModel):
    """What the actual start does to a market. `repaid` is what a settled one comes to now."""

    market_id: int
    name: str
    status: MarketState = Field(description="before")
    late_bets: int
    late_stakes: int
    suspended: bool = Field(description="it was open, and takes no more bets")
    repaid: Preview | None


class StartPreview(ResponseModel):
    """What an actual start comes to, market by market; `late` are the latest bets after it, up to 200."""

    match_id: int
    markets: list[StartedMarket]
    late: list[LateBet]
    warnings: list[str] = Field(description="what to read twice before deciding it")
    digest: str


class WithdrawalPreviewRequest(RequestModel):
    """`deduction_bps`: what winnings of earlier bets at fixed odds lose; without it, by the tournament's table."""

    withdrawn: bool = True
    deduction_bps: Annotated[int, Field(ge=0, le=DEDUCTION_BPS_MAX)] | None = None


class WithdrawalRequest(WithdrawalPreviewRequest):
    """The same with why; `digest` of the preview that was looked at."""

    reason: Reason
    digest: str | None = None


class WithdrawalPreview(ResponseModel):
    """What a withdrawal comes to; `repaid` is what a settled market comes to now."""

    outcome_id: int
    deduction_bps: int
    repaid: Preview | None
    warnings: list[str] = Field(description="what to read twice before deciding it")
    digest: str


router = APIRouter(tags=["settlement"])
_CORRECTS = problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE)
_DECIDES = problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE, Refusal.PREVIEW_CHANGED)


@router.post("/api/match/{match_id}/start/preview", responses=_CORRECTS)
async def preview_start(
    services: InServices, match_id: MatchId, body: StartPreviewRequest, caller: CurrentUser
) -> StartPreview:
    """What an actual start would come to: late bets of every market, and what settled ones pay then. Changes nothing."""
    async with _of_match(services, match_id, caller, rehearsed=True) as change:
        done = await corrections.correct_start(change, match_id, body.started_at, reason=_REHEARSED)
        own = await _own(change, caller, done)
    return _start_shape(match_id, done, own)


@router.post("/api/match/{match_id}/start", responses=_DECIDES)
async def start(services: InServices, match_id: MatchId, body: StartRequest, caller: CurrentUser) -> StartPreview:
    """Enters when the match really began, at any time: bets after it are refunded, settled markets are paid again."""
    async with _of_match(services, match_id, caller) as change:
        done = await corrections.correct_start(
            change, match_id, body.started_at, reason=body.reason, digest=body.digest
        )
        own = await _own(change, caller, done)
    return _start_shape(match_id, done, own)


@router.post("/api/outcome/{outcome_id}/withdrawal/preview", responses=_CORRECTS)
async def preview_withdrawal(
    services: InServices, outcome_id: OutcomeId, body: WithdrawalPreviewRequest, caller: CurrentUser
) -> WithdrawalPreview:
    """What withdrawing an outcome would come to, and the deduction by the table. Changes nothing."""
    async with _of_outcome(services, outcome_id, caller, rehearsed=True) as (change, parent):
        done = await corrections.correct_withdrawal(
            change,
            parent,
            outcome_id,
            withdrawn=body.withdrawn,
            deduction_bps=body.deduction_bps,
            reason=_REHEARSED,
        )
        own = await own_warnings(change.conn, caller, [parent.market_id], parent.tournament_id)
    return _withdrawal_shape(outcome_id, done, own)


@router.post("/api/outcome/{outcome_id}/withdrawal", responses=_DECIDES)
async def withdraw(
    services: InServices, outcome_id: OutcomeId, body: WithdrawalRequest, caller: CurrentUser
) -> WithdrawalPreview:
    """Withdraws an outcome or takes that back, at any time: its bets are refunded, a settled market is paid again."""
    async with _of_outcome(services, outcome_id, caller) as (change, parent):
        done = await corrections.correct_withdrawal(
            change,
            parent,
            outcome_id,
            withdrawn=body.withdrawn,
            deduction_bps=body.deduction_bps,
            reason=body.reason,
            digest=body.digest,
        )
        own = await own_warnings(change.conn, caller, [parent.market_id], parent.tournament_id)
    return _withdrawal_shape(outcome_id, done, own)


@asynccontextmanager
async def _of_match(
    services: Services, match_id: int, caller: Caller, *, rehearsed: bool = False
) -> AsyncIterator[Change]:
    async with services.ledger.read() as conn:
        match = await match_routes.known(conn, match_id)
    caller.need_organizer(match.tournament_id)
    async with _changing(services, caller.actor, rehearsed=rehearsed) as change:
        yield change


@asynccontextmanager
async def _of_outcome(
    services: Services, outcome_id: int, caller: Caller, *, rehearsed: bool = False
) -> AsyncIterator[tuple[Change, outcomes.Parent]]:
    async with services.ledger.read() as conn:
        parent = await outcomes.parent_of(conn, outcome_id)
    if parent is None:
        raise Refused(Refusal.NOT_FOUND, "There is no such outcome.")
    caller.need_organizer(parent.tournament_id)
    async with _changing(services, caller.actor, rehearsed=rehearsed) as change:
        yield change, parent


@asynccontextmanager
async def _changing(services: Services, actor: Actor, *, rehearsed: bool) -> AsyncIterator[Change]:
    ledger = services.ledger
    async with ledger.rehearsal(actor) if rehearsed else ledger.change(actor) as change:
        yield change


async def _own(change: Change, caller: Caller, done: StartCorrected) -> list[str]:
    if not done.markets:
        return []
    tournament_id = done.markets[0].market.tournament_id
    return await own_warnings(change.conn, caller, [one.market.id for one in done.markets], tournament_id)


def _start_shape(match_id: int, done: StartCorrected, own: list[str]) -> StartPreview:
    repaid = {one.reckoning.market.id: one for one in done.repaid}
    return StartPreview(
        match_id=match_id,
        markets=[
            StartedMarket(
                market_id=one.market.id,
                name=one.market.name,
                status=one.market.status,
                late_bets=one.bets,
                late_stakes=one.stakes,
                suspended=one.is_suspended,
                repaid=_preview(repaid[one.market.id]) if one.market.id in repaid else None,
            )
            for one in done.markets
        ],
        late=[LateBet(**row) for row in done.late],
        warnings=own,
        digest=done.digest,
    )


def _withdrawal_shape(outcome_id: int, done: WithdrawalCorrected, own: list[str]) -> WithdrawalPreview:
    return WithdrawalPreview(
        outcome_id=outcome_id,
        deduction_bps=done.deduction_bps,
        repaid=_preview(done.repaid[0]) if done.repaid else None,
        warnings=own,
        digest=done.digest,
    )


def _preview(repaid: Repaid) -> Preview:
    return preview_shape(repaid.reckoning, repaid.bettors, repaid.differences, repaid.correction)
