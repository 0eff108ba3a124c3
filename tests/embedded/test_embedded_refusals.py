"""One clear line, whatever keeps the embedded database from starting."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.disks import fill, small_disk
from embedded.users_of_postgres import NOBODY, as_root, neighbour
from toteboard.embedded.postgres import DatabaseUnavailable, EmbeddedPostgres
from toteboard.embedded.waiting import try_lock


@pytest.fixture
def tiny_disk(data_folder: Path) -> Iterator[Path]:
    """A folder on a disk of 16 MB, a fraction of what a new database takes."""
    with small_disk(data_folder, mib=16) as disk:
        yield disk


def refusal(folder: Path) -> str:
    with pytest.raises(DatabaseUnavailable) as caught:
        EmbeddedPostgres(folder, say=lambda text: None).join_or_start()
    text = str(caught.value)
    assert "\n" not in text
    return text


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
    assert "was made by PostgreSQL 17, this Toteboard carries 18: `toteboard upgrade --from" in refusal(data_folder)


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
        # Long enough for a server that was told to stop, and has nothing to write down, to be gone.
        time.sleep(0.5)
        subprocess.run([*by_hand[:4], "status"], cwd=data_folder, check=True, **identity)  # type: ignore[call-overload]
    finally:
        subprocess.run([*by_hand[:4], "stop"], cwd=data_folder, check=True, **identity)  # type: ignore[call-overload]


def test_a_server_in_another_container_is_named(
    server: EmbeddedPostgres, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.join_or_start()
    server.leave()
    monkeypatch.setattr("toteboard.embedded.postgres.UNSEEN_S", 0.3)
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
