"""A tournament once more: what comes along in a copy, and what does not."""

import asyncio
from typing import Any

import pytest

from .clients import ApiClient, code
from .mail_sink import Sink
from .scenarios import ApiScenario, fields, taken


async def copied(scenario: ApiScenario, **more: Any) -> dict[str, Any]:
    path = f"/api/tournament/{scenario.tournament_id}/copy"
    return taken(await scenario.admin.post(path, json={"name": "Real", "currency": "EUR"} | more))


async def points(scenario: ApiScenario, **more: Any) -> dict[str, Any]:
    """A tournament for points; from now on the scenario's."""
    asked = {"name": "Trial", "currency": "PTS", "kyc_provider": "none", "starting_points": 500} | more
    made = taken(await scenario.admin.post("/api/tournament", json=asked))
    scenario.tournament_id = made["id"]
    for who, role in ((scenario.organizer, "organizer"), (scenario.bettor, "bettor")):
        await scenario.records.add_member(made["id"], who, role)  # type: ignore[arg-type]
    return made


async def markets_of(scenario: ApiScenario, tournament_id: int) -> list[dict[str, Any]]:
    rows = await scenario.records.conn.fetch(
        "SELECT id FROM markets WHERE tournament_id = $1 ORDER BY id", tournament_id
    )
    return [(await scenario.admin.get(f"/api/market/{row['id']}")).json() for row in rows]


async def test_a_real_one_has_the_matches_and_markets_as_drafts_and_no_bet(scenario: ApiScenario) -> None:
    await points(scenario)
    match = await scenario.new_match(starts_at="2099-06-11T19:00:00Z")
    pool = await scenario.open_market(
        *(),
        match_id=match["id"],
        closes_offset_s=-60,
        stake_min=2,
        stake_max=50,
        guaranteed=1000,
        takeout_bps=500,
        opens_at="2099-06-01T10:00:00Z",
    )
    await scenario.open_market("2.00", "3.50", match_id=match["id"], name="Odds", closes_at="2099-06-11T18:00:00Z")
    later = await scenario.new_market(match_id=match["id"], name="Later")
    path = f"/api/market/{pool['id']}"
    taken(await scenario.organizer.patch(path, json={"carry_to": later["id"]}), 200)
    answer = await copied(scenario, starts_at="2099-07-11T19:00:00Z", slug="real-one")
    made = answer["tournament"]
    assert (made["slug"], made["currency"], made["kyc_provider"], made["starting_points"]) == (
        "real-one",
        "EUR",
        "desk",
        0,
    )
    assert (answer["matches"], answer["markets"], answer["opened"], answer["promises_left"]) == (1, 3, 0, 1)
    first, odds, carried = await markets_of(scenario, made["id"])
    # As many whole euros as there were points, nothing of the house's promise, and everything thirty days later.
    assert (first["status"], first["stake_min"], first["stake_max"], first["guaranteed"]) == ("draft", 200, 5000, 0)
    assert (first["closes_at"], first["opens_at"]) == ("2099-07-11T18:59:00Z", "2099-07-01T10:00:00Z")
    assert (first["takeout_bps"], first["carry_to"]) == (500, carried["id"])
    assert (odds["closes_at"], [one["odds"] for one in odds["outcomes"]]) == ("2099-07-11T18:00:00Z", ["2.00", "3.50"])
    assert made["bets"] == 0
    assert [row["details"]["copied_from"] for row in await scenario.records.audited("tournament.copied")] == [
        scenario.tournament_id
    ]
    await scenario.records.assert_balanced()


async def test_results_scores_and_withdrawals_stay_behind(scenario: ApiScenario) -> None:
    match = await scenario.new_match(starts_at="2026-01-05T19:00:00Z")
    market = await scenario.new_market("2.00", "3.50", "4.00", match_id=match["id"])
    taken(await scenario.organizer.patch(f"/api/outcome/{market['outcomes'][2]['id']}", json={"withdrawn": True}), 200)
    score = {"score": {"ft": [2, 1]}, "started_at": "2026-01-05T19:02:00Z"}
    taken(await scenario.organizer.patch(f"/api/match/{match['id']}", json=score), 200)
    made = (await copied(scenario))["tournament"]
    (copy,) = await markets_of(scenario, made["id"])
    assert (copy["status"], copy["result"], [one["withdrawn"] for one in copy["outcomes"]]) == (
        "draft",
        None,
        [False] * 3,
    )
    (shown,) = (await scenario.admin.get("/api/match", params={"tournament": made["id"]})).json()["items"]
    assert (shown["score"], shown["started_at"], shown["starts_at"]) == (None, None, "2026-01-05T19:00:00Z")


@pytest.mark.parametrize(("before", "after", "least"), [("KWD", "JPY", 1), ("JPY", "KWD", 2000), ("EUR", "EUR", 2)])
async def test_an_amount_never_becomes_nothing(scenario: ApiScenario, before: str, after: str, least: int) -> None:
    made = taken(await scenario.admin.post("/api/tournament", json={"name": "Trial", "currency": before}))
    scenario.tournament_id = made["id"]
    await scenario.records.add_member(made["id"], scenario.organizer, "organizer")
    await scenario.new_market(stake_min=2)
    (copy,) = await markets_of(scenario, (await copied(scenario, currency=after))["tournament"]["id"])
    assert (copy["stake_min"], copy["stake_max"], copy["total_max"]) == (least, 10**11, 10**15)


