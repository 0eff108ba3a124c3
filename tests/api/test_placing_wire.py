"""POST /api/bet byte by byte: what a connection may do, and what is answered when it does something else."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from scenarios import Bettor, LedgerScenario, Market, ledger_scenario
from wire_client import Who, asked, bet_request, request, served, signed_in, wired

WAYS = ["/api/bet", "/api/bet?"]


@pytest.fixture
async def scenario(database: str) -> AsyncIterator[LedgerScenario]:
    async with ledger_scenario(database) as scenario:
        yield scenario


@pytest.fixture
async def port(scenario: LedgerScenario) -> AsyncIterator[int]:
    async with served(scenario.dsn, body_wait_s=1, bet_body_max=512) as port:
        yield port


@pytest.fixture
async def ada(scenario: LedgerScenario) -> Bettor:
    return await scenario.bettor()


@pytest.fixture
async def who(scenario: LedgerScenario, ada: Bettor) -> Who:
    return await signed_in(scenario, ada)


@pytest.fixture
async def market(scenario: LedgerScenario) -> Market:
    return await scenario.market()


def body(market: Market, stake: int = 100) -> bytes:
    return json.dumps({"outcome_id": market.outcomes[0], "stake": stake, "currency": "EUR"}).encode()


async def test_one_connection_bets_again_and_again(port: int, who: Who, market: Market) -> None:
    async with wired(port) as wire:
        for n in range(5):
            for way in WAYS:
                answer = await wire.ask(bet_request(who, body(market, 1 + n), path=way))
                assert answer.status == 201
                assert "connection" not in answer.headers
                assert answer.headers["date"]


async def test_requests_sent_before_the_answers_are_answered_in_order(
    port: int, who: Who, market: Market, scenario: LedgerScenario
) -> None:
    others = [await signed_in(scenario, await scenario.bettor()) for _ in range(3)]
    async with wired(port) as wire:
        await wire.ask(bet_request(who, body(market)))
        sent = [
            bet_request(who, body(market, 11)),
            bet_request(others[0], body(market, 12)),
            request("GET", "/api/bet", who.headers),
            bet_request(who, body(market, 0)),
            bet_request(others[1], body(market, 13)),
            bet_request(others[2], body(market, 14), path="/api/bet?"),
            bet_request(who, body(market, 15)),
        ]
        wire.send(*sent)
        answers = [await wire.answer() for _ in sent]
    assert [a.status for a in answers] == [201, 201, 200, 422, 201, 201, 201]
    assert [answers[n].body["stake"] for n in (0, 1, 4, 5, 6)] == [11, 12, 13, 14, 15]


@pytest.mark.parametrize("way", WAYS)
async def test_a_request_may_come_byte_by_byte(port: int, who: Who, market: Market, way: str) -> None:
    sent = bet_request(who, body(market), path=way)
    async with wired(port) as wire:
        for n in range(len(sent)):
            wire.send(sent[n : n + 1])
            await asyncio.sleep(0)
        assert (await wire.answer()).status == 201


@pytest.mark.parametrize("way", WAYS)
async def test_a_chunked_body_is_a_body(port: int, who: Who, market: Market, way: str) -> None:
    text = body(market)
    sent = bet_request(who, b"", path=way, Content_Length=None, Transfer_Encoding="chunked")
    async with wired(port) as wire:
        wire.send(sent, b"5\r\n", text[:5], b"\r\n")
        await asyncio.sleep(0.05)
        wire.send(b"%x\r\n" % (len(text) - 5), text[5:], b"\r\n0\r\n\r\n")
        assert (await wire.answer()).status == 201
        assert (await wire.ask(bet_request(who, text))).status == 201


@pytest.mark.parametrize("way", WAYS)
async def test_a_body_of_any_size_is_not_taken_in(
    port: int, who: Who, market: Market, way: str, scenario: LedgerScenario
) -> None:
    for headers, text in (
        ({}, body(market) + b" " * 500),
        ({"Content_Length": str(10**9)}, b" " * 600),
        ({"Content_Length": None, "Transfer_Encoding": "chunked"}, b"400\r\n" + b" " * 1024 + b"\r\n"),
    ):
        async with wired(port) as wire:
            answer = await wire.ask(bet_request(who, text, path=way, **headers))
            assert (answer.status, answer.code, answer.headers["connection"]) == (413, "TOO_LARGE", "close")
            assert await wire.closed()
    assert await scenario.conn.fetchval("SELECT count(*) FROM bets") == 0


@pytest.mark.parametrize("way", WAYS)
async def test_a_body_slower_than_anybodys_network_is_given_up(port: int, who: Who, market: Market, way: str) -> None:
    sent, began = bet_request(who, body(market), path=way), time.monotonic()
    async with wired(port) as wire:
        wire.send(sent[:-5])
        await asyncio.sleep(0.7)
        wire.send(sent[-5:-4])
        answer = await wire.answer()
        assert (answer.status, answer.headers["connection"]) == (408, "close")
        assert 0.8 < time.monotonic() - began < 10, "a byte now and then does not help"
        assert await wire.closed()


@pytest.mark.parametrize("way", WAYS)
async def test_a_connection_that_breaks_in_the_middle_of_a_body_bets_nothing(
    port: int, who: Who, market: Market, way: str, scenario: LedgerScenario
) -> None:
    sent = bet_request(who, body(market), path=way)
    for cut in (len(sent) - 1, len(sent) - 30, 40):
        async with wired(port) as wire:
            wire.send(sent[:cut])
            await asyncio.sleep(0.05)
    assert (await asked(port, sent)).status == 201
    assert await scenario.conn.fetchval("SELECT count(*) FROM bets") == 1


@pytest.mark.parametrize("way", WAYS)
async def test_a_connection_that_breaks_after_the_bet_was_sent_leaves_it_to_be_asked_for(
    port: int, who: Who, market: Market, way: str
) -> None:
    key = str(uuid4())
    async with wired(port) as wire:
        await wire.ask(bet_request(who, body(market, 1)))
        wire.send(bet_request(who, body(market), key=key, path=way))
        await wire.writer.drain()
    for _ in range(100):
        answer = await asked(port, request("GET", f"/api/bet/{key}", who.headers))
        if answer.status == 200:
            break
        await asyncio.sleep(0.05)
    assert answer.body["stake"] == 100
    again = await asked(port, bet_request(who, body(market), key=key, path=way))
    assert (again.status, again.body) == (200, answer.body)


@pytest.mark.parametrize("way", WAYS)
async def test_an_old_client_is_served_and_closed(port: int, who: Who, market: Market, way: str) -> None:
    async with wired(port) as wire:
        assert (await wire.ask(bet_request(who, body(market), path=way, version="1.0"))).status == 201
        assert await wire.closed()


@pytest.mark.parametrize("way", WAYS)
async def test_a_client_that_wants_to_close_is_let_go(port: int, who: Who, market: Market, way: str) -> None:
    async with wired(port) as wire:
        answer = await wire.ask(bet_request(who, body(market), path=way, Connection="close"))
        assert (answer.status, answer.headers["connection"]) == (201, "close")
        assert await wire.closed()


@pytest.mark.parametrize("way", WAYS)
async def test_a_client_that_asks_first_is_told_to_go_on(port: int, who: Who, market: Market, way: str) -> None:
    text = body(market)
    head = bet_request(who, text, path=way, Expect="100-continue")[: -len(text)]
    async with wired(port) as wire:
        wire.send(head)
        assert (await wire.answer()).status == 100
        assert (await wire.ask(text)).status == 201


@pytest.mark.parametrize("way", WAYS)
async def test_more_is_not_asked_of_the_path_than_it_does(port: int, who: Who, market: Market, way: str) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        answer = await asked(port, request(method, way, who.headers | {"Content-Type": "application/json"}))
        assert answer.status in (404, 405), method
    for path in ("/api/bet/", "/api//bet", "/API/BET", "/api/bet;x"):
        answer = await asked(port, bet_request(who, body(market), path=path))
        assert answer.status in (404, 405), path


async def test_what_is_no_http_closes_the_connection(port: int) -> None:
    for junk in (
        b"\x16\x03\x01\x02\x00\x01",
        b"POST /api/bet HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"\r\n" * 3 + b"BET 5\r\n\r\n",
    ):
        async with wired(port) as wire:
            wire.send(junk)
            async with asyncio.timeout(10):
                assert (await wire.reader.read()).startswith((b"HTTP/1.1 400", b""))


async def test_two_lengths_are_not_two_requests(port: int, who: Who, market: Market, scenario: LedgerScenario) -> None:
    """A smuggled second bet: whoever reads the length otherwise must not find one."""
    text = body(market)
    for more in ({"Transfer_Encoding": "chunked"}, {"Content_length": "5"}):
        async with wired(port) as wire:
            wire.send(bet_request(who, text, **more))
            async with asyncio.timeout(10):
                head = await wire.reader.read(64)
            assert not head.startswith(b"HTTP/1.1 2"), more
    assert await scenario.conn.fetchval("SELECT count(*) FROM bets") == 0


async def test_the_request_of_the_tour_takes_its_bet(port: int, who: Who, market: Market) -> None:
    page = (Path(__file__).parents[2] / "docs" / "tour.md").read_text(encoding="utf-8")
    block = page.partition("```http\n")[2].partition("```")[0]
    head, _, text = block.partition("\n\n")
    asks, *lines = head.splitlines()
    method, path = asks.split()
    headers = dict(line.split(": ", 1) for line in lines)
    assert headers["Authorization"] == "Bearer {token}"
    said = json.loads(text) | {"outcome_id": market.outcomes[0], "min_odds": None}
    sent = headers | who.headers | {"Host": "127.0.0.1"}
    answer = await asked(port, request(method, path, sent, json.dumps(said).encode()))
    assert answer.status == 201
    assert (answer.body["id"], answer.body["stake"]) == (headers["Idempotency-Key"], said["stake"])
