"""Results are paid here: preview, settle, void, resettle. What it comes to is ledger/settlements.py's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from toteboard.api.auth import actor, asker, need_role
from toteboard.api.house import House
from toteboard.api.paging import PageAsked, number, paging
from toteboard.api.problems import Problem, invalid
from toteboard.api.sessions import Identity
from toteboard.api.wire import ID_MAX, Asked, Id, Page, Said, Text, utc
from toteboard.ledger import settlements
from toteboard.ledger.ledger import Actor, Change
from toteboard.ledger.settlements import Reckoning
from toteboard.rules.odds import format_odds
from toteboard.rules.refusals import Refusal
from toteboard.rules.settlement import ResultRefused

MarketId = Annotated[int, Path(ge=1, le=ID_MAX)]
Outcomes = list[Id]
Kind = Literal["settle", "void"]


class ResultAsked(Asked):
    """What happened. `void` and `half_void` are for fixed markets; `tied` names winners that share the last place."""

    winners: Outcomes
    void: Outcomes = []
    half_void: Outcomes = []
    tied: Outcomes = []


class PreviewAsked(Asked):
    """A result, or nothing for the one that was entered; `all_void` for refunding everybody."""

    winners: Outcomes | None = None
    void: Outcomes = []
    half_void: Outcomes = []
    tied: Outcomes = []
    all_void: bool = False

    def result(self) -> dict[str, Any] | None:
        """The result that was named, None for the one that was entered."""
        return self.model_dump(exclude={"all_void"}) if self.winners is not None else None


class SettleAsked(Asked):
    digest: str | None = None


class VoidAsked(Asked):
    reason: Text


class ResettleAsked(ResultAsked):
    reason: Text
    digest: str | None = None


class OutcomePreview(Said):
    outcome_id: int
    name: str
    stakes: int
    bets: int
    dividend: str | None
    label: Literal["won", "lost", "void", "half"]
    paid: int


class Difference(Said):
    user_id: int
    name: str
    before: int
    after: int
    difference: int
    receivable: int


class Correction(Said):
    """The differences of everybody, summed up."""

    taken_back: int
    taken_from: int = Field(description="how many bettors")
    paid_more: int
    paid_to: int = Field(description="how many bettors")
    receivable: int
    owing: int = Field(description="how many bettors cannot give it back")


class Preview(Said):
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
    bets: int
    winners: int
    bettors: int
    all_refunded: bool
    outcomes: list[OutcomePreview]
    differences: list[Difference] = []
    correction: Correction | None = None
    digest: str


class Settlement(Said):
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
    bets: int
    bets_done: int
    decided_at: str
    finished_at: str | None
    reverses: int | None


_SUMS = ("gross", "refunds", "takeout", "paid", "breakage", "house_added", "house_won", "bets", "bets_done")


def settlement_shape(row: dict[str, Any]) -> Settlement:
    return Settlement(
        **{name: row[name] for name in ("id", "market_id", "version", "kind", "status", "reverses", *_SUMS)},
        result=settlements.result_of(row),
        dividends={key: format_odds(odds) for key, odds in settlements.dividends_of(row).items()},
        decided_at=utc(row["decided_at"]) or "",
        finished_at=utc(row["finished_at"]),
    )


def preview_shape(
    reckoning: Reckoning,
    bettors: dict[str, Any],
    differences: list[dict[str, Any]],
    correction: dict[str, Any] | None,
) -> Preview:
    market, split = reckoning.market, reckoning.split
    labels = {terms.outcome_id: terms.label for terms in reckoning.terms}
    dividends = reckoning.dividends
    return Preview(
        market_id=market["id"],
        kind="void" if reckoning.kind == "void" else "settle",
        result=reckoning.result,
        currency=market["currency"],
        exponent=market["exponent"],
        gross=reckoning.gross,
        refunds=reckoning.refunds,
        takeout=split.takeout,
        net=reckoning.gross - split.takeout,
        paid=reckoning.paid,
        breakage=split.breakage,
        house_added=split.house_added,
        house_won=split.house_won,
        bets=reckoning.bets,
        winners=bettors["winners"],
        bettors=bettors["bettors"],
        all_refunded=reckoning.all_refunded,
        outcomes=[
            OutcomePreview(
                outcome_id=outcome["outcome_id"],
                name=outcome["name"],
                stakes=outcome["staked"],
                bets=outcome["bets"],
                dividend=format_odds(dividends[outcome["outcome_id"]]) if outcome["outcome_id"] in dividends else None,
                label=labels[outcome["outcome_id"]],
                paid=reckoning.paid_by_outcome.get(outcome["outcome_id"], 0),
            )
            for outcome in reckoning.outcomes
        ],
        differences=[Difference(**row) for row in differences],
        correction=None if correction is None else Correction(**correction),
        digest=reckoning.digest,
    )


def _difference_cursor(text: str | None) -> tuple[int, int] | None:
    """Where a page of differences ended: "-1250:17", the difference and the bettor. Raises Problem (422)."""
    if text is None:
        return None
    difference, _, user = text.partition(":")
    sign = -1 if difference.startswith("-") else 1
    return sign * number(difference.removeprefix("-")), number(user)


@asynccontextmanager
async def _refusals() -> AsyncIterator[None]:
    """What settlement refuses, as problems."""
    try:
        yield
    except settlements.NoSuchMarket:
        raise Problem(Refusal.NOT_FOUND, "There is no such market.") from None
    except ResultRefused as refused:
        raise invalid("winners", str(refused)) from None
    except settlements.NotNow as not_now:
        raise Problem(Refusal.STATE, str(not_now)) from None
    except settlements.OtherResult:
        raise Problem(Refusal.ALREADY_SETTLED, "To correct the result, resettle.") from None
    except settlements.Changed:
        raise Problem(Refusal.PREVIEW_CHANGED, "Something changed since the preview. Look at it again.") from None


def routes(house: House) -> APIRouter:
    router = APIRouter(prefix="/api/market/{market_id}", tags=["settlement"])
    Asker = Annotated[Identity, Depends(asker(house))]
    Who = Annotated[Actor, Depends(actor(house))]
    Asking = Annotated[PageAsked, Depends(paging(house.settings))]

    async def need_organizer(conn: Any, who: Identity, market_id: int) -> None:
        tournament_id = await settlements.tournament_of(conn, market_id)
        need_role(who, tournament_id, {"organizer"})

    @asynccontextmanager
    async def deciding(market_id: int, who: Identity, by: Actor) -> AsyncIterator[Change]:
        async with _refusals(), house.ledger.change(by) as change:
            await need_organizer(change.conn, who, market_id)
            yield change

    @router.post("/preview")
    async def preview(market_id: MarketId, who: Asker, asked: PreviewAsked | None = None) -> Preview:
        """What a result would come to. Changes nothing."""
        asked = asked or PreviewAsked()
        async with _refusals(), house.ledger.snapshot() as conn:
            await need_organizer(conn, who, market_id)
            reckoning = await settlements.reckon(conn, market_id, result=asked.result(), void=asked.all_void)
            before = await settlements.last(conn, market_id)
            differences = await settlements.differences(conn, reckoning) if before else []
            correction = await settlements.correction(conn, reckoning) if before else None
            return preview_shape(reckoning, await settlements.bettors(conn, reckoning), differences, correction)

    @router.post("/preview/difference")
    async def differences(market_id: MarketId, who: Asker, paged: Asking, asked: PreviewAsked) -> Page[Difference]:
        """What a corrected result changes, bettor by bettor, those who lose most first; all of them, in pages."""
        after = _difference_cursor(paged.after)
        async with _refusals(), house.ledger.snapshot() as conn:
            await need_organizer(conn, who, market_id)
            reckoning = await settlements.reckon(conn, market_id, result=asked.result(), void=asked.all_void)
            rows = await settlements.differences(conn, reckoning, after=after, limit=paged.rows)
        shown, following = paged.split(rows, lambda row: f"{row['difference']}:{row['user_id']}")
        return Page(items=[Difference(**row) for row in shown], next=following)

    @router.post("/settle", status_code=202)
    async def settle(market_id: MarketId, who: Asker, by: Who, asked: SettleAsked | None = None) -> Settlement:
        """Settles by the result that was entered. Asked again, answers with the same settlement."""
        digest = asked.digest if asked else None
        async with deciding(market_id, who, by) as change:
            row = await settlements.settle(change, market_id, result=None, void=False, digest=digest)
        return settlement_shape(row)

    @router.post("/void", status_code=202)
    async def void(market_id: MarketId, who: Asker, by: Who, asked: VoidAsked) -> Settlement:
        """Refunds everybody. Asked again, answers with the same settlement."""
        async with deciding(market_id, who, by) as change:
            row = await settlements.settle(change, market_id, result=None, void=True, digest=None, reason=asked.reason)
        return settlement_shape(row)

    @router.post("/resettle", status_code=202)
    async def resettle(market_id: MarketId, who: Asker, by: Who, asked: ResettleAsked) -> Settlement:
        """Corrects the result: takes back and pays again, as a new version."""
        result = asked.model_dump(include={"winners", "void", "half_void", "tied"})
        async with deciding(market_id, who, by) as change:
            row = await settlements.resettle(change, market_id, result=result, digest=asked.digest, reason=asked.reason)
        return settlement_shape(row)

    @router.get("/settlement")
    async def history(market_id: MarketId) -> Page[Settlement]:
        """Every settlement of the market, newest first, with its progress."""
        async with _refusals(), house.ledger.read() as conn:
            await settlements.tournament_of(conn, market_id)
            rows = await settlements.history(conn, market_id)
        return Page(items=[settlement_shape(row) for row in rows])

    return router
