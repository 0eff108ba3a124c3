"""A fleet under load, of which everything is killed once: what was acknowledged is there, once, and every board is current.

python -m journeys.fleet [--rounds 3]

A primary and a synchronous standby from the embedded binaries, three NATS, two api, two feed, one worker, and nginx before
them with deploy/proxy/nginx-fleet.conf. Bettors ask again with the same key until they know; watchers come back with what
they had. The standby is promoted by hand, as docs/operating.md says.
"""

import argparse
import asyncio
import contextlib
import json
import re
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx
import websockets.exceptions
from websockets.asyncio.client import connect

from nats_cluster import NatsCluster
from ports import free_port
from postgres_nodes import PostgresNode, dsn

from .alerting import DEPLOY
from .prometheus import PROGRAMS
from .proxies import certificate
from .scenarios import BOSS, Bettor, ServerScenario
from .server import PASSWORD, Script, Served, Site, said, toteboard

WAIT_S = 60
BETTORS, WATCHERS = 8, 6
ROLES = ("api", "api", "feed", "feed", "worker")
# The standby has what is acknowledged before it is; alone it waits for nobody.
SYNCHRONOUS = ("synchronous_standby_names=standby", "synchronous_commit=on")
# A stop waits until the proxy has seen that it is coming.
DRAIN_S = 1


class Member:
    """One process of the fleet, at a port that it keeps."""

    def __init__(self, fleet: "Fleet", role: str, number: int):
        self.role = role
        self.name = f"{role}-{number}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._fleet = fleet
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._fleet.folder / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "toteboard", "serve", "--role", self.role, "--port", str(self.port)],
                env=self._fleet.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def until_ready(self) -> None:
        process = self._process
        assert process is not None

        def is_ready() -> bool:
            assert process.poll() is None, self.words()
            return httpx.get(f"{self.url}/readyz", trust_env=False).is_success

        until(is_ready, self.words)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait(WAIT_S)

    def stop(self) -> int:
        """In order; its exit code."""
        if self._process is None or self._process.poll() is not None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(WAIT_S)

    def words(self) -> str:
        return (self._fleet.folder / f"{self.name}.log").read_text(errors="replace")[-4000:]


def until(what: Callable[[], Any], words: Callable[[], str] = lambda: "", *, within_s: float = WAIT_S) -> float:
    """Waits until it is so; the seconds that took."""
    began = time.monotonic()
    while time.monotonic() < began + within_s:
        with contextlib.suppress(httpx.HTTPError, OSError):
            if what():
                return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError(words() or "it did not come so far")


