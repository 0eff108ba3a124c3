"""deploy/compose.yaml, run: a release is rolled over to this one under load, and who watches sees all of it.

No bet that was acknowledged is lost, none is answered 5xx, and every feed goes on where it was.
"""

import asyncio
import json
import ssl
import tarfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import websockets.exceptions
from websockets.asyncio.client import connect

from .scenarios import BOSS, Bettor, ServerScenario
from .server import PASSWORD, Script, Served, Site, said, toteboard
from .topology import Topology, topology

PREVIOUS = Path(__file__).parents[1] / "releases" / "previous.tar.xz"
BETTORS, WATCHERS = 6, 4
# compose/Caddyfile: health_interval, and fail_duration after the last failure.
SEEN_S = 4


@pytest.fixture
def previous(tmp_path: Path) -> Path:
    """The source of the release before."""
    with tarfile.open(PREVIOUS) as archive:
        archive.extractall(tmp_path / "previous", filter="data")
    return tmp_path / "previous" / "src"


class Load:
    """Bettors who bet through the proxy, and watchers who come back with what they had."""

    def __init__(self, running: Topology, scenario: ServerScenario, market: dict[str, Any], slug: str):
        self.trusted = ssl.create_default_context(cafile=str(running.authority))
        self.url = running.url
        self.market = market
        self.slug = slug
        self.ended = threading.Event()
        self.statuses: Counter[int | str] = Counter()
        self.taken: dict[str, set[str]] = {}
        self.seen: list[list[int]] = []
        # Why feeds ended.
        self.ends: Counter[str] = Counter()
        self.wrong: list[str] = []
        tournament = {"id": market["tournament_id"]}
        self.bettors = [scenario.bettor(tournament, f"bettor-{n}", funds=1_000_000) for n in range(BETTORS)]
        self.threads = [
            *(threading.Thread(target=self._bet, args=(bettor,)) for bettor in self.bettors),
            *(threading.Thread(target=self._watch) for _ in range(WATCHERS)),
        ]
        for thread in self.threads:
            thread.start()

    def _bet(self, bettor: Bettor) -> None:
        taken = self.taken[bettor.email] = set()
        body = {"outcome_id": self.market["outcomes"][0]["id"], "stake": 100, "currency": "EUR"}
        headers = {"Authorization": bettor.script.headers["Authorization"]}
        with httpx.Client(verify=self.trusted, trust_env=False, timeout=30) as page:
            while not self.ended.is_set():
                answer = page.post(
                    f"{self.url}/api/bet", json=body, headers=headers | {"Idempotency-Key": str(uuid4())}
                )
                self.statuses[answer.status_code] += 1
                if answer.status_code == 201:
                    taken.add(answer.json()["id"])
                else:
                    self.wrong.append(f"{answer.status_code} {answer.text[:300]}")
                time.sleep(0.01)

    def _watch(self) -> None:
        seen: list[int] = []
        self.seen.append(seen)
        asyncio.run(self._watching(seen))

    async def _watching(self, seen: list[int]) -> None:
        epoch: Any = None
        while not self.ended.is_set():
            asked = f"&after={seen[-1]}&epoch={epoch}" if seen else ""
            url = f"{self.url.replace('https', 'wss')}/api/feed?tournament={self.slug}{asked}"
            try:
                async with connect(url, ssl=self.trusted, proxy=None) as feed:
                    while not self.ended.is_set():
                        async with asyncio.timeout(10):
                            told = json.loads(await feed.recv())
                        epoch = told.get("epoch", epoch)
                        if "seq" in told:
                            seen.append(told["seq"])
            except (OSError, websockets.exceptions.WebSocketException) as why:
                self.ends[repr(why)] += 1
                await asyncio.sleep(0.05)

    def bets(self) -> int:
        return self.statuses[201]

    def more(self, many: int) -> None:
        """Goes on until so many more bets were taken."""
        wanted, until = self.bets() + many, time.monotonic() + 30
        while self.bets() < wanted:
            assert time.monotonic() < until, (self.statuses, self.wrong[:3])
            time.sleep(0.05)

    def end(self) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(30)


