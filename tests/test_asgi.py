"""Which path goes to which door, in processes of which role; and who is told that nothing may come."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from scenarios import LedgerScenario, ledger_scenario
from toteboard.api.operating import probes
from toteboard.asgi import Application
from toteboard.settings import ProcessRole, Settings
from wire_client import asked, bet_request, request, served, signed_in

WAIT_S = 20

# Kind, method, path, and the pattern of the door that answers.
PATHS = [
    ("http", "GET", "/livez", "/livez"),
    ("http", "GET", "/readyz", "/readyz"),
    ("http", "HEAD", "/readyz", "/readyz"),
    ("http", "POST", "/api/bet", "/api/bet"),
    ("http", "GET", "/api/bet", "/api/*"),
    ("http", "GET", "/api/tournament/cup/board", "/api/tournament/{which}/board"),
    ("http", "GET", "/api/tournament/7/board", "/api/tournament/{which}/board"),
    ("http", "POST", "/api/tournament/7/board", "/api/*"),
    ("http", "GET", "/api/tournament/a/b/board", "/api/*"),
    ("http", "GET", "/api/tournament/cup", "/api/*"),
    ("http", "GET", "/api/feed", "/api/*"),
    ("websocket", "", "/api/feed", "/api/feed"),
    ("http", "GET", "/api/docs", "/api/docs*"),
    ("http", "GET", "/api/docs/swagger-ui.css", "/api/docs*"),
    ("http", "GET", "/api/nothing", "/api/*"),
    ("http", "GET", "/", "*"),
    ("http", "GET", "/t/cup", "*"),
    ("http", "GET", "/apiary", "*"),
    ("http", "GET", "/api/invitation/a\nb", "/api/*"),
    ("http", "GET", "/a\nb", "*"),
]
API, FEED, EVERY = {"all", "api"}, {"all", "feed"}, {"all", "api", "feed", "worker"}


@pytest.fixture
async def scenario(database: str) -> AsyncIterator[LedgerScenario]:
    async with ledger_scenario(database) as scenario:
        yield scenario


@pytest.mark.parametrize(("kind", "method", "path", "pattern"), PATHS)
def test_a_path_leads_to_its_door(kind: str, method: str, path: str, pattern: str) -> None:
    door = Application(Settings.read({}, database_url="postgresql:///none")).door(kind, method, path)
    assert door is not None
    assert door.path == pattern


def test_no_door_for_another_socket() -> None:
    application = Application(Settings.read({}, database_url="postgresql:///none"))
    assert application.door("websocket", "", "/api/other") is None


@pytest.mark.parametrize("role", list(ProcessRole))
async def test_a_process_answers_what_its_role_serves_and_says_so_of_the_rest(
    role: ProcessRole, scenario: LedgerScenario
) -> None:
    slug = await scenario.conn.fetchval("SELECT slug FROM tournaments")
    served_by = {
        "/livez": EVERY,
        "/readyz": EVERY,
        "/api/server": API,
        f"/api/tournament/{slug}/board": FEED,
        "/api/openapi.json": API,
        "/": API,
    }
    async with served(scenario.dsn, role=role) as port:
        await until_reasons(port, lambda why: not why)
        for path, roles in served_by.items():
            answer = await asked(port, request("GET", path, {}))
            if role in roles:
                assert answer.status == 200, path
            else:
                assert (answer.status, answer.code) == (421, "MISDIRECTED"), path
                assert str(role) in answer.body["detail"]
        bet = await asked(port, request("POST", "/api/bet", {}, b"{}"))
        assert bet.status == (401 if role in API else 421)
        assert await _feed(port, slug) == (101 if role in FEED else 421)


async def _feed(port: int, slug: str) -> int:
    try:
        async with connect(f"ws://127.0.0.1:{port}/api/feed?tournament={slug}", compression=None):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


async def test_a_worker_alone_pays_and_closes(scenario: LedgerScenario) -> None:
    market = await scenario.market()
    await scenario.conn.execute("UPDATE markets SET closes_at = clock_timestamp() WHERE id = $1", market.id)
    application = Application(Settings.read({}, database_url=scenario.dsn, role="worker"))
    await application.start()
    try:
        assert {loop.name for loop in application.services.loops} == {
            *(
                "wakeups",
                "lead work",
                "closing",
                "paying",
                "discarding",
                "identity",
                "expiry",
                "connections",
                "books",
                "standing",
            )
        }
        async with asyncio.timeout(WAIT_S):
            while True:
                if await scenario.conn.fetchval("SELECT status FROM markets WHERE id = $1", market.id) == "closed":
                    return
                await asyncio.sleep(0.02)
    finally:
        await application.stop()


async def ready(port: int) -> tuple[int, list[str]]:
    answer = await asked(port, request("GET", "/readyz", {}))
    return answer.status, answer.body["reasons"]


async def until_reasons(port: int, wanted: Any) -> list[str]:
    async with asyncio.timeout(WAIT_S):
        while True:
            status, reasons = await ready(port)
            if wanted(reasons):
                assert status == (503 if reasons else 200)
                return reasons
            await asyncio.sleep(0.05)


async def test_ready_is_never_said_while_bets_would_be_refused(
    scenario: LedgerScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is made read-only, as after a failover to a replica; then it refuses connections; then it is back."""
    monkeypatch.setattr(probes, "KNOWN_S", 0.0)
    name = await scenario.conn.fetchval("SELECT current_database()")
    market, who = await scenario.market(), await signed_in(scenario, await scenario.bettor())
    body = {"outcome_id": market.outcomes[0], "stake": 100, "currency": "EUR"}
    async with served(scenario.dsn, ready_lag_s=1) as port:
        owner = await asyncpg.connect(scenario.dsn, database="postgres")
        await until_reasons(port, lambda why: not why)
        await owner.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        await _disconnect(owner, name)
        assert any("only reads" in one for one in await until_reasons(port, lambda why: "only reads" in str(why)))
        bet = await asked(port, bet_request(who, body))
        assert (bet.status, bet.code) == (503, "OUTAGE"), bet.body
        await owner.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        await owner.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await _disconnect(owner, name)
        assert any("cannot be reached" in one for one in await until_reasons(port, lambda why: "reached" in str(why)))
        live = await asked(port, request("GET", "/livez", {}))
        assert (live.status, live.body) == (200, {"live": True})
        await owner.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        assert await until_reasons(port, lambda why: not why) == []
        await owner.close()
        assert (await asked(port, bet_request(who, body))).status == 201


