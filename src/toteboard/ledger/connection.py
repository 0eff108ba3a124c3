"""The types of a connection and of a row, for who asks the database something. Opens nothing."""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from asyncpg import Connection, Record
    from asyncpg.pool import PoolConnectionProxy

    # What one asks with: a connection of its own, or one that the pool lends.
    Conn: TypeAlias = Connection[Record] | PoolConnectionProxy[Record]
    Row: TypeAlias = Record
else:
    Conn = Row = Any


async def fetch_one(conn: Conn, sql: str, *args: Any) -> Row:
    """The one row of a statement that always has one."""
    row = await conn.fetchrow(sql, *args)
    assert row is not None, "the statement always has a row"
    return row
