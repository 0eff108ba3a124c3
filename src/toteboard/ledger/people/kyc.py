"""Identity checks in the ledger, and what they make of a person. Knows no provider and no signature.

A desk's check counts in its tournament, any other wherever no desk has decided (sql/functions/checked_identity.sql). Of each
kind the newest counts: an older one still moves, without effect, so that a late message undoes no decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import uuid4

from toteboard.ledger.connection import Conn, Row, fetch_one
from toteboard.ledger.ledger import Change
from toteboard.ledger.people.own_affairs import Affair, check_another
from toteboard.ledger.statements import statements
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("kyc")

Status = Literal["pending", "review", "verified", "declined", "expired"]
Decision = Literal["verified", "declined"]

# Whose checks they are that people decide: a tournament's desk, and an admin for the whole server.
DESK = "desk"
ADMIN = "admin"

# What a provider may say next without being asked again: checks only ripen. What was decided is never undecided again.
_NEXT: dict[Status, frozenset[str]] = {
    "pending": frozenset({"review", "verified", "declined", "expired"}),
    "review": frozenset({"verified", "declined", "expired"}),
    "verified": frozenset({"expired"}),
    "declined": frozenset(),
    "expired": frozenset(),
}


class Overtaken(Exception):
    """Somebody else decided the check in the meantime. Reload the page."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check of an identity, as far as deciding about it needs."""

    id: int
    user_id: int
    status: Status
    reference: str = ""


def ripens(before: Status, after: Status) -> bool:
    """Whether `after` is a step a check takes in good order; anything else is asked again at the provider."""
    return after in _NEXT[before]


async def provider_of(conn: Conn, tournament_id: int) -> str | None:
    """The name of the tournament's provider; None for no such tournament."""
    name: str | None = await conn.fetchval(_SQL["provider_of"], tournament_id)
    return name


async def status_in(conn: Conn, user_id: int, tournament_id: int | None) -> str:
    """How their identity stands in a tournament; without one, what the server knows of it."""
    return str(await conn.fetchval(_SQL["status_in"], user_id, tournament_id))


async def newest_check(conn: Conn, user_id: int, desk_of: int | None = None) -> Row | None:
    """The last that was started outside a desk, or at the desk of this tournament; None where none was."""
    return await conn.fetchrow(_SQL["newest_check"], user_id, desk_of)


async def checks(conn: Conn, user_id: int, tournament_id: int | None) -> list[Row]:
    """The person's last fifty checks that count in a tournament, or outside of any; newest first."""
    return list(await conn.fetch(_SQL["checks"], user_id, tournament_id))


async def count_checks(conn: Conn, user_id: int) -> int:
    """Checks begun in the last 24 hours."""
    return int(await conn.fetchval(_SQL["count_checks"], user_id))


async def count_all_checks(conn: Conn, provider: str) -> int:
    """Checks of a provider that anybody began in the last 24 hours."""
    return int(await conn.fetchval(_SQL["count_all_checks"], provider))


async def check_by_reference(conn: Conn, provider: str, reference: str) -> Check | None:
    """The check that a provider calls by this reference; None for an unknown one."""
    row = await conn.fetchrow(_SQL["check_by_reference"], provider, reference)
    return Check(row["id"], row["user_id"], row["status"], row["reference"]) if row else None


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
    page_url: str | None = None,
    same_as: int | None = None,
) -> int:
    """A new check, from now on the one that counts for the person: in one tournament, or (None) outside desks.

    Raises Refused (NOT_FOUND) for who has deleted their account.
    """
    await _lock(change, user_id)
    check_id: int = await change.conn.fetchval(
        _SQL["add_check"], user_id, provider, reference, status, note, decided_by, tournament_id, page_url, same_as
    )
    action = "kyc.started" if status == "pending" else f"kyc.{status}"
    await _tell(change, action, user_id, tournament_id, provider=provider, check_id=check_id)
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
    asked: bool = False,
    same_as: int | None = None,
) -> None:
    """Gives the check its new status, and the person theirs; `asked`: the provider was asked for it. Raises Overtaken."""
    if await change.conn.fetchval(_SQL["lock_user"], check.user_id) is None:
        raise Overtaken
    moved = await change.conn.fetchval(_SQL["move_check"], check.id, check.status, status, note, decided_by)
    if moved is None:
        raise Overtaken
    details = {"check_id": check.id, "before": check.status, "polled": asked}
    if same_as is not None:
        details["same_as"] = same_as
    await _tell(change, f"kyc.{status}", check.user_id, tournament_id, **details)
    await change.conn.execute(_SQL["project"], check.user_id)


