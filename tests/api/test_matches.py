"""Matches, end to end: made, edited, their true start, taken away, refused."""

from typing import Any

import pytest

from toteboard.ledger.tournaments import markets, matches
from toteboard.rules.bounds import MARKETS_MAX, MATCHES_MAX

from .clients import ApiClient, code
from .scenarios import FOUL_TEXTS, SQL_TEXTS, ApiScenario, fields, taken

PATH = "/api/match"
# Fixed, so that workers of a parallel run collect the same names.
PAST = "2025-01-01T12:00:00+00:00"
FUTURE = "2099-01-01T12:00:00+00:00"


async def test_an_organizer_makes_a_match_and_everybody_sees_it(scenario: ApiScenario, client: ApiClient) -> None:
    made = await scenario.new_match("Mexico – Norway", round="Group A", starts_at="2026-06-11T14:00:00-05:00")
    assert made == {
        "id": made["id"],
        "tournament_id": scenario.tournament_id,
        "name": "Mexico – Norway",
        "round": "Group A",
        "venue": "",
        "starts_at": "2026-06-11T19:00:00Z",
        "started_at": None,
        "score": None,
        "not_played": None,
        "version": 1,
    }
    assert (await client.get(f"{PATH}/{made['id']}")).json() == made
    (event,) = await scenario.events("match")
    told = {name: event["match"][name] for name in ("id", "name", "round", "venue", "starts_at", "score", "not_played")}
    assert told == {
        "id": made["id"],
        "name": "Mexico – Norway",
        "round": "Group A",
        "venue": "",
        "starts_at": "2026-06-11T19:00:00+00:00",
        "score": None,
        "not_played": None,
    }
    (row,) = await scenario.records.audited("match.created")
    assert (row["user_id"], row["subject"]) == (scenario.organizer.id, f"match:{made['id']}")


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00Z", "1899-12-31T23:59:59Z", "9999-12-31T23:59:59.999999Z", "2201-01-01T00:00:00Z"]
)
async def test_a_year_that_is_a_slip_of_the_hand_is_422(scenario: ApiScenario, at: str) -> None:
    """PostgreSQL keeps the first and the last moment of the calendar as infinity, which no board can show."""
    match = await scenario.new_match()
    for field in ("starts_at", "started_at"):
        assert fields(await scenario.organizer.patch(f"{PATH}/{match['id']}", json={field: at})) == [field]
    body = {"match_id": match["id"], "name": "Winner", "kind": "pool", "opens_at": at}
    assert fields(await scenario.organizer.post("/api/market", json=body)) == ["opens_at"]


async def test_matches_come_in_pages(scenario: ApiScenario, client: ApiClient) -> None:
    for number in range(3):
        await scenario.new_match(f"Match {number}")
    asked = {"tournament": scenario.tournament_id, "limit": 2}
    first = (await client.get(PATH, params=asked)).json()
    rest = (await client.get(PATH, params={**asked, "after": first["next"]})).json()
    assert [m["name"] for m in first["items"] + rest["items"]] == ["Match 0", "Match 1", "Match 2"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "query",
    ["tournament=x", "tournament=１", "tournament=0", f"tournament={2**63}", "tournament=1;DROP TABLE bets"],
)
async def test_a_list_of_a_tournament_that_is_none_is_404(client: ApiClient, query: str) -> None:
    assert code(await client.get(f"{PATH}?{query}")) == "NOT_FOUND"


async def test_a_tournament_is_named_by_its_slug_as_elsewhere(scenario: ApiScenario, client: ApiClient) -> None:
    await scenario.new_match()
    assert len((await client.get(f"{PATH}?tournament=world-cup")).json()["items"]) == 1
    assert code(await client.get(PATH)) == "INVALID"


@pytest.mark.parametrize("number", ["0", "-1", str(2**63), "x", "１", "1'--"])
async def test_an_id_that_is_none_is_422(client: ApiClient, number: str) -> None:
    assert code(await client.get(f"{PATH}/{number}")) == "INVALID"


