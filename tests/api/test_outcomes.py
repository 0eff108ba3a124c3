"""Single outcomes, end to end: added, renamed, priced, withdrawn, taken away, refused."""

import asyncio
from typing import Any

import pytest

from toteboard.rules.refusals import Refusal

from .clients import ApiClient, code
from .scenarios import FOUL_TEXTS, SQL_TEXTS, ApiScenario, fields, taken

PATH = "/api/outcome"


def first(market: dict[str, Any]) -> int:
    return int(market["outcomes"][0]["id"])


async def test_an_outcome_is_added_behind_the_others_and_told(scenario: ApiScenario, client: ApiClient) -> None:
    market = await scenario.open_market("2.00", "3.00")
    added = taken(
        await scenario.organizer.post(PATH, json={"market_id": market["id"], "name": "Norway", "odds": "4.5"})
    )
    assert added == {
        "id": added["id"],
        "market_id": market["id"],
        "name": "Norway",
        "lane_no": 3,
        "odds": "4.50",
        "odds_version": 1,
        "withdrawn": False,
        "deduction_bps": 0,
        "stakes": 0,
        "bets": 0,
    }
    assert (await client.get(f"{PATH}/{added['id']}")).json() == added
    listed = (await client.get(PATH, params={"market": market["id"]})).json()["items"]
    assert [o["name"] for o in listed] == ["Mexico", "Draw", "Norway"]
    (*_, event) = await scenario.events("market")
    assert [o["name"] for o in event["market"]["outcomes"]] == ["Mexico", "Draw", "Norway"]
    assert event["market"]["version"] == market["version"] + 1
    await scenario.fund(scenario.bettor, 100)
    assert await scenario.bet(scenario.bettor, added["id"], 100) == 0


async def test_an_outcome_needs_odds_where_bets_may_come_in(scenario: ApiScenario) -> None:
    market = await scenario.open_market("2.00", "3.00")
    assert code(await scenario.organizer.post(PATH, json={"market_id": market["id"], "name": "Norway"})) == "STATE"
    draft = await scenario.new_market("2.00", "3.00")
    taken(await scenario.organizer.post(PATH, json={"market_id": draft["id"], "name": "Norway"}))


async def test_a_pool_has_no_odds_to_set(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    asked = {"market_id": market["id"], "name": "Norway", "odds": "2.00"}
    assert fields(await scenario.organizer.post(PATH, json=asked)) == ["odds"]
    assert fields(await scenario.organizer.patch(f"{PATH}/{first(market)}", json={"odds": "2.00"})) == ["odds"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("name", text) for text in FOUL_TEXTS],
        ("odds", 2.28),
        ("odds", "0.5"),
        ("odds", "２.00"),
        ("odds", "1000.001"),
        ("odds", "2.0001"),
        ("odds", "Infinity"),
        ("market_id", "1"),
        ("market_id", 1.0),
        ("withdrawn", True),
        ("stakes", 100),
        ("odds_milli", 2280),
    ],
)
async def test_what_an_outcome_cannot_be_is_422_at_its_field(scenario: ApiScenario, field: str, value: Any) -> None:
    market = await scenario.new_market("2.00", "3.00")
    asked = {"market_id": market["id"], "name": "Fine", field: value}
    assert fields(await scenario.organizer.post(PATH, json=asked)) == [field]
    assert await scenario.value("SELECT count(*) FROM outcomes") == 2


@pytest.mark.parametrize(
    "body",
    [{"name": None}, {"withdrawn": None}, {"withdrawn": 1}, {"odds_version": 0}, {"odds_version": "1"}, {"lane_no": 1}],
)
async def test_what_an_outcome_cannot_become_is_422(scenario: ApiScenario, body: Any) -> None:
    market = await scenario.new_market("2.00", "3.00")
    assert code(await scenario.organizer.patch(f"{PATH}/{first(market)}", json=body)) == "INVALID"


@pytest.mark.parametrize("text", SQL_TEXTS)
async def test_sql_in_a_name_is_stored_as_text(scenario: ApiScenario, text: str) -> None:
    market = await scenario.new_market()
    assert taken(await scenario.organizer.patch(f"{PATH}/{first(market)}", json={"name": text}), 200)["name"] == text


async def test_sql_in_a_filter_is_refused(scenario: ApiScenario, client: ApiClient) -> None:
    for text in SQL_TEXTS:
        assert code(await client.get(PATH, params={"market": text})) == "INVALID"


