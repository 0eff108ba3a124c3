import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from toteboard.ledger import migrate as runner
from toteboard.ledger.migrate import (
    MIGRATIONS,
    HalfMigrated,
    MigrationRefused,
    MigrationReport,
    check,
    migrate,
    pending,
)


class Scripts:
    """A folder of migrations and one of functions, and the runner on them."""

    def __init__(self, folder: Path):
        self.migrations = folder / "migrations"
        self.functions = folder / "functions"
        self.migrations.mkdir()
        self.functions.mkdir()

    def write(self, name: str, sql: str) -> None:
        folder = self.migrations if name[0].isdigit() else self.functions
        (folder / name).write_text(sql)

    async def migrate(self, dsn: str) -> MigrationReport:
        return await migrate(dsn, migrations=self.migrations, functions=self.functions)

    async def pending(self, dsn: str) -> MigrationReport:
        return await pending(dsn, migrations=self.migrations, functions=self.functions)

    async def check(self, dsn: str) -> MigrationReport:
        return await check(dsn, migrations=self.migrations, functions=self.functions)


@pytest.fixture
def scripts(tmp_path: Path) -> Scripts:
    scripts = Scripts(tmp_path)
    scripts.write("0001_cups.sql", "CREATE TABLE cups (id int); INSERT INTO cups VALUES (1);")
    scripts.write("0002_names.sql", "ALTER TABLE cups ADD name text; UPDATE cups SET name = 'first';")
    scripts.write("count_cups.sql", "CREATE OR REPLACE FUNCTION count_cups() RETURNS bigint RETURN 1;")
    return scripts


async def ask(dsn: str, sql: str) -> object:
    conn = await asyncpg.connect(dsn)
    try:
        return await conn.fetchval(sql)
    finally:
        await conn.close()


async def test_migrations_are_applied_in_order_and_once(bare_database: str, scripts: Scripts) -> None:
    assert await scripts.migrate(bare_database) == MigrationReport(
        ["0001_cups.sql", "0002_names.sql"], ["count_cups.sql"]
    )
    assert await scripts.migrate(bare_database) == MigrationReport([], [])
    scripts.write("0003_more.sql", "INSERT INTO cups VALUES (2, 'second');")
    assert await scripts.migrate(bare_database) == MigrationReport(["0003_more.sql"], [])
    assert await ask(bare_database, "SELECT string_agg(name, ' ' ORDER BY id) FROM cups") == "first second"


async def test_two_runners_at_once_take_turns(bare_database: str, scripts: Scripts) -> None:
    scripts.write("0003_slow.sql", "SELECT pg_sleep(0.3); INSERT INTO cups VALUES (2);")
    scripts.write("0004_index.sql", "-- not transactional\nCREATE INDEX CONCURRENTLY cups_id ON cups (id);")
    reports = await asyncio.gather(*(scripts.migrate(bare_database) for _ in range(4)))
    assert sorted(len(report.applied) for report in reports) == [0, 0, 0, 4]
    assert await ask(bare_database, "SELECT count(*) FROM cups") == 2


async def test_a_runner_does_not_wait_for_ever(
    bare_database: str, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "RUNNER_WAIT_S", 0.2)
    conn = await asyncpg.connect(bare_database)
    await conn.execute("SELECT pg_advisory_lock($1)", runner.ADVISORY_LOCK)
    with pytest.raises(MigrationRefused, match="another migration of this database"):
        await scripts.migrate(bare_database)
    await conn.close()
    assert await scripts.migrate(bare_database)


async def test_a_failing_migration_leaves_nothing_and_the_next_run_succeeds(
    bare_database: str, scripts: Scripts
) -> None:
    scripts.write("0002_names.sql", "CREATE TABLE half (id int); SELECT 1 / 0;")
    with pytest.raises(MigrationRefused, match=r"0002_names.sql failed and was rolled back: division by zero"):
        await scripts.migrate(bare_database)
    assert await ask(bare_database, "SELECT to_regclass('half')") is None
    assert await ask(bare_database, "SELECT max(number) FROM migration_log") == 1
    scripts.write("0002_names.sql", "CREATE TABLE whole (id int);")
    assert (await scripts.migrate(bare_database)).applied == ["0002_names.sql"]


async def test_a_migration_edited_after_it_was_applied_is_refused(bare_database: str, scripts: Scripts) -> None:
    await scripts.migrate(bare_database)
    scripts.write("0001_cups.sql", "CREATE TABLE cups (id bigint);")
    for run in (scripts.migrate, scripts.pending, scripts.check):
        with pytest.raises(HalfMigrated, match=r"0001_cups.sql is not the one that was applied"):
            await run(bare_database)


