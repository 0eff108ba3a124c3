"""A sheet is of one moment, however long it takes; so many at once; and who asked is told how far it has come."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from .export_scenarios import PAGE, at, night, sheet, table
from .readers import reading
from .scenarios import ApiScenario, fields


@pytest.fixture
def wanted() -> dict[str, Any]:
    """Small pages, so that a sheet of some rows takes several."""
    return {"export_page": PAGE, "exports_max": 2, "exports_queue_max": 1, "export_wait_s": 1}


async def test_a_sheet_is_of_one_moment_while_bets_go_on(scenario: ApiScenario) -> None:
    made = await night(scenario)
    outcome = made["fixed"]["outcomes"][0]["id"]
    async with reading(scenario.organizer, at(scenario, "transfers")) as reader:
        assert await reader.begun() == 200
        read = await reader.part() + await reader.part()
        for _ in range(PAGE * 2):
            assert await scenario.bet(scenario.bettor, outcome, 100) == 0
        rows = table(read + await reader.rest())
    stakes = [row for row in rows if row["kind"] == "stake"]
    assert len(stakes) == 9
    later = await sheet(scenario, "transfers")
    assert later[: len(rows)] == rows
    assert len(later) == len(rows) + PAGE * 2


async def test_bets_of_one_set_that_is_longer_than_a_page_are_all_there_in_order(scenario: ApiScenario) -> None:
    await scenario.fund(scenario.bettor, 100_000)
    market = await scenario.open_market()
    outcome, many = market["outcomes"][0]["id"], PAGE * 3 + 2
    bettors = [await scenario.add_member(f"Bettor {n}", "bettor") for n in range(many)]
    for bettor in bettors:
        await scenario.fund(bettor, 1000)
    async with scenario.records.services.ledger.read() as conn:
        ids = [uuid4() for _ in bettors]
        verdicts = await conn.fetchval(
            "SELECT o_verdict FROM place_bets($1, $2, $3, $4, $5, $6, $7)",
            ids,
            [bettor.id for bettor in bettors],
            [outcome] * many,
            list(range(1, many + 1)),
            ["EUR"] * many,
            [None] * many,
            ["192.0.2.7"] * many,
        )
    assert verdicts == [0] * many
    assert [row["bet"] for row in await sheet(scenario, "bets")] == [str(one) for one in ids]


async def readers(scenario: ApiScenario) -> int:
    """How many connections the database has from exports."""
    return int(
        await scenario.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'toteboard export'")
    )


async def test_who_goes_away_ends_the_question_and_gives_the_turn_back(scenario: ApiScenario) -> None:
    await night(scenario)
    number = str(uuid4())
    async with reading(scenario.organizer, at(scenario, "transfers"), number=number) as reader:
        assert await reader.begun() == 200
        await reader.part()
        assert await readers(scenario) == 1
        await reader.leave()
        assert (await scenario.organizer.get(f"/api/export/{number}")).json()["state"] == "left"
        for _ in range(100):
            if await readers(scenario) == 0:
                break
            await asyncio.sleep(0.05)
        assert await readers(scenario) == 0
    assert len(await sheet(scenario, "bets")) == 9


async def test_so_many_are_made_at_once_one_waits_and_one_more_is_told_to_come_back(scenario: ApiScenario) -> None:
    await night(scenario)
    path = at(scenario, "transfers")
    async with reading(scenario.organizer, path) as one, reading(scenario.auditor, path) as two:
        assert [await one.begun(), await two.begun()] == [200, 200]
        waiting = asyncio.ensure_future(scenario.organizer.get(at(scenario, "bets")))
        await asyncio.sleep(0.1)
        answer = await scenario.admin.get(path)
        assert (answer.status_code, answer.json()["code"], answer.json()["retry"]) == (503, "TOO_BUSY", True)
        assert int(answer.headers["retry-after"]) >= 1
        await one.rest()
        assert (await waiting).status_code == 200
        # And who waits too long is told the same.
        async with reading(scenario.organizer, path) as three:
            assert await three.begun() == 200
            answer = await scenario.admin.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "TOO_BUSY")
    assert (await scenario.admin.get(path)).status_code == 200


async def test_bets_are_placed_while_every_turn_is_taken(scenario: ApiScenario) -> None:
    made = await night(scenario)
    path = at(scenario, "transfers")
    async with reading(scenario.organizer, path) as one, reading(scenario.auditor, path) as two:
        assert [await one.begun(), await two.begun()] == [200, 200]
        # The loops of the background ask for a moment each; the downloads would keep theirs.
        seen = []
        for _ in range(100):
            seen.append(scenario.records.services.ledger.connections[0])
            await asyncio.sleep(0.02)
        assert 0 in seen
        assert await scenario.bet(scenario.bettor, made["fixed"]["outcomes"][0]["id"], 100) == 0


async def test_a_sheet_longer_than_a_workbook_is_refused_with_the_advice_to_take_csv(
    scenario: ApiScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    await night(scenario)
    monkeypatch.setattr("toteboard.spreadsheets.export.XLSX_ROWS_MAX", 8)
    monkeypatch.setattr("toteboard.api.files.exports.XLSX_ROWS_MAX", 8)
    answer = await scenario.organizer.get(at(scenario, "bets"), params={"format": "xlsx"})
    assert fields(answer) == ["format"]
    assert "Take CSV" in answer.text
    listed = {one["name"]: one["xlsx"] for one in (await scenario.organizer.get(at(scenario))).json()["items"]}
    assert (listed["bets"], listed["results"]) == (False, True)
    assert len(await sheet(scenario, "bets")) == 9


@pytest.mark.parametrize("wanted", [{"export_rows_max": 10}])
async def test_a_sheet_longer_than_the_server_sends_is_refused(scenario: ApiScenario) -> None:
    await night(scenario)
    assert fields(await scenario.organizer.get(at(scenario, "transfers"))) == ["sheet"]
    assert len(await sheet(scenario, "bets")) == 9


@pytest.mark.parametrize("wanted", [{"export_page": PAGE, "export_s": 1}])
async def test_a_reader_that_takes_nothing_is_ended_in_time(scenario: ApiScenario) -> None:
    await night(scenario)
    number = str(uuid4())
    async with reading(scenario.organizer, at(scenario, "transfers"), number=number) as reader:
        assert await reader.begun() == 200
        await reader.over()
        told = (await scenario.organizer.get(f"/api/export/{number}")).json()
        assert (told["state"], told["retry"]) == ("failed", True)
        assert "longer than a download may" in told["detail"]
        assert await readers(scenario) == 0


async def test_its_asker_is_told_how_far_a_download_has_come_and_nobody_else(scenario: ApiScenario) -> None:
    await night(scenario)
    number = str(uuid4())
    async with reading(scenario.organizer, at(scenario, "bets"), number=number) as reader:
        assert await reader.begun() == 200
        first = await reader.part() + await reader.part()
        await asyncio.sleep(0.05)
        told = (await scenario.organizer.get(f"/api/export/{number}")).json()
        assert (told["state"], told["rows_of"], told["bytes"]) == ("sending", 9, len(first))
        assert (await scenario.auditor.get(f"/api/export/{number}")).status_code == 404
        # Nor can somebody else's download take its number.
        await scenario.auditor.get(at(scenario, "people"), params={"number": number})
        whole = first + await reader.rest()
    told = (await scenario.organizer.get(f"/api/export/{number}")).json()
    assert (told["state"], told["rows"], told["bytes"]) == ("done", 9, len(whole))
    assert (await scenario.organizer.get(f"/api/export/{uuid4()}")).status_code == 404


async def test_a_download_that_loses_the_database_fails_in_sight(scenario: ApiScenario) -> None:
    await night(scenario)
    number = str(uuid4())
    async with reading(scenario.organizer, at(scenario, "transfers"), number=number) as reader:
        assert await reader.begun() == 200
        await reader.part()
        owner = await asyncpg.connect(scenario.records.dsn)
        await owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'toteboard export'"
        )
        await owner.close()
        await reader.drain()
        # The answer has no end: a browser takes it for the failure that it is.
        assert reader.asking.exception() is None
        told = (await scenario.organizer.get(f"/api/export/{number}")).json()
        assert (told["state"], told["retry"], told["detail"]) == ("failed", True, "The database cannot be reached now.")
    assert len(await sheet(scenario, "bets")) == 9


async def test_a_refused_download_says_why_where_its_progress_is_asked_for(
    scenario: ApiScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toteboard.spreadsheets.export.XLSX_ROWS_MAX", 1)
    number = str(uuid4())
    answer = await scenario.organizer.get(at(scenario, "people"), params={"format": "xlsx", "number": number})
    assert answer.status_code == 422
    told = (await scenario.organizer.get(f"/api/export/{number}")).json()
    assert (told["state"], told["retry"]) == ("failed", False)
    assert "Take CSV" in told["detail"]