async def take_answer(
    change: Change, check: Check, status: Status, *, born_on: date | None, marks: Sequence[bytes], asked: bool
) -> Status:
    """Gives the check what its provider answered; its status then. A second account of one person goes to review instead.

    `marks` are of the identity (kyc/marks.py); where another person has one of them and is verified, or has excluded
    themselves, somebody looks. A status that may not follow is left. Raises Overtaken.
    """
    if status in ("pending", "review") and check.status in ("verified", "declined"):
        return check.status
    if await change.conn.fetchval(_SQL["lock_user"], check.user_id) is None:
        # They have deleted their account while the provider was asked: nothing of it is kept.
        return check.status
    same_as = None
    if status == "verified" and marks:
        # One after the other: of two accounts verified at the same moment the second sees the first.
        await change.conn.execute(_SQL["identities_turn"])
        same_as = await change.conn.fetchval(_SQL["same_person"], check.user_id, marks)
        await change.conn.execute(_SQL["add_marks"], check.user_id, marks)
    taken: Status = "review" if same_as is not None else status
    await change.conn.execute(_SQL["learn"], check.id, born_on, same_as)
    if taken == check.status:
        return taken
    await move_check(change, check, taken, asked=asked, same_as=same_as)
    return taken


async def claim_due(change: Change, most: int) -> list[tuple[str, Check]]:
    """Checks to ask their provider about now, with its name; each is due again after a pause that doubles."""
    return [
        (row["provider"], Check(row["id"], row["user_id"], row["status"], row["reference"]))
        for row in await change.conn.fetch(_SQL["claim_due"], most)
    ]


async def expired(conn: Conn, valid_days: int) -> list[Check]:
    """Checks that count and are older than `valid_days` (0: never), and those that nobody finished."""
    return [Check(row["id"], row["user_id"], row["status"]) for row in await conn.fetch(_SQL["expired"], valid_days)]


async def refresh_cleared(change: Change) -> list[int]:
    """Opens wallets that wait for no check: a birthday came, an exclusion of the same person ended; whose they are."""
    return [row["user_id"] for row in await change.conn.fetch(_SQL["refresh_cleared"])]


async def decide(
    change: Change, user_id: int, decision: Decision, *, tournament_id: int | None, document: str, by: int
) -> None:
    """Somebody has seen the document: at the desk of a tournament, or (None) an admin, for the whole server.

    Raises Refused (FORBIDDEN) for one's own.
    """
    check_another(change.actor, user_id, Affair.IDENTITY, tournament_id)
    await _lock(change, user_id)
    twin = await fetch_one(change.conn, _SQL["twin"], user_id)
    if twin["is_barred"] and decision == "verified" and tournament_id is not None:
        raise Refused(
            Refusal.FORBIDDEN,
            "An account of the same identity is barred from betting: an administrator decides.",
            tournament_id=tournament_id,
        )
    newest = await newest_check(change.conn, user_id, tournament_id)
    provider = ADMIN if tournament_id is None else DESK
    if newest and newest["provider"] == provider and newest["status"] in ("pending", "review"):
        check = Check(newest["id"], user_id, newest["status"])
        await change.conn.execute(_SQL["learn"], check.id, None, twin["same_as"])
        await move_check(change, check, decision, tournament_id=tournament_id, note=document, decided_by=by)
    else:
        await add_check(
            change,
            user_id=user_id,
            provider=provider,
            reference=str(uuid4()),
            status=decision,
            tournament_id=tournament_id,
            note=document,
            decided_by=by,
            same_as=twin["same_as"],
        )


async def _lock(change: Change, user_id: int) -> None:
    if await change.conn.fetchval(_SQL["lock_user"], user_id) is None:
        raise Refused(Refusal.NOT_FOUND, "There is no such person.")


async def _tell(change: Change, action: str, user_id: int, tournament_id: int | None, **details: Any) -> None:
    """Logs what became of a check: in its tournament; what counts everywhere, in every one that the person belongs to.

    The document is not said: it is personal, and the log keeps for good what it is told.
    """
    where: list[int | None] = [tournament_id]
    if tournament_id is None and action != "kyc.started":
        where += [row["tournament_id"] for row in await change.conn.fetch(_SQL["tournaments_of"], user_id)]
    for one in where:
        # Of whom somebody is the same is no other tournament's business.
        told = details if one is None else {name: value for name, value in details.items() if name != "same_as"}
        await change.audit(action, f"user:{user_id}", one, **told)
