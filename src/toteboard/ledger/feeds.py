"""What the feed asks of the ledger: events after a number, and a whole board at one moment. Folds nothing itself."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from toteboard.ledger.connection import Conn, Row
from toteboard.ledger.ledger import Ledger
from toteboard.ledger.statements import statements
from toteboard.rules.bounds import ID_MAX

_SQL = statements("feeds")
# What the table tournaments allows; anything else need not be asked for.
_ID_OR_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


# (outcome, stake, odds_milli, at_ms)
TapeRow = tuple[int, int, int | None, int]


@dataclass(frozen=True, slots=True)
class BoardRows:
    """A tournament at one moment, after the event `seq` of the history `epoch`; the shapes are those of the events."""

    epoch: str
    seq: int
    tournament: dict[str, Any]
    matches: list[dict[str, Any]]
    markets: list[dict[str, Any]]
    # (second, outcome, stakes in minor units)
    pulse: list[tuple[int, int, int]]
    # Oldest first.
    tape: list[TapeRow]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event of a tournament: its number, and the history that it belongs to."""

    epoch: str
    seq: int


def number_of(id_or_slug: str) -> int | None:
    """The number a tournament is asked for by, or None if it is asked for by its slug."""
    number = int(id_or_slug) if id_or_slug.isascii() and id_or_slug.isdigit() and len(id_or_slug) < 20 else None
    return number if number is not None and number <= ID_MAX else None


async def tournament_id(ledger: Ledger, id_or_slug: str) -> int | None:
    """The tournament's id, or None where there is none. Raises Outage."""
    if _ID_OR_SLUG.fullmatch(id_or_slug) is None:
        return None
    async with ledger.read() as conn:
        found = await conn.fetchval(_SQL["tournament_id"], number_of(id_or_slug), id_or_slug)
    return None if found is None else int(found)


async def heads(conn: Conn, tournament_ids: Iterable[int]) -> dict[int, Head]:
    """How far each feed has come; one that no longer exists is missing."""
    rows = await conn.fetch(_SQL["heads"], list(tournament_ids))
    return {row["tournament_id"]: Head(row["epoch"], row["seq"]) for row in rows}


async def open_heads(conn: Conn) -> dict[int, Head]:
    """How far the feeds of all tournaments have come that are not archived."""
    rows = await conn.fetch(_SQL["open_heads"])
    return {row["tournament_id"]: Head(row["epoch"], row["seq"]) for row in rows}


async def events_after(conn: Conn, seq_by_tournament: dict[int, int], *, page_max: int) -> list[Any]:
    """The next events of each feed, at most `page_max` of each: rows (tournament_id, seq, at, kind, payload text)."""
    rows: list[Any] = await conn.fetch(
        _SQL["events_after"], list(seq_by_tournament), list(seq_by_tournament.values()), page_max
    )
    return rows


async def names(ledger: Ledger, user_ids: Iterable[int]) -> dict[int, str]:
    """What these people are called. Raises Outage."""
    async with ledger.read() as conn:
        return {row["id"]: row["name"] for row in await conn.fetch(_SQL["names"], list(user_ids))}


async def board_rows(
    ledger: Ledger, tournament_id: int, *, look_back_max: int, pulse_s: int, tape_max: int
) -> BoardRows | None:
    """The whole tournament as of one moment, or None where there is none. Raises Outage."""
    async with ledger.snapshot() as conn:
        tournament = await conn.fetchrow(_SQL["board_tournament"], tournament_id)
        head = (await heads(conn, [tournament_id])).get(tournament_id)
        if tournament is None or head is None:
            return None
        matches = await conn.fetch(_SQL["board_matches"], tournament_id)
        markets = await conn.fetch(_SQL["board_markets"], tournament_id)
        outcomes = await conn.fetch(_SQL["board_outcomes"], tournament_id)
        pulse = await conn.fetch(_SQL["board_pulse"], tournament_id, head.seq, look_back_max, pulse_s)
        # Every event with bets has one at least: this many events hold the tape.
        tape = await conn.fetch(_SQL["board_tape"], tournament_id, head.seq, look_back_max, tape_max)
    return BoardRows(
        epoch=head.epoch,
        seq=head.seq,
        tournament=dict(tournament),
        matches=[json.loads(row["match"]) for row in matches],
        markets=_with_outcomes(markets, outcomes),
        pulse=[(row["second"], row["outcome_id"], row["stakes"]) for row in pulse],
        tape=_tape(tape, tape_max),
    )


def _with_outcomes(markets: list[Row], outcomes: list[Row]) -> list[dict[str, Any]]:
    parsed = [json.loads(row["market"]) for row in markets]
    by_market: dict[int, list[dict[str, Any]]] = {market["id"]: [] for market in parsed}
    for outcome in outcomes:
        by_market[outcome["market_id"]].append(dict(outcome))
    return [market | {"outcomes": by_market[market["id"]]} for market in parsed]


def _tape(newest_first: list[Row], tape_max: int) -> list[TapeRow]:
    rows: list[TapeRow] = []
    for event in reversed(newest_first):
        at_ms = round(event["at"].timestamp() * 1000)
        for _bet_id, _user_id, outcome_id, stake, odds_milli in json.loads(event["payload"])["b"]:
            rows.append((outcome_id, stake, odds_milli, at_ms))
    return rows[-tape_max:]
