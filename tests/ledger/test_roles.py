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


# Functions of the owner that others call, and who.
PROGRAM = {"toteboard_app", "toteboard_break_glass"}
OWNERS: dict[str, set[str]] = {
    **dict.fromkeys(("place_bets", "take_over_bets", "take_over_deposits", "move_cash", "open_settlement"), PROGRAM),
    **dict.fromkeys(
        (
            "pay_chunk",
            "finish_settlement",
            "add_event",
            "lock_wallets",
            "open_wallets",
            "forget_tries",
            "refresh_eligibility",
        ),
        PROGRAM,
    ),
    "watched_rows": {"toteboard_app", "toteboard_auditor"},
    "replication_stands": {"toteboard_app"},
}
# They are for the owner's own functions.
NOBODYS = {"log_images", "keyed_hash", "watched_row"}
ROLES = ("toteboard_app", "toteboard_auditor", "toteboard_reporter", "toteboard_sealer", "toteboard_break_glass")


async def test_no_function_is_called_by_whoever_happens_to_be_there(conn: Any) -> None:
    """A trigger function on a table of one's own would write the database's log."""
    rows = await conn.fetch(
        """-- Who may call each function of ours.
           SELECT proname, prosecdef, prorettype = 'trigger'::regtype AS is_trigger, proacl IS NULL AS is_open,
                  ARRAY(SELECT one FROM unnest($1::text[]) one
                         WHERE has_function_privilege(one, pg_proc.oid, 'EXECUTE')) AS by
             FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
        ROLES,
    )
    for row in rows:
        assert not row["is_open"], row["proname"]
        if row["is_trigger"] or row["proname"] in NOBODYS:
            assert not row["by"], row["proname"]
        elif row["prosecdef"]:
            assert set(row["by"]) == OWNERS.get(row["proname"], set()), row["proname"]
        else:
            assert "toteboard_sealer" not in row["by"], row["proname"]
            assert {"toteboard_app", "toteboard_auditor"} <= set(row["by"]), row["proname"]
