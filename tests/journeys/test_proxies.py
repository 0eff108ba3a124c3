"""Behind a real nginx and a real Caddy, as we ship their configuration: pages, bets, the feed, large files, who asked."""

import re
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import websockets.sync.client as sockets
from playwright.sync_api import Browser
from websockets.typing import Origin

from ports import free_port

from .conftest import WithAdmin
from .proxies import PROXIES, proxied
from .scenarios import ServerScenario
from .server import PASSWORD, Script, Served, Site, served

WAIT_S = 30


@dataclass(frozen=True, slots=True)
class Behind:
    """A server behind a proxy, and the address that people have of it."""

    proxy: str
    server: Served
    url: str
    trusted: ssl.SSLContext

    def client(self, **more: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=self.trusted, trust_env=False, timeout=30, headers=more)


@pytest.fixture(params=sorted(PROXIES))
def behind(request: pytest.FixtureRequest, site: Site, tmp_path: Path) -> Iterator[Behind]:
    tls = free_port()
    url = f"https://localhost:{tls}"
    with (
        served(site, TOTEBOARD_TRUSTED_PROXIES="1", TOTEBOARD_PUBLIC_URL=url) as server,
        proxied(request.param, tmp_path, server.port, tls) as process,
    ):
        trusted = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))
        ended = time.monotonic() + WAIT_S
        while time.monotonic() < ended:
            assert process.poll() is None, (tmp_path / f"{request.param}.log").read_text()
            with suppress(httpx.HTTPError):
                if httpx.get(f"{url}/api/server", verify=trusted, trust_env=False).status_code == 200:
                    break
            time.sleep(0.1)
        yield Behind(request.param, server, url, trusted)


def test_pages_bets_and_the_feed_go_through(behind: Behind, with_admin: WithAdmin, chromium: Browser) -> None:
    with behind.client() as visitor:
        page = visitor.get("/")
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert re.fullmatch(r"[0-9a-f-]{32,36}", visitor.get("/api/server").headers["x-request-id"])
        forged = visitor.get("/api/server", headers={"X-Request-Id": "of-an-attacker"})
        assert forged.headers["x-request-id"] != "of-an-attacker"
    scenario = ServerScenario(behind.server, Script(behind.server.url, with_admin.token))
    tournament = scenario.tournament(f"Behind {behind.proxy}")
    market = scenario.market(tournament, "A v B", ["A", "B"])
    bettor = scenario.bettor(tournament, f"behind-{behind.proxy}")
    feed_url = behind.url.replace("https", "wss") + f"/api/feed?tournament={tournament['slug']}"
    with sockets.connect(feed_url, ssl=behind.trusted, origin=Origin(behind.url)) as feed:
        assert '"snapshot"' in str(feed.recv())
        with behind.client(**dict(bettor.script.headers)) as script:
            bet = {"outcome_id": market["outcomes"][0]["id"], "stake": 100, "currency": "EUR"}
            key = {"Idempotency-Key": str(uuid4())}
            assert script.post("/api/bet", json=bet, headers=key).status_code == 201
        told = [str(feed.recv(timeout=10)) for _ in range(2)]
        assert any('"update"' in message for message in told), told
    # What a browser speaks with it.
    context = chromium.new_context(ignore_https_errors=True)
    try:
        page_ = context.new_page()
        page_.goto(f"{behind.url}/t/{tournament['slug']}")
        page_.get_by_text("A v B").first.wait_for()
        spoken = page_.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol")
        assert spoken == "h2"
    finally:
        context.close()


def test_who_asked_is_the_client_and_not_whom_the_client_names(behind: Behind) -> None:
    """A session is signed in through the proxy; the address in the log is the one the proxy saw, and cookies are for TLS."""
    person = {"email": f"who-{behind.proxy}@example.org", "name": "Who", "password": PASSWORD}
    forged = {"Origin": behind.url, "X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    with behind.client(**forged) as visitor:
        made = visitor.post("/api/user", json=person)
        assert made.status_code == 201, made.text
        assert "secure" in made.headers["set-cookie"].lower()
        sessions = visitor.get("/api/session").json()
        assert "203.0.113.9" not in str(sessions)


def test_a_file_of_four_megabytes_comes_through_and_a_larger_one_does_not(
    behind: Behind, with_admin: WithAdmin
) -> None:
    scenario = ServerScenario(behind.server, Script(behind.server.url, with_admin.token))
    tournament = scenario.tournament(f"Files {behind.proxy}")
    headers = {"Authorization": f"Bearer {with_admin.token}", "Content-Type": "text/csv"}
    asked = {"file": "large.csv", "dry_run": "true"}
    path = f"/api/tournament/{tournament['id']}/import"
    lines = "match,outcome,odds\n" + "".join(f"Race {n // 8},Runner {n}{' ' * 380},2.5\n" for n in range(9_000))
    assert 3_500_000 < len(lines) < 4_000_000
    with behind.client(**headers) as script:
        taken = script.post(path, params=asked, content=lines.encode())
        assert taken.status_code == 200, taken.text[:300]
        refused = script.post(path, params=asked, content=lines.encode() + b" " * 600_000)
        # Ours, with its reason: it was heard to its end.
        assert refused.status_code == 413, refused.text[:300]
        assert "4,000,000 bytes" in refused.json()["detail"]
        # Far too large: cut off in the middle, whoever does it.
        with suppress(httpx.HTTPError):
            assert script.post(path, params=asked, content=b"x" * 16_000_000).status_code in (413, 502)
