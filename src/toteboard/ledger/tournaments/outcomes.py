"""Single outcomes in the ledger: added, renamed, priced, withdrawn. Knows neither HTTP nor who may ask.

Each change locks the outcome's market first; the API sees an outcome only together with its market.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import Change
from toteboard.ledger.people.own_affairs import check_markets
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import markets
from toteboard.ledger.tournaments.market_rows import LockedMarket, Outcome
from toteboard.ledger.tournaments.markets import NewOutcome, in_words
from toteboard.rules.bounds import OUTCOMES_MAX, OUTCOMES_MIN
from toteboard.rules.fixed_odds import deduction_of
from toteboard.rules.market import LIVE, UNDECIDED, MarketAction, MarketKind, MarketState
from toteboard.rules.odds import format_odds
from toteboard.rules.refusals import Refusal, Refused, invalid

_SQL = statements("outcomes")

# What `edit` may change, in the order its statement takes them.
EDITABLE = ("name", "odds_milli", "withdrawn", "deduction_bps")
# While outcomes come, go and are priced.
_BETTABLE = LIVE | {MarketState.DRAFT}


@dataclass(frozen=True, slots=True)
class Parent:
    """The market and the tournament an outcome belongs to."""

    market_id: int
    tournament_id: int


async def parent_of(conn: Conn, outcome_id: int) -> Parent | None:
    """The market of an outcome; None for an unknown one."""
    row = await conn.fetchrow(_SQL["market_of"], outcome_id)
    return Parent(*row) if row else None


async def create(change: Change, market_id: int, new: NewOutcome) -> int:
    """A new outcome, behind the others; its id. Raises Refused: NOT_FOUND, STATE, INVALID."""
    market = await markets.lock(change, market_id)
    _need(market, _BETTABLE, "it takes no other outcome now")
    rows = await markets.outcomes(change.conn, [market_id])
    if rows and rows[-1].lane_no >= OUTCOMES_MAX:
        raise Refused(Refusal.STATE, f"A market has at most {OUTCOMES_MAX} outcomes.")
    _check_odds(market, new.odds_milli)
    markets.check_distinct([*(row.name for row in rows), new.name])
    await check_markets(change, [market_id], market.tournament_id, "outcome")
    (outcome_id,) = await markets.add_outcomes(change, market.tournament_id, market_id, [new])
    await change.audit(
        "outcome.created",
        f"outcome:{outcome_id}",
        market.tournament_id,
        market_id=market_id,
        name=new.name,
        odds_milli=new.odds_milli,
    )
    await markets.touch(change, market_id)
    return outcome_id


async def edit(
    change: Change,
    parent: Parent,
    outcome_id: int,
    given: dict[str, Any],
    *,
    odds_version: int | None = None,
    reason: str | None = None,
    is_correction: bool = False,
) -> None:
    """Changes what is given of EDITABLE. `odds_version`: the version of the odds that was seen.

    A fixed market's outcome that is withdrawn takes a deduction off earlier bets' winnings: what is given, else by the
    tournament's table. `is_correction`: of a settled market too, whoever asks pays it again.

    Another name where there are bets is a correction and needs its `reason`; bets keep the name they were taken under.

    Raises Refused: NOT_FOUND, STATE, INVALID, CONFLICT where somebody else changed the odds meanwhile.
    """
    market = await markets.lock(change, parent.market_id)
    before = await _locked(change, parent.market_id, outcome_id)
    if "odds_milli" in given:
        if odds_version is not None and odds_version != before.odds_version:
            now = before.odds_milli
            raise Refused(
                Refusal.CONFLICT,
                "Somebody else changed the odds in the meantime. Look at them again.",
                odds=None if now is None else format_odds(now),
                odds_version=before.odds_version,
            )
        _check_odds(market, given["odds_milli"])
    given = await _with_deduction(change, market, before, given)
    changed = {name: value for name, value in given.items() if value != getattr(before, name)}
    if not changed:
        return
    if "odds_milli" in changed:
        _need(market, _BETTABLE, "its odds stay as they are")
    if "withdrawn" in changed or "deduction_bps" in changed:
        _check_withdrawal(market, outcome_id, is_correction=is_correction)
    if "name" in changed:
        rows = await markets.outcomes(change.conn, [parent.market_id])
        markets.check_distinct([*(row.name for row in rows if row.id != outcome_id), changed["name"]])
        await _keep_name(change, market, before, reason)
    await check_markets(change, [market.id], market.tournament_id, "outcome")
    outcome = replace(before, **changed)
    await change.conn.execute(_SQL["edit"], outcome_id, *(getattr(outcome, name) for name in EDITABLE))
    await change.audit(
        "outcome.changed",
        f"outcome:{outcome_id}",
        market.tournament_id,
        market_id=market.id,
        **({"reason": reason} if reason else {}),
        **{name: [getattr(before, name), value] for name, value in changed.items()},
    )
    await markets.touch(change, market.id)
    if changed.get("withdrawn") and market.status is MarketState.OPEN:
        await _suspend_alone(change, market.id)


async def _suspend_alone(change: Change, market_id: int) -> None:
    """Who is left alone wins for certain: no bet is taken on them, until the market is closed or void."""
    rows = await markets.outcomes(change.conn, [market_id])
    if sum(not row.withdrawn for row in rows) < OUTCOMES_MIN:
        await markets.move(change, market_id, MarketAction.SUSPEND)


async def _with_deduction(
    change: Change, market: LockedMarket, before: Outcome, given: dict[str, Any]
) -> dict[str, Any]:
    """What is given, with the deduction that goes with it. Raises Refused (INVALID) where there can be none."""
    withdrawn = given.get("withdrawn", before.withdrawn)
    if given.get("deduction_bps") and (market.kind == MarketKind.POOL or not withdrawn):
        raise invalid(
            "deduction_bps", "only a withdrawn outcome of a market with fixed odds takes a deduction off winnings"
        )
    if not withdrawn or market.kind == MarketKind.POOL:
        return given | {"deduction_bps": 0}
    if given.get("deduction_bps") is None and not before.withdrawn:
        return given | {"deduction_bps": await deduction_by_table(change.conn, market.tournament_id, before)}
    return {name: value for name, value in given.items() if name != "deduction_bps" or value is not None}


async def deduction_by_table(conn: Conn, tournament_id: int, outcome: Outcome) -> int:
    """What the outcome, withdrawn now, takes off winnings by its tournament's table, in basis points."""
    table = json.loads(await conn.fetchval(_SQL["deductions"], tournament_id))
    return deduction_of(outcome.odds_milli, [(up_to, bps) for up_to, bps in table])


