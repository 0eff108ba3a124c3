"""People in the ledger: who they are, their sessions, their own limits. Knows no HTTP, and of secrets only hashes.

Each change takes the `Change` it belongs to. Whoever commits it calls `wakeups.sessions(user_id)` afterwards where a
session ended or a right changed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from toteboard.ledger.connection import Conn, Row, fetch_one
from toteboard.ledger.ledger import Change
from toteboard.ledger.statements import statements
from toteboard.rules.refusals import Refusal, Refused, invalid

_SQL = statements("people")

Kind = Literal["session", "token"]
LimitKind = Literal["deposit", "stake", "loss"]
Period = Literal["day", "week", "month"]

# An increase of an own limit counts after this long, a decrease at once.
INCREASE_DELAY = timedelta(hours=24)
# asyncpg writes it as PostgreSQL's infinity.
FOR_GOOD = datetime.max.replace(tzinfo=UTC)
# No password has this hash.
NO_PASSWORD = "!"  # noqa: S105 - the absence of one


def _deleted() -> Refused:
    return Refused(Refusal.UNAUTHENTICATED, "This account was deleted.")


# Sessions -----------------------------------------------------------------------------------------------------------


async def sessions_by_hash(conn: Conn, hashes: Sequence[bytes]) -> list[Row]:
    """Whoever these hashes belong to now, with roles and the seconds left; in no order, unknown ones left out."""
    return list(await conn.fetch(_SQL["sessions_by_hash"], hashes))


async def start_session(
    change: Change, *, user_id: int, token_hash: bytes, days: int, kind: Kind = "session", label: str | None = None
) -> Row:
    """A new session or API token: its id and expires_at."""
    row = await change.conn.fetchrow(_SQL["start_session"], token_hash, user_id, kind, label, days)
    if row is None:
        raise _deleted()
    action = "session.started" if kind == "session" else "token.created"
    await change.audit(action, f"user:{user_id}", session_id=row["id"], expires_at=row["expires_at"])
    return row


async def end_session(change: Change, *, session_id: int, user_id: int, kind: Kind = "session") -> bool:
    """Revokes one of this person's own; False where there is none such."""
    if await change.conn.fetchval(_SQL["end_session"], session_id, user_id, kind) is None:
        return False
    action = "session.ended" if kind == "session" else "token.revoked"
    await change.audit(action, f"user:{user_id}", session_id=session_id)
    return True


async def tokens(conn: Conn, user_id: int) -> list[Row]:
    """Their API tokens that still open something, newest first."""
    return list(await conn.fetch(_SQL["tokens"], user_id))


# The person ---------------------------------------------------------------------------------------------------------


async def register(change: Change, *, email: str, name: str, password_hash: str) -> int:
    """A new person's id. Raises Refused (CONFLICT) where somebody is registered with this address."""
    user_id: int | None = await change.conn.fetchval(_SQL["register"], email, name, password_hash)
    if user_id is None:
        raise Refused(Refusal.CONFLICT, "This e-mail address cannot be used.")
    # Not their name: the log keeps for good what it is told, and they may want to be forgotten.
    await change.audit("user.registered", f"user:{user_id}")
    return user_id


async def credentials(conn: Conn, email: str) -> Row | None:
    """The id and password_hash behind an address."""
    return await conn.fetchrow(_SQL["credentials"], email)


async def lock(change: Change, user_id: int) -> Row:
    """The person, locked until the change ends, and the time after the lock. Raises Refused for a deleted account."""
    row = await change.conn.fetchrow(_SQL["lock_person"], user_id)
    if row is None:
        raise _deleted()
    return row


async def me(conn: Conn, user_id: int) -> tuple[Row, list[Row]]:
    """The person and their memberships, as they see themselves."""
    return await fetch_one(conn, _SQL["me"], user_id), list(await conn.fetch(_SQL["memberships"], user_id))


async def is_member(conn: Conn, tournament_id: int, user_id: int) -> bool:
    return bool(await conn.fetchval(_SQL["is_member"], tournament_id, user_id))


async def exclude(change: Change, user_id: int, until: datetime) -> None:
    """Self-exclusion until then; FOR_GOOD never ends. Raises Refused: INVALID, CONFLICT where a longer one is running."""
    person = await lock(change, user_id)
    if until <= person["now"]:
        raise invalid("until", "an exclusion ends in the future")
    running = person["excluded_until"]
    if running is not None and running > person["now"] and until < running:
        raise Refused(
            Refusal.CONFLICT,
            "An exclusion can be made longer, never shorter.",
            excluded_until=running.isoformat().replace("+00:00", "Z"),
        )
    await change.conn.execute(_SQL["exclude"], user_id, until)
    await change.audit("user.excluded", f"user:{user_id}", until=until)


# Own limits ---------------------------------------------------------------------------------------------------------


async def limits(conn: Conn, user_id: int) -> list[Row]:
    """Own limits now (amount) and to come (next_amount from next_at; null there with a next_at: lifted)."""
    return list(await conn.fetch(_SQL["limits"], user_id))


async def set_limit(
    change: Change, *, user_id: int, tournament_id: int, kind: LimitKind, period: Period, amount: int | None
) -> datetime:
    """Sets an own limit in minor units, None lifts it; returns when it counts. What was still to come is overtaken."""
    await lock(change, user_id)
    which = (user_id, tournament_id, kind, period)
    now = await change.conn.fetchval(_SQL["limit_now"], *which)
    higher = now is not None and (amount is None or amount > now)
    delay = INCREASE_DELAY if higher else timedelta(0)
    effective_at: datetime = await change.conn.fetchval(_SQL["set_limit"], *which, amount, delay)
    await change.audit(
        "limit.changed",
        f"user:{user_id}",
        tournament_id,
        kind=kind,
        period=period,
        before=now,
        amount=amount,
        effective_at=effective_at,
    )
    return effective_at
