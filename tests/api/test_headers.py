"""What every answer says to a browser, whichever door it comes from."""

from typing import Any
from uuid import uuid4

import pytest

from toteboard.api.pages import HEADERS as PAGE
from toteboard.api.pages import policy
from toteboard.http.headers import ALWAYS, TLS_ONLY

from .clients import ApiClient
from .scenarios import ApiScenario

API = {name.decode(): value.decode() for name, value in ALWAYS}
HSTS = {TLS_ONLY[0].decode(): TLS_ONLY[1].decode()}
PRIVATE = ("/api/me", "/api/wallet", "/api/bet", "/api/token", "/api/session", "/api/audit", "/api/user", "/api/ops")


async def answers(scenario: ApiScenario) -> dict[str, Any]:
    """One of each kind: JSON, refusals of every layer, downloads, snapshots, probes, pages, the description."""
    one, which = scenario.organizer, scenario.tournament_id
    key = {"Idempotency-Key": str(uuid4())}
    return {
        **{path: await scenario.admin.get(path) for path in PRIVATE},
        "not found": await one.get("/api/nowhere"),
        "not allowed": await one.delete("/api/me"),
        "unauthenticated": await ApiClient(one.app).get("/api/wallet"),
        "invalid": await one.post("/api/token", json={}),
        "malformed": await one.post("/api/token", content=b"{", headers={"Content-Type": "application/json"}),
        "too large": await one.post("/api/token", content=b"x" * 100_000),
        "a bet": await one.post("/api/bet", json={}, headers=key),
        "a sheet": await one.get(f"/api/tournament/{which}/export/members.csv"),
        "a board": await one.get(f"/api/tournament/{which}/board"),
        "no board": await one.get("/api/tournament/nowhere/board"),
        "alive": await one.get("/livez"),
        "the description": await one.get("/api/openapi.json"),
    }


async def test_every_answer_of_the_api_is_private_and_is_what_it_says_it_is(scenario: ApiScenario) -> None:
    for what, answer in (await answers(scenario)).items():
        assert {name: answer.headers.get(name) for name in API} == API, what
        # One of each: two policies would be read as both.
        names = [name for name, _ in answer.headers.multi_items()]
        assert len(names) == len(set(names)), what
        assert "strict-transport-security" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers


async def test_pages_say_their_own(scenario: ApiScenario) -> None:
    for path in ("/", "/t/anything", "/api/docs", "/assets/none.js"):
        answer = await scenario.stranger.get(path)
        assert {name: answer.headers.get(name) for name in PAGE} == PAGE, path
        assert answer.headers["content-security-policy"] == policy(), path
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    for directive in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "script-src 'self'"):
        assert directive in policy().split("; ")


@pytest.mark.parametrize("wanted", [{"trusted_proxies": 1}])
async def test_behind_tls_browsers_are_told_to_stay_there(scenario: ApiScenario) -> None:
    one = scenario.stranger
    for path in ("/", "/api/server", "/api/nowhere", "/livez"):
        assert "strict-transport-security" not in (await one.get(path)).headers
        told = (await one.get(path, headers={"X-Forwarded-Proto": "https"})).headers
        assert {name: told.get(name) for name in HSTS} == HSTS, path


async def test_a_proxy_that_is_none_of_ours_is_not_believed(scenario: ApiScenario) -> None:
    told = (await scenario.stranger.get("/api/server", headers={"X-Forwarded-Proto": "https"})).headers
    assert "strict-transport-security" not in told


async def test_the_cookie_is_for_no_script_and_behind_tls_for_tls_alone(scenario: ApiScenario) -> None:
    asked = {"email": "stranger@example.org", "password": "correct horse"}
    cookie = (await scenario.stranger.post("/api/session", json=asked)).headers["set-cookie"].lower()
    for attribute in ("httponly", "samesite=lax", "path=/"):
        assert attribute in cookie
    assert "domain=" not in cookie


@pytest.mark.parametrize("path", ["/", "/api/me", "/api/bet", "/livez", "/api/docs"])
async def test_trace_is_answered_by_nobody(scenario: ApiScenario, path: str) -> None:
    answer = await scenario.stranger.request("TRACE", path, headers={"X-Told": "to come back"})
    assert answer.status_code in (404, 405)
    assert "to come back" not in answer.text