class Fleet:
    """All of it; `with Fleet(folder) as fleet`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.primary = PostgresNode(folder, "primary")
        self.standby = PostgresNode(folder, "standby")
        self.nats = NatsCluster(folder)
        self.members = [Member(self, role, ROLES[:at].count(role) + 1) for at, role in enumerate(ROLES)]
        self._proxy: subprocess.Popen[bytes] | None = None
        self._tls = free_port()
        self.url = f"https://localhost:{self._tls}"
        self.site = Site(folder / "nowhere", dsn(self.primary, self.standby, user="postgres"))

    @property
    def environment(self) -> dict[str, str]:
        nodes = self.primary, self.standby
        return self.site.environment | {
            "TOTEBOARD_APP_DATABASE_URL": dsn(*nodes, user="toteboard_app"),
            "TOTEBOARD_NATS_URL": self.nats.url,
            "TOTEBOARD_TRUSTED_PROXIES": "1",
            "TOTEBOARD_PUBLIC_URL": self.url,
            "TOTEBOARD_DRAIN_S": str(DRAIN_S),
        }

    def member(self, name: str) -> Member:
        return next(member for member in self.members if member.name == name)

    def __enter__(self) -> Self:
        try:
            self.primary.create()
            self.standby.follow(self.primary)
            self.primary.end_quietly()
            self.primary.start(*SYNCHRONOUS)
            done = toteboard("migrate", site=self.site)
            assert done.returncode == 0, done.stderr
            self.nats.__enter__()
            for member in self.members:
                member.start()
            for member in self.members:
                member.until_ready()
            self._start_proxy()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for member in self.members:
            with contextlib.suppress(subprocess.TimeoutExpired):
                member.stop()
        if self._proxy is not None:
            self._proxy.terminate()
            self._proxy.wait(WAIT_S)
        self.nats.__exit__()
        for node in (self.standby, self.primary):
            node.end()

    def _start_proxy(self) -> None:
        chain, key = certificate(self.folder)
        ours = (DEPLOY / "proxy" / "nginx-fleet.conf").read_text()
        ours = re.sub(r"    listen \[::\].*\n", "", ours)
        serving = [member for member in self.members if member.role != "worker"]
        for old, new in (
            *((f"127.0.0.1:{8001 + at}", f"127.0.0.1:{member.port}") for at, member in enumerate(serving)),
            ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
            ("listen 443 ssl", f"listen 127.0.0.1:{self._tls} ssl"),
            ("toteboard.example.org", "localhost"),
            ("/etc/ssl/toteboard/fullchain.pem", str(chain)),
            ("/etc/ssl/toteboard/privkey.pem", str(key)),
        ):
            assert old in ours, old
            ours = ours.replace(old, new)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {self.folder / kind};\n" for kind in kinds)
        whole = self.folder / "nginx.conf"
        whole.write_text(
            f"{'user root;' if self.primary.is_root else ''}\ndaemon off;\npid {self.folder / 'nginx.pid'};\n"
            f"events {{ worker_connections 512; }}\nhttp {{\naccess_log off;\n{paths}{ours}\n}}\n"
        )
        program = PROGRAMS / "nginx" / "usr" / "sbin" / "nginx"
        self._proxy = subprocess.Popen([program, "-c", whole, "-e", self.folder / "nginx.log"])
        until(
            lambda: httpx.get(f"{self.url}/api/server", verify=False, trust_env=False).is_success,
            lambda: (self.folder / "nginx.log").read_text(),
        )

    def boss(self) -> ServerScenario:
        """The admin, made by the command line; they work through the proxy's members directly."""
        words = ("admin", "create", "--email", BOSS, "--name", "Boss", "--password-stdin")
        made = toteboard(*words, site=self.site, stdin=f"{PASSWORD}\n")
        assert made.returncode == 0, made.stderr
        token = said(toteboard("admin", "token", "--email", BOSS, "--json", site=self.site))["token"]
        server = object.__new__(Served)
        server.url = self.member("api-2").url
        return ServerScenario(server, Script(server.url, token))


@dataclass
class Spectator:
    """What one was told: numbers in order, and how often they had to come again."""

    seen: list[int] = field(default_factory=list)
    epochs: set[str] = field(default_factory=set)
    came: int = 0


