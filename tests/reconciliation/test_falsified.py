"""Whoever has got hold of the application's login, or is the database's owner, and writes past the program.

Each falsification is refused by PostgreSQL, or named by the audit of the books; the list is that of a review which found
nineteen of them unnoticed.
"""

import shutil
from pathlib import Path

import asyncpg
import pytest

from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.migrate import MIGRATIONS, migrate
from toteboard.ledger.people import users
from toteboard.reconciliation.checks import audit
from toteboard.reconciliation.reading import opened_books

from .factories import BooksFactory, played
from .falsifications import FALSIFICATIONS, REFUSED
from .test_books import audited, found

# What PostgreSQL says no by: a right, a function or trigger of the owner, or a reference that would be left without its end.
REFUSALS = (asyncpg.InsufficientPrivilegeError, asyncpg.RaiseError, asyncpg.ForeignKeyViolationError)


async def _names(factory: BooksFactory, conn: "asyncpg.Connection[asyncpg.Record]") -> dict[str, int]:
    return {
        "tournament": factory.tournament_id,
        "user": factory.bettors[0],
        "wallet": factory.wallets[0],
        "rich": factory.wallets[1],
        "rich_user": factory.bettors[1],
        "escrow": await conn.fetchval(
            "SELECT id FROM accounts WHERE kind = 'escrow' AND market_id = $1", factory.markets["Open race"]
        ),
        "paid_escrow": await conn.fetchval(
            "SELECT id FROM accounts WHERE kind = 'escrow' AND market_id = $1", factory.markets["Fixed race"]
        ),
        "alder": factory.outcomes["Alder"],
        "fir": factory.outcomes["Fir"],
        "cash": await conn.fetchval("SELECT id FROM accounts WHERE kind = 'cash'"),
        "elm": factory.outcomes["Elm"],
        "open": factory.markets["Open race"],
        "fixed": factory.markets["Fixed race"],
    }


@pytest.mark.parametrize("what", FALSIFICATIONS)
async def test_what_is_written_past_the_program_is_refused_or_named(ledger: Ledger, what: str) -> None:
    falsification = FALSIFICATIONS[what]
    factory = await played(ledger)
    conn = await asyncpg.connect(ledger.dsn)
    try:
        sql = falsification.sql.format(**await _names(factory, conn))
        if falsification.by == "app":
            await conn.execute("SET ROLE toteboard_app")
        if falsification.named == REFUSED:
            with pytest.raises(REFUSALS):
                await conn.execute(sql)
        else:
            await conn.execute(sql)
    finally:
        await conn.close()
    assert set(found(await audited(ledger))) == falsification.named


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("markets", "closed_at"),
        ("tournaments", "archived_at"),
        ("users", "deleted_at"),
        ("sessions", "revoked_at"),
        ("outcomes", "withdrawn_at"),
    ],
)
async def test_when_something_ended_is_the_databases_to_say(ledger: Ledger, table: str, column: str) -> None:
    factory = await played(ledger)
    conn = await asyncpg.connect(ledger.dsn, server_settings={"role": "toteboard_app"})
    try:
        await conn.execute(
            "INSERT INTO sessions (token_hash, user_id, kind, expires_at) VALUES (sha256('s'), $1, 'session', 'infinity')",
            factory.bettors[0],
        )
        before = await conn.fetchval("SELECT clock_timestamp()")
        ended = await conn.fetch(
            f"UPDATE {table} SET {column} = now() - interval '1 year' WHERE {column} IS NULL RETURNING {column}"
        )
        assert ended
        assert min(row[column] for row in ended) > before
    finally:
        await conn.close()


