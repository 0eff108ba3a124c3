"""Reading the audit log, end to end: who may, what the filters mean, pages, and the log as it stood at a moment."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from .stage import SQL_TEXTS, Stage, fields, taken
from .visitors import Visitor, code

ROWS = 10_000


@pytest.fixture
def wanted() -> dict[str, Any]:
    return {"audit_settle_ms": 300, "audit_people_max": 2}


async def look(visitor: Visitor, stage: Stage, **asked: Any) -> dict[str, Any]:
    """One page of the stage's tournament."""
    return taken(await visitor.get("/api/audit", params={"tournament": stage.tournament_id, **asked}), 200)


async def ids(visitor: Visitor, stage: Stage, **asked: Any) -> list[int]:
    return [row["id"] for row in (await look(visitor, stage, **asked))["items"]]


async def subjects(visitor: Visitor, stage: Stage, **asked: Any) -> list[str]:
    return [row["subject"] for row in (await look(visitor, stage, **asked))["items"]]


async def fill(stage: Stage, rows: int, *, action: str = "bet.placed", user_id: int | None = None) -> None:
    """Rows of the log past the API, each a little later than the one before."""
    await stage.records.conn.execute(
        """INSERT INTO audit_log (at, tournament_id, user_id, ip, action, subject, details)
           SELECT clock_timestamp() + make_interval(secs => n / 100000.0), $1, $3, '192.0.2.7', $4, 'bet:' || n,
                  '{"stake": 5}'
             FROM generate_series(1, $2::int) n""",
        stage.tournament_id,
        rows,
        user_id,
        action,
    )


# Who may ------------------------------------------------------------------------------------------------------------


async def test_auditors_and_organizers_read_their_own_tournament_and_nobody_else_does(stage: Stage) -> None:
    for reader in (stage.auditor, stage.organizer, stage.admin):
        assert (await look(reader, stage))["items"]
    path = f"/api/audit?tournament={stage.tournament_id}"
    for other in (stage.cashier, stage.bettor, stage.stranger):
        assert code(await other.get(path)) == "FORBIDDEN"
        assert code(await other.get(f"/api/audit/action?tournament={stage.tournament_id}")) == "FORBIDDEN"
    assert code(await Visitor(stage.auditor.app).get(path)) == "UNAUTHENTICATED"


async def test_an_auditor_of_one_tournament_sees_nothing_of_another(stage: Stage) -> None:
    other = (await stage.new_tournament("Elsewhere"))["id"]
    assert code(await stage.auditor.get(f"/api/audit?tournament={other}")) == "FORBIDDEN"
    assert {row["tournament_id"] for row in (await look(stage.auditor, stage))["items"]} == {stage.tournament_id}


async def test_only_an_admin_reads_all_tournaments_at_once(stage: Stage) -> None:
    assert code(await stage.auditor.get("/api/audit")) == "FORBIDDEN"
    rows = taken(await stage.admin.get("/api/audit"), 200)["items"]
    assert {row["tournament_id"] for row in rows} == {None, stage.tournament_id}


async def test_who_is_blocked_reads_nothing(stage: Stage) -> None:
    await stage.records.block(stage.auditor)
    assert code(await stage.auditor.get(f"/api/audit?tournament={stage.tournament_id}")) == "FORBIDDEN"


async def test_reading_leaves_no_row(stage: Stage) -> None:
    before = await stage.value("SELECT count(*) FROM audit_log")
    await look(stage.auditor, stage)
    assert await stage.value("SELECT count(*) FROM audit_log") == before


# What a row says ----------------------------------------------------------------------------------------------------


async def test_a_row_says_who_did_what_to_what_from_where_in_which_currency(stage: Stage) -> None:
    wallet_id = (await stage.wallet_of(stage.bettor))["id"]
    taken(await stage.move(wallet_id, "deposit", 2500, note="two notes"))
    row = (await look(stage.auditor, stage))["items"][0]
    assert (row["action"], row["subject"]) == ("wallet.deposited", f"wallet:{wallet_id}")
    assert (row["user_id"], row["user"], row["ip"]) == (stage.cashier.id, "Cashier", "192.0.2.7")
    assert (row["tournament"], row["currency"], row["exponent"]) == ("World Cup", "EUR", 2)
    assert (row["details"]["amount"], row["details"]["note"]) == (2500, "two notes")
    assert row["at"].endswith("Z")
    assert row["refusal"] is None


async def test_a_refused_bet_says_why_in_words(stage: Stage) -> None:
    market = await stage.open_market()
    await stage.fund(stage.bettor, 100)
    assert await stage.bet(stage.bettor, market["outcomes"][0]["id"], 500) == 15
    row = (await look(stage.auditor, stage))["items"][0]
    assert row["action"] == "bet.refused"
    assert row["refusal"] == {"code": "FUNDS", "title": "The wallet does not hold enough"}


