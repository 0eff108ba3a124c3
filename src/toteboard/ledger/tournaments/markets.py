"""Markets in the ledger: made, edited, opened and closed, their results. Knows neither HTTP nor who may ask.

Each change locks the market's row against betting first (`lock`) and decides on what it reads afterwards. Single
outcomes are changed in outcomes.py; closing by the clock is closing.py's, and with
the start closing_with_start.py's.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import Change
from toteboard.ledger.people.own_affairs import check_markets
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments.closing_with_start import given_closing, with_start
from toteboard.ledger.tournaments.market_rows import (
    LockedMarket,
    Market,
    Outcome,
    locked_market_of,
    market_of,
    outcome_of,
    terms_json,
)
from toteboard.rules.bounds import MARKETS_MAX, OUTCOMES_MIN
from toteboard.rules.events import EventKind
from toteboard.rules.market import UNDECIDED, MarketAction, MarketKind, MarketState, after, may, target
from toteboard.rules.market_terms import PROMISED, MarketTerms
from toteboard.rules.money import Minor
from toteboard.rules.names import folded_name
from toteboard.rules.refusals import Refusal, Refused, invalid
from toteboard.rules.settlement import Book, OutcomeStakes, Result, ResultRefused, check_result
from toteboard.words import label, within, word

_SQL = statements("markets")

_DONE = {
    MarketAction.OPEN: "market.opened",
    MarketAction.SUSPEND: "market.suspended",
    MarketAction.CLOSE: "market.closed",
    MarketAction.REOPEN: "market.reopened",
}


class NewOutcome(NamedTuple):
    """An outcome to add; `odds_milli` of fixed markets only."""

    name: str
    odds_milli: int | None


class Versioned(Protocol):
    """A row that counts its changes."""

    @property
    def version(self) -> int: ...


# Looking ------------------------------------------------------------------------------------------------------------


async def shown(conn: Conn, market_ids: Sequence[int]) -> list[Market]:
    """These markets by id, each with its outcomes; unknown ones left out. Ask in a snapshot."""
    markets = await conn.fetch(_SQL["shown"], market_ids)
    by_market: dict[int, list[Outcome]] = {row["id"]: [] for row in markets}
    for outcome in await outcomes(conn, list(by_market)):
        by_market[outcome.market_id].append(outcome)
    return [market_of(row, outcomes=tuple(by_market[row["id"]])) for row in markets]


async def page(conn: Conn, match_id: int, *, after: int | None, limit: int) -> list[Market]:
    """A match's markets in the order they were added."""
    rows = await conn.fetch(_SQL["page"], match_id, after, limit)
    return await shown(conn, [row["id"] for row in rows])


async def outcomes(conn: Conn, market_ids: Sequence[int]) -> list[Outcome]:
    """The outcomes of these markets in the order of their lanes."""
    return [outcome_of(row) for row in await conn.fetch(_SQL["outcomes"], market_ids)]


# Locking ------------------------------------------------------------------------------------------------------------


async def lock(change: Change, market_id: int) -> LockedMarket:
    """The market, locked against bets.

    Raises Refused: NOT_FOUND, or STATE where the tournament is archived.
    """
    await change.conn.execute(_SQL["lock"], market_id)
    row = await change.conn.fetchrow(_SQL["under_lock"], [market_id])
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    market = locked_market_of(row)
    if market.archived_at is not None:
        raise Refused(Refusal.STATE, "The tournament is archived.")
    return market


async def lock_of_match(change: Change, match_id: int) -> list[LockedMarket]:
    """All markets of a match, locked, as `lock` gives them."""
    rows = await change.conn.fetch(_SQL["lock_of_match"], match_id)
    return [locked_market_of(row) for row in await change.conn.fetch(_SQL["under_lock"], [row["id"] for row in rows])]


def check_version(row: Versioned, version: int | None) -> None:
    """Goes on if the locked row is still the version that was seen, or none was named. Raises Refused (CONFLICT)."""
    if version is not None and version != row.version:
        raise Refused(
            Refusal.CONFLICT, "Somebody else changed it in the meantime. Look at it again.", version=row.version
        )