async def test_what_is_not_there_is_404(scenario: ApiScenario, client: ApiClient) -> None:
    assert code(await client.get(f"{PATH}/999")) == "NOT_FOUND"
    assert code(await scenario.organizer.patch(f"{PATH}/999", json={"name": "New"})) == "NOT_FOUND"
    assert code(await scenario.organizer.delete(f"{PATH}/999")) == "NOT_FOUND"
    assert code(await scenario.admin.post(PATH, json={"tournament_id": 999, "name": "New"})) == "NOT_FOUND"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("name", text) for text in FOUL_TEXTS],
        ("name", None),
        ("round", "a\u202eb"),
        ("venue", 5),
        ("starts_at", "2026-06-11T14:00:00"),
        ("starts_at", "tomorrow"),
        ("starts_at", 1_790_000_000),
        ("tournament_id", "1"),
        ("tournament_id", 1.0),
        ("tournament_id", 0),
        ("tournament_id", 2**63),
        ("started_at", PAST),
        ("balance", 5),
    ],
)
async def test_what_a_match_cannot_be_is_422_at_its_field(scenario: ApiScenario, field: str, value: Any) -> None:
    asked = {"tournament_id": scenario.tournament_id, "name": "Fine", field: value}
    assert fields(await scenario.organizer.post(PATH, json=asked)) == [field]
    assert await scenario.value("SELECT count(*) FROM matches") == 0


@pytest.mark.parametrize("text", SQL_TEXTS)
async def test_sql_in_a_match_is_stored_as_text(scenario: ApiScenario, text: str) -> None:
    made = await scenario.new_match(text, round=text, venue=text)
    assert (made["name"], made["round"], made["venue"]) == (text, text, text)


async def test_nobody_but_the_organizer_writes(scenario: ApiScenario, client: ApiClient) -> None:
    match = await scenario.new_match()
    asked = {"tournament_id": scenario.tournament_id, "name": "Mine"}
    for member in (scenario.cashier, scenario.auditor, scenario.bettor, scenario.stranger):
        assert code(await member.post(PATH, json=asked)) == "FORBIDDEN"
        assert code(await member.patch(f"{PATH}/{match['id']}", json={"name": "Mine"})) == "FORBIDDEN"
        assert code(await member.delete(f"{PATH}/{match['id']}")) == "FORBIDDEN"
    assert code(await client.post(PATH, json=asked)) == "UNAUTHENTICATED"
    assert len(await scenario.records.audited("access.denied")) == 12


async def test_an_organizer_of_another_tournament_is_nobody_here(scenario: ApiScenario) -> None:
    match = await scenario.new_match()
    other = await scenario.new_tournament("Other")
    await scenario.records.add_member(other["id"], scenario.stranger, "organizer")
    assert code(await scenario.stranger.patch(f"{PATH}/{match['id']}", json={"name": "Mine"})) == "FORBIDDEN"


async def test_an_edit_is_told_and_logged(scenario: ApiScenario) -> None:
    match = await scenario.new_match(starts_at=FUTURE)
    path = f"{PATH}/{match['id']}"
    edited = taken(
        await scenario.organizer.patch(path, json={"venue": "Azteca", "starts_at": None, "score": {"ft": [2, 1]}}), 200
    )
    assert (edited["venue"], edited["starts_at"], edited["score"], edited["version"]) == (
        "Azteca",
        None,
        {"ft": [2, 1]},
        2,
    )
    (*_, last) = await scenario.events("match")
    assert (last["match"]["venue"], last["match"]["score"]) == ("Azteca", {"ft": [2, 1]})
    assert taken(await scenario.organizer.patch(path, json={"venue": "Azteca"}), 200)["version"] == 2
    assert len(await scenario.records.audited("match.edited")) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"name": None},
        {"tournament_id": 1},
        {"score": {"ft": [2.5, 1]}},
        {"score": {"ft": ["2", 1]}},
        {"score": {"ft": [2]}},
        {"score": {"ft": [-1, 1]}},
        {"score": {"goals": [2, 1]}},
        {"score": "2:1"},
        {"started_at": FUTURE},
    ],
)
async def test_what_a_match_cannot_become_is_422(scenario: ApiScenario, body: Any) -> None:
    match = await scenario.new_match()
    assert code(await scenario.organizer.patch(f"{PATH}/{match['id']}", json=body)) == "INVALID"


async def test_an_edit_of_a_version_that_is_no_more_is_a_conflict(scenario: ApiScenario) -> None:
    path = f"/api/match/{(await scenario.new_match())['id']}"
    assert taken(await scenario.organizer.patch(path, json={"venue": "Azteca", "version": 1}), 200)["version"] == 2
    answer = await scenario.organizer.patch(path, json={"venue": "Oslo", "version": 1})
    assert (answer.status_code, code(answer), answer.json()["version"]) == (409, "CONFLICT", 2)
    assert taken(await scenario.organizer.get(path), 200)["venue"] == "Azteca"