async def test_a_row_says_what_its_numbers_are_called(stage: Stage) -> None:
    market = await stage.open_market()
    first, second = (outcome["id"] for outcome in market["outcomes"][:2])
    wallet_id = await stage.fund(stage.bettor, 1000)
    assert await stage.bet(stage.bettor, first, 500) == 0
    assert await stage.bet(stage.bettor, second, 5000) == 15
    await stage.do(market, "close")
    await stage.do(market, "result", winners=[first])
    items = (await look(stage.auditor, stage))["items"]
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
    bettor = f"user:{stage.bettor.id}"
    assert [row["names"] for row in items if row["subject"] == bettor] == [{bettor: {"name": "Bettor", "of": None}}]


async def test_what_is_gone_has_no_name_and_details_of_any_shape_are_read(stage: Stage) -> None:
    market = await stage.new_market()
    assert (await stage.organizer.delete(f"/api/market/{market['id']}")).status_code == 204
    details = (
        '{"outcome": true, "market_id": 1e3, "winners": 7, "result": [1]}',
        '{"outcome": -1, "void": [null, "x"]}',
        "7",
    )
    for each in details:
        await stage.records.conn.execute(
            """INSERT INTO audit_log (at, tournament_id, action, subject, details)
               VALUES (clock_timestamp(), $1, 'x.y', 'market:99999999999999999999', $2)""",
            stage.tournament_id,
            each,
        )
    rows = (await look(stage.auditor, stage))["items"]
    assert [row["names"] for row in rows[: len(details) + 1]] == [{}] * (len(details) + 1)


# Filters ------------------------------------------------------------------------------------------------------------


async def test_filters_by_person_action_and_subject_and_all_of_them(stage: Stage) -> None:
    market = await stage.open_market()
    other = await stage.add_member("Other", "bettor")
    for bettor in (stage.bettor, other):
        await stage.fund(bettor, 1000)
        for stake in (300, 5000):
            await stage.bet(bettor, market["outcomes"][0]["id"], stake)
    me, auditor = stage.bettor.id, stage.auditor
    actions = {row["action"] for row in (await look(auditor, stage, user=me))["items"]}
    assert actions == {"bet.placed", "bet.refused"}
    assert await subjects(auditor, stage, action="market.opened") == [f"market:{market['id']}"]
    assert await subjects(auditor, stage, action="market.") == [f"market:{market['id']}"] * 2
    assert len(await ids(auditor, stage, action="bet.")) == 4
    assert len(await ids(auditor, stage, action="bet.placed")) == 2
    (refused,) = (await look(auditor, stage, user=me, action="bet.refused"))["items"]
    assert await ids(auditor, stage, subject=refused["subject"]) == [refused["id"]]
    (placed,) = (await look(auditor, stage, user=me, action="bet.placed"))["items"]
    assert await ids(auditor, stage, subject=placed["subject"]) == [placed["id"]]
    assert await ids(auditor, stage, subject=placed["subject"], user=other.id) == []
    assert await ids(auditor, stage, user="othe") == await ids(auditor, stage, user=other.id)
    assert len(await ids(stage.admin, stage, action="market.opened")) == 1


async def test_a_persons_taken_bets_and_the_rest_are_one_list_in_order_page_by_page(stage: Stage) -> None:
    market = await stage.open_market()
    await stage.fund(stage.bettor, 1000)
    for stake in (100, 5000, 200, 6000, 300):
        await stage.bet(stage.bettor, market["outcomes"][0]["id"], stake)
    asked = {"user": stage.bettor.id, "action": "bet."}
    items = (await look(stage.auditor, stage, **asked))["items"]
    assert [row["details"]["stake"] for row in items] == [300, 6000, 200, 5000, 100]
    for first in range(4):
        page = await look(stage.auditor, stage, **asked, limit=1, after=items[first]["id"])
        assert [row["id"] for row in page["items"]] == [items[first + 1]["id"]]
    assert await ids(stage.auditor, stage, **asked, as_of=items[2]["id"]) == [row["id"] for row in items[2:]]


async def test_a_name_that_fits_too_many_says_so_and_one_that_fits_nobody_finds_nothing(stage: Stage) -> None:
    for name in ("Sam One", "Sam Two", "Sam Three"):
        await stage.add_member(name, "bettor")
    answer = await stage.auditor.get("/api/audit", params={"tournament": stage.tournament_id, "user": "sam"})
    assert fields(answer) == ["user"]
    assert await ids(stage.auditor, stage, user="sam t") == []
    assert await ids(stage.auditor, stage, user="nobody at all") == []


async def test_from_and_to_hold_exactly_the_rows_between(stage: Stage) -> None:
    await fill(stage, 100)
    items = (await look(stage.auditor, stage, limit=80))["items"]
    first, last = items[60], items[20]
    between = await ids(stage.auditor, stage, limit=200, **{"from": first["at"], "to": last["at"]})
    assert between == [row["id"] for row in items[21:61]]


async def test_sql_in_a_filter_is_looked_for_as_text(stage: Stage) -> None:
    for name in ("user", "action", "subject"):
        for text in (*SQL_TEXTS, "%", "_", "back\\slash", "'"):
            assert await ids(stage.auditor, stage, **{name: text}) == []
    assert await stage.value("SELECT count(*) FROM audit_log") > 0


