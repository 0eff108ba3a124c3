"""Markets, end to end: made, edited, opened, suspended, closed, reopened, resulted, taken away, refused."""

import asyncio
from typing import Any

import pytest

from toteboard.rules.refusals import Refusal

from .clients import ApiClient, code
from .scenarios import FOUL_TEXTS, NUMBERS_OF_OTHER_KINDS, SQL_TEXTS, ApiScenario, fields, taken

PATH = "/api/market"
FUTURE = "2099-01-01T12:00:00+00:00"
# Fixed, so that workers of a parallel run collect the same names.
PAST = "2025-01-01T12:00:00+00:00"


def ids(market: dict[str, Any]) -> list[int]:
    return [outcome["id"] for outcome in market["outcomes"]]


# Making and looking -------------------------------------------------------------------------------------------------


async def test_a_new_market_is_a_draft_with_escrow_and_totals(scenario: ApiScenario, client: ApiClient) -> None:
    made = await scenario.new_market("2.28", "3.1", "1.875", closes_at=FUTURE, liability_max=50_000)
    assert (made["status"], made["kind"], made["version"], made["result"]) == ("draft", "fixed", 1, None)
    assert [(o["name"], o["lane_no"], o["odds"], o["odds_version"]) for o in made["outcomes"]] == [
        ("Mexico", 1, "2.28", 1),
        ("Draw", 2, "3.10", 1),
        ("Norway", 3, "1.875", 1),
    ]
    assert (await client.get(f"{PATH}/{made['id']}")).json() == made
    assert (
        await scenario.value("SELECT balance FROM accounts WHERE kind = 'escrow' AND market_id = $1", made["id"]) == 0
    )
    assert await scenario.value("SELECT count(*) FROM outcome_totals WHERE market_id = $1", made["id"]) == 3
    (row,) = await scenario.records.audited("market.created")
    assert row["details"]["liability_max"] == 50_000


async def test_the_feed_is_told_a_market_and_shows_exactly_these_keys(scenario: ApiScenario) -> None:
    made = await scenario.new_market("2.28", "3.1", closes_at="2031-01-02T03:04:05+01:00")
    (event,) = await scenario.events("market")
    first, second = ids(made)
    assert event["market"]["outcomes"] == [
        {"id": first, "name": "Mexico", "lane_no": 1, "odds_milli": 2280, "withdrawn": False, "deduction_bps": 0},
        {"id": second, "name": "Draw", "lane_no": 2, "odds_milli": 3100, "withdrawn": False, "deduction_bps": 0},
    ]
    (shown,) = (await scenario.organizer.get(f"/api/tournament/{scenario.tournament_id}/board")).json()["markets"]
    nothing_staked = {"stakes": 0, "bets": 0}
    assert shown == {
        "id": made["id"],
        "match_id": made["match_id"],
        "name": "Match winner",
        "kind": "fixed",
        "status": "draft",
        "opens_at": None,
        "closes_at": 1_925_085_845_000,
        "closes_offset_s": None,
        "takeout_bps": 0,
        "break_to_milli": 10,
        "minimum_milli": 1000,
        "minimum_tiers": "",
        "started_with": 0,
        "guaranteed": 0,
        "carry_to": None,
        "carried": 0,
        "carried_gross": 0,
        "waits_for_sides": False,
        "places": 1,
        "division": "profit",
        "stake_min": 1,
        "stake_max": 10**11,
        "result": None,
        "version": 1,
        "outcomes": [one | nothing_staked for one in event["market"]["outcomes"]],
    }


async def test_a_pool_shows_the_odds_of_now(scenario: ApiScenario, client: ApiClient) -> None:
    await scenario.fund(scenario.bettor, 1000)
    market = await scenario.open_market(takeout_bps=1000)
    assert await scenario.bet(scenario.bettor, ids(market)[0], 300) == 0
    assert await scenario.bet(scenario.bettor, ids(market)[1], 100) == 0
    seen = (await client.get(f"{PATH}/{market['id']}")).json()
    assert [(o["stakes"], o["bets"], o["odds"]) for o in seen["outcomes"]] == [
        (300, 1, "1.20"),
        (100, 1, "3.60"),
        (0, 0, None),
    ]


