"""Reads the audit log: by filter, newest first, as it stood at a moment. Writes nothing and knows no HTTP.

An id is drawn before its row is committed, so a row may still come to be seen below the newest one. `settled` waits for
what was being written when it looked: what it answers is complete, today and whenever it is looked at again (docs/adr/0016).
"""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from toteboard.ledger.connection import Conn, fetch_one
from toteboard.ledger.ledger import Ledger
from toteboard.ledger.operating.audit_names import Called, called
from toteboard.ledger.statements import statements

_SQL = statements("audit")

PLACED = "bet.placed"
# Rows of a set carry the moment of its decision and draw their ids a little later: so far can id and time disagree.
DISORDER_ROWS = 10_000
SETTLE_POLL_S = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; None does not matter. `actions` are whole names, `subject` is "market:42"."""

    tournament_id: int | None = None
    people: tuple[int, ...] | None = None
    actions: tuple[str, ...] | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(slots=True)
class Rows:
    """Rows of the log, newest first, and the names that stand around them."""

    rows: list[Any] = field(default_factory=list)
    people: dict[int, str] = field(default_factory=dict)
    # By id: name, currency, exponent.
    tournaments: dict[int, Any] = field(default_factory=dict)
    # By what is numbered: "market:42".
    called: dict[str, Called] = field(default_factory=dict)


async def settled(ledger: Ledger, *, wait_s: float) -> tuple[int, bool]:
    """The newest row's id, and whether every row up to it is there for good: False if somebody still wrote after `wait_s`."""
    async with ledger.read() as conn:
        newest = await conn.fetchval(_SQL["newest_id"])
        # Only now: whoever drew a lower id has a transaction by the time a higher one is committed.
        begun = await conn.fetchval(_SQL["begun"])
        over = await conn.fetchval(_SQL["over"])
    give_up = time.monotonic() + wait_s
    while over < begun and time.monotonic() < give_up:
        # The connection is given back meanwhile: an auditor waits, others do not.
        await asyncio.sleep(SETTLE_POLL_S)
        async with ledger.read() as conn:
            over = await conn.fetchval(_SQL["over"])
    return newest, over >= begun


async def last_before(conn: Conn, moment: datetime, *, newest: int) -> int:
    """The id up to which no row is later than the moment; 0 where all are."""
    about = await _about(conn, moment, newest)
    exactly = await conn.fetchval(_SQL["first_later_exactly"], moment, about - DISORDER_ROWS, about)
    return int(about if exactly is None else exactly) - 1


async def at_of(conn: Conn, row_id: int) -> datetime | None:
    """When the last row up to this id was written; None where there is none."""
    at: datetime | None = await conn.fetchval(_SQL["at_of"], row_id)
    return at


async def actions(conn: Conn) -> list[str]:
    """Every action that stands in the log, and bet.placed."""
    found = [row["action"] for row in await conn.fetch(_SQL["actions"])]
    return sorted({PLACED, *found})


async def people_called(conn: Conn, text: str, *, tournament_id: int | None, limit: int) -> list[int]:
    """Whose name holds this text, or whose address it is; at most `limit`."""
    rows = await conn.fetch(_SQL["people_called"], text, tournament_id, limit)
    return [row["id"] for row in rows]


async def read(conn: Conn, wanted: Wanted, *, up_to: int, before: int | None, limit: int) -> Rows:
    """The newest `limit` rows that are wanted, of those up to an id and before another."""
    below = up_to + 1 if before is None else min(before, up_to + 1)
    least = 0
    if wanted.since is not None:
        least = await _about(conn, wanted.since, up_to) - DISORDER_ROWS
    if wanted.until is not None:
        below = min(below, await _about(conn, wanted.until, up_to) + DISORDER_ROWS)
    way = _way(wanted)
    more: list[Any] = []
    if wanted.subject is not None:
        more = [wanted.subject, *await _near_bet(conn, _bet_of(wanted.subject), newest=up_to)]
    rows = list(await _ask(conn, way, wanted, below, least, limit, *more))
    if way == "of_people" and (wanted.actions is None or PLACED in wanted.actions):
        rows += await _taken_bets(conn, wanted, below=below, least=least, limit=limit, newest=up_to)
        rows = sorted(rows, key=lambda row: row["id"], reverse=True)[:limit]
    return await _with_names(conn, rows)


async def _ask(conn: Conn, way: str, wanted: Wanted, below: int, least: int, limit: int, *more: Any) -> list[Any]:
    filters = (wanted.tournament_id, wanted.people, wanted.actions, wanted.since, wanted.until)
    return list(await conn.fetch(_SQL[way], below, least, limit, *filters, *more))


async def _about(conn: Conn, moment: datetime, newest: int) -> int:
    """About where the rows later than the moment begin: within DISORDER_ROWS."""
    return int(await conn.fetchval(_SQL["first_later"], moment, newest))


async def _taken_bets(conn: Conn, wanted: Wanted, *, below: int, least: int, limit: int, newest: int) -> list[Any]:
    """The rows of people's taken bets, looked for between their first bet and their last: no index by person has them."""
    span = await fetch_one(conn, _SQL["betting"], wanted.people, wanted.tournament_id)
    if span["first_at"] is None:
        return []
    least = max(least, await _about(conn, span["first_at"], newest) - DISORDER_ROWS)
    below = min(below, await _about(conn, span["last_at"], newest) + DISORDER_ROWS)
    way = "newest" if wanted.tournament_id is None else "of_tournament"
    return await _ask(conn, way, replace(wanted, actions=(PLACED,)), below, least, limit)


def _way(wanted: Wanted) -> str:
    """The narrowest index that serves."""
    if wanted.subject is not None:
        return "of_subject"
    if wanted.people is not None:
        return "of_people"
    if wanted.actions is not None and PLACED not in wanted.actions:
        return "of_actions" if wanted.tournament_id is None else "of_tournament_actions"
    return "newest" if wanted.tournament_id is None else "of_tournament"


async def _near_bet(conn: Conn, bet_id: UUID | None, *, newest: int) -> tuple[int, int]:
    """The ids that the row of a taken bet is between: there is no index by subject for these, a row for every bet."""
    placed_at = None if bet_id is None else await conn.fetchval(_SQL["placed_at"], bet_id)
    if placed_at is None:
        return 1, 0
    about = await _about(conn, placed_at, newest)
    return about - DISORDER_ROWS, about + DISORDER_ROWS


def _bet_of(subject: str | None) -> UUID | None:
    kind, _, number = (subject or "").partition(":")
    try:
        return UUID(number) if kind == "bet" else None
    except ValueError:
        return None


async def _with_names(conn: Conn, rows: Sequence[Any]) -> Rows:
    people = {row["user_id"] for row in rows} - {None}
    tournaments = {row["tournament_id"] for row in rows} - {None}
    shown = [dict(row) | {"details": None if row["details"] is None else json.loads(row["details"])} for row in rows]
    return Rows(
        shown,
        {row["id"]: row["name"] for row in await conn.fetch(_SQL["around"], list(people))},
        {row["id"]: row for row in await conn.fetch(_SQL["currencies"], list(tournaments))},
        await called(conn, shown),
    )