# Making and editing -------------------------------------------------------------------------------------------------


async def create(
    change: Change, match_id: int, terms: MarketTerms, new: Sequence[NewOutcome], *, import_key: str | None = None
) -> int:
    """A new market, a draft, with its escrow and outcomes; its id. `import_key` is what a file knows it by.

    Raises Refused: STATE (archived; too many), INVALID.
    """
    _check_terms(terms)
    need_room_for_markets(await change.conn.fetchval(_SQL["count_of_match"], match_id) + 1)
    await _check_carry(change.conn, match_id, None, terms)
    check_distinct([outcome.name for outcome in new], field="outcomes")
    if terms.closes_offset_s is not None:
        starts_at = await change.conn.fetchval(_SQL["start_of_match"], match_id)
        terms = replace(terms, closes_at=with_start(terms.closes_at, starts_at, terms.closes_offset_s))
        _check_terms(terms)
    row = await change.conn.fetchrow(_SQL["create"], match_id, terms_json(terms), import_key)
    if row is None:
        raise Refused(Refusal.STATE, "The tournament is archived.")
    market_id: int = row["id"]
    await add_outcomes(change, row["tournament_id"], market_id, new)
    await change.audit(
        "market.created",
        f"market:{market_id}",
        row["tournament_id"],
        match_id=match_id,
        outcomes=[outcome._asdict() for outcome in new],
        **json.loads(terms_json(terms)),
    )
    await announce(change, market_id)
    return market_id


def need_room_for_markets(markets: int) -> None:
    """Goes on if a match may have as many markets. Raises Refused (STATE)."""
    if markets > MARKETS_MAX:
        raise Refused(Refusal.STATE, f"A match has at most {MARKETS_MAX} markets.")


async def add_outcomes(change: Change, tournament_id: int, market_id: int, new: Sequence[NewOutcome]) -> list[int]:
    """Adds outcomes behind those there are; their ids. The market is locked, or new."""
    rows = await change.conn.fetch(
        _SQL["add_outcomes"],
        tournament_id,
        market_id,
        [outcome.name for outcome in new],
        [outcome.odds_milli for outcome in new],
    )
    return [row["id"] for row in rows]


def check_distinct(names: Sequence[str], *, field: str = "name") -> None:
    """Goes on if no two outcomes are called the same to the eye. Raises Refused (INVALID) with the one that stands there."""
    taken: dict[str, str] = {}
    for name in names:
        if folded_name(name) in taken:
            raise invalid(field, f"the market has the outcome {taken[folded_name(name)]!r} already")
        taken[folded_name(name)] = name


async def edit(change: Change, market_id: int, given: dict[str, Any], *, version: int | None = None) -> None:
    """Changes the terms that are given, by name. `version`: of the market that was shown, its outcomes and state included.

    Raises Refused: NOT_FOUND, STATE, INVALID, CONFLICT where somebody else changed it meanwhile.
    """
    before = await lock(change, market_id)
    check_version(before, version)
    given = given_closing(before, given)
    changed = {name: value for name, value in given.items() if value != getattr(before, name)}
    if not changed:
        return
    _check_edit(before, changed)
    market = replace(before, **changed)
    _check_terms(market)
    await check_markets(change, [market_id], before.tournament_id, "edit")
    if "carry_to" in changed or "kind" in changed:
        await _check_carry(change.conn, market.match_id, market_id, market)
    await change.conn.execute(_SQL["edit"], market_id, terms_json(market))
    await change.audit(
        "market.edited",
        f"market:{market_id}",
        before.tournament_id,
        **{name: [getattr(before, name), value] for name, value in changed.items()},
    )
    await announce(change, market_id)


async def follow(change: Change, closings: Mapping[int, datetime | None]) -> None:
    """Gives markets, locked before, the closing that goes with their match's new start."""
    if not closings:
        return
    first = await lock(change, next(iter(closings)))
    await check_markets(change, sorted(closings), first.tournament_id, "closing")
    await change.conn.execute(
        _SQL["follow"], list(closings), list(closings.values()), change.actor.user_id, change.actor.ip
    )
    await announce_markets(change, sorted(closings))


