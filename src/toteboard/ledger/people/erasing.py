"""Deletes an account: what is personal goes, what the books need stays under a number. Knows no HTTP and no password.

Bets, transfers and rows of the log stay, as their tournament's: they name a person by number, and say no name and no address
of e-mail. The log keeps the network address of each act as long as the books (docs/security.md).
"""

from toteboard.ledger.ledger import Change
from toteboard.ledger.people.invitation_rights import end_unrightful
from toteboard.ledger.people.users import NO_PASSWORD
from toteboard.ledger.statements import statements
from toteboard.rules.refusals import Refusal, Refused
from toteboard.words import word

_SQL = statements("erasing")


async def erase(change: Change, user_id: int) -> None:
    """Deletes an account, for good. Raises Refused: NOT_FOUND, CONFLICT where money, bets or a tournament hang on it."""
    person = await change.conn.fetchrow(_SQL["lock"], user_id)
    if person is None:
        raise Refused(Refusal.NOT_FOUND)
    if person["admin"]:
        raise Refused(Refusal.CONFLICT, "You are an administrator: another one takes that from you first.")
    if person["blocked"]:
        raise Refused(Refusal.CONFLICT, "Your account is blocked: ask whoever runs this server.")
    if person["is_excluded"]:
        raise Refused(
            Refusal.CONFLICT, "You have excluded yourself from betting: your account stays until that is over."
        )
    # Memberships before wallets, as whoever changes a role.
    await change.conn.execute(_SQL["lock_members"], user_id)
    await change.conn.execute(_SQL["lock_wallets"], user_id)
    for wallet in await change.conn.fetch(_SQL["wallets"], user_id):
        if wallet["owed"]:
            raise Refused(Refusal.CONFLICT, f"You owe money in {wallet['name']}: pay it at the desk first.")
        if wallet["balance"]:
            raise Refused(
                Refusal.CONFLICT, f"There is money in your wallet of {wallet['name']}: have it paid out first."
            )
        if wallet["has_pending"]:
            raise Refused(Refusal.CONFLICT, f"You have open bets in {wallet['name']}: wait until they are decided.")
    alone = await change.conn.fetchval(_SQL["alone_in"], user_id)
    if alone is not None:
        raise Refused(Refusal.CONFLICT, f"You are the only organizer of {alone}: make somebody else one first.")
    for left in await change.conn.fetch(_SQL["leave"], user_id):
        await change.audit("member.removed", f"user:{user_id}", left["tournament_id"], role=left["role"])
    await end_unrightful(change, user_id)
    await change.conn.execute(_SQL["end_sessions"], user_id)
    await change.conn.execute(_SQL["forget_checks"], user_id)
    await change.conn.execute(_SQL["forget_feedback"], user_id, word("account", "deleted"))
    await change.conn.execute(_SQL["erase"], user_id, word("account", "deleted"), NO_PASSWORD)
    await change.audit("user.deleted", f"user:{user_id}")
