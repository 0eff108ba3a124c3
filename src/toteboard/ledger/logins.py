"""The login that the application works under: it owns nothing, is no superuser, and cannot become either."""

import asyncpg

from toteboard.ledger.statements import statements

APPLICATION = "toteboard_app"
CONNECT_WAIT_S = 10.0

_SQL = statements("logins")


async def give_login(owner_dsn: str, password: str) -> None:
    """Lets the application's role sign in with this password. By the database's owner; again and again it is the same."""
    conn = await asyncpg.connect(owner_dsn, timeout=CONNECT_WAIT_S)
    try:
        async with conn.transaction():
            # Two that start at once do not change the role at the same moment.
            await conn.execute(_SQL["turn"])
            await conn.execute(await conn.fetchval(_SQL["give"], password))
    finally:
        await conn.close()


async def owns_ledger(dsn: str) -> bool:
    """Whether this login owns the ledger's tables, or may become somebody who does: then the log is only a promise to it."""
    conn = await asyncpg.connect(dsn, timeout=CONNECT_WAIT_S)
    try:
        return bool(await conn.fetchval(_SQL["owns"]))
    finally:
        await conn.close()
