"""The login that serves owns nothing, and becomes nobody who does."""

from pathlib import Path

import asyncpg
import pytest

from toteboard.cli.database import served_database
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.logins import APPLICATION, give_login, owns_ledger
from toteboard.ledger.migrate import migrate
from toteboard.settings import Settings

DENIED = (asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError)


@pytest.fixture
async def application(server: EmbeddedPostgres) -> str:
    """The application's DSN, of a migrated database."""
    owner = server.join_or_start()
    await migrate(owner)
    login = server.endpoint_for(APPLICATION)
    for _ in range(2):
        await give_login(owner, login.password)
    return login.dsn()


@pytest.mark.parametrize(
    "sql",
    [
        "TRUNCATE audit_log",
        "DELETE FROM audit_log",
        "UPDATE audit_log SET action = 'nothing'",
        "DELETE FROM transfers",
        "UPDATE bets SET stake = 1",
        "DROP TABLE bets",
        "ALTER TABLE bets DISABLE TRIGGER ALL",
        "CREATE TABLE public.another (id int)",
        "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'",
        "COPY currencies FROM PROGRAM 'echo'",
        "COPY currencies FROM '/etc/passwd'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
        "SET ROLE toteboard_owner",
        "SET SESSION AUTHORIZATION toteboard_owner",
        "SET session_replication_role = replica",
        "ALTER ROLE toteboard_app SUPERUSER",
        "CREATE ROLE another SUPERUSER LOGIN",
        "GRANT toteboard_owner TO toteboard_app",
        "ALTER SYSTEM SET fsync = off",
        "CREATE EXTENSION plpython3u",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE c AS 'libc.so.6', 'getpid'",
    ],
)
async def test_the_applications_login_can_do_none_of_it(application: str, sql: str) -> None:
    conn = await asyncpg.connect(application)
    try:
        # Whoever got a statement in would begin with it.
        await conn.execute("RESET ROLE; SET ROLE NONE; RESET SESSION AUTHORIZATION")
        assert await conn.fetchval("SELECT (session_user, current_user) = ('toteboard_app', 'toteboard_app')")
        with pytest.raises(DENIED):
            await conn.execute(sql)
    finally:
        await conn.close()


async def test_a_login_that_owns_the_ledger_is_known(application: str, server: EmbeddedPostgres) -> None:
    assert await owns_ledger(server.endpoint.dsn())
    assert await owns_ledger(server.endpoint.dsn(role="toteboard_app"))
    assert not await owns_ledger(application)


async def test_another_login_follows_from_the_secret_and_does_not_tell_it(server: EmbeddedPostgres) -> None:
    server.join_or_start()
    login = server.endpoint_for(APPLICATION)
    assert login.password not in server.endpoint.dsn()
    assert server.endpoint.password not in login.dsn()
    assert login.password != server.endpoint_for("another").password


def test_whoever_serves_gets_no_login_of_the_owner(data_folder: Path) -> None:
    with served_database(data_folder, Settings.read({})) as (owner, settings):
        secret = (data_folder / "secret").read_text(encoding="utf-8").strip()
        assert secret in owner
        # What worker processes are told, which anybody of the same user can read.
        assert secret not in str(settings.as_environment())
        assert settings.app_database_url
