"""Alerts ring: a real Prometheus and Alertmanager watch a real Toteboard, and Slack's receiver gets what it is to get.

The rules run in a sixtieth of their time; in their own they are tried by promtool.
"""

import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from toteboard.metrics.names import NAMES, PREFIX

from .alerting import DEPLOY, alertmanager, receiver, rules
from .conftest import WithAdmin
from .prometheus import PROMTOOL, prometheus
from .scenarios import Bettor, ServerScenario
from .server import Script, Served, Site

RULES = DEPLOY / "prometheus" / "rules.yaml"
TESTS = DEPLOY / "prometheus" / "tests.yaml"
MANUAL = Path(__file__).parents[2] / "docs" / "operating.md"
ALERTS = {
    rule["alert"]: rule
    for group in yaml.safe_load(RULES.read_text())["groups"]
    for rule in group["rules"]
    if "alert" in rule
}


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROMTOOL, *words], capture_output=True, text=True, check=False, timeout=120)


def test_every_alert_fires_and_stays_silent_when_it_should() -> None:
    done = promtool("test", "rules", TESTS)
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_that_always_fire_are_found_out(tmp_path: Path) -> None:
    """The tests of silence can fail: one for each alert but the one that always fires."""
    text = yaml.safe_load(RULES.read_text())
    for group in text["groups"]:
        # What is recorded is for the alerts as they are, and takes most of the time.
        group["rules"] = [rule | {"expr": "vector(1)", "for": "0m"} for rule in group["rules"] if "alert" in rule]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(text))
    tests = yaml.safe_load(TESTS.read_text())
    for test in tests["tests"]:
        for look in test["promql_expr_test"]:
            # What always fires does so at once: the hours before need not pass.
            look["eval_time"] = "2m"
    (tmp_path / "tests.yaml").write_text(yaml.safe_dump(tests))
    done = promtool("test", "rules", tmp_path / "tests.yaml")
    failed = set(re.findall(r'alertname=\\?"(\w+)\\?"', done.stdout + done.stderr))
    assert ALERTS.keys() - failed == {"Watchdog"}


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_every_alert_says_what_it_is_and_what_to_do(name: str) -> None:
    rule = ALERTS[name]
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    assert rule["labels"]["severity"] in ("page", "ticket", "none")
    assert "for" in rule
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert page == "docs/operating.md"
    anchors = {
        heading.strip().lower().replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", MANUAL.read_text(), re.M)
    }
    assert anchor in anchors


def test_rules_ask_for_metrics_that_there_are() -> None:
    known = {PREFIX + name.name for name in NAMES}
    asked = set(re.findall(r"\b(toteboard_\w+)", RULES.read_text()))
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked} - known == set()


class Betting:
    """Somebody who bets again and again, while `is_on`."""

    def __init__(self, bettor: Bettor, outcome_id: int):
        self.is_on = True
        self._ended = False
        self._bettor, self._outcome_id = bettor, outcome_id
        self._thread = threading.Thread(target=self._go_on)
        self._thread.start()

    def _go_on(self) -> None:
        while not self._ended:
            if self.is_on:
                self._bettor.script.bet(self._outcome_id, 100)
            time.sleep(0.1)

    def end(self) -> None:
        self._ended = True
        self._thread.join()


@contextmanager
def betting(scenario: ServerScenario) -> Iterator[Betting]:
    tournament = scenario.tournament("Night")
    market = scenario.market(tournament, "A v B", ["A", "B"])
    going = Betting(scenario.bettor(tournament, "bettor", funds=10_000_00), market["outcomes"][0]["id"])
    try:
        yield going
    finally:
        going.end()


def about(summary: str, color: str) -> Any:
    """Whether a message of Slack's is that one."""
    return lambda body: any(summary in one["title"] and one["color"] == color for one in body["attachments"])


def test_betting_that_dips_rings_in_slack_and_so_does_its_return(
    site: Site, with_admin: WithAdmin, tmp_path: Path
) -> None:
    server = Served(site, "--metrics-port", "0", TOTEBOARD_BOOKS_POLL_S="1", TOTEBOARD_STANDING_POLL_S="1")
    found = re.search(r"http://127\.0\.0\.1:(\d+)/metrics", server.words())
    assert found
    scenario = ServerScenario(server, Script(server.url, with_admin.token))
    try:
        with receiver() as slack, alertmanager(tmp_path / "alertmanager", slack) as port:
            more = (
                f"rule_files: ['{rules(tmp_path / 'prometheus')}']\n"
                f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}]}}\n"
            )
            with prometheus(tmp_path / "prometheus", {"toteboard": int(found[1])}, more) as watching:
                with betting(scenario) as going:
                    # As much of the half hour of betting, as the rules have it, as they need to see a dip in it.
                    time.sleep(20)
                    # Nobody backs this database up, which is said after a day.
                    assert watching.ask('ALERTS{alertname!~"Watchdog|ToteboardBackupMissing"}') == []
                    going.is_on = False
                    rang = slack.until(about("Now: Hardly anybody bets in night", "danger"), 25)
                    going.is_on = True
                    slack.until(about("Over: Hardly anybody bets in night", "good"), 60)
                # The process goes: nobody answers any more.
                server.stop()
                slack.until(about("does not answer", "danger"), 30)
            assert slack.messages("/watchdog"), "whoever waits for the watchdog has heard it"
    finally:
        server.stop()
    assert rang["channel"] == "#toteboard-pages"
    (shown,) = rang["attachments"]
    assert "less than a fifth of its half hour before" in shown["text"]
    assert "docs/operating.md#toteboardbetsdip" in shown["text"]
    assert shown["title_link"].startswith("http")
    (button,) = shown["actions"]
    assert (button["type"], button["text"]) == ("button", "Silence")
    assert button["url"] == (
        "https://alerts.example.org/#/silences/new?filter=%7Balertname%3D%22ToteboardBetsDip%22%2C%20tournament%3D%22night%22%7D"
    )
    assert {"fallback", "color", "mrkdwn_in"} <= set(shown)
