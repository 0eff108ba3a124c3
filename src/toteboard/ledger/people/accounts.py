"""A person's own account in the ledger: name, address, password, sessions, and codes for a new password.

Knows no HTTP and no argon2; of codes and passwords only hashes.
"""

import json
from datetime import datetime, timedelta

import asyncpg

from toteboard.ledger.connection import Conn, Row, fetch_one
from toteboard.ledger.ledger import Actor, Change
from toteboard.ledger.statements import statements
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("accounts")

# A code handed over at the desk is used the same evening; one by e-mail at once.
DESK_CODE = timedelta(hours=24)
MAIL_CODE = timedelta(hours=1)


async def credentials_of(conn: Conn, user_id: int) -> Row:
    """The password_hash and email of somebody who is there."""
    return await fetch_one(conn, _SQL["password_hash"], user_id)


async def edit(
    change: Change,
    user_id: int,
    *,
    name: str | None = None,
    email: str | None = None,
    password_hash: str | None = None,
    keep_session: int | None = None,
) -> None:
    """Changes what is given. Another password ends every other session and token, another address or password every code.

    Raises Refused (CONFLICT).
    """
    try:
        edited = await change.conn.fetchval(_SQL["edit"], user_id, name, email, password_hash)
    except asyncpg.UniqueViolationError:
        # Somebody else took it at the same moment.
        edited = None
    if edited is None:
        raise Refused(Refusal.CONFLICT, "This e-mail address cannot be used.")
    if password_hash is not None:
        await change.conn.execute(_SQL["end_other_sessions"], user_id, keep_session)
    if password_hash is not None or email is not None:
        # One that was sent to the address before opens the account to whoever reads there.
        await change.conn.execute(_SQL["end_codes"], user_id, True)
    # Which of them, not what they are: nobody's address stands in the log for good.
    given = {"name": name, "email": email, "password": password_hash}
    fields = [field for field, value in given.items() if value is not None]
    await change.audit("user.edited", f"user:{user_id}", fields=fields)


async def sessions(conn: Conn, user_id: int) -> list[Row]:
    """Their sessions that still open something, the newest first."""
    return list(await conn.fetch(_SQL["sessions"], user_id))


async def add_code(
    change: Change, user_id: int, *, code_hash: bytes, good_for: timedelta, tournament_id: int | None = None
) -> datetime:
    """A code for a new password; those before open nothing any more. Returns when it ends.

    One that nobody signed in for, as by e-mail, leaves those from the desk: whoever knows an address may ask for it.
    """
    await change.conn.execute(_SQL["end_codes"], user_id, change.actor.user_id is not None)
    expires_at: datetime | None = await change.conn.fetchval(
        _SQL["add_code"], user_id, code_hash, good_for, change.actor.user_id
    )
    if expires_at is None:
        raise Refused(Refusal.NOT_FOUND)
    await change.audit("password.code_made", f"user:{user_id}", tournament_id, expires_at=expires_at)
    return expires_at


async def is_open_code(conn: Conn, code_hash: bytes) -> bool:
    """Whether it may open an account: looked at again when it is used."""
    return bool(await conn.fetchval(_SQL["is_open_code"], code_hash))


async def use_code(change: Change, code_hash: bytes, *, email: str | None, password_hash: str) -> int | None:
    """Sets the password of whoever the code is for, and their address where they have none; their id.

    None where it opens nothing. Raises Refused: CONFLICT (address taken), STATE where an address is missing.
    """
    code = await change.conn.fetchrow(_SQL["open_code"], code_hash)
    if code is None:
        return None
    if code["email"] is None and email is None:
        raise Refused(Refusal.STATE, "You have no e-mail address here yet: give one to sign in with.", field="email")
    if code["created_by"] is not None:
        # The reason it was made for has to hold still: they may have become staff elsewhere, or its maker nobody.
        maker = await fetch_one(change.conn, _SQL["maker"], code["created_by"])
        try:
            await check_may_reset(
                change.conn, code["user_id"], organizes=frozenset(maker["organizes"]), is_admin=maker["is_admin"]
            )
        except Refused:
            return None
    await change.conn.execute(_SQL["use_code"], code["id"])
    # From here on it is they who act.
    await change.act_as(Actor(code["user_id"], change.actor.ip))
    await edit(change, code["user_id"], email=email if code["email"] is None else None, password_hash=password_hash)
    return int(code["user_id"])


async def check_may_reset(conn: Conn, user_id: int, *, organizes: frozenset[int], is_admin: bool) -> None:
    """Goes on if somebody who organizes these tournaments may make a code for this person. Raises Refused (FORBIDDEN).

    Who has the code is that person: an organizer makes it for bettors of their own tournaments alone, an admin for anybody
    but an admin.
    """
    standing = await fetch_one(conn, _SQL["standing"], user_id)
    if standing["admin"]:
        raise Refused(
            Refusal.FORBIDDEN, "An administrator's password is reset on the command line: toteboard admin reset."
        )
    if is_admin:
        return
    for tournament_id, role in json.loads(standing["members"]):
        if role != "bettor" or tournament_id not in organizes:
            raise Refused(
                Refusal.FORBIDDEN,
                "They are staff, or belong to another tournament too: an administrator makes the code.",
            )
