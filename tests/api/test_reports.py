"""What a night comes to: every table against sums made by hand, its files, who may look, and what is refused."""

import asyncio
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from toteboard.api.operating import report_queue
from toteboard.ledger.ledger import Outage
from toteboard.reports import making
from toteboard.reports.tables import TABLES
from toteboard.words import label

from .clients import ApiClient
from .export_scenarios import settle, table
from .scenarios import ApiScenario


@pytest.fixture
def wanted() -> dict[str, Any]:
    """One is made and one waits."""
    return {"reports_queue_max": 1}


def at(scenario: ApiScenario, name: str = "") -> str:
    return f"/api/tournament/{scenario.tournament_id}/report{name and f'/{name}'}"


async def reported(scenario: ApiScenario, by: ApiClient | None = None) -> dict[str, Any]:
    """A report of now, once it is made."""
    client = by or scenario.organizer
    assert (await client.post(at(scenario), json=None)).status_code == 202
    told = await over(client, at(scenario))
    assert told["state"] == "done", told["error"]
    return dict(told["report"])


async def over(client: ApiClient, path: str) -> dict[str, Any]:
    """How a report ended that was under way."""
    async with asyncio.timeout(30):
        while True:
            answer = await client.get(path)
            assert answer.status_code == 200, answer.text
            told: dict[str, Any] = answer.json()
            if told["state"] != "making":
                return told
            await asyncio.sleep(0.02)


