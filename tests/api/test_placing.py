"""POST /api/bet on a real server, both ways: answered by the HTTP parser (front.py), and by plain ASGI."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from scenarios import Bettor, LedgerScenario, Market, ledger_scenario
from toteboard.api import placing
from wire_client import HOST, Answer, Who, asked, bet_request, request, served, signed_in, wired

# A query sends the same request past FrontProtocol's own answer, to front.place.
WAYS = {"front": "/api/bet", "asgi": "/api/bet?"}


@dataclass
class Desk:
    """A server, a bettor with a token and a cookie, a pool and a fixed market; `way` is how bets are asked."""

    scenario: LedgerScenario
    port: int
    path: str
    ada: Bettor
    script: Who
    browser: Who
    pool: Market
    fixed: Market

    def body(self, **changes: Any) -> dict[str, Any]:
        return {"outcome_id": self.fixed.outcomes[0], "stake": 100, "currency": "EUR"} | changes

    def request(self, body: Any = None, *, who: Who | None = None, **more: Any) -> bytes:
        return bet_request(who or self.script, self.body() if body is None else body, **({"path": self.path} | more))

    async def bet(self, body: Any = None, **more: Any) -> Answer:
        return await asked(self.port, self.request(body, **more))

    async def nothing_taken(self) -> None:
        assert await self.scenario.conn.fetchval("SELECT count(*) FROM bets") == 0
        assert await self.scenario.balance(self.ada) == 100_000


@pytest.fixture
def wanted() -> dict[str, Any]:
    return {}


@pytest.fixture(params=WAYS)
async def desk(request: pytest.FixtureRequest, database: str, wanted: dict[str, Any]) -> AsyncIterator[Desk]:
    async with ledger_scenario(database) as scenario, served(database, **wanted) as port:
        ada = await scenario.bettor()
        yield Desk(
            scenario,
            port,
            WAYS[request.param],
            ada,
            await signed_in(scenario, ada),
            await signed_in(scenario, ada, "session"),
            await scenario.market(),
            await scenario.fixed(2280, 1500),
        )


# Taken -------------------------------------------------------------------------------------------------------------------


async def test_a_bet_is_answered_as_it_stands_and_a_repeated_key_as_get_says_it(desk: Desk) -> None:
    key = str(uuid4())
    sent = desk.request(desk.body(min_odds="2.17"), key=key)
    first = await asked(desk.port, sent)
    assert (first.status, first.headers["content-type"]) == (201, "application/json")
    assert first.headers["cache-control"] == "no-store"
    assert first.body["id"] == key
    assert (first.body["odds"], first.body["balance"], first.body["payout"]) == ("2.28", 99_900, None)
    again = await asked(desk.port, sent)
    assert again.status == 200
    got = await asked(desk.port, request("GET", f"/api/bet/{key}", desk.script.headers))
    assert got.status == 200
    assert again.body == got.body == {name: value for name, value in first.body.items() if name != "balance"}
    assert await desk.scenario.balance(desk.ada) == 99_900


async def test_fifty_clicks_at_once_are_one_bet_with_the_same_answer(desk: Desk) -> None:
    sent = desk.request(key=str(uuid4()))
    answers = await asyncio.gather(*(asked(desk.port, sent) for _ in range(50)))
    assert sorted(a.status for a in answers) == [200] * 49 + [201]
    bodies = [{n: v for n, v in a.body.items() if n != "balance"} for a in answers]
    assert all(body == bodies[0] for body in bodies)
    assert await desk.scenario.balance(desk.ada) == 99_900


async def test_a_browser_bets_with_its_cookie_and_its_token(desk: Desk) -> None:
    assert (await desk.bet(who=desk.browser)).status == 201
    [logged] = await desk.scenario.logged("bet.placed")
    assert str(logged["ip"]) == "127.0.0.1"


async def test_the_address_is_the_peers_whatever_a_header_says(desk: Desk) -> None:
    assert (await desk.bet(X_Forwarded_For="203.0.113.9", Forwarded="for=203.0.113.9")).status == 201
    [logged] = await desk.scenario.logged("bet.placed")
    assert str(logged["ip"]) == "127.0.0.1"


async def test_a_key_of_another_bettor_is_refused_and_tells_nothing(desk: Desk) -> None:
    key = str(uuid4())
    assert (await desk.bet(key=key)).status == 201
    bea = await signed_in(desk.scenario, await desk.scenario.bettor())
    answer = await desk.bet(who=bea, key=key)
    assert (answer.status, answer.code) == (422, "KEY_REUSED")
    assert set(answer.body) == {"type", "title", "status", "code", "retry", "detail"}
    assert (await asked(desk.port, request("GET", f"/api/bet/{key}", bea.headers))).status == 404


async def test_the_same_key_with_other_content_is_refused(desk: Desk) -> None:
    key = str(uuid4())
    assert (await desk.bet(key=key)).status == 201
    for changes in ({"stake": 101}, {"min_odds": "2.00"}, {"outcome_id": desk.fixed.outcomes[1]}, {"currency": "USD"}):
        answer = await desk.bet(desk.body(**changes), key=key)
        assert (answer.status, answer.code) == (422, "KEY_REUSED"), changes


# Refused by the ledger -----------------------------------------------------------------------------------------------------


async def test_refusals_say_what_would_help(desk: Desk) -> None:
    scenario, fixed = desk.scenario, desk.fixed
    moved = await desk.bet(desk.body(min_odds="2.5"))
    assert (moved.status, moved.code, moved.body["odds"], moved.body["retry"]) == (409, "ODDS_MOVED", "2.28", True)
    funds = await desk.bet(desk.body(stake=100_001))
    assert (funds.status, funds.code, funds.body["balance"]) == (409, "FUNDS", 100_000)
    await scenario.set(fixed, stake_min=10, stake_max=1000, liability_max=100)
    low, high = await desk.bet(desk.body(stake=9)), await desk.bet(desk.body(stake=1001))
    assert (low.code, low.body["minimum"], high.code, high.body["maximum"]) == ("STAKE_LIMIT", 10, "STAKE_LIMIT", 1000)
    risk = await desk.bet(desk.body(stake=100))
    assert (risk.status, risk.code, risk.body["left"]) == (409, "LIABILITY", 78)
    unknown = await desk.bet(desk.body(outcome_id=10**15))
    assert (unknown.status, unknown.code) == (404, "UNKNOWN_OUTCOME")
    currency = await desk.bet(desk.body(currency="USD"))
    assert (currency.status, currency.code) == (422, "CURRENCY")
    opens_at = datetime(2999, 1, 2, 3, 4, 5, 678_000, UTC)
    await scenario.set(fixed, opens_at=opens_at)
    early = await desk.bet()
    assert (early.status, early.code, early.body["retry"]) == (409, "TOO_EARLY", True)
    assert early.body["opens_at"] == "2999-01-02T03:04:05.678000Z"
    await scenario.set(fixed, opens_at=None)
    await scenario.conn.execute("UPDATE accounts SET owed = 1250 WHERE id = $1", desk.ada.wallet_id)
    owing = await desk.bet()
    assert (owing.status, owing.code, owing.body["owed"]) == (403, "BLOCKED", 1250)
    assert "owes 12.50 EUR" in owing.body["detail"]
    await scenario.conn.execute("UPDATE accounts SET owed = 0 WHERE id = $1", desk.ada.wallet_id)
    await scenario.close(fixed)
    closed = await desk.bet()
    assert (closed.status, closed.code, closed.body["retry"]) == (409, "MARKET_CLOSED", False)
    stranger = await signed_in(scenario, Bettor(await scenario.person(), 0))
    assert (await desk.bet(who=stranger)).code == "NOT_A_MEMBER"
    assert len(await scenario.logged("bet.refused")) == 11
    await desk.nothing_taken()


# Refused before SQL --------------------------------------------------------------------------------------------------------

# How the body is written, and what it is answered. {o} is a known outcome.
BODIES: dict[str, tuple[int, ...]] = {
    '{"outcome_id":{o},"stake":0,"currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":-1,"currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":9223372036854775808,"currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":100000000001,"currency":"EUR"}': (422,),
    '{"outcome_id":9223372036854775808,"stake":1,"currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":NaN,"currency":"EUR"}': (400,),
    '{"outcome_id":{o},"stake":Infinity,"currency":"EUR"}': (400,),
    '{"outcome_id":{o},"stake":-Infinity,"currency":"EUR"}': (400,),
    '{"outcome_id":{o},"stake":1e400,"currency":"EUR"}': (400, 422),
    '{"outcome_id":{o},"stake":1e2,"currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":1E2,"currency":"EUR"}': (422,),
    '{"outcome_id":1e0,"stake":100,"currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":10.5,"currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":10.0,"currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":10.001,"currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":10.0,"currency":"EUR","min_odds":"2"}': (422,),
    '{"outcome_id":{o},"stake":"10","currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":true,"currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":null,"currency":"EUR"}': (422,),
    '{"outcome_id":{o},"stake":٣,"currency":"EUR"}': (400,),
    '{"outcome_id":{o},"stake":010,"currency":"EUR"}': (400,),
    '{"outcome_id":{o},"stake":+10,"currency":"EUR"}': (400,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR","min_odds":"٢"}': (422,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR","min_odds":"2e0"}': (422,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR","min_odds":"0.99"}': (422,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR","min_odds":"1000.01"}': (422,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR","min_odds":2.17}': (422,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR","min_odds":"NaN"}': (422,),
    '{"outcome_id":{o},"stake":10,"currency":"eur"}': (422,),
    '{"outcome_id":{o},"stake":10,"currency":"EURO"}': (422,),
    '{"outcome_id":{o},"stake":10,"currency":"EU\\u0052"}': (400,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR\\u0000"}': (400, 422),
    '{"outcome_id":{o},"stake":10,"currency":"\\ud800UR"}': (400, 422),
    '{"outcome_id":{o},"stake":10,"currency":"EUR\\n"}': (400, 422),
    '{"outcome_id":{o},"stake":10,"currency":"EUR\n"}': (400, 422),
    '{"outcome_id":{o},"stake":10,"currency":"‮EUR"}': (422,),
    '{"outcome_id":{o},"stake":10,"stake":10,"currency":"EUR"}': (400,),
    '{"outcome_id":{o},"stake":10,"st\\u0061ke":10,"currency":"EUR"}': (400,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR","currency":"EUR"}': (400,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR","balance":1}': (422,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR","role":"admin"}': (422,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR","":1}': (422,),
    '{"outcome_id":{o},"stake":10}': (422,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR"} {}': (400,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR",}': (400,),
    '{"outcome_id":{o},"stake":10,"currency":"EUR"': (400,),
    "{'outcome_id':{o},'stake':10,'currency':'EUR'}": (400,),
    '[{"outcome_id":{o},"stake":10,"currency":"EUR"}]': (422,),
    "[" * 1000: (400, 422),
    '{"outcome_id":' + "[" * 900: (400, 422),
    "": (400,),
    "null": (422,),
    "﻿{}": (400,),
}


async def test_a_body_that_is_not_exactly_a_bet_is_refused_before_the_ledger_sees_it(desk: Desk) -> None:
    wrong = {}
    async with wired(desk.port) as wire:
        for text, statuses in BODIES.items():
            answer = await wire.ask(desk.request(text.replace("{o}", str(desk.fixed.outcomes[0])).encode()))
            if answer.status not in statuses or answer.code != {400: "MALFORMED", 422: "INVALID"}[answer.status]:
                wrong[text] = (answer.status, answer.body)
    assert wrong == {}
    assert not await desk.scenario.conn.fetchval("SELECT count(*) FROM audit_log WHERE action <> 'break_glass.used'")
    await desk.nothing_taken()


async def test_bytes_that_are_no_text_are_refused(desk: Desk) -> None:
    for text in (
        b'{"outcome_id":1,"stake":10,"currency":"EU\xff"}',
        b"\x00",
        b"\xff\xfe{\x00}\x00",
        b'{"\xed\xa0\x80":1}',
    ):
        assert (await desk.bet(text)).status in (400, 422)
    await desk.nothing_taken()


async def test_a_bet_needs_a_key_that_is_a_uuid(desk: Desk) -> None:
    for key in (
        None,
        "1",
        "not-a-uuid",
        "x" * 36,
        "01936b7e-0000-7000-8000-00000000000g",
        "01936b7e000070008000000000000000",
    ):
        answer = await desk.bet(key=key)
        assert (answer.status, answer.code) == (422, "INVALID")
        assert answer.body["errors"][0]["field"] == "Idempotency-Key"
    await desk.nothing_taken()


async def test_two_keys_name_no_bet(desk: Desk) -> None:
    sent = desk.request().replace(b"\r\n\r\n", b"\r\nIdempotency-Key: %s\r\n\r\n" % str(uuid4()).encode(), 1)
    assert (await asked(desk.port, sent)).status == 422
    await desk.nothing_taken()


# Who, and whether a browser meant it ---------------------------------------------------------------------------------------


async def test_nobody_and_whoever_the_server_does_not_know_is_asked_to_sign_in(desk: Desk) -> None:
    cookie_as_token = Who(desk.browser.token, "token")
    token_as_cookie = Who(desk.script.token, "session")
    for who in (
        Who(b"", "token"),
        Who(b"tb_" + b"x" * 43, "token"),
        Who(b"y" * 500, "token"),
        cookie_as_token,
        token_as_cookie,
    ):
        for _ in range(2):
            answer = await desk.bet(who=who)
            assert (answer.status, answer.code) == (401, "UNAUTHENTICATED"), who
    assert (await asked(desk.port, bet_request(None, desk.body(), path=desk.path))).status == 401
    await desk.nothing_taken()


async def test_a_cookie_needs_its_csrf_token_and_our_own_origin(desk: Desk) -> None:
    for headers in (
        {"X_CSRF_Token": None},
        {"X_CSRF_Token": "0" * 32},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {"Origin": None},
        {"Origin": f"http://{HOST}.evil.test"},
    ):
        answer = await desk.bet(who=desk.browser, **headers)
        assert (answer.status, answer.code) == (403, "FORBIDDEN"), headers
    await desk.nothing_taken()


async def test_a_form_is_not_json(desk: Desk) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", None):
        answer = await desk.bet(Content_Type=kind)
        assert (answer.status, answer.code) == (415, "MEDIA_TYPE"), kind
    assert (await desk.bet(Content_Type="application/json; charset=utf-8")).status == 201


async def test_a_session_that_ended_bets_no_more(desk: Desk) -> None:
    assert (await desk.bet(who=desk.browser)).status == 201
    headers = desk.browser.headers
    gone = await asked(desk.port, request("DELETE", "/api/session", headers))
    assert gone.status == 204
    assert (await desk.bet(who=desk.browser)).status == 401


async def test_no_minimum_can_be_said_in_two_ways(desk: Desk) -> None:
    for body in (desk.body(), desk.body() | {"min_odds": None}):
        assert (await desk.bet(body)).status == 201


async def test_an_answer_that_cannot_be_made_is_still_an_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in what makes the answer: the client is told that something broke, and does not wait for ever."""

    def broken(*_: Any) -> Any:
        raise OverflowError("date value out of range")

    monkeypatch.setattr(placing, "_refused", broken)
    answer = await desk.bet(desk.body(stake=100_001))
    assert (answer.status, answer.code) == (500, "BUG")