async def test_nobody_but_the_organizer_writes(scenario: ApiScenario, client: ApiClient) -> None:
    market = await scenario.open_market("2.00", "3.00")
    path = f"{PATH}/{first(market)}"
    asked = {"market_id": market["id"], "name": "Mine", "odds": "900.00"}
    for member in (scenario.cashier, scenario.auditor, scenario.bettor, scenario.stranger):
        assert code(await member.post(PATH, json=asked)) == "FORBIDDEN"
        assert code(await member.patch(path, json={"odds": "900.00"})) == "FORBIDDEN"
        assert code(await member.delete(path)) == "FORBIDDEN"
    assert code(await client.patch(path, json={"odds": "900.00"})) == "UNAUTHENTICATED"
    assert (await client.get(path)).json()["odds"] == "2.00"


async def test_what_is_not_there_is_404(scenario: ApiScenario, client: ApiClient) -> None:
    assert code(await client.get(f"{PATH}/999")) == "NOT_FOUND"
    assert code(await client.get(PATH, params={"market": 999})) == "NOT_FOUND"
    assert code(await scenario.organizer.post(PATH, json={"market_id": 999, "name": "A"})) == "NOT_FOUND"
    assert code(await scenario.organizer.patch(f"{PATH}/999", json={"name": "A"})) == "NOT_FOUND"
    assert code(await scenario.organizer.delete(f"{PATH}/999")) == "NOT_FOUND"


# Odds ---------------------------------------------------------------------------------------------------------------


async def test_new_odds_are_another_version_logged_with_the_old(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 500)
    market = await scenario.open_market("2.28", "3.00")
    path = f"{PATH}/{first(market)}"
    assert await scenario.bet(scenario.bettor, first(market), 100) == 0
    moved = taken(await scenario.organizer.patch(path, json={"odds": "2.05", "odds_version": 1}), 200)
    assert (moved["odds"], moved["odds_version"]) == ("2.05", 2)
    (row,) = await scenario.records.audited("outcome.changed")
    assert row["details"] == {"market_id": market["id"], "odds_milli": [2280, 2050]}
    assert (await scenario.events("market"))[-1]["market"]["outcomes"][0]["odds_milli"] == 2050
    assert await scenario.bet(scenario.bettor, first(market), 100) == 0
    assert await scenario.value("SELECT array_agg(odds_milli ORDER BY no) FROM bets") == [2280, 2050]
    assert taken(await scenario.organizer.patch(path, json={"odds": "2.05", "odds_version": 2}), 200) == {
        **moved,
        "stakes": 200,
        "bets": 2,
    }