async def test_a_file_knows_the_matches_of_a_copy_again(scenario: ApiScenario) -> None:
    file = b"Match,Round,Outcome,Odds\nA v B,Final,A,2.00\nA v B,Final,B,1.80\n"
    sent = {
        "params": {"file": "matches.csv", "dry_run": "false"},
        "headers": {"Content-Type": "text/csv"},
        "content": file,
    }
    path = f"/api/tournament/{scenario.tournament_id}/import"
    first = await scenario.organizer.post(path, **sent)  # type: ignore[arg-type]
    assert first.status_code == 200, first.text
    made = (await copied(scenario))["tournament"]
    again = await scenario.admin.post(f"/api/tournament/{made['id']}/import", **sent)  # type: ignore[arg-type]
    assert again.status_code == 200, again.text
    assert len(await markets_of(scenario, made["id"])) == 1


@pytest.mark.parametrize("starts_at", ["2200-12-31T00:00:00Z", "1900-01-01T00:00:00Z"])
async def test_times_stay_within_the_calendar(scenario: ApiScenario, starts_at: str) -> None:
    for at in ("1950-01-01T00:00:00Z", "2150-01-01T00:00:00Z"):
        await scenario.new_match(f"At {at}", starts_at=at)
    match = await scenario.new_match("Early", starts_at="1960-01-01T00:00:00Z")
    await scenario.new_market(match_id=match["id"], closes_at="1901-01-01T00:00:00Z")
    path = f"/api/tournament/{scenario.tournament_id}/copy"
    asked = {"name": "Moved", "currency": "EUR", "starts_at": starts_at}
    assert fields(await scenario.admin.post(path, json=asked)) == ["starts_at"]


async def test_copies_of_names_without_a_letter_of_ours_have_addresses_of_their_own(scenario: ApiScenario) -> None:
    slugs = [(await copied(scenario, name=name))["tournament"]["slug"] for name in ("日本", "!!!", "Real", "Real")]
    assert slugs == ["tournament", "tournament-2", "real", "real-2"]


async def test_a_provider_that_is_not_set_up_here_is_the_desk(scenario: ApiScenario) -> None:
    await scenario.records.conn.execute(
        "UPDATE tournaments SET kyc_provider = 'veriff' WHERE id = $1", scenario.tournament_id
    )
    assert (await copied(scenario))["tournament"]["kyc_provider"] == "desk"
    await scenario.records.conn.execute(
        "UPDATE tournaments SET kyc_provider = 'desk' WHERE id = $1", scenario.tournament_id
    )


async def test_who_is_blocked_or_has_excluded_themselves_is_not_invited(scenario: ApiScenario) -> None:
    excluded, blocked = [await scenario.add_member(name, "bettor") for name in ("Excluded", "Blocked")]
    taken(await excluded.post("/api/exclusion", json={"until": None}))
    await scenario.records.block(blocked)
    assert (await copied(scenario, invite=True))["invited"] == 1


async def test_an_address_that_is_taken_and_who_may_not(scenario: ApiScenario, client: ApiClient) -> None:
    path = f"/api/tournament/{scenario.tournament_id}/copy"
    asked = {"name": "Once more", "currency": "EUR"}
    assert code(await scenario.admin.post(path, json=asked | {"slug": "world-cup"})) == "CONFLICT"
    assert code(await scenario.organizer.post(path, json=asked)) == "FORBIDDEN"
    assert (await client.post(path, json=asked)).status_code == 401
    assert code(await scenario.admin.post("/api/tournament/no-such/copy", json=asked)) == "NOT_FOUND"


async def test_outside_a_sandbox_nothing_starts_anew_or_is_thrown_away(scenario: ApiScenario) -> None:
    path = f"/api/tournament/{scenario.tournament_id}"
    assert code(await scenario.organizer.post(f"{path}/reset", json={})) == "STATE"
    assert code(await scenario.organizer.post(f"{path}/discard")) == "STATE"
    assert code(await scenario.admin.post(f"{path}/discard")) == "STATE"
    assert code(await scenario.organizer.patch(path, json={"simulated_per_min": 60})) == "STATE"


async def test_after_a_trial_an_administrator_throws_its_points_away(scenario: ApiScenario) -> None:
    await points(scenario)
    path = f"/api/tournament/{scenario.tournament_id}/discard"
    assert code(await scenario.organizer.post(path)) == "STATE"
    assert taken(await scenario.admin.post(path), 202)["discarded"]


class TestInviting:
    """People are invited again; by letter where the server sends mail."""

    @pytest.fixture
    def wanted(self, mail_port: int) -> dict[str, Any]:
        return {"smtp_url": f"smtp://127.0.0.1:{mail_port}", "confirm_addresses": False}

    async def test_bettors_get_a_letter_with_a_code_that_lets_them_in(
        self, scenario: ApiScenario, mail_port: int, sink: Sink
    ) -> None:
        await scenario.add_member("Simulated", "bettor")
        await scenario.records.conn.execute("UPDATE users SET email = 's@simulated.invalid' WHERE name = 'Simulated'")
        async with await asyncio.start_server(sink.serve, "127.0.0.1", mail_port):
            answer = await copied(scenario, invite=True)
        assert (answer["invited"], answer["letters"], len(sink.letters)) == (1, 1, 1)
        (letter,) = sink.letters
        assert "To: bettor@example.org" in letter
        assert f"/join/{answer['code']}" in letter
        taken(await scenario.bettor.post(f"/api/invitation/{answer['code']}"))
        roles = {one["slug"]: one["role"] for one in (await scenario.bettor.get("/api/me")).json()["memberships"]}
        assert roles["real"] == "bettor"