def _check_edit(market: LockedMarket, changed: dict[str, Any]) -> None:
    # Where a pool goes may be said until it is decided.
    is_known = market.status is MarketState.RESULTED
    if market.status not in UNDECIDED and not set(changed) <= ({"name", "carry_to"} if is_known else {"name"}):
        raise Refused(
            Refusal.STATE, f"A market that is {in_words(market.status)} keeps its terms; only its name can be changed."
        )
    promised = [name for name in PROMISED if name in changed]
    if promised and market.bets:
        name = promised[0]
        raise Refused(Refusal.STATE, f"There are bets on the market, so its {within(name)} stays.", field=name)
    if "kind" in changed and market.status is not MarketState.DRAFT:
        raise Refused(Refusal.STATE, f"The {within('kind')} can be changed only while it is a draft.", field="kind")
    # A draft may say anything, it is looked at when it opens. A past end elsewhere would make bets late afterwards.
    closes_at = changed.get("closes_at")
    if closes_at is not None and closes_at <= market.now and market.status is not MarketState.DRAFT:
        raise Refused(
            Refusal.STATE, f"The {within('closes_at')} is in the past. Close the market instead.", field="closes_at"
        )


def _check_terms(terms: MarketTerms) -> None:
    if terms.opens_at is not None and terms.closes_at is not None and terms.opens_at >= terms.closes_at:
        raise invalid("opens_at", f"{label('opens_at')} is not before the {within('closes_at')}")
    if terms.stake_min > terms.stake_max:
        raise invalid("stake_min", f"{label('stake_min')} is above the {within('stake_max')}")


async def _check_carry(conn: Conn, match_id: int, market_id: int | None, terms: MarketTerms) -> None:
    """Goes on if the pool may go on to the market that is named. Raises Refused (INVALID)."""
    if terms.carry_to is None:
        return
    if terms.kind != MarketKind.POOL:
        raise invalid("carry_to", "only a pool is carried on")
    target = await conn.fetchrow(_SQL["carry_target"], terms.carry_to, match_id)
    if target is None or target["kind"] != MarketKind.POOL:
        raise invalid("carry_to", "name a pool of this tournament")
    if MarketState(target["status"]) not in UNDECIDED:
        raise invalid("carry_to", "that market is decided already")
    if market_id is not None and market_id in target["chain"]:
        raise invalid("carry_to", "that pool is carried into this one")


def in_words(state: MarketState) -> str:
    """A state within a sentence, after "is"."""
    return f"in the state “{word('market_status', state)}”"


async def remove(change: Change, market_id: int) -> None:
    """Takes a market away that no bet has touched. Raises Refused: NOT_FOUND, STATE (archived), CONFLICT."""
    market = await lock(change, market_id)
    if market.bets or market.decided or market.carried or market.carried_gross:
        raise Refused(Refusal.CONFLICT, f"The market {market.name!r} has bets or a settlement. Void it instead.")
    rows = await outcomes(change.conn, [market_id])
    await remove_outcomes(change, [row.id for row in rows])
    await change.conn.execute(_SQL["remove"], market_id)
    await change.audit("market.deleted", f"market:{market_id}", market.tournament_id, name=market.name)
    change.event(market.tournament_id, EventKind.MARKET, {"gone": market_id})


async def remove_outcomes(change: Change, outcome_ids: Sequence[int]) -> None:
    """Takes outcomes away that no bet has touched. Their market is locked."""
    await change.conn.execute(_SQL["remove_outcomes"], outcome_ids)


# Opening, closing, results ------------------------------------------------------------------------------------------


async def move(change: Change, market_id: int, action: MarketAction) -> None:
    """Opens, suspends, closes or reopens; a market already there stays as it is. Raises Refused: NOT_FOUND, STATE."""
    market = await lock(change, market_id)
    state = market.status
    if state is target(action):
        return
    if not may(state, action):
        done = word("market_action_done", action)
        raise Refused(Refusal.STATE, f"The market is {in_words(state)}; it cannot be {done} now.", state=state)
    if target(action) is MarketState.OPEN:
        check_ready(market, await outcomes(change.conn, [market_id]))
    # Stopping betting is nobody's gain that cannot wait: it is only logged.
    may_stop = action in (MarketAction.SUSPEND, MarketAction.CLOSE)
    await check_markets(change, [market_id], market.tournament_id, action.value, only_log=may_stop)
    await change.conn.execute(_SQL["move"], market_id, after(state, action))
    await change.audit(_DONE[action], f"market:{market_id}", market.tournament_id, before=state)
    await announce(change, market_id)