async def _disconnect(owner: asyncpg.Connection, name: str) -> None:
    await owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)


@pytest.mark.parametrize(("trusted", "headers", "said"), [(0, True, 1), (0, False, 0), (1, True, 0)])
async def test_a_proxy_that_nobody_counts_is_noticed_once(
    scenario: LedgerScenario, caplog: pytest.LogCaptureFixture, trusted: int, headers: bool, said: int
) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9"} if headers else {}
    async with served(scenario.dsn, trusted_proxies=trusted) as port:
        for _ in range(3):
            assert (await asked(port, request("GET", "/livez", forwarded))).status == 200
    lines = [one.getMessage() for one in caplog.records if "TOTEBOARD_TRUSTED_PROXIES" in one.getMessage()]
    assert len(lines) == said
    assert not any("203.0.113.9" in line for line in lines)


async def test_made_up_methods_and_paths_make_no_series(scenario: LedgerScenario) -> None:
    application = Application(Settings.read({}, database_url=scenario.dsn))
    for number in range(30):
        for method, path in (
            (f"M{number}", "/api/match"),
            ("GET", f"/api/nothing/{number}"),
            ("GET", f"/page/{number}"),
        ):
            scope = {"type": "http", "method": method, "path": path, "headers": [], "query_string": b""}
            answered: list[Any] = []
            await application(scope | {"client": ("127.0.0.1", 9), "scheme": "http"}, _empty(), _into(answered))
            assert answered
    counted = {(route.method, route.route) for route in application.requests.figures()}
    assert counted == {("other", "/api/match"), ("GET", "/api/*"), ("GET", "*")}


def _empty() -> Any:
    said: list[Any] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        if not said:
            # It stays and listens.
            await asyncio.Event().wait()
        return said.pop()

    return receive


def _into(answered: list[Any]) -> Any:
    async def send(message: Any) -> None:
        answered.append(message)

    return send
