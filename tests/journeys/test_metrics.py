"""A real Prometheus sees what people did: with one process, with several workers, and with roles apart."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psutil
import pytest
import websockets.sync.client as sockets

from ports import free_port
from toteboard.metrics.names import NAMES, PREFIX

from .conftest import WithAdmin
from .prometheus import Prometheus, lint, prometheus
from .scenarios import ServerScenario
from .server import Script, Served, Site, toteboard

# What only some nights have: an identity provider that was asked, and a database of ours with its disk.
NOT_EVERY_NIGHT = {
    *("kyc_requests_total", "kyc_request_failures_total", "kyc_provider_up", "kyc_webhooks_total"),
    *("disk_free_bytes", "disk_size_bytes"),
    # Between several processes: test_fleet.py.
    *("bus_connected", "bus_heard", "bus_messages_total", "bus_holes_total", "bus_silences_total", "bus_events_total"),
    # A replica that is read: test_replica.py.
    *("replica_is_read", "replica_age_seconds", "replica_reads_total"),
    # A backup: test_backups.py and test_dashboards.py.
    *("replica_streaming", "replica_behind_bytes", "replica_lag_seconds", "backup_age_seconds", "backup_whole"),
}
QUICK = {"TOTEBOARD_STANDING_POLL_S": "1", "TOTEBOARD_BOOKS_POLL_S": "1"}
Start = Callable[..., tuple[Served, int]]


def scraped(port: int) -> str:
    return httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text


@pytest.fixture
def start(site: Site) -> Iterator[Start]:
    """Starts servers, and says the port of their metrics."""
    with ExitStack() as stack:

        def started(*words: str) -> tuple[Served, int]:
            server = Served(site, "--metrics-port", "0", *words, **QUICK)
            stack.callback(server.stop)
            found = re.search(r"http://127\.0\.0\.1:(\d+)/metrics", server.words())
            assert found, server.words()
            return server, int(found[1])

        yield started


def bet(server: Served, admin: WithAdmin, name: str, many: int) -> None:
    scenario = ServerScenario(server, Script(server.url, admin.token))
    tournament = scenario.tournament(f"Metrics {name.replace('-', ' ')}")
    closes_at = datetime.now(UTC) + timedelta(hours=1)
    market = scenario.market(tournament, "A v B", ["A", "B"], closes_at=closes_at.isoformat())
    bettor = scenario.bettor(tournament, f"{name}-bettor")
    for _ in range(many):
        bettor.script.bet(market["outcomes"][0]["id"], 250)


@pytest.mark.parametrize("workers", [1, 2])
def test_prometheus_counts_what_was_bet_whichever_worker_took_it(
    start: Start, with_admin: WithAdmin, tmp_path: Path, workers: int
) -> None:
    server, port = start("--workers", str(workers))
    slug = f"metrics-of-{workers}"
    with prometheus(tmp_path, {"toteboard": port}) as watching:
        bet(server, with_admin, f"of-{workers}", 7)
        watching.until('toteboard_bets_total{verdict="taken"}', 7)
        watching.until('toteboard_bets_stakes_minor_units_total{currency="EUR"}', 1750)
        watching.until('toteboard_http_requests_total{route="/api/bet",status="201"}', 7)
        watching.until("toteboard_bets_batch_size_sum", 7)
        watching.until('toteboard_http_request_duration_seconds_count{method="POST",route="/api/bet"}', 7)
        watching.until(f'toteboard_tournament_bets_total{{tournament="{slug}"}}', 7)
        watching.until(f'toteboard_tournament_open_markets{{tournament="{slug}"}}', 1)
        watching.until(f'toteboard_books_balanced{{tournament="{slug}"}}', 1)
        watching.until("toteboard_workers", workers)
        watching.until("min(toteboard_loop_alive)", 1)
        watching.until("max(toteboard_next_close_seconds) < bool 3600", 1)
        # A reader comes and goes by itself.
        with sockets.connect(f"{server.url.replace('http', 'ws')}/api/feed?tournament={slug}") as feed:
            feed.recv()
            watching.until("toteboard_sockets_open", 1)
        watching.until('toteboard_sockets_closed_total{reason="client"}', 1)
        assert (watching.value("toteboard_feed_messages_total") or 0) > 0
        assert (watching.value("toteboard_feed_bytes_total") or 0) > 100
    text = scraped(port)
    found = set(re.findall(r"^(toteboard_\w+?)(?:_bucket|_sum|_count)?(?:\{| )", text, re.MULTILINE))
    assert {PREFIX + name.name for name in NAMES if name.name not in NOT_EVERY_NIGHT} - found == set()
    assert lint(text) == ""
    # Routes are as the program writes them: no id is a series of its own.
    assert re.findall(r'route="[^"]*\d+[^"]*"', text) == []


def test_each_role_says_what_it_does(start: Start) -> None:
    of_role = {
        "api": "toteboard_bets_total",
        "feed": "toteboard_sockets_open",
        "worker": "toteboard_settlements_unfinished",
    }
    said = {}
    for role in of_role:
        server, port = start("--role", role)
        httpx.get(f"{server.url}/readyz", trust_env=False)
        said[role] = scraped(port)
        server.stop()
    for role, text in said.items():
        assert f'role="{role}"' in text
        assert {other for other, name in of_role.items() if f"\n{name}" in text} == {role}


def test_a_worker_that_is_killed_takes_nothing_of_what_was_counted_with_it(
    start: Start, with_admin: WithAdmin, tmp_path: Path
) -> None:
    server, port = start("--workers", "2")
    with prometheus(tmp_path, {"toteboard": port}) as watching:
        bet(server, with_admin, "of-killed", 5)
        watching.until('toteboard_bets_total{verdict="taken"}', 5)
        _kill_the_workers_one_after_the_other(server, watching)
        assert watching.value('toteboard_bets_total{verdict="taken"}') == 5
        assert watching.value('resets(toteboard_bets_total{verdict="taken"}[1m])') == 0


def _kill_the_workers_one_after_the_other(server: Served, watching: Prometheus) -> None:
    workers = psutil.Process(server.process.pid).children()
    killed = 0
    for worker in workers:
        if "toteboard worker" in " ".join(worker.cmdline()):
            killed += 1
            worker.kill()
            watching.until("toteboard_workers", 1)
            watching.until("toteboard_workers", 2)
    assert killed == 2


def test_a_port_that_is_taken_is_said_before_anything_is_started(site: Site) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        done = toteboard("serve", "--port", str(free_port()), "--metrics-port", str(port), site=site)
    assert done.returncode == 1
    assert done.stderr.strip() == f"toteboard: Port {port} is taken; choose another with --metrics-port"
