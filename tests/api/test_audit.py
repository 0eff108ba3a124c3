"""Reading the audit log, end to end: who may, what the filters mean, pages, and the log as it stood at a moment."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from databases import by_hand

from .clients import ApiClient, code
from .scenarios import SQL_TEXTS, ApiScenario, fields, taken

ROWS = 10_000


@pytest.fixture
def wanted() -> dict[str, Any]:
    return {"audit_settle_ms": 300, "audit_people_max": 2}


async def look(client: ApiClient, scenario: ApiScenario, **asked: Any) -> dict[str, Any]:
    """One page of the scenario's tournament."""
    return taken(await client.get("/api/audit", params={"tournament": scenario.tournament_id, **asked}), 200)


async def ids(client: ApiClient, scenario: ApiScenario, **asked: Any) -> list[int]:
    return [row["id"] for row in (await look(client, scenario, **asked))["items"]]


async def subjects(client: ApiClient, scenario: ApiScenario, **asked: Any) -> list[str]:
    return [row["subject"] for row in (await look(client, scenario, **asked))["items"]]


async def fill(scenario: ApiScenario, rows: int, *, action: str = "bet.placed", user_id: int | None = None) -> None:
    """Rows of the log past the API, each a little later than the one before."""
    await scenario.records.conn.execute(
        """INSERT INTO audit_log (at, tournament_id, user_id, ip, action, subject, details)
           SELECT clock_timestamp() + make_interval(secs => n / 100000.0), $1, $3, '192.0.2.7', $4, 'bet:' || n,
                  '{"stake": 5}'
             FROM generate_series(1, $2::int) n""",
        scenario.tournament_id,
        rows,
        user_id,
        action,
    )


# Who may ------------------------------------------------------------------------------------------------------------


async def test_auditors_and_organizers_read_their_own_tournament_and_nobody_else_does(scenario: ApiScenario) -> None:
    for reader in (scenario.auditor, scenario.organizer, scenario.admin):
        assert (await look(reader, scenario))["items"]
    path = f"/api/audit?tournament={scenario.tournament_id}"
    for other in (scenario.cashier, scenario.bettor, scenario.stranger):
        assert code(await other.get(path)) == "FORBIDDEN"
        assert code(await other.get(f"/api/audit/action?tournament={scenario.tournament_id}")) == "FORBIDDEN"
    assert code(await ApiClient(scenario.auditor.app).get(path)) == "UNAUTHENTICATED"


async def test_an_auditor_of_one_tournament_sees_nothing_of_another(scenario: ApiScenario) -> None:
    other = (await scenario.new_tournament("Elsewhere"))["id"]
    assert code(await scenario.auditor.get(f"/api/audit?tournament={other}")) == "FORBIDDEN"
    assert {row["tournament_id"] for row in (await look(scenario.auditor, scenario))["items"]} == {
        scenario.tournament_id
    }


async def test_only_an_admin_reads_all_tournaments_at_once(scenario: ApiScenario) -> None:
    assert code(await scenario.auditor.get("/api/audit")) == "FORBIDDEN"
    rows = taken(await scenario.admin.get("/api/audit"), 200)["items"]
    assert {row["tournament_id"] for row in rows} == {None, scenario.tournament_id}


async def test_who_is_blocked_reads_nothing(scenario: ApiScenario) -> None:
    await scenario.records.block(scenario.auditor)
    assert code(await scenario.auditor.get(f"/api/audit?tournament={scenario.tournament_id}")) == "FORBIDDEN"


async def test_reading_leaves_no_row(scenario: ApiScenario) -> None:
    before = await scenario.value("SELECT count(*) FROM audit_log")
    await look(scenario.auditor, scenario)
    assert await scenario.value("SELECT count(*) FROM audit_log") == before


# What a row says ----------------------------------------------------------------------------------------------------


