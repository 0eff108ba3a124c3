"""Two workers, of which one closes and pays: killed in the middle, the other goes on, and everybody is paid once."""

import re

import httpx

from ports import free_port

from .conftest import WithAdmin
from .fleet import settle, until
from .scenarios import ServerScenario
from .server import Script, Served, Site, said, toteboard

BETTORS = 12
# One bet a transaction: paying takes long enough to be killed in the middle of it.
SLOW = {"TOTEBOARD_SETTLE_CHUNK": "1"}


def leads(metrics: int) -> bool:
    text = httpx.get(f"http://127.0.0.1:{metrics}/metrics", trust_env=False).text
    return re.search(r'^toteboard_leads\{what="work"\} 1', text, re.MULTILINE) is not None


def test_the_worker_that_leads_is_killed_while_it_pays_and_the_other_goes_on(site: Site, with_admin: WithAdmin) -> None:
    api = Served(site, "--role", "api")
    ports = [free_port(), free_port()]
    workers = [Served(site, "--role", "worker", "--metrics-port", str(port), **SLOW) for port in ports]
    try:
        scenario = ServerScenario(api, Script(api.url, with_admin.token))
        tournament = scenario.tournament("Two workers")
        market = scenario.market(tournament, "A v B", ["A", "B"], takeout_bps=0)
        bettors = [scenario.bettor(tournament, f"paid-{number}") for number in range(BETTORS)]
        for number, bettor in enumerate(bettors):
            for _ in range(8):
                bettor.script.bet(market["outcomes"][number % 2]["id"], 100)
        until(lambda: sum(map(leads, ports)) == 1)
        leader = next(number for number, port in enumerate(ports) if leads(port))
        settle(scenario, market)
        workers[leader].kill()
        until(lambda: leads(ports[1 - leader]), within_s=3)
        path = f"/api/market/{market['id']}/settlement"
        until(lambda: scenario.boss.ask("GET", path)["items"][0]["status"] == "paid")
        report = said(toteboard("audit", "--json", site=site))
        assert report["balanced"]
        assert sum(bettor.balance for bettor in bettors) == BETTORS * 400_00
    finally:
        for process in (*workers, api):
            process.stop()
            process.log.close()
