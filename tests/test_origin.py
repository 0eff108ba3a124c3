"""Which pages may speak to us: one table, asked of both doors, the API's and the feed's, of one real server."""

import json
from collections.abc import AsyncIterator
from ipaddress import ip_address
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from scenarios import LedgerScenario, ledger_scenario
from toteboard.http import address
from toteboard.http.address import PublicAddress, public_address
from toteboard.settings import Settings
from wire_client import asked, request, served

# What a proxy that ends TLS and rewrites the Host may send, and what the operator may have set.
PUBLIC = {"public_url": "https://tote.example/"}
ALLOWED = {"origins": "https://pages.example, https://other.example/"}
BEHIND_PROXY = {"trusted_proxies": 1}

CASES: dict[str, tuple[dict[str, Any], dict[str, str], str, bool]] = {
    # settings, headers, origin, may it
    "our own page": ({}, {}, "http://{host}", True),
    "our own page by TLS that a proxy ends": ({}, {}, "https://{host}", True),
    "letters of another size": ({}, {}, "HTTP://{host}", True),
    "another site": ({}, {}, "https://evil.example", False),
    "a page without an origin of its own": ({}, {}, "null", False),
    "another port": ({}, {}, "http://127.0.0.1:1", False),
    "a host that begins like ours": ({}, {}, "http://{host}.evil.example", False),
    "a host that ends like ours": ({}, {}, "http://evil{host}", False),
    "the public address, the Host rewritten by a proxy": (PUBLIC, {"Host": "app:8000"}, "https://tote.example", True),
    "the public address without TLS": (PUBLIC, {"Host": "app:8000"}, "http://tote.example", False),
    "another address than the public one": (PUBLIC, {"Host": "app:8000"}, "https://evil.example", False),
    "an origin that the operator allows": (ALLOWED, {}, "https://pages.example", True),
    "the second that the operator allows": (ALLOWED, {}, "https://other.example", True),
    "one that the operator does not": (ALLOWED, {}, "https://third.example", False),
    "by http to a host reached by https": (
        BEHIND_PROXY,
        {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"},
        "http://{host}",
        False,
    ),
    "by https to a host reached by https": (
        BEHIND_PROXY,
        {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"},
        "https://{host}",
        True,
    ),
}


@pytest.fixture
async def scenario(database: str) -> AsyncIterator[LedgerScenario]:
    async with ledger_scenario(database) as scenario:
        yield scenario


@pytest.mark.parametrize("case", CASES)
async def test_the_api_and_the_feed_let_in_the_same_pages(case: str, scenario: LedgerScenario) -> None:
    settings, headers, origin, may = CASES[case]
    slug = await scenario.conn.fetchval("SELECT slug FROM tournaments")
    async with served(scenario.dsn, password_memory_kib=8, **settings) as port:
        host = headers.get("Host", f"127.0.0.1:{port}")
        sent = {"Host": host, **headers, "Origin": origin.format(host=host), "Content-Type": "application/json"}
        body = json.dumps({"email": "nobody@example.org", "password": "not the password"}).encode()
        signing_in = await asked(port, request("POST", "/api/session", sent, body))
        assert signing_in.status == (401 if may else 403), signing_in.body
        assert await _feed(port, slug, sent) == (101 if may else 403)


async def _feed(port: int, slug: str, sent: dict[str, str]) -> int:
    """The status of the handshake."""
    more = {name: value for name, value in sent.items() if name not in ("Origin", "Content-Type", "Host")}
    url = f"ws://{sent['Host']}/api/feed?tournament={slug}"
    try:
        async with connect(
            url, host="127.0.0.1", port=port, origin=Origin(sent["Origin"]), additional_headers=more, compression=None
        ):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


# Where other devices find us -----------------------------------------------------------------------------------------


def _asked_at(host: str, **settings: Any) -> PublicAddress:
    scope = {"headers": [(b"host", host.encode())], "scheme": "http", "server": ("127.0.0.1", 8000)}
    return public_address(scope, Settings.read({}, **settings))


def test_a_qr_code_leads_to_the_operators_address_or_the_one_asked_for() -> None:
    assert _asked_at("localhost:8000", public_url="https://bets.example/") == (["https://bets.example"], True)
    assert _asked_at("192.168.7.20:8000") == (["http://192.168.7.20:8000"], True)
    assert _asked_at("bets.example") == (["http://bets.example"], True)


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1:8000", "127.8.8.8", "[::1]:8000", "tote.localhost"])
def test_instead_of_localhost_the_lans_address_is_given(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "lan_address", lambda: "192.168.7.20")
    there = ["http://192.168.7.20:8000"]
    assert _asked_at(host, listening="0.0.0.0") == (there, True)
    # It would be found there, if it listened there.
    for listening in ("127.0.0.1", ""):
        assert _asked_at(host, listening=listening) == (there, False)
    monkeypatch.setattr(address, "lan_address", lambda: None)
    assert _asked_at(host, listening="0.0.0.0") == ([], False)


def test_the_machines_own_address_is_one_that_leads_out() -> None:
    here = address.lan_address()
    assert here is None or not (ip_address(here).is_unspecified or ip_address(here).is_loopback)
