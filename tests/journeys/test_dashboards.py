"""No panel of the dashboards is empty: each query is asked of a real Prometheus about a night that was played."""

import json
import re
import runpy
import time
from pathlib import Path
from typing import Any

import pytest
import websockets.sync.client as sockets

from .alerting import DEPLOY, rules
from .following import follower
from .prometheus import prometheus
from .scenarios import ServerScenario, add_admin
from .server import Script, Served, Site

ROOT = Path(__file__).parents[2]
FILES = sorted((DEPLOY / "grafana" / "dashboards").glob("*.json"))


def panels() -> list[tuple[str, str, str]]:
    """Dashboard and panel, with each query."""
    return [
        (f"{file.stem}: {panel['title']}", target["legendFormat"], target["expr"])
        for file in FILES
        for panel in json.loads(file.read_text())["panels"]
        for target in panel["targets"]
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_dashboard_is_what_its_panels_say(file: Path) -> None:
    written = runpy.run_path(str(ROOT / "scripts" / "dashboards.py"))["text"](file.stem)
    assert file.read_text(encoding="utf-8") == written
    shown = json.loads(written)
    assert shown["panels"]
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in shown["panels"]]
    assert len(set(places)) == len(places)


def play(scenario: ServerScenario) -> dict[str, Any]:
    """A tournament with bets that are taken and refused, a settlement that is paid, and a reader who goes."""
    tournament = scenario.tournament("Night")
    settled = scenario.market(tournament, "A v B", ["A", "B"])
    scenario.market(tournament, "C v D", ["C", "D"])
    bettor = scenario.bettor(tournament, "bettor", funds=100_00)
    for _ in range(3):
        bettor.script.bet(settled["outcomes"][0]["id"], 500)
    body = {"outcome_id": settled["outcomes"][0]["id"], "stake": 100_000, "currency": "EUR"}
    bettor.script.request(
        "POST", "/api/bet", json=body, headers={"Idempotency-Key": "0" * 8 + "-0000-4000-8000-" + "0" * 12}
    )
    with sockets.connect(f"{scenario.server.url.replace('http', 'ws')}/api/feed?tournament=night") as feed:
        feed.recv()
        bettor.script.bet(settled["outcomes"][1]["id"], 500)
        feed.recv()
    scenario.move(settled, "close")
    scenario.boss.ask("POST", f"/api/market/{settled['id']}/result", json={"winners": [settled["outcomes"][0]["id"]]})
    scenario.boss.ask("POST", f"/api/market/{settled['id']}/settle", json={})
    return settled


def test_no_panel_is_empty(tmp_path: Path) -> None:
    site = Site(tmp_path / "data")
    token = add_admin(site)
    server = Served(site, "--metrics-port", "0", TOTEBOARD_STANDING_POLL_S="1", TOTEBOARD_BOOKS_POLL_S="1")
    found = re.search(r"http://127\.0\.0\.1:(\d+)/metrics", server.words())
    assert found
    try:
        more = f"rule_files: ['{rules(tmp_path / 'prometheus')}']\n"
        with prometheus(tmp_path / "prometheus", {"toteboard": int(found[1])}, more) as watching:
            watching.until("sum(toteboard_database_up)", 1)
            play(ServerScenario(server, Script(server.url, token)))
            watching.until("toteboard_settlements_bets_paid_total", 4)
            with follower(site, tmp_path / "place") as following:
                following.until("verified")
                watching.until('max(toteboard_backup_whole{kind="taken"})', 1)
                time.sleep(3)
            empty = [
                (panel, legend)
                for panel, legend, query in panels()
                if not [value for _, value in watching.ask(query.replace("$__rate_interval", "1m")) if value == value]
            ]
            legends = {
                name
                for _, legend, query in panels()
                for name in re.findall(r"\{\{(\w+)\}\}", legend)
                if any(name not in metric for metric, _ in watching.ask(query.replace("$__rate_interval", "1m")))
            }
    finally:
        server.stop()
    assert empty == []
    assert legends == set(), "labels that a line is called by"
