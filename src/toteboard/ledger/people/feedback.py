"""What people say of a screen, kept for who runs the tournament; answered and closed by them. Knows no HTTP."""

import json
from collections.abc import Sequence
from typing import Any

from toteboard.ledger.connection import Conn, Row, fetch_one
from toteboard.ledger.ledger import Change
from toteboard.ledger.statements import statements
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("feedback")


async def add(
    change: Change,
    *,
    tournament_id: int | None,
    text: str,
    screen: str,
    state: dict[str, Any],
    picture: bytes | None,
    may_ask: bool,
) -> Row:
    """Its number, and the name of who said it: the actor, or nobody who is known.

    `state` is as its page saw it, `picture` a JPEG.
    """
    user_id = change.actor.user_id
    return await fetch_one(
        change.conn,
        _SQL["add"],
        *(
            tournament_id,
            user_id,
            text,
            screen,
            json.dumps(state, ensure_ascii=False),
            picture,
            may_ask and user_id is not None,
        ),
    )


async def page(
    conn: Conn, tournament_id: int, *, or_of_none: bool, before: int | None, is_open: bool | None, limit: int
) -> list[Row]:
    """What was said in a tournament, the newest first; `or_of_none`: and what was said where no tournament was."""
    rows = await conn.fetch(_SQL["page"], tournament_id, or_of_none, before, is_open, limit)
    return await _shown(conn, [row["id"] for row in rows])


async def _shown(conn: Conn, numbers: Sequence[int]) -> list[Row]:
    return list(await conn.fetch(_SQL["shown"], numbers))


async def own(conn: Conn, user_id: int, *, before: int | None, limit: int) -> list[Row]:
    """What somebody said, the newest first."""
    return list(await conn.fetch(_SQL["own"], user_id, before, limit))


async def one(conn: Conn, number: int) -> Row:
    """One that is there, as `page` has it."""
    (row,) = await _shown(conn, [number])
    return row


async def picture(conn: Conn, number: int) -> Row | None:
    """Its tournament and its picture, which is None where there is none."""
    return await conn.fetchrow(_SQL["picture"], number)


async def take_along(change: Change, before: int, after: int) -> None:
    """What was said in a tournament goes on in the one that it began anew as."""
    await change.conn.execute(_SQL["take_along"], before, after)


async def lock(change: Change, number: int) -> Row:
    """It, locked. Raises Refused (NOT_FOUND)."""
    row = await change.conn.fetchrow(_SQL["lock"], number)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    return row


async def answer(change: Change, number: int, text: str) -> None:
    """Answers it, once more instead of before. It was locked."""
    await change.conn.execute(_SQL["answer"], number, text, change.actor.user_id)
    await _audit(change, "feedback.answered", number)


async def close(change: Change, number: int, *, closed: bool) -> None:
    """Puts it away, or takes it up again. It was locked."""
    await change.conn.execute(_SQL["close"], number, closed)
    await _audit(change, "feedback.closed" if closed else "feedback.reopened", number)


async def _audit(change: Change, action: str, number: int) -> None:
    row = await change.conn.fetchrow(_SQL["lock"], number)
    assert row is not None
    await change.audit(action, f"feedback:{number}", row["tournament_id"])
