"""One bet is one trace, whichever processes it went through: sent by OTLP to a receiver that reads it as a collector does."""

import gzip
import itertools
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import pytest
import websockets.sync.client as sockets
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ports import free_port

from .conftest import WithAdmin
from .scenarios import ServerScenario
from .server import Script, Served, Site, served, toteboard

WAIT_S = 20
STAGES = {"POST /api/bet", "parse", "queue", "set", "fold", "frame"}


class Collected(ThreadingHTTPServer):
    """Keeps the spans it is sent, by trace and name, each with the role of its process."""

    def __init__(self) -> None:
        self.spans: list[tuple[str, Any]] = []
        super().__init__(("127.0.0.1", free_port()), _Collecting)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/traces"

    def of(self, bet: str) -> dict[str, tuple[str, Any]]:
        trace = UUID(bet).bytes
        return {span.name: (role, span) for role, span in list(self.spans) if span.trace_id == trace}

    def whole(self, bet: str) -> dict[str, tuple[str, Any]]:
        """Waits for every stage of a bet."""
        ended = time.monotonic() + WAIT_S
        while (found := self.of(bet)).keys() != STAGES:
            assert time.monotonic() < ended, found.keys()
            time.sleep(0.1)
        return found


class _Collecting(BaseHTTPRequestHandler):
    server: Collected

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        for sent in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = {one.key: one.value.string_value for one in sent.resource.attributes}
            assert named["service.name"] == "toteboard"
            for scope in sent.scope_spans:
                self.server.spans.extend((named["toteboard.role"], span) for span in scope.spans)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def collected() -> Iterator[Collected]:
    server = Collected()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def bet(script: Script, outcome_id: int) -> str:
    key = str(uuid4())
    asked = {"outcome_id": outcome_id, "stake": 100, "currency": "EUR"}
    script.ask("POST", "/api/bet", json=asked, headers={"Idempotency-Key": key})
    return key


def test_a_bet_is_one_trace_from_the_parser_to_the_frame_through_processes_apart(
    site: Site, with_admin: WithAdmin, collected: Collected
) -> None:
    # OpenTelemetry's own variable: batches are not waited for so long.
    traced = {"TOTEBOARD_TRACE_URL": collected.url, "TOTEBOARD_TRACE_ONE_IN": "1", "OTEL_BSP_SCHEDULE_DELAY": "200"}
    with (
        served(site, "--role", "api", **traced) as api,
        served(site, "--role", "feed", **traced) as feed,
    ):
        scenario = ServerScenario(api, Script(api.url, with_admin.token))
        tournament = scenario.tournament("Traced")
        market = scenario.market(tournament, "A v B", ["A", "B"])
        bettor = scenario.bettor(tournament, "traced")
        outcome_id = market["outcomes"][0]["id"]
        with sockets.connect(f"{feed.url.replace('http', 'ws')}/api/feed?tournament=traced") as socket:
            socket.recv()
            # The first has to learn who asks and what the outcome is.
            for _ in range(2):
                spans = collected.whole(bet(bettor.script, outcome_id))
                _one_trace(spans)
        refused = str(uuid4())
        asked = {"outcome_id": outcome_id, "stake": 10**9, "currency": "EUR"}
        bettor.script.ask("POST", "/api/bet", want=(409,), json=asked, headers={"Idempotency-Key": refused})
    # Stopped: what was queued has been sent.
    assert collected.of(refused).keys() == {"POST /api/bet", "parse", "queue", "set"}
    root = collected.of(refused)["POST /api/bet"][1]
    assert {one.key: one.value.int_value for one in root.attributes} == {"http.response.status_code": 409}


def _one_trace(spans: dict[str, tuple[str, Any]]) -> None:
    """In order, under one root, each from the process that did it."""
    assert {name for name, (role, _) in spans.items() if role == "feed"} == {"fold", "frame"}
    root = spans["POST /api/bet"][1]
    assert root.parent_span_id == b""
    assert root.kind == root.SPAN_KIND_SERVER
    stages = [spans[name][1] for name in ("parse", "queue", "set")]
    assert {span.parent_span_id for span in (*stages, spans["fold"][1], spans["frame"][1])} == {root.span_id}
    assert root.start_time_unix_nano <= stages[0].start_time_unix_nano
    for before, after in itertools.pairwise(stages):
        assert before.end_time_unix_nano <= after.end_time_unix_nano
        assert before.start_time_unix_nano <= after.start_time_unix_nano
    assert root.end_time_unix_nano >= stages[-1].end_time_unix_nano
    assert spans["fold"][1].end_time_unix_nano == spans["frame"][1].start_time_unix_nano


def test_a_collector_that_is_away_keeps_no_bet(site: Site, with_admin: WithAdmin) -> None:
    away = f"http://127.0.0.1:{free_port()}/v1/traces"
    traced = {"TOTEBOARD_TRACE_URL": away, "TOTEBOARD_TRACE_ONE_IN": "1", "OTEL_BSP_SCHEDULE_DELAY": "100"}
    server = Served(site, **traced)
    try:
        scenario = ServerScenario(server, Script(server.url, with_admin.token))
        tournament = scenario.tournament("Away")
        market = scenario.market(tournament, "A v B", ["A", "B"])
        bettor = scenario.bettor(tournament, "away")
        for _ in range(5):
            bet(bettor.script, market["outcomes"][0]["id"])
        began = time.monotonic()
        assert server.stop() == 0
        # It gave the collector up soon.
        assert time.monotonic() - began < WAIT_S / 2
    finally:
        server.stop()


def test_without_what_it_takes_it_is_said(site: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    """In a Python that has OpenTelemetry's API, as FastAPI brings it, and not its SDK."""
    none = tmp_path_factory.mktemp("none")
    sdk = none / "opentelemetry" / "sdk"
    sdk.mkdir(parents=True)
    (sdk / "__init__.py").write_text("raise ImportError('not installed')\n")
    without = Site(site.folder, site.dsn, sys.executable, source=none)
    done = toteboard("serve", "--port", "0", site=without, TOTEBOARD_TRACE_URL="http://127.0.0.1:4318/v1/traces")
    assert done.returncode == 1
    assert "TOTEBOARD_TRACE_URL takes more: pip install 'toteboard[otel]'" in done.stderr