async def test_whoever_breaks_the_glass_may_and_is_in_the_log_with_what_they_did(ledger: Ledger) -> None:
    factory = await played(ledger)
    conn = await asyncpg.connect(ledger.dsn)
    try:
        await conn.execute("SET ROLE toteboard_break_glass")
        await conn.execute("UPDATE outcomes SET name = 'Elmo' WHERE name = 'Elm'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute("ALTER TABLE bets DISABLE TRIGGER ALL")
        await conn.execute("RESET ROLE")
        row = await conn.fetchrow(
            "SELECT subject, details::text FROM audit_log WHERE action = 'break_glass.used' ORDER BY id DESC LIMIT 1"
        )
        assert row is not None
        assert row["subject"] == "table:outcomes"
        assert "SET name = 'Elmo'" in row["details"]
        seen = await conn.fetchrow("SELECT login, image ->> 'name' FROM change_log ORDER BY id DESC LIMIT 1")
        assert seen is not None
        assert tuple(seen) == ("toteboard_break_glass", "Elmo")
    finally:
        await conn.close()
    report = await audited(ledger)
    assert found(report) == {}
    assert report.counted["glass_broken"] == 1
    assert factory.outcomes["Elm"]


async def test_a_change_says_who_asked_and_from_where(ledger: Ledger) -> None:
    factory = await played(ledger)
    async with ledger.change(Actor(factory.bettors[2], "192.0.2.7")) as change:
        await users.set_limit(
            change,
            user_id=factory.bettors[2],
            tournament_id=factory.tournament_id,
            kind="stake",
            period="day",
            amount=500,
        )
        # Somebody else's from here on, as where a code says who it is.
        await change.act_as(Actor(factory.bettors[3], "192.0.2.8"))
        await change.conn.execute("UPDATE outcomes SET name = 'Elmo' WHERE name = 'Elm'")
    async with ledger.read() as conn:
        rows = await conn.fetch("SELECT user_id, host(ip) AS ip, login FROM change_log ORDER BY id")
    assert {row["login"] for row in rows} == {"toteboard_app"}
    assert [(row["user_id"], row["ip"]) for row in rows[-2:]] == [
        (factory.bettors[2], "192.0.2.7"),
        (factory.bettors[3], "192.0.2.8"),
    ]
    assert rows[0]["user_id"] is None, "the program itself"


async def test_nobody_but_the_program_calls_what_writes_for_it(ledger: Ledger) -> None:
    await played(ledger)
    conn = await asyncpg.connect(ledger.dsn, server_settings={"role": "toteboard_reporter"})
    try:
        for call in (
            "SELECT place_bets('{}', '{}', '{}', '{}', '{}', '{}', '{}')",
            "SELECT pay_chunk(1, 1)",
            "SELECT finish_settlement(1)",
            "SELECT open_settlement(1)",
            "SELECT move_cash(1, 'deposit', 1, NULL)",
            "SELECT take_over_deposits(1, '{}', '{}', '{}')",
            "SELECT take_over_bets(1, '{}', '{}', '{}', '{}', '{}', '{}')",
            "SELECT add_event(1, 'market', '{}')",
            "SELECT lock_wallets('{}')",
            "SELECT open_wallets(1, '{}')",
            "SELECT forget_tries()",
            "SELECT watched_rows()",
            "SELECT log_images('found', '{}', '{}')",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(call)
    finally:
        await conn.close()


async def test_a_table_of_ones_own_does_not_come_before_the_ledgers(ledger: Ledger) -> None:
    """Functions of the owner look into the ledger's schema first: a temporary `change_log` would swallow the row else."""
    await played(ledger)
    conn = await asyncpg.connect(ledger.dsn, server_settings={"role": "toteboard_app"})
    try:
        await conn.execute(
            "CREATE TEMPORARY TABLE change_log"
            " (command text, subject text, image jsonb, user_id bigint, ip inet, login text)"
        )
        await conn.execute("UPDATE public.outcomes SET name = 'Elmo' WHERE name = 'Elm'")
        assert await conn.fetchval("SELECT count(*) FROM pg_temp.change_log") == 0
    finally:
        await conn.close()
    assert set(found(await audited(ledger))) == {"as_said"}


async def test_what_was_there_before_the_log_is_found_once(template: str, bare_database: str, tmp_path: Path) -> None:
    """A database that is brought to the version with this log: its rows are the first images, and the books balance."""
    assert template, "the server has the roles"
    older = tmp_path / "migrations"
    functions = tmp_path / "functions"
    shutil.copytree(MIGRATIONS, older, ignore=lambda _, names: [name for name in names if name >= "0022"])
    functions.mkdir()
    await migrate(bare_database, migrations=older, functions=functions)
    conn = await asyncpg.connect(bare_database)
    try:
        await conn.execute(
            "INSERT INTO users (email, name, password_hash) VALUES ('a@test.invalid', 'Ada', '!');"
            " INSERT INTO tournaments (slug, name, currency) VALUES ('cup', 'Cup', 'EUR');"
            " INSERT INTO feeds (tournament_id) SELECT id FROM tournaments;"
            " INSERT INTO members (tournament_id, user_id, role) SELECT tournaments.id, users.id, 'auditor'"
            " FROM tournaments, users;"
            " INSERT INTO audit_log (action, subject) VALUES ('member.joined', 'user:1')"
        )
        await migrate(bare_database)
        found_rows = await conn.fetch(
            "SELECT command, subject, image ->> 'name' AS name FROM change_log ORDER BY subject"
        )
        assert [tuple(row) for row in found_rows] == [
            ("found", "member:1/1", None),
            ("found", "tournament:1", "Cup"),
            ("found", "user:1", None),
        ]
        # Rows of the log from before belong to no transaction of ours.
        assert await conn.fetchval("SELECT count(*) FROM audit_log WHERE xact IS NOT NULL") == 0
    finally:
        await conn.close()
    async with opened_books(bare_database) as books:
        assert (await audit(books)).balanced


async def test_a_table_and_a_column_that_are_watched_later_are_found_and_the_rest_stays_as_it_was_seen(
    ledger: Ledger,
) -> None:
    """As an earlier version left it: imports not logged, nothing kept of who somebody is; and one row written past it."""
    await played(ledger)
    conn = await asyncpg.connect(ledger.dsn)
    try:
        await conn.execute(
            """SET session_replication_role = replica;
               DROP TRIGGER log_inserted ON imports;
               DELETE FROM change_log WHERE subject LIKE 'import:%';
               UPDATE change_log SET image = image - 'who' WHERE subject LIKE 'user:%';
               UPDATE users SET admin = true WHERE name = 'Bettor 1';
               DELETE FROM function_log WHERE name = 'change_log.sql'"""
        )
        await migrate(ledger.dsn)
        rows = await conn.fetch("SELECT subject, image ? 'who' AS has_who FROM change_log WHERE command = 'found'")
        assert {row["subject"].split(":")[0]: row["has_who"] for row in rows} == {"import": False, "user": True}
        await migrate(ledger.dsn)
        assert await conn.fetchval("SELECT count(*) FROM change_log WHERE command = 'found'") == len(rows)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.execute("SET session_replication_role = origin; DELETE FROM change_log")
    finally:
        await conn.close()
    # What was written past the log is not taken for what was there.
    (difference,) = next(check.differences for check in (await audited(ledger)).checks if check.name == "as_seen")
    assert (difference.stored, difference.derived) == ("admin true", "admin false")
