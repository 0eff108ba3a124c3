"""Who may administer everything, and what an admin decides about anybody. Knows no HTTP.

The command line on the machine itself makes the first admin, an admin others, the sandbox its own.
"""

from toteboard.ledger.connection import Conn, Row
from toteboard.ledger.ledger import Change
from toteboard.ledger.people.invitation_rights import end_unrightful
from toteboard.ledger.people.own_affairs import Affair, check_another
from toteboard.ledger.statements import statements
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("admins")


async def promote(change: Change, user_id: int) -> bool:
    """Makes somebody an admin; False where they are one already."""
    if await change.conn.fetchval(_SQL["promote"], user_id) is None:
        return False
    await change.audit("user.promoted", f"user:{user_id}", admin=True)
    return True


async def count(conn: Conn) -> int:
    """How many admins there are."""
    return int(await conn.fetchval(_SQL["count"]))


async def people(conn: Conn, *, before: int | None, limit: int, sought: str | None) -> list[Row]:
    """Everybody with an account, the newest first; those in whose name or address `sought` stands."""
    return list(await conn.fetch(_SQL["people"], before, limit, sought))


async def one(conn: Conn, user_id: int) -> Row:
    """One of them. Raises Refused (NOT_FOUND)."""
    row = await conn.fetchrow(_SQL["one"], user_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND, "There is no such person.")
    return row


async def set_rights(
    change: Change, user_id: int, *, admin: bool | None = None, blocked: bool | None = None, reason: str
) -> None:
    """Makes somebody an admin or no longer, blocks or unblocks them; what they may no longer give as invitations ends.

    Nobody's own rights, so an admin always remains. Raises Refused: NOT_FOUND, FORBIDDEN.
    """
    await change.conn.execute(_SQL["lock_admins"], user_id)
    before = await change.conn.fetchrow(_SQL["rights"], user_id)
    if before is None:
        raise Refused(Refusal.NOT_FOUND, "There is no such person.")
    check_another(change.actor, user_id, Affair.ACCOUNT)
    actor = await change.conn.fetchrow(_SQL["rights"], change.actor.user_id)
    if actor is not None and (not actor["admin"] or actor["blocked"]):
        # Somebody took it from them while they waited.
        raise Refused(Refusal.FORBIDDEN, "This takes an admin.")
    after_admin = before["admin"] if admin is None else admin
    after_blocked = before["blocked"] if blocked is None else blocked
    if (after_admin, after_blocked) == (before["admin"], before["blocked"]):
        return
    await change.conn.execute(_SQL["set_rights"], user_id, after_admin, after_blocked)
    subject = f"user:{user_id}"
    if after_admin != before["admin"]:
        await change.audit(
            "user.promoted" if after_admin else "user.demoted", subject, admin=after_admin, reason=reason
        )
    if after_blocked != before["blocked"]:
        await change.audit("user.blocked" if after_blocked else "user.unblocked", subject, reason=reason)
    await end_unrightful(change, user_id)