async def test_a_row_says_who_did_what_to_what_from_where_in_which_currency(scenario: ApiScenario) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    taken(await scenario.move(wallet_id, "deposit", 2500, note="two notes"))
    row = (await look(scenario.auditor, scenario))["items"][0]
    assert (row["action"], row["subject"]) == ("wallet.deposited", f"wallet:{wallet_id}")
    assert (row["user_id"], row["user"], row["ip"]) == (scenario.cashier.id, "Cashier", "192.0.2.7")
    assert (row["tournament"], row["currency"], row["exponent"]) == ("World Cup", "EUR", 2)
    assert (row["details"]["amount"], row["details"]["note"]) == (2500, "two notes")
    assert row["at"].endswith("Z")
    assert row["refusal"] is None


async def test_a_refused_bet_says_why_in_words(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    await scenario.fund(scenario.bettor, 100)
    assert await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 500) == 15
    row = (await look(scenario.auditor, scenario))["items"][0]
    assert row["action"] == "bet.refused"
    assert row["refusal"] == {"code": "FUNDS", "title": "The wallet does not hold enough"}


async def test_a_row_says_what_its_numbers_are_called(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    first, second = (outcome["id"] for outcome in market["outcomes"][:2])
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    assert await scenario.bet(scenario.bettor, first, 500) == 0
    assert await scenario.bet(scenario.bettor, second, 5000) == 15
    await scenario.do(market, "close")
    await scenario.do(market, "result", winners=[first])
    items = (await look(scenario.auditor, scenario))["items"]
    rows = {row["action"]: row["names"] for row in items}
    here = "Mexico – Norway, Match winner"
    mexico = {f"outcome:{first}": {"name": "Mexico", "of": here}}
    closed = {f"market:{market['id']}": {"name": here, "of": None}}
    assert rows["bet.placed"] == mexico
    assert rows["bet.refused"] == {f"outcome:{second}": {"name": "Draw", "of": here}}
    assert rows["market.closed"] == closed
    assert rows["market.resulted"] == mexico | closed
    assert rows["wallet.deposited"] == {f"wallet:{wallet_id}": {"name": "Bettor", "of": None}}
    assert rows["match.created"] == {f"match:{market['match_id']}": {"name": "Mexico – Norway", "of": None}}
    bettor = f"user:{scenario.bettor.id}"
    assert [row["names"] for row in items if row["subject"] == bettor] == [{bettor: {"name": "Bettor", "of": None}}]


async def test_what_is_gone_has_no_name_and_details_of_any_shape_are_read(scenario: ApiScenario) -> None:
    market = await scenario.new_market()
    assert (await scenario.organizer.delete(f"/api/market/{market['id']}")).status_code == 204
    details = (
        '{"outcome": true, "market_id": 1e3, "winners": 7, "result": [1]}',
        '{"outcome": -1, "void": [null, "x"]}',
        "7",
    )
    for each in details:
        await scenario.records.conn.execute(
            """INSERT INTO audit_log (at, tournament_id, action, subject, details)
               VALUES (clock_timestamp(), $1, 'x.y', 'market:99999999999999999999', $2)""",
            scenario.tournament_id,
            each,
        )
    rows = (await look(scenario.auditor, scenario))["items"]
    assert [row["names"] for row in rows[: len(details) + 1]] == [{}] * (len(details) + 1)


# Filters ------------------------------------------------------------------------------------------------------------


async def test_filters_by_person_action_and_subject_and_all_of_them(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    other = await scenario.add_member("Other", "bettor")
    for bettor in (scenario.bettor, other):
        await scenario.fund(bettor, 1000)
        for stake in (300, 5000):
            await scenario.bet(bettor, market["outcomes"][0]["id"], stake)
    me, auditor = scenario.bettor.id, scenario.auditor
    actions = {row["action"] for row in (await look(auditor, scenario, user=me))["items"]}
    assert actions == {"bet.placed", "bet.refused"}
    assert await subjects(auditor, scenario, action="market.opened") == [f"market:{market['id']}"]
    assert await subjects(auditor, scenario, action="market.") == [f"market:{market['id']}"] * 2
    assert len(await ids(auditor, scenario, action="bet.")) == 4
    assert len(await ids(auditor, scenario, action="bet.placed")) == 2
    (refused,) = (await look(auditor, scenario, user=me, action="bet.refused"))["items"]
    assert await ids(auditor, scenario, subject=refused["subject"]) == [refused["id"]]
    (placed,) = (await look(auditor, scenario, user=me, action="bet.placed"))["items"]
    assert await ids(auditor, scenario, subject=placed["subject"]) == [placed["id"]]
    assert await ids(auditor, scenario, subject=placed["subject"], user=other.id) == []
    assert await ids(auditor, scenario, user="othe") == await ids(auditor, scenario, user=other.id)
    assert len(await ids(scenario.admin, scenario, action="market.opened")) == 1


async def test_a_persons_taken_bets_and_the_rest_are_one_list_in_order_page_by_page(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    await scenario.fund(scenario.bettor, 1000)
    for stake in (100, 5000, 200, 6000, 300):
        await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], stake)
    asked = {"user": scenario.bettor.id, "action": "bet."}
    items = (await look(scenario.auditor, scenario, **asked))["items"]
    assert [row["details"]["stake"] for row in items] == [300, 6000, 200, 5000, 100]
    for first in range(4):
        page = await look(scenario.auditor, scenario, **asked, limit=1, after=items[first]["id"])
        assert [row["id"] for row in page["items"]] == [items[first + 1]["id"]]
    assert await ids(scenario.auditor, scenario, **asked, as_of=items[2]["id"]) == [row["id"] for row in items[2:]]


async def test_a_name_that_fits_too_many_says_so_and_one_that_fits_nobody_finds_nothing(scenario: ApiScenario) -> None:
    for name in ("Sam One", "Sam Two", "Sam Three"):
        await scenario.add_member(name, "bettor")
    answer = await scenario.auditor.get("/api/audit", params={"tournament": scenario.tournament_id, "user": "sam"})
    assert fields(answer) == ["user"]
    assert await ids(scenario.auditor, scenario, user="sam t") == []
    assert await ids(scenario.auditor, scenario, user="nobody at all") == []


async def test_from_and_to_hold_exactly_the_rows_between(scenario: ApiScenario) -> None:
    await fill(scenario, 100)
    items = (await look(scenario.auditor, scenario, limit=80))["items"]
    first, last = items[60], items[20]
    between = await ids(scenario.auditor, scenario, limit=200, **{"from": first["at"], "to": last["at"]})
    assert between == [row["id"] for row in items[21:61]]


async def test_sql_in_a_filter_is_looked_for_as_text(scenario: ApiScenario) -> None:
    for name in ("user", "action", "subject"):
        for text in (*SQL_TEXTS, "%", "_", "back\\slash", "'"):
            assert await ids(scenario.auditor, scenario, **{name: text}) == []
    assert await scenario.value("SELECT count(*) FROM audit_log") > 0


async def test_a_parameter_that_is_none_is_refused_at_its_name(scenario: ApiScenario) -> None:
    foul = [
        *[(name, text) for name in ("user", "action", "subject", "as_of") for text in ("a\x00b", "x" * 201, "")],
        *[
            (name, text)
            for name in ("from", "to", "as_of")
            for text in ("yesterday", "2026-06-11T19:00:00", "-1", "1e3")
        ],
        *[("from", "1790000000"), ("after", "x"), ("after", "9" * 20), ("limit", "0"), ("limit", "201")],
        *[("tournament", "0"), ("tournament", "world-cup")],
    ]
    for name, text in foul:
        answer = await scenario.admin.get("/api/audit", params={name: text})
        assert fields(answer) == [name], (name, text)


async def test_the_actions_of_the_filter_are_those_that_stand_in_the_log(scenario: ApiScenario) -> None:
    items = taken(await scenario.auditor.get(f"/api/audit/action?tournament={scenario.tournament_id}"), 200)["items"]
    rows = await scenario.records.conn.fetch("SELECT DISTINCT action FROM audit_log")
    assert items == sorted({"bet.placed"} | {row["action"] for row in rows})


# Pages, and the log as it stood -------------------------------------------------------------------------------------


async def test_pages_go_through_ten_thousand_rows_each_once_while_more_arrive(scenario: ApiScenario) -> None:
    await fill(scenario, ROWS)
    page = await look(scenario.auditor, scenario, limit=200)
    pinned = page["as_of"]["id"]
    expected = await scenario.records.conn.fetch(
        "SELECT id FROM audit_log WHERE tournament_id = $1 AND id <= $2 ORDER BY id DESC",
        scenario.tournament_id,
        pinned,
    )
    seen = [row["id"] for row in page["items"]]
    while page["next"] is not None:
        await fill(scenario, 3)
        page = await look(scenario.auditor, scenario, limit=200, after=page["next"], as_of=pinned)
        seen += [row["id"] for row in page["items"]]
    assert len(seen) > ROWS
    assert seen == [row["id"] for row in expected]


async def test_as_of_an_id_shows_the_same_however_much_comes_later(scenario: ApiScenario) -> None:
    first = await look(scenario.auditor, scenario)
    await fill(scenario, 20)
    assert await ids(scenario.auditor, scenario) != [row["id"] for row in first["items"]]
    again = await look(scenario.auditor, scenario, as_of=first["as_of"]["id"])
    assert again == first


async def test_as_of_a_time_shows_nothing_later(scenario: ApiScenario) -> None:
    await fill(scenario, 100)
    items = (await look(scenario.auditor, scenario, limit=100))["items"]
    moment = items[30]["at"]
    page = await look(scenario.auditor, scenario, limit=200, as_of=moment)
    assert page["items"][0]["id"] == page["as_of"]["id"] == items[30]["id"]
    earlier = (datetime.fromisoformat(moment) - timedelta(microseconds=1)).isoformat()
    assert (await look(scenario.auditor, scenario, as_of=earlier))["as_of"]["id"] == items[31]["id"]
    assert (await look(scenario.auditor, scenario, as_of="1999-01-01T00:00:00Z"))["items"] == []


async def test_as_of_a_time_holds_where_ids_and_times_cross(scenario: ApiScenario) -> None:
    """Two sets side by side: the one that was decided first drew its ids last."""
    sql = "INSERT INTO audit_log (at, tournament_id, action, subject) VALUES ($1, $2, 'bet.placed', $3)"
    moment = await scenario.value("SELECT clock_timestamp()")
    for name, ms in (("a", 10), ("b", 40), ("c", 20), ("d", 50)):
        await scenario.records.conn.execute(sql, moment + timedelta(milliseconds=ms), scenario.tournament_id, name)
    as_of = (moment + timedelta(milliseconds=30)).isoformat()
    page = await look(scenario.auditor, scenario, as_of=as_of)
    assert page["items"][0]["subject"] == "a"


async def test_as_of_the_future_is_now_and_not_what_will_come(scenario: ApiScenario) -> None:
    for future in ("9223372036854775807", "2200-12-31T23:59:59Z"):
        page = await look(scenario.auditor, scenario, as_of=future)
        assert page["as_of"]["id"] == await scenario.value("SELECT max(id) FROM audit_log")


async def test_a_look_waits_for_rows_that_are_being_written(scenario: ApiScenario, database: str) -> None:
    """A row has its number before it is committed: without the wait it would appear below what was already shown."""
    other = await by_hand(database)
    try:
        transaction = other.transaction()
        await transaction.start()
        sql = "INSERT INTO audit_log (tournament_id, action, subject) VALUES ($1, 'bet.placed', 'slow') RETURNING id"
        slow = await other.fetchval(sql, scenario.tournament_id)
        await fill(scenario, 1)
        looking = asyncio.create_task(look(scenario.auditor, scenario))
        await asyncio.sleep(0.1)
        await transaction.commit()
        page = await looking
        assert page["as_of"]["settled"] is True
        assert [row["id"] for row in page["items"]][:2] == [slow + 1, slow]
    finally:
        await other.close()


async def test_a_look_that_cannot_wait_any_longer_says_that_a_row_may_yet_come(
    scenario: ApiScenario, database: str
) -> None:
    other = await by_hand(database)
    try:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("INSERT INTO audit_log (action, subject) VALUES ('access.denied', 'slow')")
        assert (await look(scenario.auditor, scenario))["as_of"]["settled"] is False
        await transaction.commit()
        assert (await look(scenario.auditor, scenario))["as_of"]["settled"] is True
    finally:
        await other.close()
