"""Settlement: the one decision that starts the paying. reckonings.py works out what it comes to, paying.py pays.

Preview and decision are computed by the same function from the same rows, so what was shown is what is decided; the digest
of a preview says whether anything changed in between.
"""

import json
from typing import Any

from toteboard.ledger.connection import Conn, fetch_one
from toteboard.ledger.ledger import Change
from toteboard.ledger.money.reckonings import Reckoning, last, reckon
from toteboard.ledger.money.settlement_rows import (
    Settlement,
    result_json,
    settlement_of,
    terms_json,
)
from toteboard.ledger.people.own_affairs import check_markets, check_second
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import markets
from toteboard.ledger.tournaments.markets import in_words
from toteboard.rules.events import EventKind
from toteboard.rules.market import MarketAction, may
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("settlements")


async def history(conn: Conn, market_id: int) -> list[Settlement]:
    """All settlements of the market, the newest first."""
    return [settlement_of(row) for row in await conn.fetch(_SQL["all"], market_id)]


async def settle(
    change: Change, market_id: int, *, result: dict[str, Any] | None, void: bool, digest: str | None, reason: str = ""
) -> Settlement:
    """Decides a settlement or a void, once. Asked again with the same, answers with the same settlement.

    A void of what was settled is a correction: a new version that takes back what was paid.

    Raises Refused: NOT_FOUND, STATE, INVALID, ALREADY_SETTLED, PREVIEW_CHANGED.
    """
    await change.conn.fetchval(_SQL["lock_market"], market_id)
    before = await last(change.conn, market_id)
    if before is not None and void and before.kind == "settle":
        return await _corrected(change, market_id, before, result=None, void=True, digest=digest, reason=reason)
    if before is not None:
        return _same_again(before, result=result, void=void)
    reckoning = await reckon(change.conn, market_id, result=result, void=void)
    action = MarketAction.VOID if void else MarketAction.SETTLE
    state = reckoning.market.status
    if not may(state, action):
        done = "voided" if void else "settled"
        raise Refused(Refusal.STATE, f"The market is {in_words(state)}; it cannot be {done} now.", state=state)
    return await decide(change, reckoning, digest=digest, before=None, reason=reason)


def _same_again(before: Settlement, *, result: dict[str, Any] | None, void: bool) -> Settlement:
    if void != (before.kind == "void"):
        raise Refused(Refusal.ALREADY_SETTLED, "To pay by another result, correct this one.")
    if not void and result is not None and result_json(result) != before.result:
        raise Refused(Refusal.ALREADY_SETTLED, "To pay by another result, correct this one.")
    return before


async def resettle(
    change: Change, market_id: int, *, result: dict[str, Any], digest: str | None, reason: str
) -> Settlement:
    """Decides a correction: a new version that takes back and pays again. The same result answers with the last one."""
    await change.conn.fetchval(_SQL["lock_market"], market_id)
    before = await last(change.conn, market_id)
    if before is None:
        raise Refused(Refusal.STATE, "This market was not settled yet.")
    return await _corrected(change, market_id, before, result=result, void=False, digest=digest, reason=reason)


async def _corrected(
    change: Change,
    market_id: int,
    before: Settlement,
    *,
    result: dict[str, Any] | None,
    void: bool,
    digest: str | None,
    reason: str,
) -> Settlement:
    reckoning = await reckon(change.conn, market_id, result=result, void=void)
    if _is_same(before, reckoning):
        return before
    check_paid(before)
    return await decide(change, reckoning, digest=digest, before=before, reason=reason)


def check_paid(before: Settlement) -> None:
    """Goes on if a settlement is paid to its end, so that it can be corrected. Raises Refused (STATE)."""
    if before.status != "paid":
        raise Refused(Refusal.STATE, "The settlement before this one is still being paid. Wait until it is done.")


def _is_same(before: Settlement, reckoning: Reckoning) -> bool:
    """Whether a correction corrects nothing: the result, the true start and all terms are the last settlement's."""
    return (
        before.kind == reckoning.kind
        and before.started_at == reckoning.market.started_at
        and before.result == reckoning.result
        and before.terms == reckoning.terms
    )


async def decide(
    change: Change, reckoning: Reckoning, *, digest: str | None, before: Settlement | None, reason: str
) -> Settlement:
    """Writes a reckoning down as the next version; its paying begins with the commit.

    Raises Refused: PREVIEW_CHANGED, FORBIDDEN where the tournament asks for four eyes.
    """
    if digest is not None and digest != reckoning.digest:
        raise Refused(Refusal.PREVIEW_CHANGED, "Something changed since the preview. Look at it again.")
    conn, market, split, carrying = change.conn, reckoning.market, reckoning.split, reckoning.carrying
    # What is carried on is decided with it.
    concerned = {market.id, carrying.to, before.carried_to if before else None} - {None}
    await check_markets(change, sorted(one for one in concerned if one), market.tournament_id, reckoning.kind)
    if before is None and reckoning.kind == "settle":
        await check_second(change, market.id, market.tournament_id)
    row = await fetch_one(
        conn,
        _SQL["decide"],
        market.tournament_id,
        market.id,
        before.version + 1 if before else 1,
        reckoning.kind,
        json.dumps(reckoning.result),
        json.dumps(terms_json(reckoning.terms)),
        market.started_at,
        reckoning.gross,
        reckoning.refunds,
        split.takeout,
        reckoning.paid,
        split.breakage,
        split.house_added,
        split.house_won,
        reckoning.bets,
        1 if before else 2,
        before.id if before else None,
        change.actor.user_id,
        carrying.into,
        carrying.out,
        carrying.out_gross,
        carrying.before,
        carrying.to,
    )
    settlement = settlement_of(row)
    await conn.execute(_SQL["open"], settlement.id)
    if before and before.carried_to is not None and not carrying.before:
        await markets.announce(change, before.carried_to)
    status = "voiding" if reckoning.kind == "void" else "settling"
    await conn.execute(
        _SQL["market_status"], market.id, status, None if reckoning.kind == "void" else json.dumps(reckoning.result)
    )
    await change.audit(
        "market.voided" if reckoning.kind == "void" else "market.resettled" if before else "market.settled",
        f"market:{market.id}",
        market.tournament_id,
        settlement=settlement.id,
        version=settlement.version,
        result=reckoning.result,
        bets=reckoning.bets,
        paid=reckoning.paid,
        refunds=reckoning.refunds,
        carried_out=carrying.out,
        reason=reason,
    )
    await markets.announce(change, market.id)
    change.event(market.tournament_id, EventKind.SETTLEMENT, progress(settlement))
    return settlement


def progress(settlement: Settlement, paid: str = "[]") -> str:
    """The event of a settlement's progress; `paid` is pay_chunk's JSON."""
    names = ("market_id", "version", "kind", "status", "bets", "bets_done")
    head = {"settlement_id": settlement.id} | {name: getattr(settlement, name) for name in names}
    return f'{json.dumps(head)[:-1]},"paid":{paid}}}'