class Load:
    """Bettors and spectators, through the proxy."""

    def __init__(
        self,
        url: str,
        scenario: ServerScenario,
        market: dict[str, Any],
        slug: str,
        *,
        trusted: ssl.SSLContext | None = None,
    ):
        self.url = url
        self.market = market
        self.slug = slug
        # Whom it is served by; None without TLS.
        self.trusted = trusted
        self.ended = threading.Event()
        # Answers by status; what had to be asked again is counted by what was answered.
        self.answers: Counter[int | str] = Counter()
        self.taken: dict[str, set[str]] = {}
        self.spectators = [Spectator() for _ in range(WATCHERS)]
        self.wrong: list[str] = []
        # The longest that a bettor had to ask for one bet.
        self.longest_s = 0.0
        tournament = {"id": market["tournament_id"]}
        self.bettors = [scenario.bettor(tournament, f"bettor-{n}", funds=10_000_000) for n in range(BETTORS)]
        self._threads = [
            *(threading.Thread(target=self._bet, args=(bettor,)) for bettor in self.bettors),
            threading.Thread(target=lambda: asyncio.run(self._watch_all())),
        ]
        for thread in self._threads:
            thread.start()

    def _bet(self, bettor: Bettor) -> None:
        taken = self.taken[bettor.email] = set()
        headers = {"Authorization": bettor.script.headers["Authorization"]}
        outcomes = [outcome["id"] for outcome in self.market["outcomes"]]
        with httpx.Client(verify=self.trusted or False, trust_env=False, timeout=10) as page:
            while not self.ended.is_set():
                body = {"outcome_id": outcomes[len(taken) % len(outcomes)], "stake": 100, "currency": "EUR"}
                key, began = str(uuid4()), time.monotonic()
                while time.monotonic() < began + WAIT_S:
                    with contextlib.suppress(httpx.HTTPError):
                        answer = page.post(f"{self.url}/api/bet", json=body, headers=headers | {"Idempotency-Key": key})
                        self.answers[answer.status_code] += 1
                        if answer.status_code in (200, 201):
                            taken.add(answer.json()["id"])
                            break
                        if answer.status_code < 500:
                            self.wrong.append(f"{answer.status_code} {answer.text[:300]}")
                            return
                        time.sleep(0.1)
                        continue
                    self.answers["lost"] += 1
                    time.sleep(0.05)
                else:
                    self.wrong.append(f"bet {key} is not known after {WAIT_S} s")
                    return
                self.longest_s = max(self.longest_s, time.monotonic() - began)
                time.sleep(0.02)

    async def _watch_all(self) -> None:
        await asyncio.gather(*(self._watch(one) for one in self.spectators))

    async def _watch(self, one: Spectator) -> None:
        epoch = ""
        while not self.ended.is_set():
            asked = f"&after={one.seen[-1]}&epoch={epoch}" if one.seen else ""
            url = f"{self.url.replace('http', 'ws', 1)}/api/feed?tournament={self.slug}{asked}"
            with contextlib.suppress(OSError, TimeoutError, websockets.exceptions.WebSocketException):
                async with connect(url, ssl=self.trusted, proxy=None) as feed:
                    one.came += 1
                    while not self.ended.is_set():
                        async with asyncio.timeout(10):
                            told = json.loads(await feed.recv())
                        epoch = told.get("epoch", epoch)
                        one.epochs.add(epoch)
                        if "seq" in told:
                            one.seen.append(told["seq"])
            await asyncio.sleep(0.1)

    def more(self, many: int) -> None:
        """Goes on until every one of so many more bets was taken."""
        wanted = self.bets() + many

        def is_so() -> bool:
            assert not self.wrong, self.wrong
            return self.bets() >= wanted

        until(is_so, lambda: f"{self.answers} {self.wrong[:3]}")

    def bets(self) -> int:
        return sum(map(len, list(self.taken.values())))

    def end(self) -> None:
        self.ended.set()
        for thread in self._threads:
            thread.join(WAIT_S)


def killed_once(
    fleet: Fleet, load: Load, scenario: ServerScenario, decided: list[int], rolled: list[Member]
) -> Iterator[str]:
    """Everything, one after the other; what was done is said. `decided` grows by the market that is paid meanwhile."""
    for name in ("api-1", "feed-1"):
        fleet.member(name).kill()
        load.more(40)
        fleet.member(name).start()
        fleet.member(name).until_ready()
        load.more(40)
        yield f"{name} killed"
    fleet.nats.kill(0)
    load.more(40)
    fleet.nats.start(0)
    yield "one NATS of three killed"
    decided.append(_decide(scenario, load))
    fleet.member("worker-1").kill()
    load.more(30)
    fleet.member("worker-1").start()
    fleet.member("worker-1").until_ready()
    _until_paid(fleet, decided[-1])
    yield "the worker killed while it paid"
    for member in rolled:
        assert member.stop() == 0, member.words()
        load.more(20)
        member.start()
        member.until_ready()
        load.more(20)
    yield "restarted one after the other"


def promoted(fleet: Fleet, load: Load) -> float:
    """The primary is gone at once, and an operator promotes the standby; seconds until a bet was taken again."""
    taken = load.bets()
    fleet.primary.kill()
    began = time.monotonic()
    fleet.standby.promote()
    until(lambda: load.bets() > taken + BETTORS, lambda: str(load.answers))
    took = time.monotonic() - began
    load.more(100)
    for member in fleet.members:
        member.until_ready()
    return took


def _decide(scenario: ServerScenario, load: Load) -> int:
    """A market with a bet of each bettor, closed and decided: a worker has it from here."""
    tournament = {"id": load.market["tournament_id"]}
    market = scenario.market(tournament, f"Side {time.monotonic_ns()}", ["C", "D"])
    for number, bettor in enumerate(load.bettors):
        bettor.script.bet(market["outcomes"][number % 2]["id"], 100 + number)
    return settle(scenario, market)