async def test_markets_of_a_match_come_in_pages(scenario: ApiScenario, client: ApiClient) -> None:
    match = await scenario.new_match()
    made = [await scenario.new_market(match_id=match["id"], name=f"Market {n}") for n in range(3)]
    first = (await client.get(PATH, params={"match": match["id"], "limit": 2})).json()
    rest = (await client.get(PATH, params={"match": match["id"], "limit": 2, "after": first["next"]})).json()
    assert first["items"] + rest["items"] == made
    assert code(await client.get(PATH, params={"match": "1 OR 1=1"})) == "INVALID"
    assert code(await client.get(PATH)) == "INVALID"


@pytest.mark.parametrize("field", ["stake_min", "stake_max", "total_max"])
@pytest.mark.parametrize("value", [v for v in NUMBERS_OF_OTHER_KINDS if v != 10**11 + 1])
async def test_an_amount_of_another_kind_is_422(scenario: ApiScenario, field: str, value: Any) -> None:
    match = await scenario.new_match()
    asked = {"match_id": match["id"], "name": "Fine", "kind": "pool", field: value}
    assert fields(await scenario.organizer.post(PATH, json=asked)) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("name", text) for text in FOUL_TEXTS],
        ("kind", "lottery"),
        ("closes_at", "2026-06-11"),
        ("closes_at", 5),
        ("takeout_bps", 5001),
        ("takeout_bps", -1),
        ("takeout_bps", "500"),
        ("break_to_milli", 0),
        ("minimum_milli", 5001),
        ("places", 0),
        ("places", 41),
        ("liability_max", -1),
        ("liability_max", 10**15 + 1),
        ("status", "open"),
        ("balance", 100),
        ("result", {"winners": []}),
        ("outcomes", [{"name": "A"}] * 201),
    ],
)
async def test_what_a_market_cannot_be_is_422_at_its_field(scenario: ApiScenario, field: str, value: Any) -> None:
    match = await scenario.new_match()
    asked = {"match_id": match["id"], "name": "Fine", "kind": "pool", field: value}
    assert fields(await scenario.organizer.post(PATH, json=asked)) == [field]
    assert await scenario.value("SELECT count(*) FROM markets") == 0


@pytest.mark.parametrize(
    ("outcome", "field"),
    [
        ({"name": "A\x00"}, "outcomes.0.name"),
        ({"name": "A", "odds": 2.28}, "outcomes.0.odds"),
        ({"name": "A", "odds": "2,28"}, "outcomes.0.odds"),
        ({"name": "A", "odds": "２.２８"}, "outcomes.0.odds"),
        ({"name": "A", "odds": "0.99"}, "outcomes.0.odds"),
        ({"name": "A", "odds": "NaN"}, "outcomes.0.odds"),
        ({"name": "A", "odds": "1e2"}, "outcomes.0.odds"),
        ({"name": "A", "stakes": 5}, "outcomes.0.stakes"),
        ({"name": "A", "odds": "2.00"}, "odds"),
    ],
)
async def test_what_an_outcome_of_a_new_pool_cannot_be_is_422(scenario: ApiScenario, outcome: Any, field: str) -> None:
    match = await scenario.new_match()
    asked = {"match_id": match["id"], "name": "Fine", "kind": "pool", "outcomes": [outcome]}
    assert fields(await scenario.organizer.post(PATH, json=asked)) == [field]


async def test_a_market_opens_before_it_closes(scenario: ApiScenario) -> None:
    market = await scenario.new_market(opens_at="2031-01-01T00:00:00Z", closes_at="2031-01-02T00:00:00Z")
    assert market["opens_at"] == "2031-01-01T00:00:00Z"
    path = f"{PATH}/{market['id']}"
    assert fields(await scenario.organizer.patch(path, json={"opens_at": market["closes_at"]})) == ["opens_at"]
    assert fields(await scenario.organizer.patch(path, json={"closes_at": market["opens_at"]})) == ["opens_at"]
    assert (await scenario.organizer.patch(path, json={"opens_at": None})).json()["opens_at"] is None


async def test_the_smallest_stake_is_not_above_the_largest(scenario: ApiScenario) -> None:
    market = await scenario.new_market(stake_min=5, stake_max=5)
    assert fields(await scenario.organizer.patch(f"{PATH}/{market['id']}", json={"stake_max": 4})) == ["stake_min"]


@pytest.mark.parametrize("text", SQL_TEXTS)
async def test_sql_in_names_is_stored_as_text(scenario: ApiScenario, text: str) -> None:
    match = await scenario.new_match()
    asked = {"match_id": match["id"], "name": text, "kind": "pool", "outcomes": [{"name": text}]}
    made = taken(await scenario.organizer.post(PATH, json=asked))
    assert (made["name"], made["outcomes"][0]["name"]) == (text, text)


