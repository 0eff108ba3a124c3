"""Results are paid here: preview, settle, void, resettle. What it comes to is ledger/money/settlements.py's."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import Field

from toteboard.api.caller import Caller, CurrentUser
from toteboard.api.money.preview_warnings import preview_warnings
from toteboard.api.openapi import problems
from toteboard.api.paging import Paging, number
from toteboard.api.services import InServices, Services
from toteboard.api.wire import Id, Page, Reason, RequestModel, ResponseModel, UtcTime
from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import Change
from toteboard.ledger.money import reckonings, settlement_rows, settlements
from toteboard.ledger.money.reckonings import Reckoning
from toteboard.ledger.people import own_affairs
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.odds import format_odds
from toteboard.rules.refusals import Refusal

MarketId = Annotated[int, Path(ge=1, le=ID_MAX)]
Outcomes = list[Id]
Kind = Literal["settle", "void"]


class ResultRequest(RequestModel):
    """What happened; without winners no listed outcome won. `void` and `half_void` are for fixed markets; `tied` names
    winners that share the last place.
    """

    winners: Outcomes
    void: Outcomes = []
    half_void: Outcomes = []
    tied: Outcomes = []


class PreviewRequest(RequestModel):
    """A result, or nothing for the one that was entered; `all_void` for refunding everybody."""

    winners: Outcomes | None = None
    void: Outcomes = []
    half_void: Outcomes = []
    tied: Outcomes = []
    all_void: bool = False

    def result(self) -> dict[str, Any] | None:
        """The result that was named, None for the one that was entered."""
        return self.model_dump(exclude={"all_void"}) if self.winners is not None else None


class SettleRequest(RequestModel):
    """`digest` of the preview that was looked at; another by now is 409 PREVIEW_CHANGED."""

    digest: str | None = None


class VoidRequest(RequestModel):
    """Why everybody is refunded; it is recorded. `digest` as in settling."""

    reason: Reason
    digest: str | None = None


class ResettleRequest(ResultRequest):
    """The right result, and why it is corrected; `digest` as in settling."""

    reason: Reason
    digest: str | None = None


class OutcomePreview(ResponseModel):
    """What an outcome comes to; amounts in minor units, `dividend` as decimal text."""

    outcome_id: int
    name: str
    stakes: int
    bets: int
    dividend: str | None
    label: Literal["won", "lost", "void", "half"]
    paid: int
    late: int = Field(description="of the stakes, what was bet after the actual start: refunded")


class Difference(ResponseModel):
    """What a corrected result changes for one bettor: `receivable` is what the wallet lacks, `owed` their whole debt then."""

    user_id: int
    name: str
    before: int
    after: int
    difference: int
    receivable: int
    owed: int


class Correction(ResponseModel):
    """The differences of everybody, summed up."""

    taken_back: int
    taken_from: int = Field(description="how many bettors")
    paid_more: int
    paid_to: int = Field(description="how many bettors")
    receivable: int
    owing: int = Field(description="how many bettors cannot give it back")


class Preview(ResponseModel):
    """What a result comes to, in minor units. `gross` is all stakes less refunds:
    gross + house_added + carried_in = paid + takeout + breakage + house_won + carried_out.
    """

    market_id: int
    kind: Kind
    result: dict[str, list[int]]
    currency: str
    exponent: int
    gross: int
    refunds: int
    takeout: int
    net: int
    paid: int
    breakage: int
    house_added: int
    house_won: int
    house_result: int = Field(description="house share, rounding and what the house won, less what it added")
    carried_in: int = Field(description="what earlier pools carried into this one")
    carried_out: int = Field(description="what goes on to a later pool, since nobody won this one")
    carried_to: str | None = Field(description="the name of that pool's market")
    bets: int
    winners: int
    bettors: int
    all_refunded: bool
    outcomes: list[OutcomePreview]
    differences: list[Difference] = []
    correction: Correction | None = None
    warnings: list[str] = Field(description="what to read twice before deciding it")
    digest: str


class Settlement(ResponseModel):
    """A decision and how far it is paid; version 1 is the first, each correction is one more."""

    id: int
    market_id: int
    version: int
    kind: Kind
    status: Literal["paying", "paid"]
    result: dict[str, list[int]]
    # What a unit on each winner of a pool is paid, by outcome.
    dividends: dict[int, str]
    gross: int
    refunds: int
    takeout: int
    paid: int
    breakage: int
    house_added: int
    house_won: int
    house_result: int
    carried_in: int
    carried_out: int
    bets: int
    bets_done: int
    decided_at: UtcTime
    finished_at: UtcTime | None
    reverses: int | None


def settlement_shape(row: settlement_rows.Settlement) -> Settlement:
    return Settlement(
        id=row.id,
        market_id=row.market_id,
        version=row.version,
        kind=row.kind,
        status=row.status,
        result=row.result,
        dividends={key: format_odds(odds) for key, odds in row.dividends.items()},
        gross=row.gross,
        refunds=row.refunds,
        takeout=row.takeout,
        paid=row.paid,
        breakage=row.breakage,
        house_added=row.house_added,
        house_won=row.house_won,
        house_result=row.takeout + row.breakage + row.house_won - row.house_added,
        carried_in=row.carried_in,
        carried_out=row.carried_out,
        bets=row.bets,
        bets_done=row.bets_done,
        decided_at=row.decided_at,
        finished_at=row.finished_at,
        reverses=row.reverses,
    )


def preview_shape(
    reckoning: Reckoning,
    bettors: settlement_rows.Bettors,
    differences: list[settlement_rows.Difference],
    correction: settlement_rows.Correction | None,
    own: Sequence[str] = (),
) -> Preview:
    """The preview as it is answered; `own` says that whoever decides has bets on the market."""
    market, split = reckoning.market, reckoning.split
    labels = {terms.outcome_id: terms.label for terms in reckoning.terms}
    dividends = reckoning.dividends
    return Preview(
        market_id=market.id,
        kind=reckoning.kind,
        result=reckoning.result,
        currency=market.currency,
        exponent=market.exponent,
        gross=reckoning.gross,
        refunds=reckoning.refunds,
        takeout=split.takeout,
        net=reckoning.gross - split.takeout,
        paid=reckoning.paid,
        breakage=split.breakage,
        house_added=split.house_added,
        house_won=split.house_won,
        house_result=split.house_result,
        carried_in=reckoning.carrying.into,
        carried_out=reckoning.carrying.out,
        carried_to=reckoning.carrying.to_name,
        bets=reckoning.bets,
        winners=bettors.winners,
        bettors=bettors.bettors,
        all_refunded=reckoning.all_refunded,
        outcomes=[
            OutcomePreview(
                outcome_id=outcome.outcome_id,
                name=outcome.name,
                stakes=outcome.staked,
                bets=outcome.bets,
                dividend=format_odds(dividends[outcome.outcome_id]) if outcome.outcome_id in dividends else None,
                label=labels[outcome.outcome_id],
                paid=reckoning.paid_by_outcome.get(outcome.outcome_id, 0),
                late=outcome.late,
            )
            for outcome in reckoning.outcomes
        ],
        differences=[Difference(**asdict(row)) for row in differences],
        correction=None if correction is None else Correction(**asdict(correction)),
        warnings=[*own, *preview_warnings(reckoning)],
        digest=reckoning.digest,
    )


async def own_warnings(conn: Conn, caller: Caller, market_ids: Sequence[int], tournament_id: int) -> list[str]:
    """What somebody who decides these markets reads of their own bets on them."""
    return [one.warning for one in await own_affairs.own_bets(conn, caller.user_id, market_ids, tournament_id)]


def _difference_cursor(text: str | None) -> tuple[int, int] | None:
    """Where a page of differences ended: "-1250:17", the difference and the bettor. Raises Refused (INVALID)."""
    if text is None:
        return None
    difference, _, user = text.partition(":")
    sign = -1 if difference.startswith("-") else 1
    return sign * number(difference.removeprefix("-")), number(user)


@asynccontextmanager
async def _deciding(services: Services, market_id: int, caller: Caller) -> AsyncIterator[Change]:
    async with services.ledger.change(caller.actor) as change:
        caller.need_organizer(await reckonings.tournament_of(change.conn, market_id))
        yield change


router = APIRouter(prefix="/api/market/{market_id}", tags=["settlement"])


@router.post("/preview", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def preview(
    services: InServices, market_id: MarketId, caller: CurrentUser, body: PreviewRequest | None = None
) -> Preview:
    """What a result would come to. Changes nothing."""
    wanted = body or PreviewRequest()
    async with services.ledger.snapshot() as conn:
        caller.need_organizer(await reckonings.tournament_of(conn, market_id))
        reckoning = await reckonings.reckon(conn, market_id, result=wanted.result(), void=wanted.all_void)
        before = await reckonings.last(conn, market_id)
        differences = await reckonings.differences(conn, reckoning) if before else []
        correction = await reckonings.correction(conn, reckoning) if before else None
        bettors = await reckonings.bettors(conn, reckoning)
        own = await own_warnings(conn, caller, [market_id], reckoning.market.tournament_id)
        return preview_shape(reckoning, bettors, differences, correction, own)


@router.post("/preview/difference", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def differences(
    services: InServices, market_id: MarketId, caller: CurrentUser, page: Paging, body: PreviewRequest
) -> Page[Difference]:
    """What a corrected result changes, bettor by bettor, those who lose most first; all of them, in pages."""
    after = _difference_cursor(page.after)
    async with services.ledger.snapshot() as conn:
        caller.need_organizer(await reckonings.tournament_of(conn, market_id))
        reckoning = await reckonings.reckon(conn, market_id, result=body.result(), void=body.all_void)
        rows = await reckonings.differences(conn, reckoning, after=after, limit=page.rows)
    shown, following = page.split(rows, lambda row: f"{row.difference}:{row.user_id}")
    return Page(items=[Difference(**asdict(row)) for row in shown], next=following)


@router.post(
    "/settle",
    status_code=202,
    responses=problems(
        Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE, Refusal.ALREADY_SETTLED, Refusal.PREVIEW_CHANGED
    ),
)
async def settle(
    services: InServices, market_id: MarketId, caller: CurrentUser, body: SettleRequest | None = None
) -> Settlement:
    """Settles by the result that was entered. Asked again, answers with the same settlement."""
    digest = body.digest if body else None
    async with _deciding(services, market_id, caller) as change:
        row = await settlements.settle(change, market_id, result=None, void=False, digest=digest)
    return settlement_shape(row)


@router.post(
    "/void",
    status_code=202,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE, Refusal.PREVIEW_CHANGED),
)
async def void(services: InServices, market_id: MarketId, caller: CurrentUser, body: VoidRequest) -> Settlement:
    """Refunds everybody, also after it was paid: a new version then. Asked again, answers with the same settlement."""
    async with _deciding(services, market_id, caller) as change:
        row = await settlements.settle(
            change, market_id, result=None, void=True, digest=body.digest, reason=body.reason
        )
    return settlement_shape(row)


@router.post(
    "/resettle",
    status_code=202,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE, Refusal.PREVIEW_CHANGED),
)
async def resettle(services: InServices, market_id: MarketId, caller: CurrentUser, body: ResettleRequest) -> Settlement:
    """Corrects the result: takes back and pays again, as a new version."""
    result = body.model_dump(include={"winners", "void", "half_void", "tied"})
    async with _deciding(services, market_id, caller) as change:
        row = await settlements.resettle(change, market_id, result=result, digest=body.digest, reason=body.reason)
    return settlement_shape(row)


@router.get("/settlement", responses=problems(Refusal.NOT_FOUND))
async def history(services: InServices, market_id: MarketId) -> Page[Settlement]:
    """Every settlement of the market, newest first, with its progress."""
    async with services.ledger.read() as conn:
        await reckonings.tournament_of(conn, market_id)
        rows = await settlements.history(conn, market_id)
    return Page(items=[settlement_shape(row) for row in rows])
