"""Who may administer everything. Only the command line, on the machine itself, makes an admin; the sandbox, its own."""

from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import Change
from toteboard.ledger.statements import statements

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
