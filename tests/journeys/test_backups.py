"""Backups, on the real thing: a disk that is erased comes back, a moment is gone back to, and a backup is tried before it is
needed.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from toteboard.embedded.postgres import EmbeddedPostgres

from .following import follower
from .scenarios import Bettor, ServerScenario, add_admin
from .server import Script, Served, Site, said, signed_in, toteboard

QUICK = {"TOTEBOARD_STANDING_POLL_S": "1"}
WAIT_S = 60
STAKE = 250


@dataclass
class Night:
    """A served tournament with an open market and one who bets, and the place that its backups go to."""

    site: Site
    server: Served
    scenario: ServerScenario
    market: dict[str, Any]
    bettor: Bettor
    place: Path

    def bet(self, many: int) -> list[str]:
        """Bets that were acknowledged."""
        return [self.bettor.script.bet(self.market["outcomes"][0]["id"], STAKE)["id"] for _ in range(many)]

    @property
    def storage(self) -> Any:
        return self.scenario.boss.ask("GET", "/api/ops")["storage"]

    def until_followed(self) -> None:
        """All that was committed is in the place."""
        ended = time.monotonic() + WAIT_S
        while (streams := self.storage["streams"]) and not (streams[0]["streams"] and streams[0]["behind_bytes"] == 0):
            assert time.monotonic() < ended, streams
            time.sleep(0.1)
        assert streams, "nobody follows"


@pytest.fixture
def night(data_folder: Path, tmp_path: Path) -> Iterator[Night]:
    """On an embedded database of its own."""
    site = Site(data_folder / "data")
    token = add_admin(site)
    server = Served(site, **QUICK)
    try:
        scenario = ServerScenario(server, Script(server.url, token))
        tournament = scenario.tournament("Night")
        market = scenario.market(tournament, "A v B", ["A", "B"])
        yield Night(site, server, scenario, market, scenario.bettor(tournament, "bettor"), tmp_path / "place")
    finally:
        server.stop()


def bets_of(site: Site, night: Night) -> list[str]:
    """What a server on this data folder says of the bettor's bets."""
    server = Served(site, **QUICK)
    try:
        script = signed_in(server.url, night.bettor.email)
        return [bet["id"] for bet in script.pages("/api/bet")]
    finally:
        server.stop()


def audited(site: Site) -> Any:
    return said(toteboard("audit", "--json", site=site))


def as_from_object_storage(place: Path) -> None:
    """What comes back from there: files that anybody reads, and no empty folder."""
    for path in sorted(place.rglob("*"), reverse=True):
        if path.is_file():
            path.chmod(0o644)
        elif not any(path.iterdir()):
            path.rmdir()


def test_a_disk_that_is_erased_comes_back_with_every_bet(night: Night, data_folder: Path) -> None:
    with follower(night.site, night.place) as following:
        following.until("verified")
        taken = night.bet(20)
        night.until_followed()
        # Everything at once, as a disk goes: nobody says goodbye.
        postmaster = int((night.site.folder / "pg/postmaster.pid").read_text().split()[0])
        night.server.kill()
        os.kill(postmaster, signal.SIGKILL)
        following.process.kill()
        following.process.wait()
        shutil.rmtree(night.site.folder)
    as_from_object_storage(night.place)
    again = Site(data_folder / "again")
    done = toteboard("restore", "--from", str(night.place), "--json", site=again)
    assert said(done)["backup"]
    assert set(bets_of(again, night)) == set(taken)
    report = audited(again)
    assert report["balanced"]
    assert report["counted"]["bets"] == 20
    # It goes on: a new base, as the old one's changes cannot be continued by this database.
    with follower(again, night.place) as following:
        following.until("verified")
    assert len(list((night.place / "bases").iterdir())) == 2
    assert len(list((night.place / "wal").iterdir())) == 2


def test_a_moment_is_gone_back_to(night: Night, data_folder: Path) -> None:
    with follower(night.site, night.place) as following:
        following.until("verified")
        before = night.bet(3)
        moment = datetime.now(UTC)
        time.sleep(0.05)
        after = night.bet(2)
        night.until_followed()
    then, now, late = (Site(data_folder / name) for name in ("then", "now", "late"))
    said(toteboard("restore", "--from", str(night.place), "--at", moment.isoformat(), "--json", site=then))
    report = audited(then)
    assert (report["balanced"], report["counted"]["bets"]) == (True, len(before))
    said(toteboard("restore", "--from", str(night.place), "--json", site=now))
    assert set(bets_of(now, night)) == {*before, *after}
    # What is there is never written over, and what cannot be is said in a line, and leaves nothing.
    for words, site, why in (
        ((), now, "has a database already"),
        (("--at", "2199-01-01T00:00:00+00:00"), late, "the backup ends before that moment"),
        (("--at", "2001-01-01"), late, "the oldest backup in"),
        (("--at", "yesterday"), late, "--at is a time"),
    ):
        refused = toteboard("restore", "--from", str(night.place), *words, site=site)
        assert refused.returncode != 0
        assert why in refused.stderr
        assert "Traceback" not in refused.stderr
    assert not (late.folder / "pg").exists()
    said(toteboard("restore", "--from", str(night.place), "--json", site=late))