def tables(report: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {one["name"]: one["items"] for one in report["tables"]}


@pytest.fixture
async def night(scenario: ApiScenario) -> tuple[ApiScenario, dict[str, Any], dict[str, Any]]:
    """A pool that is paid, and a fixed market that is open: three bets each of 1,000, 2,000 and 3,000, two by the bettor."""
    pool = await scenario.open_market(takeout_bps=1000)
    fixed = await scenario.open_market("2.00", "4.00")
    other = await scenario.add_member("other", "bettor")
    for one in (scenario.bettor, other):
        await scenario.fund(one, 100_000)
    for market in (pool, fixed):
        first, second = (outcome["id"] for outcome in market["outcomes"][:2])
        for one, outcome_id, stake in (
            (scenario.bettor, first, 1000),
            (scenario.bettor, second, 2000),
            (other, first, 3000),
        ):
            assert await scenario.bet(one, outcome_id, stake) == 0
    await settle(scenario, pool, pool["outcomes"][0]["id"])
    return scenario, pool, fixed


async def test_every_table_says_what_the_night_came_to(
    night: tuple[ApiScenario, dict[str, Any], dict[str, Any]],
) -> None:
    scenario, _, _ = night
    assert await scenario.bet(scenario.bettor, night[1]["outcomes"][0]["id"], 100) > 0
    report = await reported(scenario)
    found = tables(report)
    assert (report["bets"], report["stakes"], report["paid"], report["currency"]) == (6, 12_000, 5_400, "EUR")
    assert report["source"] == "primary"
    assert sum(row["bets"] for row in found["turnover"]) == 6
    assert sum(row["stakes"] for row in found["turnover"]) == 12_000
    [first] = found["house"]
    assert (first["takeout"], first["breakage"], first["house_result"]) == (600, 0, 600)
    assert sum(row["stakes"] for row in found["rounds"]) == sum(row["stakes"] for row in found["matches"]) == 12_000
    assert sum(row["house_result"] for row in found["rounds"]) == 600
    assert sorted(row["stakes"] for row in found["outcomes"]) == [0, 2000, 2000, 4000, 4000]
    # The pool is paid; of the fixed market 6,000 are at stake, and its worst is 4,000 at 2.00 and 2,000 at 4.00.
    assert (found["exposure"][-1]["at_stake"], found["exposure"][-1]["worst"]) == (6000, 2000)
    net = {row["bets"]: (row["stakes"], row["paid"], row["net"]) for row in found["bettors"]}
    # The bettor staked 3,000 on the pool and got 1,350; the other 3,000 and 4,050.
    assert net == {4: (6000, 1350, -1650), 2: (6000, 4050, 1050)}
    assert [(row["code"], row["many"], row["people"]) for row in found["refusals"]] == [("MARKET_CLOSED", 1, 1)]
    assert sum(row["bets"] for row in found["minutes"]) == 6
    assert [(row["days_later"], row["bettors"], row["came_back"]) for row in found["cohorts"]] == [(0, 2, 2)]


async def test_a_table_is_a_file_with_all_its_rows(night: tuple[ApiScenario, dict[str, Any], dict[str, Any]]) -> None:
    scenario, pool, _ = night
    assert await scenario.bet(scenario.bettor, pool["outcomes"][0]["id"], 100) > 0
    await reported(scenario)
    for name, sheet in TABLES.items():
        answer = await scenario.organizer.get(at(scenario, name))
        assert answer.status_code == 200, answer.text
        assert answer.headers["x-as-of"].endswith("Z")
        rows = table(answer.content)
        assert rows, name
        assert list(rows[0]) == [column.name for column in sheet.columns]
        answer = await scenario.organizer.get(at(scenario, name), params={"format": "xlsx"})
        head, *lines = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
        assert list(head) == [label(column.name) for column in sheet.columns]
        assert len(lines) == len(rows)
    bettors = table((await scenario.organizer.get(at(scenario, "bettors"))).content)
    assert {row["net"]: row["stakes"] for row in bettors} == {"10.50": "60.00", "-16.50": "60.00"}
    audited = await scenario.value("SELECT count(*) FROM audit_log WHERE action = 'sheet.exported'")
    assert audited == 2 * len(TABLES) + 1


async def test_who_has_no_part_in_the_desk_sees_no_report(scenario: ApiScenario) -> None:
    for client in (scenario.bettor, scenario.cashier):
        for answer in (
            await client.get(at(scenario)),
            await client.post(at(scenario), json=None),
            await client.get(at(scenario, "bettors")),
        ):
            assert answer.status_code == 403, answer.text
    await reported(scenario, scenario.auditor)


async def test_before_there_is_a_report_there_is_no_file(scenario: ApiScenario) -> None:
    assert (await scenario.organizer.get(at(scenario, "turnover"))).status_code == 404
    assert (await scenario.organizer.get(at(scenario, "horses"))).status_code == 422


async def test_a_tournament_without_a_bet_has_a_report(scenario: ApiScenario) -> None:
    report = await reported(scenario)
    assert report["bets"] == 0
    assert {
        name: len(rows) for name, rows in tables(report).items() if name in ("turnover", "exposure", "cohorts")
    } == {
        "turnover": 0,
        "exposure": 0,
        "cohorts": 0,
    }


async def test_more_reports_than_may_wait_are_refused_and_one_that_fails_says_why(
    scenario: ApiScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = asyncio.Event()

    async def slow(*given: Any, **more: Any) -> Any:
        more["on_progress"](3, 9)
        await going.wait()
        raise Outage("the replica is not read: it is 31 s behind")

    monkeypatch.setattr(report_queue, "made", slow)
    others = [await scenario.new_tournament(f"Other {n}") for n in range(2)]
    answers = [await scenario.admin.get(f"/api/tournament/{one['id']}/report") for one in others]
    assert [answer.json()["state"] for answer in answers] == ["making", "making"]
    refused = await scenario.admin.get(at(scenario))
    assert (refused.status_code, refused.json()["code"]) == (503, "TOO_BUSY")
    again = await scenario.admin.get(f"/api/tournament/{others[0]['id']}/report")
    assert (again.json()["done"], again.json()["of"], again.json()["report"]) == (3, 9, None)
    waiting = (await scenario.admin.get(f"/api/tournament/{others[1]['id']}/report")).json()
    assert (waiting["state"], waiting["error"]) == ("making", "")
    going.set()
    told = await over(scenario.admin, f"/api/tournament/{others[0]['id']}/report")
    assert (told["state"], told["error"]) == ("failed", "the replica is not read: it is 31 s behind")
    monkeypatch.setattr(report_queue, "made", making.made)
    await reported(scenario)