async def test_odds_somebody_else_changed_in_between_are_a_conflict(scenario: ApiScenario) -> None:
    market = await scenario.open_market("2.28", "3.00")
    path = f"{PATH}/{first(market)}"
    bodies = [{"odds": f"2.{n}0", "odds_version": 1} for n in range(3, 8)]
    answers = await asyncio.gather(*(scenario.organizer.patch(path, json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert (code(lost), lost.json()["odds_version"]) == ("CONFLICT", 2)
    assert len(await scenario.records.audited("outcome.changed")) == 1


async def test_a_closed_market_gets_no_other_odds(scenario: ApiScenario) -> None:
    market = await scenario.open_market("2.28", "3.00")
    assert code(await scenario.organizer.patch(f"{PATH}/{first(market)}", json={"odds": None})) == "STATE"
    await scenario.do(market, "close")
    assert code(await scenario.organizer.patch(f"{PATH}/{first(market)}", json={"odds": "2.00"})) == "STATE"
    assert (
        code(await scenario.organizer.post(PATH, json={"market_id": market["id"], "name": "A", "odds": "2.00"}))
        == "STATE"
    )


# Withdrawing and deleting -------------------------------------------------------------------------------------------


async def test_a_withdrawn_outcome_takes_no_bets_and_may_come_back(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 500)
    market = await scenario.open_market()
    path = f"{PATH}/{first(market)}"
    assert taken(await scenario.organizer.patch(path, json={"withdrawn": True}), 200)["withdrawn"] is True
    assert await scenario.bet(scenario.bettor, first(market), 100) == Refusal.OUTCOME_WITHDRAWN.number
    taken(await scenario.organizer.patch(path, json={"withdrawn": False}), 200)
    assert await scenario.bet(scenario.bettor, first(market), 100) == 0
    assert len(await scenario.records.audited("outcome.changed")) == 2


async def test_who_is_left_alone_is_not_bet_on(scenario: ApiScenario) -> None:
    market = await scenario.open_market("1.85", "2.10")
    await scenario.fund(scenario.bettor, 500)
    second = market["outcomes"][1]["id"]
    taken(await scenario.organizer.patch(f"{PATH}/{first(market)}", json={"withdrawn": True}), 200)
    assert await scenario.bet(scenario.bettor, second, 100) == Refusal.MARKET_SUSPENDED.number
    (row,) = await scenario.records.audited("market.suspended")
    assert row["subject"] == f"market:{market['id']}"
    assert code(await scenario.organizer.post(f"/api/market/{market['id']}/open")) == "STATE"
    taken(await scenario.organizer.patch(f"{PATH}/{first(market)}", json={"withdrawn": False}), 200)
    taken(await scenario.organizer.post(f"/api/market/{market['id']}/open"), 200)
    assert await scenario.bet(scenario.bettor, second, 100) == 0


async def test_after_the_result_all_but_a_winner_is_withdrawn_and_brought_back(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    _, second, third = (outcome["id"] for outcome in market["outcomes"])
    await scenario.do(market, "close")
    taken(await scenario.organizer.patch(f"{PATH}/{third}", json={"withdrawn": True}), 200)
    await scenario.do(market, "result", winners=[first(market)])
    taken(await scenario.organizer.patch(f"{PATH}/{second}", json={"withdrawn": True}), 200)
    taken(await scenario.organizer.patch(f"{PATH}/{third}", json={"withdrawn": False}), 200)
    assert code(await scenario.organizer.patch(f"{PATH}/{first(market)}", json={"withdrawn": True})) == "STATE"


async def test_an_outcome_without_bets_is_taken_away(scenario: ApiScenario, client: ApiClient) -> None:
    await scenario.fund(scenario.bettor, 500)
    market = await scenario.open_market()
    one, two, three = (outcome["id"] for outcome in market["outcomes"])
    assert await scenario.bet(scenario.bettor, one, 100) == 0
    assert code(await scenario.organizer.delete(f"{PATH}/{one}")) == "CONFLICT"
    assert (await scenario.organizer.delete(f"{PATH}/{two}")).status_code == 204
    assert code(await client.get(f"{PATH}/{two}")) == "NOT_FOUND"
    assert await scenario.bet(scenario.bettor, two, 100) == Refusal.UNKNOWN_OUTCOME.number
    # Two outcomes are left, and the market is open.
    assert code(await scenario.organizer.delete(f"{PATH}/{three}")) == "STATE"
    assert len(await scenario.records.audited("outcome.deleted")) == 1


# Renaming where there are bets --------------------------------------------------------------------------------------


async def test_an_outcome_with_bets_is_renamed_by_a_correction_and_bets_keep_its_name(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    mexico = market["outcomes"][0]["id"]
    await scenario.fund(scenario.bettor, 10_000)
    assert await scenario.bet(scenario.bettor, mexico, 500) == 0
    path = f"{PATH}/{mexico}"
    refused = await scenario.organizer.patch(path, json={"name": "México"})
    assert (refused.status_code, refused.json()["field"]) == (409, "reason")
    assert fields(await scenario.organizer.patch(path, json={"name": "México", "reason": ""})) == ["reason"]
    renamed = await scenario.organizer.patch(path, json={"name": "México", "reason": "as its people write it"})
    assert renamed.json()["name"] == "México"
    assert await scenario.bet(scenario.bettor, mexico, 600) == 0
    again = await scenario.organizer.patch(path, json={"name": "Mejico", "reason": "a joke"})
    assert again.status_code == 200

    mine = (await scenario.bettor.get("/api/bet")).json()["items"]
    assert [(bet["stake"], bet["outcome"], bet["outcome_now"]) for bet in mine] == [
        (600, "México", "Mejico"),
        (500, "Mexico", "Mejico"),
    ]
    all_bets = (await scenario.organizer.get(f"/api/tournament/{scenario.tournament_id}/bet")).json()["items"]
    assert [(bet["outcome"], bet["outcome_now"]) for bet in all_bets] == [("México", "Mejico"), ("Mexico", "Mejico")]
    sheet = await scenario.organizer.get(
        f"/api/tournament/{scenario.tournament_id}/export/bets", params={"format": "csv"}
    )
    assert "Mexico,Mejico," in sheet.text
    statement = (
        await scenario.bettor.get(f"/api/wallet/{(await scenario.wallet_of(scenario.bettor))['id']}/statement")
    ).json()
    assert [line["text"] for line in statement["items"] if line["kind"] == "stake"][-1].startswith("Bet on Mexico,")
    reasons = [row["details"].get("reason") for row in await scenario.records.audited("outcome.changed")]
    assert reasons == ["as its people write it", "a joke"]
