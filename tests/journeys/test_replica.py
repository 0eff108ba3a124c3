"""A server with a real standby: what may be a moment old is read there, and every answer says so."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from postgres_nodes import PostgresNode, dsn

from .fleet import until
from .scenarios import Bettor, ServerScenario, add_admin
from .server import Script, Site, served, toteboard

LAG_MAX_S = 2


@pytest.mark.parametrize("fallback", ["primary", "refuse"])
def test_what_may_be_a_moment_old_says_as_of_when_and_from_where(data_folder: Path, fallback: str) -> None:
    primary, standby = PostgresNode(data_folder, "primary"), PostgresNode(data_folder, "standby")
    try:
        primary.create()
        standby.follow(primary)
        site = Site(data_folder / "nowhere", dsn(primary, user="postgres"))
        assert toteboard("migrate", site=site).returncode == 0
        token = add_admin(site)
        settings = {
            "TOTEBOARD_APP_DATABASE_URL": dsn(primary, user="toteboard_app"),
            "TOTEBOARD_REPLICA_URL": dsn(standby, user="toteboard_app").replace("read-write", "any"),
            "TOTEBOARD_REPLICA_LAG_MAX_S": str(LAG_MAX_S),
            "TOTEBOARD_REPLICA_FALLBACK": fallback,
        }
        with served(site, **settings) as server:
            scenario = ServerScenario(server, Script(server.url, token))
            _said(scenario, standby, fallback)
    finally:
        standby.end()
        primary.end()


def _said(scenario: ServerScenario, standby: PostgresNode, fallback: str) -> None:
    boss = scenario.boss
    tournament = scenario.tournament("Night")
    market = scenario.market(tournament, "A v B", ["A", "B"])
    bettor: Bettor = scenario.bettor(tournament, "bettor", funds=500)
    bettor.script.bet(market["outcomes"][0]["id"], 100)
    statement = f"/api/wallet/{bettor.wallet['id']}/statement"
    export = f"/api/tournament/{tournament['id']}/export"
    asked = [(bettor.script, statement), (boss, export), (boss, f"{export}/bets"), (boss, "/api/audit")]
    until(lambda: boss.get("/api/ops").json()["replica"]["why_not"] == "")
    until(lambda: len(bettor.script.get(statement).json()["items"]) == 2)
    for script, path in asked:
        answer = script.get(path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-as-of-source"] == "replica", path
        assert int(answer.headers["x-as-of-lag-ms"]) < LAG_MAX_S * 1000
        assert answer.headers["x-as-of"].endswith("Z")
    assert _derived(boss)["balanced"]
    page = boss.get("/api/audit").json()
    assert page["as_of"]["settled"], page["as_of"]
    assert "x-as-of" not in boss.get(f"/api/tournament/{tournament['id']}").headers
    standby.sql("SELECT pg_wal_replay_pause()")
    bettor.script.bet(market["outcomes"][0]["id"], 100)
    until(lambda: "behind" in boss.get("/api/ops").json()["replica"]["why_not"])
    for script, path in asked:
        _fell_back(script.get(path), fallback)
    if fallback == "primary":
        assert len(bettor.script.get(statement).json()["items"]) == 3, "the primary knows the newest bet"
    standby.sql("SELECT pg_wal_replay_resume()")
    until(lambda: bettor.script.get(statement).headers.get("x-as-of-source") == "replica")


def _fell_back(answer: httpx.Response, fallback: str) -> None:
    if fallback == "primary":
        assert (answer.status_code, answer.headers["x-as-of-source"]) == (200, "primary")
    else:
        assert answer.status_code == 503, answer.text
        assert answer.headers["retry-after"]


def _derived(boss: Script) -> Any:
    boss.ask("POST", "/api/ops/audit")
    until(lambda: boss.get("/api/ops/audit").json()["state"] in ("done", "failed"))
    return boss.get("/api/ops/audit").json()
