"""Patroni keeps a primary among three: it is killed under load, again and again, and what was acknowledged is never lost.

python -m journeys.high_availability [--kills 20]

Debian's etcd, Patroni, the embedded PostgreSQL three times, and one `toteboard serve` whose database's address names all
three. Every second time only PostgreSQL is killed, every other time Patroni with it, as a machine that is gone. Bettors ask
again with the same key until they know.
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Self

import httpx
import yaml

from ports import free_port
from postgres_nodes import DATABASE, PASSWORDS, ROLES, kill_postgres
from toteboard.embedded.layout import find_layout

from .fleet import BETTORS, Load, said_now, settle, until
from .prometheus import PROGRAMS
from .scenarios import ServerScenario, add_admin
from .server import Script, Site, said, served, toteboard

ETCD = PROGRAMS / "etcd-server" / "usr" / "bin" / "etcd"
NODES = 3
WAIT_S = 120
# Patroni's least: who does not renew the leader's key for so long has lost it.
TTL_S = 20
# Patroni and what it imports, by their distributions: whom PostgreSQL runs as may not read where they are installed.
PYTHON_OF_PATRONI = (
    *("patroni", "psycopg", "psycopg-binary", "PyYAML", "urllib3", "python-dateutil", "click", "prettytable", "psutil"),
    *("ydiff", "dnspython", "wcwidth", "typing_extensions", "six", "python-etcd"),
)


def interpreter(folder: Path) -> Path:
    """A copy of the Python that we run on: where that is, whom PostgreSQL runs as may not go."""
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    here, there = Path(sys.base_prefix), folder
    shutil.copytree(
        here / "lib" / python, there / "lib" / python,
        ignore=shutil.ignore_patterns("test", "idlelib", "ensurepip", "site-packages", "config-*", "__pycache__"),
    )  # fmt: skip
    for library in (here / "lib").glob("libpython*"):
        shutil.copy(library, there / "lib")
    (there / "bin").mkdir()
    return Path(shutil.copy(Path(sys.base_prefix) / "bin" / python, there / "bin" / "python"))


def readable_copy(folder: Path) -> Path:
    """What Patroni is made of, where anybody may read it."""
    for name in PYTHON_OF_PATRONI:
        with contextlib.suppress(ModuleNotFoundError):
            for file in distribution(name).files or ():
                source = Path(str(file.locate()))
                if ".." not in file.parts and source.is_file():
                    (folder / file).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source, folder / file)
    return folder


class Node:
    """One Patroni and its PostgreSQL."""

    def __init__(self, house: "House", number: int):
        self.name = f"node-{number}"
        self.port, self.rest = free_port(), free_port()
        self.folder = house.folder / self.name
        self._house = house
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        user = self._house.layout.os_user
        if user.switch:
            os.chown(self.folder, user.uid, user.gid)
        config = self.folder / "patroni.yaml"
        config.write_text(yaml.safe_dump(self._config()))
        with (self._house.folder / f"{self.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._house.interpreter, "-m", "patroni", config],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd="/", start_new_session=True,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(self._house.python),
                     "PYTHONHOME": str(self._house.interpreter.parents[1]),
                     "LD_LIBRARY_PATH": str(self._house.interpreter.parents[1] / "lib")},
                **self._house.switch,
            )  # fmt: skip

    def _config(self) -> dict[str, Any]:
        users = {
            "superuser": {"username": "postgres", "password": PASSWORDS["postgres"]},
            "replication": {"username": "toteboard_replica", "password": PASSWORDS["toteboard_replica"]},
        }
        parameters = {
            "max_connections": 100, "shared_buffers": "64MB", "jit": "off", "wal_log_hints": "on",
            "unix_socket_directories": str(self.folder), "max_replication_slots": 10,
        }  # fmt: skip
        dcs = {
            "ttl": TTL_S, "loop_wait": 2, "retry_timeout": 3, "primary_start_timeout": 0, "synchronous_mode": True,
            "maximum_lag_on_failover": 1_048_576, "postgresql": {"use_pg_rewind": True, "parameters": parameters},
        }  # fmt: skip
        everybody = "host all all 127.0.0.1/32 scram-sha-256"
        return {
            "scope": "toteboard",
            "name": self.name,
            "restapi": {"listen": f"127.0.0.1:{self.rest}", "connect_address": f"127.0.0.1:{self.rest}"},
            "etcd3": {"hosts": [f"127.0.0.1:{self._house.etcd_port}"]},
            "bootstrap": {"dcs": dcs, "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"]},
            "postgresql": {
                "listen": f"127.0.0.1:{self.port}",
                "connect_address": f"127.0.0.1:{self.port}",
                "data_dir": str(self.folder / "data"),
                "bin_dir": str(self._house.layout.bin_dir),
                "pgpass": str(self.folder / "pgpass"),
                "authentication": users,
                "parameters": {"unix_socket_directories": str(self.folder)},
                "pg_hba": [everybody, everybody.replace("all all", "replication toteboard_replica")],
            },
            "watchdog": {"mode": "off"},
        }

    def role(self) -> str:
        """What Patroni says that it is; empty where it does not answer."""
        try:
            told = httpx.get(f"http://127.0.0.1:{self.rest}/patroni", trust_env=False, timeout=2).json()
        except (httpx.HTTPError, ValueError):
            return ""
        if told.get("state") not in ("running", "streaming"):
            return ""
        # What may follow the primary: who is known to all to have every commit before it is acknowledged.
        return "sync_standby" if told.get("sync_standby") else str(told.get("role", ""))

    def kill_postgres(self) -> None:
        kill_postgres(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]))

    def kill_machine(self) -> None:
        """Patroni too: nobody is there to say that it is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(WAIT_S)
        self.kill_postgres()

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(WAIT_S)
            except subprocess.TimeoutExpired:
                self.kill_machine()

    def words(self) -> str:
        return (self._house.folder / f"{self.name}.log").read_text(errors="replace")[-3000:]