async def test_a_parameter_that_is_none_is_refused_at_its_name(stage: Stage) -> None:
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
        answer = await stage.admin.get("/api/audit", params={name: text})
        assert fields(answer) == [name], (name, text)


async def test_the_actions_of_the_filter_are_those_that_stand_in_the_log(stage: Stage) -> None:
    items = taken(await stage.auditor.get(f"/api/audit/action?tournament={stage.tournament_id}"), 200)["items"]
    rows = await stage.records.conn.fetch("SELECT DISTINCT action FROM audit_log")
    assert items == sorted({"bet.placed"} | {row["action"] for row in rows})


# Pages, and the log as it stood -------------------------------------------------------------------------------------


async def test_pages_go_through_ten_thousand_rows_each_once_while_more_arrive(stage: Stage) -> None:
    await fill(stage, ROWS)
    page = await look(stage.auditor, stage, limit=200)
    pinned = page["as_of"]["id"]
    expected = await stage.records.conn.fetch(
        "SELECT id FROM audit_log WHERE tournament_id = $1 AND id <= $2 ORDER BY id DESC", stage.tournament_id, pinned
    )
    seen = [row["id"] for row in page["items"]]
    while page["next"] is not None:
        await fill(stage, 3)
        page = await look(stage.auditor, stage, limit=200, after=page["next"], as_of=pinned)
        seen += [row["id"] for row in page["items"]]
    assert len(seen) > ROWS
    assert seen == [row["id"] for row in expected]


async def test_as_of_an_id_shows_the_same_however_much_comes_later(stage: Stage) -> None:
    first = await look(stage.auditor, stage)
    await fill(stage, 20)
    assert await ids(stage.auditor, stage) != [row["id"] for row in first["items"]]
    again = await look(stage.auditor, stage, as_of=first["as_of"]["id"])
    assert again == first


async def test_as_of_a_time_shows_nothing_later(stage: Stage) -> None:
    await fill(stage, 100)
    items = (await look(stage.auditor, stage, limit=100))["items"]
    moment = items[30]["at"]
    page = await look(stage.auditor, stage, limit=200, as_of=moment)
    assert page["items"][0]["id"] == page["as_of"]["id"] == items[30]["id"]
    earlier = (datetime.fromisoformat(moment) - timedelta(microseconds=1)).isoformat()
    assert (await look(stage.auditor, stage, as_of=earlier))["as_of"]["id"] == items[31]["id"]
    assert (await look(stage.auditor, stage, as_of="1999-01-01T00:00:00Z"))["items"] == []


async def test_as_of_a_time_holds_where_ids_and_times_cross(stage: Stage) -> None:
    """Two sets side by side: the one that was decided first drew its ids last."""
    sql = "INSERT INTO audit_log (at, tournament_id, action, subject) VALUES ($1, $2, 'bet.placed', $3)"
    moment = await stage.value("SELECT clock_timestamp()")
    for name, ms in (("a", 10), ("b", 40), ("c", 20), ("d", 50)):
        await stage.records.conn.execute(sql, moment + timedelta(milliseconds=ms), stage.tournament_id, name)
    as_of = (moment + timedelta(milliseconds=30)).isoformat()
    page = await look(stage.auditor, stage, as_of=as_of)
    assert page["items"][0]["subject"] == "a"


async def test_as_of_the_future_is_now_and_not_what_will_come(stage: Stage) -> None:
    for future in ("9223372036854775807", "9999-12-31T23:59:59Z"):
        page = await look(stage.auditor, stage, as_of=future)
        assert page["as_of"]["id"] == await stage.value("SELECT max(id) FROM audit_log")


async def test_a_look_waits_for_rows_that_are_being_written(stage: Stage, database: str) -> None:
    """A row has its number before it is committed: without the wait it would appear below what was already shown."""
    other = await asyncpg.connect(database)
    try:
        transaction = other.transaction()
        await transaction.start()
        sql = "INSERT INTO audit_log (tournament_id, action, subject) VALUES ($1, 'bet.placed', 'slow') RETURNING id"
        slow = await other.fetchval(sql, stage.tournament_id)
        await fill(stage, 1)
        looking = asyncio.create_task(look(stage.auditor, stage))
        await asyncio.sleep(0.1)
        await transaction.commit()
        page = await looking
        assert page["as_of"]["settled"] is True
        assert [row["id"] for row in page["items"]][:2] == [slow + 1, slow]
    finally:
        await other.close()


async def test_a_look_that_cannot_wait_any_longer_says_that_a_row_may_yet_come(stage: Stage, database: str) -> None:
    other = await asyncpg.connect(database)
    try:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("INSERT INTO audit_log (action, subject) VALUES ('market.edited', 'slow')")
        assert (await look(stage.auditor, stage))["as_of"]["settled"] is False
        await transaction.commit()
        assert (await look(stage.auditor, stage))["as_of"]["settled"] is True
    finally:
        await other.close()
