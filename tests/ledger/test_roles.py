"""What PostgreSQL itself denies the application: what happened is not rewritten, whatever our code would ask for."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

DENIED = (
    "UPDATE bets SET stake = 1",
    "UPDATE bets SET odds_milli = 9999",
    "DELETE FROM bets",
    "TRUNCATE bets",
    "UPDATE transfers SET amount = 1",
    "DELETE FROM transfers",
    "UPDATE events SET payload = '{}'",
    "DELETE FROM events",
    "UPDATE audit_log SET action = 'nothing'",
    "DELETE FROM audit_log",
    "TRUNCATE audit_log",
    "INSERT INTO audit_log (id, action, subject) OVERRIDING SYSTEM VALUE VALUES (1, 'a', 'b')",
    "INSERT INTO bets (id, tournament_id, wallet_id, user_id, market_id, outcome_id, stake, odds_milli, placed_at, status)"
    " VALUES (gen_random_uuid(), 1, 1, 1, 1, 1, 1, 1, now(), 'won')",
    "UPDATE settlements SET terms = '[]'",
    "UPDATE settlements SET paid = 0",
    "DELETE FROM settlements",
    "UPDATE accounts SET kind = 'house'",
    "UPDATE accounts SET eligibility = 0",
    "UPDATE outcome_totals SET market_id = 1",
    "DELETE FROM users",
    "DROP TABLE bets",
    "ALTER TABLE bets DISABLE TRIGGER ALL",
    "CREATE TABLE mine (a int)",
    "UPDATE migration_log SET sha256 = ''",
)
READERS = ("toteboard_auditor", "toteboard_reporter")


@pytest_asyncio.fixture(loop_scope="session")
async def conn(database: str) -> AsyncIterator[Any]:
    opened = await asyncpg.connect(database)
    yield opened
    await opened.close()


@pytest.mark.parametrize("sql", DENIED)
async def test_the_application_may_not(conn: Any, sql: str) -> None:
    await conn.execute("SET ROLE toteboard_app")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.execute(sql)


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO audit_log (action, subject) VALUES ('a', 'b')",
        "UPDATE accounts SET balance = 1",
        "DELETE FROM bets",
        "SELECT token_hash FROM sessions",
        "SELECT password_hash FROM users",
    ],
)
async def test_a_reader_may_only_read_and_no_secrets(conn: Any, role: str, sql: str) -> None:
    await conn.execute(f"SET ROLE {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await conn.execute(sql)


@pytest.mark.parametrize("role", READERS)
async def test_a_reader_reads_the_books(conn: Any, role: str) -> None:
    await conn.execute(f"SET ROLE {role}")
    for table in ("bets", "transfers", "accounts", "audit_log", "settlements", "events"):
        assert await conn.fetchval(f"SELECT count(*) FROM {table}") == 0