async def test_the_true_start_is_entered_logged_and_taken_back(scenario: ApiScenario) -> None:
    match = await scenario.new_match()
    path = f"{PATH}/{match['id']}"
    assert taken(await scenario.organizer.patch(path, json={"started_at": PAST}), 200)["started_at"] is not None
    assert taken(await scenario.organizer.patch(path, json={"started_at": None}), 200)["started_at"] is None
    first, second = await scenario.records.audited("match.edited")
    assert first["details"]["started_at"][0] is None
    assert second["details"]["started_at"][1] is None


async def test_no_market_of_a_match_that_has_begun_is_opened(scenario: ApiScenario) -> None:
    market = await scenario.new_market()
    taken(await scenario.organizer.patch(f"{PATH}/{market['match_id']}", json={"started_at": PAST}), 200)
    assert code(await scenario.organizer.post(f"/api/market/{market['id']}/open")) == "STATE"


async def test_a_true_start_after_settlement_is_refused(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    await scenario.records.call_settled(market["id"])
    answer = await scenario.organizer.patch(f"{PATH}/{market['match_id']}", json={"started_at": PAST})
    assert code(answer) == "STATE"
    taken(await scenario.organizer.patch(f"{PATH}/{market['match_id']}", json={"score": {"ft": [0, 0]}}), 200)


async def test_a_match_goes_with_its_markets(scenario: ApiScenario, client: ApiClient) -> None:
    match = await scenario.new_match()
    market = await scenario.new_market(match_id=match["id"])
    assert (await scenario.organizer.delete(f"{PATH}/{match['id']}")).status_code == 204
    assert code(await client.get(f"{PATH}/{match['id']}")) == "NOT_FOUND"
    assert code(await client.get(f"/api/market/{market['id']}")) == "NOT_FOUND"
    assert (await scenario.events("match"))[-1] == {"gone": match["id"]}
    assert (await scenario.events("market"))[-1] == {"gone": market["id"]}
    assert await scenario.value("SELECT count(*) FROM outcomes") == 0
    assert await scenario.value("SELECT count(*) FROM accounts WHERE kind = 'escrow'") == 0
    assert len(await scenario.records.audited("match.deleted")) == 1


async def test_a_match_that_bets_have_touched_stays(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 500)
    untouched = await scenario.open_market()
    market = await scenario.open_market(match_id=untouched["match_id"])
    assert await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 100) == 0
    assert code(await scenario.organizer.delete(f"{PATH}/{market['match_id']}")) == "CONFLICT"
    assert await scenario.value("SELECT count(*) FROM markets") == 2


async def test_a_tournament_has_only_so_many_matches_and_a_match_so_many_markets(
    scenario: ApiScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A board of more is read by nobody, and an import compares them all. Here there may be few."""
    assert (MATCHES_MAX, MARKETS_MAX) == (5_000, 100)
    monkeypatch.setattr(matches, "MATCHES_MAX", 40)
    monkeypatch.setattr(markets, "MARKETS_MAX", 20)
    match = await scenario.new_match()
    await scenario.records.conn.execute(
        "INSERT INTO matches (tournament_id, name) SELECT $1, 'Match ' || n FROM generate_series(2, $2) n",
        scenario.tournament_id,
        40,
    )
    refused = await scenario.organizer.post(PATH, json={"tournament_id": scenario.tournament_id, "name": "One more"})
    assert (refused.status_code, code(refused)) == (409, "STATE")
    assert refused.json()["detail"] == "A tournament has at most 40 matches."
    csv = "match,outcome\nAnother race,Ash\nAnother race,Birch\n"
    asked = {"file": "more.csv", "dry_run": "true"}
    upload = await scenario.organizer.post(
        f"/api/tournament/{scenario.tournament_id}/import",
        params=asked,
        content=csv,
        headers={"content-type": "text/csv"},
    )
    assert (upload.status_code, code(upload)) == (409, "STATE")
    await scenario.records.conn.execute(
        "INSERT INTO markets (tournament_id, match_id, name, kind)"
        " SELECT $1, $2, 'Market ' || n, 'pool' FROM generate_series(1, $3) n",
        scenario.tournament_id,
        match["id"],
        20,
    )
    body = {"match_id": match["id"], "name": "Winner", "kind": "pool"}
    refused = await scenario.organizer.post("/api/market", json=body)
    assert (refused.status_code, code(refused)) == (409, "STATE")
    assert refused.json()["detail"] == "A match has at most 20 markets."