def check_ready(market: LockedMarket, rows: Sequence[Outcome]) -> None:
    """Goes on if bets may come in with these outcomes, else raises Refused (STATE) that says what is missing."""
    running = [row for row in rows if not row.withdrawn]
    if market.stopped_at is not None:
        raise Refused(
            Refusal.STATE,
            "Betting is stopped in this tournament, since its books do not balance. An administrator takes it up again.",
        )
    if market.closes_at is not None and market.closes_at <= market.now:
        raise Refused(Refusal.STATE, f"The {within('closes_at')} is in the past. Change it first.", field="closes_at")
    if market.started_at is not None:
        raise Refused(
            Refusal.STATE, f"The match has begun: its {within('started_at')} was entered.", field="started_at"
        )
    if len(running) < OUTCOMES_MIN:
        raise Refused(
            Refusal.STATE, f"A market needs {OUTCOMES_MIN} outcomes that are not withdrawn.", field="outcomes"
        )
    unpriced = next((row for row in running if row.odds_milli is None), None)
    if market.kind == MarketKind.FIXED and unpriced is not None:
        raise Refused(Refusal.STATE, f"The outcome {unpriced.name!r} has no odds yet.", field="odds")


async def enter_result(
    change: Change,
    market_id: int,
    *,
    winners: frozenset[int],
    void: frozenset[int] = frozenset(),
    half_void: frozenset[int] = frozenset(),
    tied: frozenset[int] = frozenset(),
) -> None:
    """Enters what happened, or replaces what was entered; pays nothing. Raises Refused: NOT_FOUND, STATE, INVALID."""
    market = await lock(change, market_id)
    state = market.status
    if not may(state, MarketAction.RESULT):
        hint = "Close it first" if state in UNDECIDED else "Correct the result instead"
        raise Refused(Refusal.STATE, f"The market is {in_words(market.status)}. {hint}.", state=state)
    rows = await outcomes(change.conn, [market_id])
    _check_result(
        market, rows, Result(winners=winners, void=void, half_void=half_void, tied=tied, places=market.places)
    )
    named = {"winners": winners, "void": void, "half_void": half_void, "tied": tied}
    result = {name: sorted(ids) for name, ids in named.items()}
    if state is MarketState.RESULTED and market.result == result:
        return
    await check_markets(change, [market_id], market.tournament_id, "result")
    await change.conn.execute(_SQL["enter_result"], market_id, after(state, MarketAction.RESULT), json.dumps(result))
    await change.audit(
        "market.resulted", f"market:{market_id}", market.tournament_id, before=market.result, result=result
    )
    await announce(change, market_id)


def _check_result(market: Market, rows: Sequence[Outcome], result: Result) -> None:
    book = Book(
        tuple(OutcomeStakes(outcome_id=row.id, staked=Minor(row.stakes), withdrawn=row.withdrawn) for row in rows)
    )
    try:
        check_result(book, result, kind=market.kind)
    except ResultRefused as refused:
        raise invalid("winners", str(refused)) from None


# Telling ------------------------------------------------------------------------------------------------------------


async def touch(change: Change, market_id: int) -> None:
    """Something about the market's outcomes changed: another version of it, and the feed is told."""
    await change.conn.execute(_SQL["touch"], market_id)
    await announce(change, market_id)


async def announce(change: Change, market_id: int) -> None:
    """Tells the feed how the market looks now."""
    await announce_markets(change, [market_id])


async def announce_markets(change: Change, market_ids: Sequence[int]) -> None:
    """Tells the feed how these markets look now; one that is gone is not told."""
    for row in await change.conn.fetch(_SQL["events"], market_ids):
        change.event(row["tournament_id"], EventKind.MARKET, row["payload"])
