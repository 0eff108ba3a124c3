"""The container image: what is in it, and that a stop under load loses nothing. Built and asked for by `make image`."""

import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from .containers import USER, Container
from .scenarios import BOSS, ServerScenario
from .server import PASSWORD, Script, Served

IMAGE = os.environ.get("TOTEBOARD_TEST_IMAGE", "")
pytestmark = pytest.mark.skipif(not IMAGE, reason="`make image` builds one")
BETTORS, GRACE_S = 8, 10


@pytest.fixture
def container(data_folder: Path) -> Iterator[Container]:
    container = Container(IMAGE, data_folder / "data")
    try:
        yield container
    finally:
        container.remove()


def admin(container: Container) -> Script:
    container.inside(
        *("toteboard", "admin", "create", "--email", BOSS, "--name", "Boss", "--password-stdin"), stdin=f"{PASSWORD}\n"
    )
    made = container.inside("toteboard", "admin", "token", "--email", BOSS, "--json")
    return Script(container.url, json.loads(made.stdout)["token"])


def test_it_runs_as_nobody_in_particular_and_writes_nowhere_else(container: Container) -> None:
    container.start()
    assert container.inside("id", "-u").stdout.strip() == str(USER)
    assert container.inside("touch", "/anything", check=False).returncode != 0
    for absent in ("gcc", "cc", "make", "pip", "npm", "node", "git"):
        assert container.inside("which", absent, check=False).returncode != 0, absent
    bill = json.loads(container.inside("cat", "/opt/toteboard/share/sbom.cdx.json").stdout)
    assert bill["bomFormat"] == "CycloneDX"
    assert "<html" in httpx.get(container.url, trust_env=False).text
    assert "toteboard_build_info" in httpx.get(f"http://127.0.0.1:{container.metrics}/metrics", trust_env=False).text
    first = container.words().splitlines()[0]
    assert json.loads(first)["level"] == "info"
    checked = container.inside(
        *("python", "-c", f"import urllib.request as r; r.urlopen('{container.url}/livez', timeout=2)")
    )
    assert checked.returncode == 0


def test_a_stop_under_load_loses_nothing(container: Container) -> None:
    container.start()
    boss = admin(container)
    scenario = ServerScenario(_served(container), boss)
    tournament = scenario.tournament("Night")
    market = scenario.market(tournament, "A v B", ["A", "B"])
    bettors = [scenario.bettor(tournament, f"bettor-{n}", funds=1_000_000) for n in range(BETTORS)]
    taken: list[set[str]] = [set() for _ in bettors]
    unwanted: list[Any] = []
    stopping = threading.Event()

    def bet(n: int) -> None:
        while not stopping.is_set():
            try:
                taken[n].add(bettors[n].script.bet(market["outcomes"][n % 2]["id"], 100)["id"])
            except httpx.HTTPError:
                # The server is gone: a page asks again with the same key once it is back.
                if stopping.wait(0.05):
                    return
            except AssertionError as refused:
                unwanted.append(str(refused))
                return

    threads = [threading.Thread(target=bet, args=(n,)) for n in range(BETTORS)]
    for thread in threads:
        thread.start()
    while sum(map(len, taken)) < 300:
        assert not unwanted
        stopping.wait(0.05)
    took, code = container.stop(grace_s=GRACE_S)
    stopping.set()
    for thread in threads:
        thread.join()
    assert (code, unwanted) == (0, [])
    assert took < GRACE_S
    container.start()
    for n, bettor in enumerate(bettors):
        assert taken[n] <= {bet["id"] for bet in bettor.bets}
    said = container.inside("toteboard", "audit", "--json")
    assert json.loads(said.stdout)["balanced"]


def _served(container: Container) -> Served:
    served = object.__new__(Served)
    served.port, served.url = container.port, container.url
    return served