def test_a_release_is_rolled_over_under_load(data_folder: Path, previous: Path) -> None:
    with topology(data_folder / "topology") as running:
        running.start_postgres()
        running.migrate(previous)
        for name in ("toteboard-1", "toteboard-2"):
            running.toteboard(name, previous)
        running.start_replica()
        running.start_watchers()
        for name in ("toteboard-1", "toteboard-2"):
            running.ready(name)
        running.start_caddy()
        scenario, site = _boss(running, previous)
        tournament = scenario.tournament("Night")
        market = scenario.market(tournament, "A v B", ["A", "B"])
        load = Load(running, scenario, market, tournament["slug"])
        try:
            load.more(100)
            # The database first, beside the release that serves from it; then one process after the other.
            running.migrate()
            load.more(100)
            for name in ("toteboard-1", "toteboard-2"):
                assert running.stop(name, within_s=running.grace_s(name)) == 0
                load.more(30)
                running.toteboard(name)
                running.ready(name)
                load.more(100)
            running.toteboard("backup")
            running.until("backup", lambda: "verified" in running.words("backup"))
            _is_watched(running)
            assert running.stop("toteboard-1", within_s=running.grace_s("toteboard-1")) == 0
            load.more(30)
            running.toteboard("toteboard-1")
            running.ready("toteboard-1")
        finally:
            load.end()
        assert set(load.statuses) == {201}, load.wrong[:3]
        for bettor in load.bettors:
            assert load.taken[bettor.email] <= {bet["id"] for bet in bettor.bets}
        total = sum(len(bets) for bets in load.taken.values())
        url = f"http://127.0.0.1:{running.ports['toteboard-1:8000']}/api/tournament/{tournament['id']}/board"
        board = httpx.get(url, trust_env=False).json()
        assert board["bets"] == total
        assert all(load.seen), load.ends
        newest = max(max(seen) for seen in load.seen)
        for seen in load.seen:
            assert seen == sorted(seen), "no number comes twice or is lower"
            assert max(seen) > newest - 50
        report = said(toteboard("audit", "--json", site=site))
        assert report["balanced"]
        assert report["counted"]["bets"] == total


def _boss(running: Topology, release: Path) -> tuple[ServerScenario, Site]:
    """The admin, made by the command line with the owner's login; they work at one of the two."""
    owner = running.environment("migrate")["TOTEBOARD_SECRETS_FOLDER"]
    dsn = (Path(owner) / "toteboard_database_url").read_text()
    site = Site(running.folder / "nowhere", dsn, source=release)
    made = toteboard(
        *("admin", "create", "--email", BOSS, "--name", "Boss", "--password-stdin"), site=site, stdin=f"{PASSWORD}\n"
    )
    assert made.returncode == 0, made.stderr
    token = said(toteboard("admin", "token", "--email", BOSS, "--json", site=site))["token"]
    server = object.__new__(Served)
    server.port = running.ports["toteboard-2:8000"]
    server.url = f"http://127.0.0.1:{server.port}"
    return ServerScenario(server, Script(server.url, token)), replace(site, source=None)


def _is(value: Callable[[str], float | None], query: str, wanted: float) -> bool:
    return value(query) == wanted


def _is_watched(running: Topology) -> None:
    """Prometheus sees both, the replica and the backup; and Alertmanager hears of it."""
    url = f"http://127.0.0.1:{running.ports['prometheus:9090']}/api/v1"

    def value(query: str) -> float | None:
        found = httpx.get(f"{url}/query", params={"query": query}, trust_env=False).json()["data"]["result"]
        return float(found[0]["value"][1]) if found else None

    for query, wanted in (
        ('sum(up{job="toteboard"})', 2),
        ("sum(toteboard_workers)", 2),
        ('max(toteboard_replica_streaming{name="replica"})', 1),
        ('max(toteboard_replica_streaming{name="toteboard_backup"})', 1),
        ('max(toteboard_backup_whole{kind="taken"})', 1),
        ('max(toteboard_replica_lag_seconds{name="replica"}) < bool 5', 1),
    ):
        running.until("prometheus", partial(_is, value, query, wanted))
    alerts = f"http://127.0.0.1:{running.ports['alertmanager:9093']}/api/v2/alerts"
    running.until(
        "alertmanager",
        lambda: {alert["labels"]["alertname"] for alert in httpx.get(alerts, trust_env=False).json()} == {"Watchdog"},
    )
    assert value('count(ALERTS{alertname!~"Watchdog|ToteboardBackupMissing"})') is None, "a roll-over wakes nobody"
