"""Invitations in the ledger: made, ended, taken. Knows neither HTTP nor who may ask, and of a code only its hash."""

from dataclasses import dataclass

from toteboard.ledger.connection import Conn, Row, fetch_one
from toteboard.ledger.ledger import Change
from toteboard.ledger.people import users
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import tournaments
from toteboard.ledger.tournaments.tournaments import Role
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("invitations")


# Where an invitation leads somebody from the role they have. Cashier and auditor are beside each other: who counts the
# money does not come to check it by a code, nor the other way round; the organizer decides that by name.
RAISES: dict[str | None, frozenset[str]] = {
    None: frozenset({"bettor", "cashier", "auditor", "organizer"}),
    "bettor": frozenset({"cashier", "auditor", "organizer"}),
    "cashier": frozenset({"organizer"}),
    "auditor": frozenset({"organizer"}),
    "organizer": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """The member after an invitation was taken. `fresh` says that it gave them their role just now."""

    tournament_id: int
    fresh: bool


async def create(
    change: Change, tournament_id: int, *, code_hash: bytes, role: Role, uses: int, days: int, by: int
) -> int:
    """A new invitation's id. Raises Refused: NOT_FOUND, or STATE where the tournament is archived."""
    await tournaments.check_open(change.conn, tournament_id)
    made = await fetch_one(change.conn, _SQL["create"], tournament_id, code_hash, role, uses, days, by)
    invitation_id: int = made["id"]
    await change.audit(
        "invitation.created",
        f"invitation:{invitation_id}",
        tournament_id,
        role=role,
        uses=uses,
        days=days,
        expires_at=made["expires_at"],
    )
    return invitation_id


async def page(conn: Conn, tournament_id: int, *, before: int | None, limit: int) -> list[Row]:
    """A tournament's invitations, newest first."""
    return list(await conn.fetch(_SQL["page"], tournament_id, before, limit))


async def one(conn: Conn, tournament_id: int, invitation_id: int) -> Row | None:
    return await conn.fetchrow(_SQL["one"], tournament_id, invitation_id)


async def end(change: Change, tournament_id: int, invitation_id: int) -> None:
    """Nobody takes it any more; once more does nothing. Raises Refused (NOT_FOUND)."""
    if await change.conn.fetchval(_SQL["end"], tournament_id, invitation_id) is not None:
        await change.audit("invitation.ended", f"invitation:{invitation_id}", tournament_id)
    elif await one(change.conn, tournament_id, invitation_id) is None:
        raise Refused(Refusal.NOT_FOUND)


async def look(conn: Conn, code_hash: bytes, user_id: int | None) -> Row | None:
    """What the code is for; None where it is unknown, used up, over or ended, unless this person took it before."""
    found = await conn.fetchrow(_SQL["look"], code_hash, user_id)
    return found if found is not None and (found["is_open"] or found["is_theirs"]) else None


async def take(change: Change, code_hash: bytes, user_id: int) -> Taken | None:
    """Makes this person a member, or more than they were; never less. None where the code opens nothing for them.

    Who took it before, or is that much already, stays as they are and uses nothing up.
    """
    # The person, then the invitation: two who want its last use, and one who takes two at once, wait for each other.
    await users.lock(change, user_id)
    await change.conn.execute(_SQL["lock"], code_hash)
    found = await look(change.conn, code_hash, user_id)
    before = await tournaments.role_of(change, found["tournament_id"], user_id) if found else None
    # Whoever took it and was removed since does not come back by the same code.
    if found is None or (found["is_theirs"] and before is None):
        await change.audit("invitation.refused", f"user:{user_id}")
        return None
    tournament_id, role = found["tournament_id"], found["role"]
    if found["is_theirs"] or role not in RAISES[before]:
        return Taken(tournament_id, fresh=False)
    if found["created_by"] == user_id:
        # Nobody gives themselves a role.
        await change.audit("invitation.refused", f"user:{user_id}")
        return None
    await tournaments.put_member(change, tournament_id, user_id, role)
    await change.conn.execute(_SQL["use"], found["id"])
    await change.conn.execute(_SQL["took"], found["id"], user_id)
    await change.audit("invitation.taken", f"invitation:{found['id']}", tournament_id, role=role)
    return Taken(tournament_id, fresh=True)
