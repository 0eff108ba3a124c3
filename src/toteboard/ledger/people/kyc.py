"""Identity checks in the ledger, and what they make of a person. Knows no provider and no signature.

A person is what their newest check says. A check that is no longer the newest still moves, without effect on the
person: so a decision at the desk is not undone by an older check's late message.
"""

from dataclasses import dataclass
from typing import Literal

from toteboard.ledger.connection import Conn, Row
from toteboard.ledger.ledger import Change
from toteboard.ledger.statements import statements

_SQL = statements("kyc")

Status = Literal["pending", "review", "verified", "declined"]

# What a provider may say next without being asked again: checks only ripen.
_NEXT: dict[Status, frozenset[str]] = {
    "pending": frozenset({"review", "verified", "declined"}),
    "review": frozenset({"verified", "declined"}),
    "verified": frozenset(),
    "declined": frozenset(),
}


class Overtaken(Exception):
    """Somebody else decided the check in the meantime. Reload the page."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check of an identity, as far as deciding about it needs."""

    id: int
    user_id: int
    status: Status


def ripens(before: Status, after: Status) -> bool:
    """Whether `after` is a step a check takes in good order; anything else is asked again at the provider."""
    return after in _NEXT[before]


async def provider_of(conn: Conn, tournament_id: int) -> str | None:
    """The name of the tournament's provider; None for no such tournament."""
    name: str | None = await conn.fetchval(_SQL["provider_of"], tournament_id)
    return name


async def status_of(conn: Conn, user_id: int) -> str:
    """What is said of the person."""
    return str(await conn.fetchval(_SQL["status_of"], user_id))


async def newest_check(conn: Conn, user_id: int) -> Row | None:
    """The last that was started; None where none was."""
    return await conn.fetchrow(_SQL["newest_check"], user_id)


async def checks(conn: Conn, user_id: int) -> list[Row]:
    """The person's last fifty checks, newest first."""
    return list(await conn.fetch(_SQL["checks"], user_id))


async def count_checks(conn: Conn, user_id: int) -> int:
    """Checks begun in the last 24 hours."""
    return int(await conn.fetchval(_SQL["count_checks"], user_id))


async def check_by_reference(conn: Conn, provider: str, reference: str) -> Check | None:
    """The check that a provider calls by this reference; None for an unknown one."""
    row = await conn.fetchrow(_SQL["check_by_reference"], provider, reference)
    return Check(row["id"], row["user_id"], row["status"]) if row else None


async def knows_message(conn: Conn, provider: str, message_id: str) -> bool:
    """Whether this message of the provider was taken before."""
    return bool(await conn.fetchval(_SQL["knows_message"], provider, message_id))


async def take_message(change: Change, provider: str, message_id: str) -> bool:
    """Whether the message is new; from the commit on it is not."""
    return await change.conn.fetchval(_SQL["take_message"], provider, message_id) is not None


async def add_check(
    change: Change,
    *,
    user_id: int,
    provider: str,
    reference: str,
    status: Status,
    tournament_id: int | None = None,
    note: str | None = None,
    decided_by: int | None = None,
) -> int:
    """A new check, from now on the one that counts for the person."""
    await change.conn.execute(_SQL["lock_user"], user_id)
    check_id: int = await change.conn.fetchval(
        _SQL["add_check"], user_id, provider, reference, status, note, decided_by
    )
    action = "kyc.started" if status == "pending" else f"kyc.{status}"
    await change.audit(action, f"user:{user_id}", tournament_id, provider=provider, check_id=check_id, note=note)
    await change.conn.execute(_SQL["project"], user_id)
    return check_id


async def move_check(
    change: Change,
    check: Check,
    status: Status,
    *,
    tournament_id: int | None = None,
    note: str | None = None,
    decided_by: int | None = None,
    polled: bool = False,
) -> None:
    """Gives the check its new status, and the person theirs; `polled`: the provider was asked for it. Raises Overtaken."""
    await change.conn.execute(_SQL["lock_user"], check.user_id)
    moved = await change.conn.fetchval(_SQL["move_check"], check.id, check.status, status, note, decided_by)
    if moved is None:
        raise Overtaken
    await change.audit(
        f"kyc.{status}",
        f"user:{check.user_id}",
        tournament_id,
        check_id=check.id,
        before=check.status,
        polled=polled,
        note=note,
    )
    await change.conn.execute(_SQL["project"], check.user_id)