async def test_nobody_but_the_organizer_writes(scenario: ApiScenario, client: ApiClient) -> None:
    market = await scenario.new_market()
    path = f"{PATH}/{market['id']}"
    asked = {"match_id": market["match_id"], "name": "Mine", "kind": "pool"}
    for member in (scenario.cashier, scenario.auditor, scenario.bettor, scenario.stranger):
        assert code(await member.post(PATH, json=asked)) == "FORBIDDEN"
        assert code(await member.patch(path, json={"name": "Mine"})) == "FORBIDDEN"
        assert code(await member.delete(path)) == "FORBIDDEN"
        for action in ("open", "suspend", "close", "reopen"):
            assert code(await member.post(f"{path}/{action}")) == "FORBIDDEN"
        assert code(await member.post(f"{path}/result", json={"winners": ids(market)[:1]})) == "FORBIDDEN"
    for action in ("open", "suspend", "close", "reopen"):
        assert code(await client.post(f"{path}/{action}")) == "UNAUTHENTICATED"
    assert (await client.get(path)).json() == market


async def test_what_is_not_there_is_404(scenario: ApiScenario, client: ApiClient) -> None:
    assert code(await client.get(f"{PATH}/999")) == "NOT_FOUND"
    assert code(await scenario.organizer.post(PATH, json={"match_id": 999, "name": "A", "kind": "pool"})) == "NOT_FOUND"
    for action in ("open", "suspend", "close", "reopen"):
        assert code(await scenario.organizer.post(f"{PATH}/999/{action}")) == "NOT_FOUND"
    assert code(await scenario.organizer.post(f"{PATH}/999/result", json={"winners": [1]})) == "NOT_FOUND"
    assert code(await scenario.organizer.get(f"{PATH}/999/exposure")) == "NOT_FOUND"
    assert code(await scenario.organizer.delete(f"{PATH}/999")) == "NOT_FOUND"


# Editing ------------------------------------------------------------------------------------------------------------


async def test_before_the_first_bet_everything_can_be_edited(scenario: ApiScenario) -> None:
    market = await scenario.new_market()
    body = {
        "name": "Winner",
        "kind": "fixed",
        "takeout_bps": 500,
        "places": 2,
        "liability_max": 100,
        "closes_at": FUTURE,
    }
    edited = taken(await scenario.organizer.patch(f"{PATH}/{market['id']}", json=body), 200)
    assert edited["version"] == 2
    assert {name: edited[name] for name in body if name != "closes_at"} == {
        n: v for n, v in body.items() if n != "closes_at"
    }
    cleared = taken(
        await scenario.organizer.patch(f"{PATH}/{market['id']}", json={"closes_at": None, "liability_max": None}), 200
    )
    assert (cleared["closes_at"], cleared["liability_max"]) == (None, None)
    assert len(await scenario.records.audited("market.edited")) == 2


async def test_after_the_first_bet_what_was_promised_stands(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 500)
    market = await scenario.open_market()
    path = f"{PATH}/{market['id']}"
    assert await scenario.bet(scenario.bettor, ids(market)[0], 100) == 0
    for body in ({"takeout_bps": 100}, {"break_to_milli": 100}, {"minimum_milli": 0}, {"kind": "fixed"}, {"places": 2}):
        assert code(await scenario.organizer.patch(path, json=body)) == "STATE"
    taken(await scenario.organizer.patch(path, json={"stake_max": 100, "closes_at": FUTURE, "name": "Renamed"}), 200)
    assert await scenario.bet(scenario.bettor, ids(market)[0], 101) == Refusal.STAKE_LIMIT.number


async def test_an_open_market_is_not_closed_in_the_past(scenario: ApiScenario) -> None:
    market = await scenario.open_market(closes_at=FUTURE)
    assert code(await scenario.organizer.patch(f"{PATH}/{market['id']}", json={"closes_at": PAST})) == "STATE"


