"""What the operator is told, each failure made to happen: books off balance, a database that stands still, errors."""

import asyncio
import logging
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from scenarios import verdict_of
from toteboard.intake.batcher import PlaceBet
from toteboard.metrics.errors import LastErrors
from toteboard.metrics.windows import WINDOW_S, Window
from toteboard.reconciliation.checks import CHECKS, audit
from toteboard.reconciliation.watching import BooksWatch
from toteboard.rules.refusals import Refusal

from .clients import ApiClient, code
from .scenarios import ApiScenario, fields, taken

WAIT_S = 10


async def look(scenario: ApiScenario) -> dict[str, Any]:
    return taken(await scenario.admin.get("/api/ops"), 200)


async def derived(scenario: ApiScenario) -> dict[str, Any]:
    """Asks for a derivation and waits for its end."""
    taken(await scenario.admin.post("/api/ops/audit"), 202)
    async with asyncio.timeout(WAIT_S):
        while True:
            told = taken(await scenario.admin.get("/api/ops/audit"), 200)
            if told["state"] != "running":
                return told
            await asyncio.sleep(0.02)


async def tamper(scenario: ApiScenario) -> int:
    """A cent too much in a wallet, written as the database's owner; the wallet."""
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    await scenario.records.conn.execute("UPDATE accounts SET balance = balance + 1 WHERE id = $1", wallet_id)
    return wallet_id


def bet(scenario: ApiScenario, outcome_id: int) -> PlaceBet:
    return PlaceBet(
        bet_id=uuid4(),
        user_id=scenario.bettor.id,
        outcome_id=outcome_id,
        stake=100,
        currency="EUR",
        min_odds_milli=None,
        ip="192.0.2.7",
    )


async def test_whether_bets_could_be_written_is_tried_once_after_a_failure(services: Any, admin: ApiClient) -> None:
    lanes = services.intake.lanes
    lanes[0].figures.is_failing = True
    for _ in range(2):
        assert taken(await admin.get("/api/ops"), 200)["database"]["why"] == ""
        assert not any(lane.figures.is_failing for lane in lanes)


async def test_only_an_admin_is_told(scenario: ApiScenario) -> None:
    for other in (scenario.organizer, scenario.auditor, scenario.cashier, scenario.bettor, scenario.stranger):
        for method, path in (("GET", "/api/ops"), ("GET", "/api/ops/audit"), ("POST", "/api/ops/audit")):
            assert code(await other.request(method, path)) == "FORBIDDEN"
    assert code(await ApiClient(scenario.admin.app).get("/api/ops")) == "UNAUTHENTICATED"
    assert len(await scenario.records.audited("access.denied")) == 5
    assert await scenario.records.audited("books.derivation_requested") == []


async def test_a_quiet_server_is_well(scenario: ApiScenario) -> None:
    told = await look(scenario)
    assert told["database"]["reachable"] is True
    assert told["books"] == {"tournaments": 1, "unbalanced": [], "differing": []}
    assert told["settlements"] == {"paying": 0, "items": []}
    assert told["derivation"]["state"] == "none"
    assert told["pool"]["in_use"] <= told["pool"]["open"] <= told["pool"]["max"] == 6
    assert [lane["queue"] for lane in told["intake"]["lanes"]] == [0, 0]
    assert len(told["intake"]["bets_by_second"]) == len(told["feed"]["lag_by_second"]) == WINDOW_S - 1


async def test_books_off_balance_are_named_at_once(scenario: ApiScenario) -> None:
    await tamper(scenario)
    assert (await look(scenario))["books"]["unbalanced"] == [
        {"tournament_id": scenario.tournament_id, "name": "World Cup", "currency": "EUR", "exponent": 2, "off": "1"}
    ]