def test_a_drill_tries_the_backup_and_touches_nothing(night: Night, tmp_path: Path) -> None:
    night.bet(4)
    assert night.storage["backups"] == []
    hook = tmp_path / "brought.txt"
    words = ("backup", "--to", str(night.place), "--then", f'ls "$TOTEBOARD_BACKUP/bases" > {hook}', "--json")
    taken = said(toteboard(*words, site=night.site))
    assert hook.read_text().split() == [taken["backup"]]
    drilled = said(toteboard("drill", "--from", str(night.place), "--json", site=night.site))
    assert drilled["balanced"]
    assert drilled["counted"]["bets"] == 4
    assert drilled["age_s"] < 60
    assert {one["kind"]: one["whole"] for one in night.storage["backups"]} == {"taken": True, "drilled": True}
    assert len(night.bet(1)) == 1
    # A disk that forgets: one byte of one file.
    largest = max((night.place / "bases").glob("*/pg/base/*/*"), key=lambda path: path.stat().st_size)
    with largest.open("r+b") as file:
        file.seek(4000)
        byte = file.read(1)
        file.seek(4000)
        file.write(bytes([byte[0] ^ 1]))
    damaged = toteboard("drill", "--from", str(night.place), site=night.site)
    assert damaged.returncode == 1
    assert "checksum mismatch" in damaged.stderr
    # What brings it elsewhere fails: that is no backup that counts.
    failed = toteboard("backup", "--to", str(night.place), "--then", "false", site=night.site)
    assert failed.returncode == 1
    assert "ended with 1" in failed.stderr


def test_a_drill_says_that_the_books_differ(night: Night) -> None:
    night.bet(2)
    with EmbeddedPostgres(night.site.folder, say=lambda _: None) as postgres:
        dsn = postgres.endpoint.dsn(role="toteboard_break_glass")
        subprocess.run([postgres.bin_dir / "psql", "-qd", dsn, "-c", "UPDATE bets SET stake = stake + 1"], check=True)
    said(toteboard("backup", "--to", str(night.place), "--json", site=night.site))
    drilled = toteboard("drill", "--from", str(night.place), "--json", site=night.site)
    assert drilled.returncode == 1
    assert not json.loads(drilled.stdout)["balanced"]
    assert {one["kind"]: one["whole"] for one in night.storage["backups"]} == {"taken": True, "drilled": False}


def test_a_follower_outlives_the_database_and_begins_anew_where_it_lost_something(night: Night) -> None:
    with follower(night.site, night.place) as following:
        following.until("verified")
        postmaster = int((night.site.folder / "pg/postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        following.until("does not come")
        _bet_again(night)
        night.until_followed()
        # Nobody on this machine reads the password off a command line.
        secret = (night.site.folder / "secret").read_text().strip()
        assert any("pg_receivewal" in line for line in following.children())
        assert not any(secret in line for line in following.children())
    assert len(list((night.place / "wal").iterdir())) == 1
    (stream,) = night.storage["streams"]
    assert (stream["name"], stream["streams"]) == ("toteboard_backup", False)
    with EmbeddedPostgres(night.site.folder, say=lambda _: None) as postgres:
        subprocess.run(
            [
                *(postgres.bin_dir / "psql", "-qd", postgres.endpoint.dsn()),
                *("-c", "SELECT pg_drop_replication_slot('toteboard_backup')"),
            ],
            check=True,
            capture_output=True,
        )
    with follower(night.site, night.place, "--keep", "1") as following:
        following.until("is taken away")
    assert len(list((night.place / "wal").iterdir())) == 1, "what only the base before needed went with it"
    assert len(list((night.place / "bases").iterdir())) == 1
    assert said(toteboard("drill", "--from", str(night.place), "--json", site=night.site))["counted"]["bets"] == 1


def _bet_again(night: Night) -> None:
    """As a bettor would: until the database is back."""
    ended = time.monotonic() + WAIT_S
    while True:
        try:
            night.bet(1)
        except AssertionError:
            assert time.monotonic() < ended
            time.sleep(0.2)
        else:
            return


def test_a_database_of_ones_own_is_backed_up_and_tried_too(site: Site, tmp_path: Path) -> None:
    place = tmp_path / "place"
    said(toteboard("backup", "--to", str(place), "--json", site=site))
    drilled = said(toteboard("drill", "--from", str(place), "--json", site=site))
    assert drilled["balanced"]
    # Its secrets are its own: it is unpacked for a server of one's own.
    refused = toteboard("restore", "--from", str(place), site=Site(tmp_path / "data"))
    assert "--into" in refused.stderr
    unpacked = toteboard("restore", "--from", str(place), "--into", str(tmp_path / "mine"), site=site)
    assert unpacked.returncode == 0
    assert (tmp_path / "mine/pg/PG_VERSION").exists()
    # Two databases in one place would take each other's away.
    other = toteboard("backup", "--to", str(place), site=Site(tmp_path / "other"))
    assert "another database" in other.stderr
