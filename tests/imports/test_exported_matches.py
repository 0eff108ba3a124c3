"""The sheet of matches goes in again: where all of it can be said it changes nothing, and where not, that is known."""

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from csv_plans import table_of
from toteboard.imports.merging.writing import Imported, ImportOrder, import_plan
from toteboard.imports.sheet.columns import exact
from toteboard.imports.sheet.planning import SheetOptions, plan_of
from toteboard.ledger.files import exports
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.spreadsheets.sheets import SHEETS
from toteboard.spreadsheets.writing import writer

from .existing import everything

SLUG = "races"
RACES = """match,round,starts_at,outcome,odds
Derby,Race 1,2100-06-11 13:00,Comet,2.50
Derby,Race 1,,'=Duchess,1.875
"Żółć, ""the"" Cup",Race 2,,مباراة,
"Żółć, ""the"" Cup",Race 2,,'-Minus,
Derby,Race 3,2100-10-31 01:30:05 UTC+2,One,
Derby,Race 3,,Two,
""".encode()


async def bring(ledger: Ledger, content: bytes, *, zone: str = "UTC", **asked: Any) -> Imported:
    table = table_of(content)
    plan = plan_of(table, exact(table.header), SheetOptions(name="Races", zone=ZoneInfo(zone)))
    order = ImportOrder(slug=SLUG, file_name="races.csv", sha256=hashlib.sha256(content).digest(), **asked)
    async with ledger.change(Actor()) as change:
        return await import_plan(change, plan, order)


async def take_away(ledger: Ledger, file_format: str = "csv") -> bytes:
    made = writer(SHEETS["matches"], file_format, currency="EUR")
    content = made.head()
    async with ledger.long_snapshot(statement_timeout_s=30) as conn:
        tournament_id = await conn.fetchval("SELECT id FROM tournaments WHERE slug = $1", SLUG)
        async for rows in exports.pages(conn, "matches", tournament_id, rows=2):
            content += made.add(rows)
    if (whole := made.end()) is not None:
        with whole:
            content = whole.read()
    return content


async def run(ledger: Ledger, sql: str, *given: Any) -> Any:
    async with ledger.change(Actor()) as change:
        return await change.conn.fetchval(sql, *given)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
async def test_what_a_csv_brought_goes_out_and_in_again_and_changes_nothing(ledger: Ledger, file_format: str) -> None:
    await bring(ledger, RACES)
    before = await everything(ledger)
    # Whatever zone it is read in: the sheet says its own.
    for zone in ("UTC", "Asia/Tokyo"):
        again = await bring(ledger, await take_away(ledger, file_format), zone=zone)
        assert (again.found.new, again.found.changed, again.found.unchanged) == (0, 0, 3)
        assert not [warning for warning in again.warnings if "without a start time" not in warning]
    assert await everything(ledger) == before


async def test_an_open_tournament_with_bets_and_prices_of_its_own_changes_nothing_either(ledger: Ledger) -> None:
    await bring(ledger, RACES, open_markets=True)
    await run(ledger, "UPDATE outcomes SET odds_milli = odds_milli + 15 WHERE odds_milli IS NOT NULL")
    before = await everything(ledger)
    assert not (await bring(ledger, await take_away(ledger))).anything
    assert await everything(ledger) == before


async def test_a_market_that_is_priced_only_in_part_goes_out_without_odds(ledger: Ledger) -> None:
    await bring(ledger, RACES)
    await run(ledger, "UPDATE outcomes SET odds_milli = NULL WHERE name = 'Comet'")
    before = await everything(ledger)
    again = await bring(ledger, await take_away(ledger))
    assert not again.anything
    assert any("fixed and stays so" in warning for warning in again.warnings)
    assert await everything(ledger) == before


async def test_of_a_match_with_several_markets_the_one_that_a_csv_brought_goes_out(ledger: Ledger) -> None:
    await bring(ledger, RACES)
    content = await take_away(ledger)
    await run(
        ledger,
        "INSERT INTO markets (tournament_id, match_id, name, kind) SELECT tournament_id, id, 'Both', 'pool' FROM matches",
    )
    assert await take_away(ledger) == content


async def test_times_that_an_import_moved_stay_where_the_import_is_told_to_reschedule(ledger: Ledger) -> None:
    await bring(ledger, RACES, first_at=datetime(2101, 1, 1, tzinfo=UTC), every=timedelta(minutes=10))
    before = await everything(ledger)
    assert not (await bring(ledger, await take_away(ledger), reschedule=True)).anything
    assert await everything(ledger) == before


async def test_what_the_sheet_cannot_say_is_known(ledger: Ledger) -> None:
    """docs/exports.md lists these."""
    await bring(ledger, RACES)
    # A part of a second is not in it; a year an import does not take is left empty.
    await run(ledger, "UPDATE matches SET starts_at = '2100-06-11 13:00:00.5Z' WHERE round = 'Race 1'")
    await run(ledger, "UPDATE matches SET starts_at = '2300-01-01 13:00Z' WHERE round = 'Race 3'")
    # A sheet knows neither venue nor score: they stay.
    await run(ledger, "UPDATE matches SET venue = 'Harbour', score = '{\"ft\": [2, 1]}' WHERE round = 'Race 2'")
    # A match by hand is recognised as any other.
    await run(ledger, "UPDATE matches SET is_imported = false WHERE round = 'Race 3'")
    content = await take_away(ledger)
    assert b"2100-06-11T13:00:00Z" in content
    again = await bring(ledger, content)
    # Race 3 closes with its start again.
    assert (again.found.new, again.found.changed) == (0, 2)
    async with ledger.read() as conn:
        row = await conn.fetchrow("SELECT venue, score FROM matches WHERE round = 'Race 2'")
    assert row is not None
    assert (row["venue"], json.loads(row["score"])) == ("Harbour", {"ft": [2, 1]})