async def test_books_that_differ_stop_betting_and_an_admin_alone_lifts_it(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    await tamper(scenario)
    watch = BooksWatch(scenario.records.services.ledger)
    await watch.step()
    await watch.step()
    (stopped,) = (await look(scenario))["books"]["differing"]
    assert (stopped["name"], stopped["differs"]) == (
        "World Cup",
        [{"what": "all", "off": "1"}, {"what": "wallet", "off": "1"}],
    )
    assert stopped["stopped_at"] is not None
    outcome = market["outcomes"][0]["id"]
    assert await scenario.bet(scenario.bettor, outcome, 100) == Refusal.MARKET_SUSPENDED.number
    path = f"/api/ops/books/{scenario.tournament_id}/lift"
    for other in (scenario.organizer, scenario.auditor, scenario.cashier, scenario.bettor):
        assert code(await other.post(path, json={"reason": "let us go on"})) == "FORBIDDEN"
    assert code(await scenario.organizer.post(f"/api/market/{market['id']}/open")) == "STATE"
    assert fields(await scenario.admin.post(path, json={"reason": " "})) == ["reason"]
    assert (await scenario.admin.post(path, json={"reason": "a cent by hand"})).status_code == 204
    assert await scenario.bet(scenario.bettor, outcome, 100) == 0
    await watch.step()
    await watch.step()
    (known,) = (await look(scenario))["books"]["differing"]
    assert known["stopped_at"] is None
    (row,) = await scenario.records.audited("books.lifted")
    assert (row["user_id"], row["details"]["reason"]) == (scenario.admin.id, "a cent by hand")
    assert code(await scenario.admin.post(path, json={"reason": "once more"})) == "STATE"


async def test_a_derivation_names_what_differs_and_is_found_again(scenario: ApiScenario) -> None:
    assert taken(await scenario.admin.get("/api/ops/audit"), 200)["state"] == "none"
    # What a test writes about people is no check of theirs.
    wallet_id = await tamper(scenario)
    told = await derived(scenario)
    assert (told["state"], told["balanced"], told["done"], told["of"]) == ("done", False, len(CHECKS), len(CHECKS))
    found = {check["name"]: check["differences"] for check in told["checks"] if check["found"]}
    assert found["balances"] == [{"subject": f"account:{wallet_id}", "stored": "1001", "derived": "1000"}]
    assert taken(await scenario.admin.get("/api/ops/audit"), 200) == told
    assert (await look(scenario))["derivation"] == told | {"checks": []}
    (row,) = await scenario.records.audited("books.derivation_requested")
    assert row["user_id"] == scenario.admin.id


async def test_a_derivation_of_sound_books_balances(scenario: ApiScenario) -> None:
    told = await derived(scenario)
    assert (told["balanced"], told["differences"], told["error"]) == (True, 0, "")
    assert [check["name"] for check in told["checks"]] == list(CHECKS)
    assert told["counted"]["tournaments"] == 1


async def test_a_second_derivation_joins_the_one_under_way(
    scenario: ApiScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(books: Any, *, on_progress: Any) -> Any:
        on_progress(7, len(CHECKS), "a check")
        begun.set()
        await go_on.wait()
        return await audit(books, on_progress=on_progress)

    monkeypatch.setattr("toteboard.reconciliation.derivation.audit", slowly)
    first = taken(await scenario.admin.post("/api/ops/audit"), 202)
    await asyncio.wait_for(begun.wait(), WAIT_S)
    again = taken(await scenario.admin.post("/api/ops/audit"), 202)
    assert (again["state"], again["done"], again["check"]) == ("running", 7, "a check")
    assert again["started_at"] == first["started_at"]
    assert len(await scenario.records.audited("books.derivation_requested")) == 1
    go_on.set()
    assert (await derived(scenario))["balanced"] is True


@pytest.mark.parametrize("wanted", [{"ops_books_s": 1}])
async def test_a_derivation_that_takes_too_long_is_given_up(scenario: ApiScenario, database: str) -> None:
    other = await asyncpg.connect(database)
    try:
        async with other.transaction():
            # Nobody may read the bets while this one alters them.
            await other.execute("LOCK TABLE bets IN ACCESS EXCLUSIVE MODE")
            told = await derived(scenario)
    finally:
        await other.close()
    assert (told["state"], told["balanced"], told["error"]) == ("failed", None, "not done after 1 s")
    assert (await derived(scenario))["state"] == "done"


@pytest.mark.parametrize("wanted", [{"ops_wait_ms": 200}])
async def test_a_database_that_stands_still_is_said_and_the_other_figures_are_there(
    scenario: ApiScenario, database: str
) -> None:
    other = await asyncpg.connect(database)
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE tournaments IN ACCESS EXCLUSIVE MODE")
            told = await look(scenario)
    finally:
        await other.close()
    assert told["database"] == {"reachable": False, "answer_ms": None, "why": "no answer within 200 ms"}
    assert (told["books"], told["settlements"]) == (None, None)
    assert told["process"]["uptime_s"] >= 0
    assert (await look(scenario))["database"]["reachable"] is True


@pytest.mark.parametrize("wanted", [{"ops_wait_ms": 200, "statement_timeout_s": 1, "session_cache_s": 1, "demo": True}])
async def test_who_looked_before_the_database_went_goes_on_looking_and_nobody_else(
    scenario: ApiScenario, database: str
) -> None:
    await look(scenario)
    assert code(await scenario.organizer.get("/api/ops")) == "FORBIDDEN"
    other = await asyncpg.connect(database)
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE sessions, tournaments IN ACCESS EXCLUSIVE MODE")
            await asyncio.sleep(1.1)
            told = await look(scenario)
            fresh = ApiClient(scenario.admin.app, api_token="tb_nobody_knows_this_one")
            assert code(await fresh.get("/api/ops")) == "OUTAGE"
            assert code(await scenario.admin.post("/api/ops/audit")) == "OUTAGE"
            assert code(await scenario.organizer.get("/api/ops")) == "FORBIDDEN"
    finally:
        await other.close()
    assert told["database"]["reachable"] is False


async def test_a_settlement_under_way_is_shown_with_its_progress(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    await scenario.fund(scenario.bettor, 1000)
    assert await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 100) == 0
    # Held by another payer, it cannot be paid now.
    await scenario.records.conn.execute(
        """INSERT INTO settlements (tournament_id, market_id, version, kind, status, result, terms, gross, refunds, takeout,
                                    paid, breakage, house_added, house_won, bets)
           VALUES ($1, $2, 1, 'void', 'paying', '{}', '[[0, 0, 0, 0, "x"]]', 100, 100, 0, 0, 0, 0, 0, 1)""",
        scenario.tournament_id,
        market["id"],
    )
    told = (await look(scenario))["settlements"]
    assert told["paying"] == 1
    (one,) = told["items"]
    assert (one["market_id"], one["market"], one["bets_done"], one["bets"]) == (market["id"], "Match winner", 0, 1)


async def test_bets_are_measured_once_for_a_set(scenario: ApiScenario) -> None:
    intake = scenario.records.services.intake
    market = await scenario.open_market()
    await scenario.fund(scenario.bettor, 1000)
    await asyncio.gather(*(verdict_of(intake, bet(scenario, market["outcomes"][0]["id"])) for _ in range(3)))
    lanes = (await look(scenario))["intake"]["lanes"]
    (busy,) = [lane for lane in lanes if lane["bets"]]
    assert (busy["bets"], busy["batch"]["count"], busy["batch"]["last"]) == (3, busy["sets"], 1)
    assert busy["set_ms"]["max"] >= 0


# The last errors ----------------------------------------------------------------------------------------------------


async def test_a_warning_is_in_the_ring_on_one_line_and_without_secrets(scenario: ApiScenario) -> None:
    log = logging.getLogger("toteboard.feed")
    log.warning(
        "a name\r\nwith \x1b[31mcolours, postgresql://app:hunter2@db/x, password=hunter2 and tb_0123456789abcdef"
    )
    try:
        raise ValueError("what was thrown")
    except ValueError:
        log.exception("it stumbled")
    told = (await look(scenario))["errors"]
    assert (told["errors"], told["warnings"]) == (1, 1)
    stumbled, warned = told["items"]
    assert (stumbled["level"], stumbled["text"]) == ("ERROR", "it stumbled: ValueError: what was thrown")
    assert (warned["level"], warned["logger"]) == ("WARNING", "toteboard.feed")
    assert warned["text"].startswith("a name ⏎ with \\x1b[31mcolours")
    assert "hunter2" not in warned["text"]
    assert "0123456789" not in warned["text"]


@pytest.mark.parametrize("wanted", [{"ops_errors_max": 3, "ops_error_text_max": 80}])
async def test_the_ring_is_bounded_and_keeps_the_newest(scenario: ApiScenario) -> None:
    for n in range(5):
        logging.getLogger("toteboard").warning("%d %s", n, "x" * 1000)
    told = (await look(scenario))["errors"]
    assert told["warnings"] == 5
    assert [item["text"][0] for item in told["items"]] == ["4", "3", "2"]
    assert {len(item["text"]) for item in told["items"]} == {80}


def test_who_keeps_errors_does_not_silence_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging.lastResort, "emit", lambda record: shown.append(record.getMessage()))
    ring = LastErrors()
    with ring.listening():
        logging.getLogger("toteboard.intake").warning("said %s", "once")
    assert shown == ["said once"]


def test_a_window_forgets_what_is_older_than_a_minute() -> None:
    now = [1000.0]
    window = Window(lambda: now[0])
    assert window.summary().mean is None
    for value in (4, 7):
        window.add(value)
    now[0] += 1
    window.add(2)
    now[0] += 1
    summary = window.summary()
    assert (summary.last, summary.count, summary.mean, summary.max) == (2, 3, 4, 7)
    assert window.sums()[-2:] == [11, 2]
    assert window.maxima()[-2:] == [7, 2]
    now[0] += WINDOW_S
    summary = window.summary()
    assert (summary.last, summary.count, summary.max) == (2, 0, 0)
    assert set(window.sums()) == {0}