def settle(scenario: ServerScenario, market: dict[str, Any]) -> int:
    scenario.move(market, "close")
    scenario.boss.ask("POST", f"/api/market/{market['id']}/result", json={"winners": [market["outcomes"][0]["id"]]})
    scenario.boss.ask("POST", f"/api/market/{market['id']}/settle", json={})
    return int(market["id"])


def _until_paid(fleet: Fleet, market_id: int) -> None:
    node = fleet.standby if fleet.primary.is_gone else fleet.primary
    statement = f"SELECT status FROM settlements WHERE market_id = {market_id}"
    until(lambda: node.sql(statement).strip() == "paid", lambda: node.sql(statement))


def judged(fleet: Fleet, load: Load, scenario: ServerScenario) -> dict[str, Any]:
    """What was lost, charged twice or not shown: none of it. The figures of the run."""
    load.more(BETTORS)
    load.end()
    assert not load.wrong, load.wrong
    node = fleet.standby if fleet.primary.is_gone else fleet.primary
    stored = set(node.sql(f"SELECT id FROM bets WHERE market_id = {load.market['id']}").split())
    acknowledged = set().union(*load.taken.values())
    twice = int(node.sql("SELECT count(*) FROM (SELECT FROM transfers WHERE kind IN ('stake', 'payout', 'refund')"
                         " GROUP BY kind, bet_id, settlement_id HAVING count(*) > 1) t"))  # fmt: skip
    head = int(node.sql(f"SELECT seq FROM feeds WHERE tournament_id = {load.market['tournament_id']}"))
    boards: list[Any] = []
    for member in fleet.members:
        if member.role == "feed":
            url = f"{member.url}/api/tournament/{load.slug}/board"
            until(lambda url=url: httpx.get(url, trust_env=False).json()["bets"] >= len(stored), member.words)  # type: ignore[misc]
            boards.append(httpx.get(url, trust_env=False).json())
    differ = {key: [board[key] for board in boards] for key in boards[0] if boards[0][key] != boards[1].get(key)}
    assert not differ, differ
    assert acknowledged <= stored, "acknowledged bets are lost"
    assert twice == 0
    for one in load.spectators:
        assert one.seen == sorted(one.seen), "a number came again, or lower"
        assert len(one.epochs - {""}) == 2, "one of the primary, and one of the standby that was promoted"
        assert one.seen[-1] > head - 60, (one.seen[-1], head)
    settle(scenario, load.market)
    _until_paid(fleet, load.market["id"])
    report = said(toteboard("audit", "--json", site=fleet.site))
    assert report["balanced"], report
    return {
        "bets acknowledged": len(acknowledged),
        "bets stored": len(stored),
        "lost": len(acknowledged - stored),
        "charged twice": twice,
        "answers": {str(status): many for status, many in load.answers.items()},
        "longest until a bet was known, s": round(load.longest_s, 1),
        "spectators came": sum(one.came for one in load.spectators),
        "events": head,
    }


def fleet_run(
    folder: Path, *, rounds: int, is_short: bool = False, say: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """So many rounds of everything, then a standby promoted, then what came of it. Short: one feed is rolled over."""
    with Fleet(folder) as fleet:
        scenario = fleet.boss()
        tournament = scenario.tournament("Night")
        market = scenario.market(tournament, "A v B", ["A", "B"])
        trusted = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
        load = Load(fleet.url, scenario, market, tournament["slug"], trusted=trusted)
        decided: list[int] = []
        # Rolling over is tried at length in test_topology.py.
        rolled = [fleet.member("feed-2")] if is_short else fleet.members
        try:
            load.more(100)
            for _ in range(rounds):
                for what in killed_once(fleet, load, scenario, decided, rolled):
                    say(f"{what}: {load.bets()} bets")
            took = promoted(fleet, load)
            say(f"the standby promoted, a bet taken after {took:.1f} s")
            figures = judged(fleet, load, scenario)
        finally:
            load.end()
        return figures | {"from the primary's end to a bet, s": round(took, 1), "markets paid meanwhile": len(decided)}


def said_now(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toteboard-fleet-") as folder:
        Path(folder).chmod(0o755)
        sys.stdout.write(json.dumps(fleet_run(Path(folder), rounds=given.rounds, say=said_now), indent=2) + "\n")


if __name__ == "__main__":
    main()