def _check_withdrawal(market: LockedMarket, outcome_id: int, *, is_correction: bool) -> None:
    if market.status is MarketState.RESULTED:
        if outcome_id in (market.result or {}).get("winners", []):
            raise Refused(Refusal.STATE, "It is a winner of the result that was entered. Enter another result first.")
        return
    if is_correction and market.status in (MarketState.SETTLED, MarketState.VOID):
        return
    hint = "correct it with a reason" if market.status is MarketState.SETTLED else "its outcomes stay as they are"
    _need(market, UNDECIDED, hint)


async def _keep_name(change: Change, market: LockedMarket, before: Outcome, reason: str | None) -> None:
    """Keeps the name that bets were taken under. Raises Refused (STATE) where there are some and nobody says why."""
    if not before.bets and not market.decided:
        return
    if not reason:
        raise Refused(
            Refusal.STATE,
            "There are bets on the market. Say why the outcome is renamed: receipts and exports keep the name before.",
            field="reason",
        )
    await change.conn.execute(
        _SQL["keep_name"], market.tournament_id, before.id, before.name, reason, change.actor.user_id
    )


async def remove(change: Change, parent: Parent, outcome_id: int) -> None:
    """Takes an outcome away that no bet has touched. Raises Refused: NOT_FOUND, STATE, CONFLICT."""
    market = await markets.lock(change, parent.market_id)
    outcome = await _locked(change, parent.market_id, outcome_id)
    if outcome.bets:
        raise Refused(Refusal.CONFLICT, "There are bets on the outcome; withdraw it instead.")
    _need(market, _BETTABLE, "its outcomes stay as they are")
    rows = await markets.outcomes(change.conn, [parent.market_id])
    running = [row for row in rows if not row.withdrawn and row.id != outcome_id]
    if market.status in LIVE and len(running) < OUTCOMES_MIN:
        raise Refused(Refusal.STATE, f"An open market keeps {OUTCOMES_MIN} outcomes; withdraw this one instead.")
    await markets.remove_outcomes(change, [outcome_id])
    await change.audit(
        "outcome.deleted",
        f"outcome:{outcome_id}",
        market.tournament_id,
        market_id=market.id,
        name=outcome.name,
    )
    await markets.touch(change, market.id)


async def _locked(change: Change, market_id: int, outcome_id: int) -> Outcome:
    """The outcome as it is under its market's lock; it may have gone meanwhile."""
    for row in await markets.outcomes(change.conn, [market_id]):
        if row.id == outcome_id:
            return row
    raise Refused(Refusal.NOT_FOUND)


def _need(market: LockedMarket, states: frozenset[MarketState], what: str) -> None:
    if market.status not in states:
        raise Refused(Refusal.STATE, f"The market is {in_words(market.status)}; {what}.", state=market.status)


def _check_odds(market: LockedMarket, odds_milli: int | None) -> None:
    if market.kind == MarketKind.POOL and odds_milli is not None:
        raise invalid("odds", "the odds of a pool follow the stakes")
    if market.kind == MarketKind.FIXED and odds_milli is None and market.status in LIVE:
        raise Refused(Refusal.STATE, "Bets may come in: an outcome of this market needs odds.", field="odds")