class House:
    """etcd and three nodes; `with House(folder) as house`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.layout = find_layout(folder / "layout")
        self.switch: dict[str, Any] = dict(self.layout.os_user.switch)
        self.etcd_port = free_port()
        self.interpreter = interpreter(folder / "interpreter")
        self.python = readable_copy(folder / "python")
        self.nodes = [Node(self, number + 1) for number in range(NODES)]
        self._etcd: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._start_etcd()
            self.nodes[0].start()
            until(lambda: self.nodes[0].role() == "primary", self.nodes[0].words, within_s=WAIT_S)
            for node in self.nodes[1:]:
                node.start()
            self.whole()
            self.sql(ROLES.replace("CREATE ROLE toteboard_replica LOGIN REPLICATION PASSWORD 'copy';", ""), "postgres")
            self.sql(f"CREATE DATABASE {DATABASE}", "postgres")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            node.end()
        if self._etcd is not None:
            self._etcd.terminate()
            self._etcd.wait(WAIT_S)

    def _start_etcd(self) -> None:
        client, peer = f"http://127.0.0.1:{self.etcd_port}", f"http://127.0.0.1:{free_port()}"
        with (self.folder / "etcd.log").open("wb") as log:
            self._etcd = subprocess.Popen(
                [ETCD, "--data-dir", self.folder / "etcd", "--listen-client-urls", client, "--advertise-client-urls", client,
                 "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", f"default={peer}"],
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        until(lambda: httpx.get(f"{client}/health", trust_env=False).is_success)

    def primary(self) -> Node | None:
        return next((node for node in self.nodes if node.role() == "primary"), None)

    def whole(self) -> None:
        """Waits until there is a primary, one that may follow it, and another one."""

        def is_so() -> bool:
            return sorted(node.role() for node in self.nodes) == ["primary", "replica", "sync_standby"]

        until(
            is_so,
            lambda: "\n".join(f"{node.name}: {node.role()}\n{node.words()}" for node in self.nodes),
            within_s=WAIT_S,
        )

    def sql(self, text: str, database: str = DATABASE) -> str:
        """Statements at the primary, as its superuser."""
        node = self.primary()
        if node is None:
            return ""
        where = f"host=127.0.0.1 port={node.port} user=postgres dbname={database}"
        done = subprocess.run(
            [self.layout.bin_dir / "psql", "--no-psqlrc", "-qtA", "-d", where], input=text, capture_output=True, text=True,
            check=False, env={"PATH": os.environ["PATH"], "PGPASSWORD": PASSWORDS["postgres"]}, timeout=WAIT_S,
        )  # fmt: skip
        return done.stdout

    def dsn(self, user: str) -> str:
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql://{user}:{PASSWORDS[user]}@{hosts}/{DATABASE}?target_session_attrs=read-write"


def failed_over(house: House, load: Load, *, machine: bool) -> float:
    """The primary is killed under load; seconds until a bet was taken by another. Then it is whole again."""
    house.whole()
    node = house.primary()
    assert node is not None
    (node.kill_machine if machine else node.kill_postgres)()
    taken, began = load.bets(), time.monotonic()

    def is_taken() -> bool:
        assert not load.wrong, load.wrong
        # What was on its way may still be answered.
        return load.bets() > taken + BETTORS

    until(is_taken, lambda: f"{load.answers}\n" + "\n".join(one.words() for one in house.nodes), within_s=WAIT_S)
    took = time.monotonic() - began
    if machine:
        node.start()
    load.more(50)
    return took


def campaign(folder: Path, *, kills: int, say: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """So many kills of the primary, then what came of it."""
    with House(folder) as house:
        site = Site(folder / "nowhere", house.dsn("postgres"))
        done = toteboard("migrate", site=site)
        assert done.returncode == 0, done.stderr
        token = add_admin(site)
        with served(site, TOTEBOARD_APP_DATABASE_URL=house.dsn("toteboard_app")) as server:
            scenario = ServerScenario(server, Script(server.url, token))
            tournament = scenario.tournament("Night")
            market = scenario.market(tournament, "A v B", ["A", "B"])
            load = Load(server.url, scenario, market, tournament["slug"])
            try:
                load.more(100)
                times: dict[bool, list[float]] = {False: [], True: []}
                for number in range(kills):
                    machine = number % 2 == 1
                    times[machine].append(failed_over(house, load, machine=machine))
                    what = "machine" if machine else "PostgreSQL"
                    say(f"{number + 1}: {what}, {times[machine][-1]:.1f} s, {load.bets()} bets")
                load.more(BETTORS)
            finally:
                load.end()
            assert not load.wrong, load.wrong
            stored = set(house.sql(f"SELECT id FROM bets WHERE market_id = {market['id']}").split())
            acknowledged = set().union(*load.taken.values())
            for one in load.spectators:
                assert one.seen == sorted(one.seen), "a number came again, or lower"
            settle(scenario, market)
            statement = f"SELECT status FROM settlements WHERE market_id = {market['id']}"
            until(lambda: house.sql(statement).strip() == "paid")
            report = said(toteboard("audit", "--json", site=site))
            assert report["balanced"], report
        figures: dict[str, Any] = {
            "kills": kills,
            "bets acknowledged": len(acknowledged),
            "lost": len(acknowledged - stored),
            "answers": {str(status): many for status, many in load.answers.items()},
            "longest until a bet was known, s": round(load.longest_s, 1),
        }
        for machine, name in ((False, "PostgreSQL killed"), (True, "machine killed")):
            if times[machine]:
                figures[f"{name}, s until a bet: least, median, most"] = [
                    round(one, 1)
                    for one in (min(times[machine]), statistics.median(times[machine]), max(times[machine]))
                ]
        return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toteboard-ha-") as folder:
        Path(folder).chmod(0o755)
        said_now(json.dumps(campaign(Path(folder), kills=given.kills, say=said_now), indent=2))


if __name__ == "__main__":
    main()