async def test_other_line_ends_are_not_an_edit(bare_database: str, scripts: Scripts) -> None:
    scripts.write("0003_lines.sql", "SELECT 1;\nSELECT 2;\n")
    await scripts.migrate(bare_database)
    (scripts.migrations / "0003_lines.sql").write_bytes(b"SELECT 1;\r\nSELECT 2;\r\n")
    await scripts.check(bare_database)


async def test_a_database_newer_than_the_program_is_refused(bare_database: str, scripts: Scripts) -> None:
    await scripts.migrate(bare_database)
    scripts.write("0003_fewer.sql", "-- contracts\nALTER TABLE cups DROP name;")
    scripts.write("0004_more.sql", "ALTER TABLE cups ADD size int;")
    await scripts.migrate(bare_database)
    for name in ("0003_fewer.sql", "0004_more.sql"):
        (scripts.migrations / name).unlink()
    for run in (scripts.migrate, scripts.pending, scripts.check):
        with pytest.raises(HalfMigrated, match=r"newer than this Toteboard .*0003_fewer.sql.*use the newer Toteboard"):
            await run(bare_database)


async def test_a_program_goes_on_beside_a_newer_one_that_took_nothing_away(
    bare_database: str, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scripts.migrate(bare_database)
    scripts.write("0003_more.sql", "ALTER TABLE cups ADD size int;")
    scripts.write("count_cups.sql", "CREATE OR REPLACE FUNCTION count_cups() RETURNS bigint RETURN 2;")
    await scripts.migrate(bare_database)
    (scripts.migrations / "0003_more.sql").unlink()
    scripts.write("count_cups.sql", "CREATE OR REPLACE FUNCTION count_cups() RETURNS bigint RETURN 1;")
    for run in (scripts.migrate, scripts.pending, scripts.check):
        assert await run(bare_database) == MigrationReport(is_newer=True)
    assert await ask(bare_database, "SELECT count_cups()") == 2, "the older program puts nothing back"


async def test_the_functions_of_a_newer_release_stay(
    bare_database: str, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "RELEASE", "0.10.0")
    await scripts.migrate(bare_database)
    monkeypatch.setattr(runner, "RELEASE", "0.9.1")
    scripts.write("count_cups.sql", "CREATE OR REPLACE FUNCTION count_cups() RETURNS bigint RETURN 3;")
    await scripts.check(bare_database)
    assert (await scripts.migrate(bare_database)).is_newer
    assert await ask(bare_database, "SELECT count_cups()") == 1
    monkeypatch.setattr(runner, "RELEASE", "0.10.1")
    assert (await scripts.migrate(bare_database)).functions == ["count_cups.sql"]


async def test_a_log_of_before_is_understood(bare_database: str, scripts: Scripts) -> None:
    await scripts.migrate(bare_database)
    await ask(bare_database, "ALTER TABLE migration_log DROP contracts")
    await ask(bare_database, "ALTER TABLE function_log DROP release")
    await scripts.check(bare_database)
    scripts.write("0003_more.sql", "ALTER TABLE cups ADD size int;")
    assert (await scripts.migrate(bare_database)).applied == ["0003_more.sql"]


async def test_a_gap_in_the_log_is_refused(bare_database: str, scripts: Scripts) -> None:
    await scripts.migrate(bare_database)
    await ask(bare_database, "DELETE FROM migration_log WHERE number = 1")
    with pytest.raises(HalfMigrated, match=r"0001_cups.sql is missing in the database although 0002_names.sql"):
        await scripts.migrate(bare_database)


async def test_tables_of_somebody_else_are_refused(bare_database: str, scripts: Scripts) -> None:
    await ask(bare_database, "CREATE SCHEMA shop CREATE TABLE orders (id int)")
    for run in (scripts.migrate, scripts.pending):
        with pytest.raises(MigrationRefused, match=r"shop.orders.*empty database of its own"):
            await run(bare_database)
    assert await ask(bare_database, "SELECT to_regclass('migration_log')") is None


async def test_a_migration_outside_a_transaction_that_fails_is_half_and_refused_until_undone(
    bare_database: str, scripts: Scripts
) -> None:
    scripts.write("0003_unique.sql", "-- not transactional\nCREATE UNIQUE INDEX CONCURRENTLY one ON cups ((id / 0));")
    with pytest.raises(HalfMigrated, match="division by zero"):
        await scripts.migrate(bare_database)
    for run in (scripts.migrate, scripts.check):
        with pytest.raises(HalfMigrated, match=r"did not finish.*DELETE FROM migration_log WHERE number = 3"):
            await run(bare_database)
    await ask(bare_database, "DROP INDEX IF EXISTS one")
    await ask(bare_database, "DELETE FROM migration_log WHERE number = 3")
    scripts.write("0003_unique.sql", "-- not transactional\nCREATE UNIQUE INDEX CONCURRENTLY one ON cups (id);")
    assert (await scripts.migrate(bare_database)).applied == ["0003_unique.sql"]


async def test_a_function_is_applied_again_when_its_text_changes(bare_database: str, scripts: Scripts) -> None:
    await scripts.migrate(bare_database)
    scripts.write("count_cups.sql", "CREATE OR REPLACE FUNCTION count_cups() RETURNS bigint RETURN 2;")
    assert (await scripts.pending(bare_database)).functions == ["count_cups.sql"]
    assert await scripts.migrate(bare_database) == MigrationReport([], ["count_cups.sql"])
    assert await ask(bare_database, "SELECT count_cups()") == 2


async def test_functions_are_replaced_all_or_none(bare_database: str, scripts: Scripts) -> None:
    await scripts.migrate(bare_database)
    scripts.write("count_cups.sql", "CREATE OR REPLACE FUNCTION count_cups() RETURNS bigint RETURN 2;")
    scripts.write("wrong.sql", "CREATE OR REPLACE FUNCTION wrong() RETURNS bigint RETURN nobody();")
    with pytest.raises(MigrationRefused, match=r"wrong.sql failed.*as they were"):
        await scripts.migrate(bare_database)
    assert await ask(bare_database, "SELECT count_cups()") == 1


async def test_check_says_what_is_missing(bare_database: str, scripts: Scripts) -> None:
    with pytest.raises(MigrationRefused, match=r"3 to apply, first 0001_cups.sql\): run `toteboard migrate`"):
        await scripts.check(bare_database)
    assert await ask(bare_database, "SELECT to_regclass('migration_log')") is None
    await scripts.migrate(bare_database)
    await scripts.check(bare_database)


@pytest.mark.parametrize(
    ("name", "sql", "said"),
    [
        ("0004_far.sql", "SELECT 1;", "should have number 0003"),
        ("0002_twice.sql", "SELECT 1;", "should have number 0003"),
        ("3_short.sql", "SELECT 1;", "not named like"),
        ("0003_own.sql", "SELECT 1;\nCOMMIT;\nSELECT 2;", "its own BEGIN or COMMIT"),
    ],
)
async def test_a_mistake_in_the_folder_is_refused_before_anything_is_applied(
    bare_database: str, scripts: Scripts, name: str, sql: str, said: str
) -> None:
    scripts.write(name, sql)
    with pytest.raises(MigrationRefused, match=said):
        await scripts.migrate(bare_database)
    assert await ask(bare_database, "SELECT to_regclass('migration_log')") is None


async def test_the_migrations_of_this_program_pass_their_own_check(database: str) -> None:
    await check(database)


async def test_a_limit_that_was_to_come_still_comes_and_not_earlier(
    template: str, bare_database: str, tmp_path: Path
) -> None:
    """0026: what counts until then is said by the wish itself; before, the rows of earlier moments said it."""
    assert template, "the server has the roles"
    older = tmp_path / "older"
    shutil.copytree(MIGRATIONS, older, ignore=lambda _, names: [name for name in names if name >= "0026"])
    functions = tmp_path / "functions"
    functions.mkdir()
    await migrate(bare_database, migrations=older, functions=functions)
    conn = await asyncpg.connect(bare_database)
    try:
        await conn.execute(
            """INSERT INTO users (email, name, password_hash) VALUES ('a@test.invalid', 'Ada', '!');
               INSERT INTO tournaments (slug, name, currency) VALUES ('cup', 'Cup', 'EUR');
               INSERT INTO limits (user_id, tournament_id, kind, period, amount, effective_at) VALUES
               (1, 1, 'stake', 'day', 100, now() - interval '2 days'),
               (1, 1, 'stake', 'day', 500, now() + interval '3 hours'),
               (1, 1, 'stake', 'day', 100, now() + interval '3 hours'),
               (1, 1, 'stake', 'day', 300, now() + interval '9 hours'),
               (1, 1, 'loss', 'week', 70, now() - interval '1 day')"""
        )
        await migrate(bare_database)
        for hours, stake in ((0, 100), (4, 100), (10, 300)):
            rows = await conn.fetch(
                "SELECT kind, amount FROM limits_of(1, 1, ARRAY['stake', 'loss'], now() + $1 * interval '1 hour')",
                hours,
            )
            assert {row["kind"]: row["amount"] for row in rows} == {"stake": stake, "loss": 70}
    finally:
        await conn.close()
