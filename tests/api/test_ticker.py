"""Every bet of a tournament: newest first, page by page, filtered, and only for those who run it."""

from typing import Any

import pytest

from toteboard.ledger import ticker

from .stage import Stage, taken
from .visitors import Visitor, code


def path_of(stage: Stage) -> str:
    return f"/api/tournament/{stage.tournament_id}/bet"


async def page(stage: Stage, **query: Any) -> dict[str, Any]:
    return taken(await stage.organizer.get(path_of(stage), params=query), 200)


async def stakes(stage: Stage, **query: Any) -> list[int]:
    """The stakes of all pages: in these tests they say which bet it is."""
    said: list[int] = []
    while True:
        answer = await page(stage, **query)
        said += [bet["stake"] for bet in answer["items"]]
        if answer["next"] is None:
            return said
        query["after"] = answer["next"]


async def test_every_bet_comes_with_its_bettor_newest_first(stage: Stage) -> None:
    await stage.fund(stage.bettor, 10_000)
    market = await stage.open_market()
    for stake in (101, 102, 103):
        assert await stage.bet(stage.bettor, market["outcomes"][1]["id"], stake) == 0
    items = (await page(stage))["items"]
    assert [bet["stake"] for bet in items] == [103, 102, 101]
    assert items[0] == {
        "id": items[0]["id"],
        "user_id": stage.bettor.id,
        "bettor": "Bettor",
        "match_id": market["match_id"],
        "market_id": market["id"],
        "outcome_id": market["outcomes"][1]["id"],
        "match": "Mexico – Norway",
        "market": "Match winner",
        "outcome": "Draw",
        "kind": "pool",
        "status": "pending",
        "stake": 103,
        "currency": "EUR",
        "exponent": 2,
        "odds": "1.00",
        "payout": None,
        "placed_at": items[0]["placed_at"],
    }


async def test_pages_follow_each_other_without_a_gap_or_a_double(stage: Stage) -> None:
    await stage.fund(stage.bettor, 100_000)
    market = await stage.open_market()
    for stake in range(100, 111):
        await stage.bet(stage.bettor, market["outcomes"][0]["id"], stake)
    newest_first = list(range(110, 99, -1))
    for filters in ({}, {"market": market["id"]}, {"user": stage.bettor.id}, {"status": "pending"}):
        assert await stakes(stage, limit=3, **filters) == newest_first
    first = await page(stage, limit=4)
    await stage.bet(stage.bettor, market["outcomes"][0]["id"], 500)
    assert [bet["stake"] for bet in (await page(stage, limit=4, after=first["next"]))["items"]] == [106, 105, 104, 103]


async def test_bets_are_filtered_by_market_outcome_bettor_and_status(stage: Stage) -> None:
    await stage.fund(stage.bettor, 10_000)
    other = await stage.add_member("Other", "bettor")
    await stage.fund(other, 10_000)
    settled, open_still = await stage.open_market(), await stage.open_market()
    mexico, draw = settled["outcomes"][0]["id"], settled["outcomes"][1]["id"]
    for visitor, outcome, stake in (
        (stage.bettor, mexico, 101),
        (other, mexico, 102),
        (stage.bettor, draw, 103),
        (stage.bettor, open_still["outcomes"][0]["id"], 104),
    ):
        assert await stage.bet(visitor, outcome, stake) == 0
    assert await stakes(stage, market=settled["id"]) == [103, 102, 101]
    assert await stakes(stage, outcome=mexico) == [102, 101]
    assert await stakes(stage, user=stage.bettor.id) == [104, 103, 101]
    assert await stakes(stage, user=stage.bettor.id, outcome=mexico) == [101]
    assert await stakes(stage, user=other.id, market=open_still["id"]) == []
    assert await stakes(stage, outcome=mexico, market=open_still["id"]) == []
    assert await stakes(stage, outcome=999_999) == []
    await stage.records.conn.execute("UPDATE bets SET status = 'won', payout = 5 WHERE outcome_id = $1", mexico)
    assert await stakes(stage, status="won") == [102, 101]
    assert await stakes(stage, status="won", user=other.id) == [102]
    assert await stakes(stage, status="pending", market=settled["id"]) == [103]


async def test_a_rare_status_is_looked_for_in_steps(stage: Stage) -> None:
    await stage.fund(stage.bettor, 10_000)
    market = await stage.open_market()
    for stake in range(101, 109):
        await stage.bet(stage.bettor, market["outcomes"][0]["id"], stake)
    await stage.records.conn.execute("UPDATE bets SET status = 'void' WHERE stake IN (101, 106)")
    after, found, steps = None, [], 0
    async with stage.records.house.ledger.read() as conn:
        while True:
            rows, after = await ticker.page(conn, stage.tournament_id, status="void", after=after, limit=5, look_back=3)
            found += [row["stake"] for row in rows]
            steps += 1
            if after is None:
                break
    assert found == [106, 101]
    assert steps > 3


async def test_another_tournaments_bets_are_not_among_them(stage: Stage) -> None:
    await stage.fund(stage.bettor, 1000)
    market = await stage.open_market()
    await stage.bet(stage.bettor, market["outcomes"][0]["id"], 101)
    other = await stage.new_tournament("Other")
    path = f"/api/tournament/{other['id']}/bet"
    for query in ({}, {"market": market["id"]}, {"outcome": market["outcomes"][0]["id"]}, {"user": stage.bettor.id}):
        assert taken(await stage.admin.get(path, params=query), 200) == {"items": [], "next": None}


async def test_only_those_who_run_it_or_look_into_it_see_every_bet(stage: Stage, client: Visitor) -> None:
    for visitor in (stage.organizer, stage.auditor, stage.admin):
        assert taken(await visitor.get(path_of(stage)), 200) == {"items": [], "next": None}
    for visitor in (stage.cashier, stage.bettor, stage.stranger):
        assert code(await visitor.get(path_of(stage))) == "FORBIDDEN"
    assert code(await client.get(path_of(stage))) == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "query",
    [
        "after=x",
        "after=1",
        "after=1.2.3",
        "after=1.x",
        "after=%00",
        "market=1&after=1.2",
        "market=0",
        "user=a",
        "status=lose",
    ],
)
async def test_a_filter_or_cursor_that_is_none_is_refused(stage: Stage, query: str) -> None:
    assert code(await stage.organizer.get(f"{path_of(stage)}?{query}")) == "INVALID"