async def test_the_kind_of_an_open_market_stands(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    assert code(await scenario.organizer.patch(f"{PATH}/{market['id']}", json={"kind": "fixed"})) == "STATE"


async def test_a_market_with_a_result_keeps_its_terms(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    await scenario.do(market, "close")
    await scenario.do(market, "result", winners=ids(market)[:1])
    path = f"{PATH}/{market['id']}"
    assert code(await scenario.organizer.patch(path, json={"takeout_bps": 100})) == "STATE"
    assert taken(await scenario.organizer.patch(path, json={"name": "Typo mended"}), 200)["name"] == "Typo mended"


@pytest.mark.parametrize(
    "body", [{"name": None}, {"stake_min": None}, {"match_id": 1}, {"status": "open"}, {"stake_min": 1.5}]
)
async def test_what_a_market_cannot_become_is_422(scenario: ApiScenario, body: Any) -> None:
    market = await scenario.new_market()
    assert code(await scenario.organizer.patch(f"{PATH}/{market['id']}", json=body)) == "INVALID"


async def test_a_market_without_bets_is_taken_away_and_one_with_bets_stays(
    scenario: ApiScenario, client: ApiClient
) -> None:
    await scenario.fund(scenario.bettor, 500)
    gone, kept = await scenario.open_market(), await scenario.open_market()
    assert await scenario.bet(scenario.bettor, ids(kept)[0], 100) == 0
    assert code(await scenario.organizer.delete(f"{PATH}/{kept['id']}")) == "CONFLICT"
    assert (await scenario.organizer.delete(f"{PATH}/{gone['id']}")).status_code == 204
    assert code(await client.get(f"{PATH}/{gone['id']}")) == "NOT_FOUND"
    assert (await scenario.events("market"))[-1] == {"gone": gone["id"]}
    assert await scenario.bet(scenario.bettor, ids(gone)[0], 100) == Refusal.UNKNOWN_OUTCOME.number
    await scenario.records.assert_balanced()


# Opening and closing ------------------------------------------------------------------------------------------------


async def test_a_market_goes_through_its_life(scenario: ApiScenario) -> None:
    market = await scenario.new_market()
    states = [
        (await scenario.do(market, action))["status"]
        for action in ("open", "suspend", "open", "close", "reopen", "close")
    ]
    assert states == ["open", "suspended", "open", "closed", "open", "closed"]
    assert [e["market"]["status"] for e in await scenario.events("market")] == ["draft", *states]
    assert len(await scenario.records.audited("market.opened")) == 2
    assert len(await scenario.records.audited("market.reopened")) == 1


async def test_asking_for_the_state_it_has_answers_the_same_again(scenario: ApiScenario) -> None:
    market = await scenario.new_market()
    for action in ("open", "suspend", "close"):
        assert await scenario.do(market, action) == await scenario.do(market, action)
    assert len(await scenario.records.audited("market.closed")) == 1


@pytest.mark.parametrize(
    ("before", "action"),
    [
        ((), "suspend"),
        ((), "reopen"),
        (("open", "close"), "open"),
        (("open", "close"), "suspend"),
        (("open", "suspend"), "reopen"),
    ],
)
async def test_a_step_that_does_not_follow_is_refused(
    scenario: ApiScenario, before: tuple[str, ...], action: str
) -> None:
    market = await scenario.new_market()
    for step in before:
        await scenario.do(market, step)
    assert code(await scenario.organizer.post(f"{PATH}/{market['id']}/{action}")) == "STATE"


async def test_opening_takes_two_outcomes_odds_and_time(scenario: ApiScenario) -> None:
    async def refused(market: dict[str, Any]) -> str:
        answer = await scenario.organizer.post(f"{PATH}/{market['id']}/open")
        assert code(answer) == "STATE"
        problem = answer.json()
        return f"{problem['field']}: {problem['detail']}"

    assert "outcomes: A market needs 2 outcomes" in await refused(await scenario.new_market("2.00"))
    assert "odds: The outcome 'Draw' has no odds" in await refused(await scenario.new_market("2.00", None))
    assert "closes_at: The closing time is in the past" in await refused(await scenario.new_market(closes_at=PAST))
    withdrawn = await scenario.new_market("2.00", "2.00")
    taken(await scenario.organizer.patch(f"/api/outcome/{ids(withdrawn)[0]}", json={"withdrawn": True}), 200)
    assert "2 outcomes" in await refused(withdrawn)


async def test_a_market_closed_by_hand_refuses_bets_and_says_when(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 500)
    market = await scenario.open_market(closes_at=FUTURE)
    assert await scenario.bet(scenario.bettor, ids(market)[0], 100) == 0
    await scenario.do(market, "suspend")
    assert await scenario.bet(scenario.bettor, ids(market)[0], 100) == Refusal.MARKET_SUSPENDED.number
    assert (await scenario.do(market, "close"))["closed_at"] is not None
    assert await scenario.bet(scenario.bettor, ids(market)[0], 100) == Refusal.MARKET_CLOSED.number
    assert (await scenario.do(market, "reopen"))["closed_at"] is None
    assert await scenario.bet(scenario.bettor, ids(market)[0], 100) == 0


async def test_bets_in_flight_are_in_or_refused_when_a_market_closes(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 10_000)
    market = await scenario.open_market()
    bets = [scenario.bet(scenario.bettor, ids(market)[0], 10) for _ in range(20)]
    verdicts = await asyncio.gather(*bets[:10], scenario.do(market, "close"), *bets[10:])
    numbers = [v for v in verdicts if isinstance(v, int)]
    assert set(numbers) <= {0, Refusal.MARKET_CLOSED.number}
    late = await scenario.value(
        "SELECT count(*) FROM bets JOIN markets ON markets.id = market_id WHERE placed_at > closed_at AND market_id = $1",
        market["id"],
    )
    assert late == 0
    assert await scenario.value("SELECT count(*) FROM bets") == numbers.count(0)


async def test_an_unknown_field_in_an_empty_body_is_refused(scenario: ApiScenario) -> None:
    market = await scenario.new_market()
    assert code(await scenario.organizer.post(f"{PATH}/{market['id']}/open", json={"role": "admin"})) == "INVALID"
    assert (await scenario.organizer.post(f"{PATH}/{market['id']}/open")).status_code == 200


# Results ------------------------------------------------------------------------------------------------------------


async def test_a_result_is_entered_and_replaced_until_it_is_paid(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    first, second, third = ids(market)
    await scenario.do(market, "close")
    resulted = await scenario.do(market, "result", winners=[first])
    assert resulted["status"] == "resulted"
    assert resulted["result"] == {"winners": [first], "void": [], "half_void": [], "tied": []}
    assert await scenario.do(market, "result", winners=[first]) == resulted
    assert (await scenario.do(market, "result", winners=[third, second]))["result"]["winners"] == [second, third]
    assert len(await scenario.records.audited("market.resulted")) == 2
    assert (await scenario.events("market"))[-1]["market"]["result"]["winners"] == [second, third]


async def test_a_result_needs_a_market_that_is_closed_and_not_paid(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    asked = {"winners": ids(market)[:1]}
    answer = await scenario.organizer.post(f"{PATH}/{market['id']}/result", json=asked)
    assert (code(answer), "Close it first" in answer.json()["detail"]) == ("STATE", True)
    await scenario.records.call_settled(market["id"])
    answer = await scenario.organizer.post(f"{PATH}/{market['id']}/result", json=asked)
    assert (code(answer), "Correct the result" in answer.json()["detail"]) == ("STATE", True)


async def test_a_result_that_contradicts_itself_or_the_market_is_422(scenario: ApiScenario) -> None:
    market = await scenario.open_market("2.00", "3.00", "4.00")
    other = await scenario.new_market()
    first, second, third = ids(market)
    await scenario.do(market, "close")
    taken(await scenario.organizer.patch(f"/api/outcome/{third}", json={"withdrawn": True}), 200)
    bodies: list[dict[str, list[int]]] = [
        {"winners": [ids(other)[0]]},
        {"winners": [999_999]},
        {"winners": [third]},
        {"winners": [first], "void": [first]},
        {"winners": [first], "void": [second], "half_void": [second]},
        {"winners": [first], "void": [third]},
    ]
    for body in bodies:
        assert fields(await scenario.organizer.post(f"{PATH}/{market['id']}/result", json=body)) == ["winners"]
    nobody = await scenario.do(market, "result", winners=[])
    assert nobody["result"]["winners"] == []
    all_void = await scenario.do(market, "result", winners=[], void=[first, second])
    assert all_void["result"]["void"] == [first, second]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"winners": None},
        {"winners": "1"},
        {"winners": ["1"]},
        {"winners": [1.0]},
        {"winners": [0]},
        {"winners": [1], "paid": 1},
    ],
)
async def test_a_result_in_another_shape_is_422(scenario: ApiScenario, body: Any) -> None:
    market = await scenario.open_market()
    await scenario.do(market, "close")
    assert code(await scenario.organizer.post(f"{PATH}/{market['id']}/result", json=body)) == "INVALID"


# Exposure -----------------------------------------------------------------------------------------------------------


async def test_exposure_is_returns_less_the_stakes_that_stay(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 1000)
    market = await scenario.open_market("2.50", "3.00", "4.00")
    first, second, third = ids(market)
    for outcome_id, stake in ((first, 200), (second, 100), (third, 50)):
        assert await scenario.bet(scenario.bettor, outcome_id, stake) == 0
    path = f"{PATH}/{market['id']}/exposure"
    items = taken(await scenario.organizer.get(path), 200)["items"]
    assert items[0] == {
        "outcome_id": first,
        "stakes": 200,
        "bets": 1,
        "liability": 150,
        "house_result": -150,
    }
    assert [item["liability"] for item in items] == [150, -50, -150]
    taken(await scenario.organizer.patch(f"/api/outcome/{third}", json={"withdrawn": True}), 200)
    items = taken(await scenario.auditor.get(path), 200)["items"]
    # Rule 4 takes a quarter off the winnings of 3.00 and of 2.00; the 0.50 on the one that is gone are refunded.
    assert [item["liability"] for item in items] == [200 - 75, -50, 0]
    for member in (scenario.cashier, scenario.bettor, scenario.stranger):
        assert code(await member.get(path)) == "FORBIDDEN"


async def test_a_pool_has_no_liability(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    items = taken(await scenario.organizer.get(f"{PATH}/{market['id']}/exposure"), 200)["items"]
    assert {item["liability"] for item in items} == {None}


async def test_the_book_of_a_pool_says_what_its_settlement_takes(scenario: ApiScenario) -> None:
    """A house share of 7.50 that the minimum dividend eats down to 5.00; nobody on the third: everybody is refunded."""
    market = await scenario.open_market(takeout_bps=1500)
    await scenario.fund(scenario.bettor, 5000)
    first, second, _ = ids(market)
    assert await scenario.bet(scenario.bettor, first, 4500) == 0
    assert await scenario.bet(scenario.bettor, second, 500) == 0
    items = taken(await scenario.organizer.get(f"{PATH}/{market['id']}/exposure"), 200)["items"]
    assert [item["house_result"] for item in items] == [500, 750, 0]
    await scenario.do(market, "close")
    seen = taken(await scenario.organizer.post(f"{PATH}/{market['id']}/preview", json={"winners": [first]}), 200)
    assert (seen["takeout"], seen["house_result"]) == (500, 500)


async def test_an_edit_of_a_version_that_is_no_more_is_a_conflict(scenario: ApiScenario) -> None:
    market = await scenario.new_market()
    path = f"/api/market/{market['id']}"
    assert taken(await scenario.organizer.patch(path, json={"name": "Winner", "version": 1}), 200)["version"] == 2
    answer = await scenario.organizer.patch(path, json={"name": "Victor", "version": 1})
    assert (answer.status_code, code(answer), answer.json()["version"]) == (409, "CONFLICT", 2)
    assert taken(await scenario.organizer.get(path), 200)["name"] == "Winner"
    assert fields(await scenario.organizer.patch(path, json={"version": 0})) == ["version"]


# Names --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["Ada", "ADA", "ada ", "A\u200dda", "Ａda"])
async def test_two_outcomes_of_a_market_never_look_the_same(scenario: ApiScenario, other: str) -> None:
    match = await scenario.new_match()
    twice = {"match_id": match["id"], "name": "Winner", "kind": "pool", "outcomes": [{"name": "Ada"}, {"name": other}]}
    refused = await scenario.organizer.post(PATH, json=twice)
    assert refused.status_code == 422
    market = await scenario.new_market(match_id=match["id"], outcomes=[{"name": "Ada"}, {"name": "Bo"}])
    added = await scenario.organizer.post("/api/outcome", json={"market_id": market["id"], "name": other})
    assert added.status_code == 422
    renamed = await scenario.organizer.patch(f"/api/outcome/{ids(market)[1]}", json={"name": other})
    assert renamed.status_code == 422
    # Its own name in another spelling is no other outcome.
    assert (await scenario.organizer.patch(f"/api/outcome/{ids(market)[0]}", json={"name": "ADA"})).status_code == 200


@pytest.mark.parametrize("blank", ["\u3164", "\u2800", "\uffa0", "\u115f", "\u200d", "\ufe0f", "\u3164 \u2800"])
async def test_a_name_has_something_to_see(scenario: ApiScenario, blank: str) -> None:
    match = await scenario.new_match()
    made = {"match_id": match["id"], "name": "Winner", "kind": "pool", "outcomes": [{"name": "Ada"}, {"name": blank}]}
    refused = await scenario.organizer.post(PATH, json=made)
    assert refused.status_code == 422
    assert "at least one character to see" in refused.text
