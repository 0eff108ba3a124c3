"""Matches in the ledger. Knows neither HTTP nor who may ask; what hangs on a match's markets is theirs (markets.py)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import asyncpg

from toteboard.ledger.connection import Conn, Row
from toteboard.ledger.ledger import Change
from toteboard.ledger.people.own_affairs import check_markets
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import markets
from toteboard.ledger.tournaments.closing_with_start import closing_with
from toteboard.ledger.tournaments.market_rows import LockedMarket
from toteboard.rules.bounds import MATCHES_MAX
from toteboard.rules.events import EventKind
from toteboard.rules.market import MarketAction, MarketState
from toteboard.rules.refusals import Refusal, Refused, invalid
from toteboard.words import within

_SQL = statements("matches")

# What `edit` may change, in the order its statement takes them.
EDITABLE = ("name", "round", "venue", "starts_at", "started_at", "score", "not_played")
# What was paid was paid without knowing the true start.
_PAID = frozenset({MarketState.SETTLING, MarketState.SETTLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """`score` by period, as in {"ft": [2, 1]}; `started_at` is when it really began, entered afterwards.

    `not_played` says that it was not, or not to its end ("postponed"): what becomes of its markets, the organizer decides.
    """

    id: int
    tournament_id: int
    name: str
    round: str
    venue: str
    starts_at: datetime | None
    started_at: datetime | None
    score: dict[str, list[int]] | None
    not_played: str | None
    version: int


def _match_of(row: Row) -> Match:
    return Match(**(dict(row) | {"score": None if row["score"] is None else json.loads(row["score"])}))


# Looking ------------------------------------------------------------------------------------------------------------


async def one(conn: Conn, match_id: int) -> Match | None:
    row = await conn.fetchrow(_SQL["one"], match_id)
    return _match_of(row) if row else None


async def page(conn: Conn, tournament_id: int, *, after: int | None, limit: int) -> list[Match]:
    """A tournament's matches in the order they were added."""
    return [_match_of(row) for row in await conn.fetch(_SQL["page"], tournament_id, after, limit)]


# Changing -----------------------------------------------------------------------------------------------------------


async def create(
    change: Change,
    tournament_id: int,
    *,
    name: str,
    round_: str,
    venue: str,
    starts_at: datetime | None,
    number: str | None = None,
    is_imported: bool = False,
) -> int:
    """A new match's id; `number` is that of a file, which knows it again. Raises Refused (STATE) where the tournament is
    archived, or has as many as it may.
    """
    need_room_for_matches(await change.conn.fetchval(_SQL["count"], tournament_id) + 1)
    match_id: int | None = await change.conn.fetchval(
        _SQL["create"], tournament_id, name, round_, venue, starts_at, number, is_imported
    )
    if match_id is None:
        raise Refused(Refusal.STATE, "The tournament is archived.")
    await change.audit("match.created", f"match:{match_id}", tournament_id, name=name, starts_at=starts_at)
    await announce_matches(change, [match_id])
    return match_id


def need_room_for_matches(matches: int) -> None:
    """Goes on if a tournament may have as many matches. Raises Refused (STATE)."""
    if matches > MATCHES_MAX:
        raise Refused(Refusal.STATE, f"A tournament has at most {MATCHES_MAX:,} matches.")


async def lock(change: Change, match_id: int) -> tuple[Match, list[LockedMarket]]:
    """The match and its markets, all locked, the markets first. Raises Refused: NOT_FOUND, STATE (archived)."""
    of_match = await markets.lock_of_match(change, match_id)
    match = await change.conn.fetchrow(_SQL["lock"], match_id)
    if match is None:
        raise Refused(Refusal.NOT_FOUND)
    if await change.conn.fetchval(_SQL["is_archived"], match_id):
        raise Refused(Refusal.STATE, "The tournament is archived.")
    return _match_of(match), of_match


async def edit(
    change: Change,
    match_id: int,
    given: dict[str, Any],
    *,
    version: int | None = None,
    is_correction: bool = False,
    reason: str | None = None,
) -> None:
    """Changes what is given of EDITABLE; markets that close with the start follow it. `version`: the version that was seen.

    A true start suspends markets that are open. `is_correction`: also where some are settled; whoever asks pays them again.

    Raises Refused: NOT_FOUND, STATE, INVALID (a true start in the future), CONFLICT where somebody else edited it meanwhile.
    """
    before, of_match = await lock(change, match_id)
    markets.check_version(before, version)
    changed = {name: value for name, value in given.items() if value != getattr(before, name)}
    if not changed:
        return
    if "started_at" in changed:
        await _check_true_start(change, changed["started_at"], [] if is_correction else of_match)
        await check_markets(change, [market.id for market in of_match], before.tournament_id, "started_at")
    closings: dict[int, datetime | None] = {}
    if "starts_at" in changed:
        new = {market.id: closing_with(market, changed["starts_at"]) for market in of_match}
        closings = {market.id: new[market.id] for market in of_match if new[market.id] != market.closes_at}
    after = {name: getattr(replace(before, **changed), name) for name in EDITABLE}
    after["score"] = None if after["score"] is None else json.dumps(after["score"])
    await change.conn.execute(_SQL["edit"], match_id, *after.values())
    await change.audit(
        "match.edited",
        f"match:{match_id}",
        before.tournament_id,
        **({"reason": reason} if reason else {}),
        **{name: [getattr(before, name), value] for name, value in changed.items()},
    )
    await announce_matches(change, [match_id])
    await markets.follow(change, closings)
    if changed.get("started_at") is not None:
        for market in of_match:
            if market.status is MarketState.OPEN:
                await markets.move(change, market.id, MarketAction.SUSPEND)


async def _check_true_start(change: Change, started_at: datetime | None, of_match: list[LockedMarket]) -> None:
    paid = next((market for market in of_match if market.status in _PAID), None)
    if paid is not None:
        raise Refused(
            Refusal.STATE,
            f"The market {paid.name!r} is settled: enter the {within('started_at')} as a correction, with a reason.",
            field="started_at",
        )
    if started_at is not None and started_at > await change.conn.fetchval(_SQL["now"]):
        raise invalid("started_at", "is in the future")


async def remove(change: Change, match_id: int) -> None:
    """Takes the match and its markets away. Raises Refused: NOT_FOUND, STATE, CONFLICT where bets touched them."""
    match, of_match = await lock(change, match_id)
    for market in of_match:
        await markets.remove(change, market.id)
    try:
        await change.conn.execute(_SQL["remove"], match_id)
    except asyncpg.ForeignKeyViolationError:
        # A market was added while we looked.
        raise Refused(Refusal.CONFLICT) from None
    await change.audit("match.deleted", f"match:{match_id}", match.tournament_id, name=match.name)
    change.event(match.tournament_id, EventKind.MATCH, {"gone": match_id})


async def announce_matches(change: Change, match_ids: Sequence[int]) -> None:
    """Tells the feed how these matches look now."""
    for row in await change.conn.fetch(_SQL["events"], match_ids):
        change.event(row["tournament_id"], EventKind.MATCH, row["payload"])
