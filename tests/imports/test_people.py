"""People, opening balances and bets taken elsewhere: who is recognised, what is paid in, and that the books balance."""

import asyncio
import threading
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from openpyxl import Workbook

from scenarios import LedgerScenario, Market, assert_clean, ledger_scenario
from toteboard.imports.file import FileOptions, read_file
from toteboard.imports.merging.writing import ImportOrder
from toteboard.imports.people import writing as people_writing
from toteboard.imports.people.report import PeopleReport, people_report
from toteboard.imports.people.resolving import Holder, resolved
from toteboard.imports.people.writing import TakenOver, import_people
from toteboard.ledger.ledger import Actor
from toteboard.rules.market import MarketAction
from toteboard.spreadsheets.reading import FileRefused

CASE = Path(__file__).parent / "samples" / "cases" / "people-balances-bets.xlsx"
BERLIN = ZoneInfo("Europe/Berlin")


@pytest_asyncio.fixture(loop_scope="session")
async def scenario(database: str) -> AsyncIterator[LedgerScenario]:
    async with ledger_scenario(database) as scenario:
        yield scenario


def book(**sheets: list[list[Any]]) -> bytes:
    made, written = Workbook(), BytesIO()
    made.remove(made["Sheet"])
    for title, rows in sheets.items():
        page = made.create_sheet(title)
        for row in rows:
            page.append(row)
    made.save(written)
    return written.getvalue()


async def send(scenario: LedgerScenario, content: bytes | str, *, dry_run: bool = False) -> PeopleReport:
    return people_report(await brought(scenario, content, dry_run=dry_run))


async def brought(scenario: LedgerScenario, content: bytes | str, *, dry_run: bool = False) -> TakenOver:
    given = content.encode() if isinstance(content, str) else content
    read = read_file(given, FileOptions(name="Night", zone=BERLIN))
    if read.wrong:
        raise read.wrong
    assert read.people is not None
    slug = await scenario.conn.fetchval("SELECT slug FROM tournaments WHERE id = $1", scenario.tournament_id)
    order = ImportOrder(slug=slug, file_name="night.xlsx", sha256=b"0" * 32, dry_run=dry_run)
    return await import_people(scenario.ledger, Actor(), read.people, order)


async def refusals(scenario: LedgerScenario, content: bytes | str) -> list[str]:
    with pytest.raises(FileRefused) as refused:
        await send(scenario, content)
    return [str(error) for error in refused.value.errors]


async def wallets(scenario: LedgerScenario) -> list[tuple[str, str | None, int]]:
    rows = await scenario.conn.fetch(
        "SELECT users.name, users.email, accounts.balance FROM accounts JOIN users ON users.id = accounts.user_id"
        " WHERE accounts.kind = 'wallet' AND accounts.tournament_id = $1 ORDER BY users.id",
        scenario.tournament_id,
    )
    return [tuple(row) for row in rows]


async def test_the_case_comes_in_with_its_money_and_its_bets(scenario: LedgerScenario) -> None:
    before = await scenario.everything()
    looked = await send(scenario, CASE.read_bytes(), dry_run=True)
    assert await scenario.everything() == before
    done = await send(scenario, CASE.read_bytes())
    for report in (looked, done):
        assert (report.people_new, report.deposits, report.deposited) == (3, 3, 4750)
        assert (report.bets_new, report.staked) == (2, 750)
        assert report.matches_new == ["Müller - Größler", "Özdemir - Weiß"]
        assert [one.left for one in report.people] == [2000, 1000, 1000]
    assert await wallets(scenario) == [
        ("Max Mann", "max@web.example", 2000),
        ("Lea Lund", "lea@web.example", 1000),
        ("Oma Erna", None, 1000),
    ]
    bets = await scenario.conn.fetch(
        "SELECT outcomes.name, stake, bets.odds_milli, placed_at::text FROM bets"
        " JOIN outcomes ON outcomes.id = outcome_id ORDER BY no"
    )
    assert [tuple(bet) for bet in bets] == [
        ("Müller", 500, 1800, "2026-12-10 17:03:00+00"),
        ("Weiß", 250, 2700, "2026-12-10 17:05:00+00"),
    ]
    taken_over = await scenario.logged("bet.taken_over")
    assert [tuple(row["details"][name] for name in ("stake", "odds", "file")) for row in taken_over] == [
        (500, 1800, "night.xlsx"),
        (250, 2700, "night.xlsx"),
    ]
    notes = [row["details"]["note"] for row in await scenario.logged("wallet.deposited")]
    assert notes == ["opening balance from night.xlsx"] * 3
    await scenario.audited()


async def test_the_same_file_again_changes_nothing(scenario: LedgerScenario) -> None:
    await send(scenario, CASE.read_bytes())
    before = await scenario.everything()
    again = await send(scenario, CASE.read_bytes())
    assert (again.people_new, again.people_known, again.deposits, again.bets_new, again.bets_unchanged) == (
        0,
        3,
        0,
        0,
        2,
    )
    assert await scenario.everything() == before


async def test_a_bet_taken_over_is_closed_settled_and_paid_as_any(scenario: LedgerScenario) -> None:
    await send(scenario, CASE.read_bytes())
    rows = await scenario.conn.fetch("SELECT id, market_id, name FROM outcomes ORDER BY id")
    winner = next(row for row in rows if row["name"] == "Müller")
    market = Market(winner["market_id"], scenario.tournament_id, ())
    await scenario.move(market, MarketAction.CLOSE)
    await scenario.settle(market, winner["id"])
    assert (await wallets(scenario))[0] == ("Max Mann", "max@web.example", 2900)
    await scenario.audited()


async def test_bets_go_to_the_matches_that_are_there_whatever_way_round(scenario: LedgerScenario) -> None:
    market = await scenario.fixed(1800, 2100)
    match = await scenario.conn.fetchval("SELECT match_id FROM markets WHERE id = $1", market.id)
    names = [row["name"] for row in await scenario.conn.fetch("SELECT name FROM outcomes ORDER BY id")]
    await scenario.conn.execute("UPDATE matches SET name = $2 WHERE id = $1", match, f"{names[0]} v {names[1]}")
    content = (
        "Name;E-mail;Balance\nIda;ida@web.example;20\nBen;;5\n",
        "Name;Match;Pick;Stake;Odds\n"
        f"Ida;{names[1].upper()} - {names[0]};{names[0]};2,50;1.9\nBen;{names[0]} v {names[1]};{names[1]};1;4/1\n",
    )
    await send(scenario, content[0])
    done = await send(scenario, content[1])
    assert (done.people_known, done.bets_new, done.matches_new) == (2, 2, [])
    assert await scenario.totals(market.outcomes[0]) == (250, 1, 475)
    assert await scenario.totals(market.outcomes[1]) == (100, 1, 500)
    await scenario.audited()


async def test_what_stands_twice_is_two_bets_and_stays_two(scenario: LedgerScenario) -> None:
    market = await scenario.fixed(1800, 2100)
    names = [row["name"] for row in await scenario.conn.fetch("SELECT name FROM outcomes ORDER BY id")]
    await send(scenario, "Name,Balance\nIda,20\n")
    row = f"Ida,{names[0]},1,1.8\n"
    for bets, new in ((row * 2, 2), (row * 2, 0), (row * 3, 1)):
        assert (await send(scenario, "Bettor,Pick,Stake,Odds\n" + bets)).bets_new == new
    assert await scenario.totals(market.outcomes[0]) == (300, 3, 540)
    await scenario.audited()


async def test_a_bet_into_a_pool_has_the_estimate_it_would_have_had(scenario: LedgerScenario) -> None:
    market = await scenario.market()
    names = [row["name"] for row in await scenario.conn.fetch("SELECT name FROM outcomes ORDER BY id")]
    await send(scenario, "Name,Balance\nIda,20\nBen,20\n")
    await send(scenario, f"Name,Pick,Stake\nIda,{names[0]},3\nBen,{names[1]},1\n")
    odds = [row["odds_milli"] for row in await scenario.conn.fetch("SELECT odds_milli FROM bets ORDER BY no")]
    assert odds == [1000, 4000]
    await scenario.audited()
    assert await scenario.totals(market.outcomes[0]) == (300, 1, 0)


async def test_a_member_is_known_by_address_then_by_name(scenario: LedgerScenario) -> None:
    member = await scenario.bettor(0)
    there = await scenario.conn.fetchrow("SELECT name, email FROM users WHERE id = $1", member.user_id)
    done = await send(scenario, f"Name,Email,Balance\nAnother spelling,{there['email'].upper()},3\n")
    assert (done.people_new, done.people_known) == (0, 1)
    assert await scenario.balance(member) == 300
    # Without an address by the name; with one only where the member has none.
    assert (await send(scenario, f"Name,Balance\n{there['name'].upper()},3\n")).people_known == 1
    assert (await send(scenario, f"Name,Email,Balance\n{there['name']},new@web.example,3\n")).people_new == 1
    await send(scenario, "Name,Balance\nOma Erna,10\n")
    done = await send(scenario, "Name,Email,Balance\nOma Erna,erna@web.example,10\n")
    assert (done.people_new, done.deposits) == (0, 0)
    assert ("Oma Erna", "erna@web.example", 1000) in await wallets(scenario)
    await scenario.audited()


async def test_another_opening_balance_later_changes_no_money_and_is_said(scenario: LedgerScenario) -> None:
    await send(scenario, "Name,Balance\nIda,20\n")
    slug = await scenario.conn.fetchval("SELECT slug FROM tournaments")
    read = read_file(b"Name,Balance\nIda,30\n", FileOptions(name="Night"))
    assert read.people is not None
    order = ImportOrder(slug=slug, file_name="night.csv", sha256=b"0" * 32)
    done = await import_people(scenario.ledger, Actor(), read.people, order)
    assert done.warnings == (
        "A2: the opening balance of Ida was imported before and was another; it stays. Pay in or out at the desk",
    )
    assert await wallets(scenario) == [("Ida", None, 2000)]


async def test_each_thing_wrong_is_said_with_its_cell(scenario: LedgerScenario) -> None:
    await scenario.fixed(1800, 2100)
    names = [row["name"] for row in await scenario.conn.fetch("SELECT name FROM outcomes ORDER BY id")]
    content = book(
        People=[
            ["Name", "E-mail", "Balance"],
            ["Ida", "ida@web", "1,000"],
            ["Ben", "no address", 5],
            ["Ida", "ida@web", 3],
        ],
        Bets=[
            ["Name", "Pick", "Stake", "Odds"],
            ["Ida", "", 5, 2],
            ["Ida", names[0], "#N/A", 2],
            ["Ida", names[0], 5, "x"],
        ],
    )
    errors = await refusals(scenario, content)
    assert [error.split(":")[0] for error in errors] == ["People C2", "People B3", "Bets B2", "Bets C3", "Bets D4"]
    content = book(
        People=[["Name", "E-mail", "Balance"], ["Ida", "ida@web", 5], ["Ida", None, 7]],
        Bets=[
            ["Name", "Pick", "Stake", "Odds", "Time"],
            ["Nobody", names[0], 5, 2, None],
            ["Ida", "Comet", 5, 2, None],
            ["Ida", names[0], 5, None, None],
        ],
    )
    errors = await refusals(scenario, content)
    assert errors[0].startswith("Bets A2: nobody is called 'Nobody'")
    assert errors[1].startswith("Bets A3: 2 people of the file are called 'Ida'")
    await send(scenario, "Name,Balance\nIda,5\n")
    assert (await refusals(scenario, f"Name,Pick,Stake\nIda,{names[0]},5\n"))[0].startswith("C2: write the odds")
    assert (await refusals(scenario, f"Name,Pick,Stake,Odds\nIda,{names[0]},6,2\n"))[0].startswith(
        "row 2: the bets of Ida"
    )
    assert (await refusals(scenario, "Name,Match,Pick,Stake,Odds\nIda,Derby,Comet,1,2\n"))[0].startswith(
        "B2: 'Derby' is not there"
    )
    assert (await refusals(scenario, "Name,Match,Pick,Stake,Odds\nIda,Cy v Di,Eve,1,2\n"))[0].startswith(
        "C2: 'Eve' is neither side"
    )
    await assert_clean(scenario.dsn)


async def test_nobody_is_made_a_member_who_has_an_account_here(scenario: LedgerScenario) -> None:
    stranger = await scenario.person()
    email = await scenario.conn.fetchval("SELECT email FROM users WHERE id = $1", stranger)
    errors = await refusals(scenario, f"Name,E-mail,Balance\nX,{email},5\n")
    assert errors == [f"A2: {email} has an account on this server already: they join by an invitation first"]


async def test_no_bet_is_added_to_what_is_decided_or_was_closed(scenario: LedgerScenario) -> None:
    market = await scenario.fixed(1800, 2100)
    names = [row["name"] for row in await scenario.conn.fetch("SELECT name FROM outcomes ORDER BY id")]
    await send(scenario, "Name,Balance\nIda,20\n")
    await scenario.conn.execute("UPDATE markets SET closes_at = '2026-11-01 18:00Z' WHERE id = $1", market.id)
    late = f"Name,Pick,Stake,Odds,Time\nIda,{names[0]},1,1.8,2026-11-01 19:01\n"
    assert "after its market closed, 2026-11-01 18:00 UTC" in (await refusals(scenario, late))[0]
    await scenario.close(market)
    assert (await send(scenario, late.replace("19:01", "18:59"))).bets_new == 1
    await scenario.settle(market, market.outcomes[0])
    assert "is decided" in (await refusals(scenario, late.replace("19:01", "18:58")))[0]
    await scenario.audited()


def test_each_bet_of_a_large_file_finds_its_holder_without_looking_at_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    people = 200
    bet = [f"Bettor {people - 1}", "A v B", "A", 1, 2, "2026-01-01", "12:00"]
    content = book(
        People=[["Name", "Balance"], *([f"Bettor {n}", 10] for n in range(people))],
        Bets=[["Who", "Match", "Pick", "Stake", "Odds", "Date", "Time"], *([bet] * 50)],
    )
    read = read_file(content, FileOptions(name="Night", zone=BERLIN))
    assert read.people is not None
    assert len(read.people.bets) == 50
    compared = 0

    def equals(self: Holder, other: object) -> bool:
        nonlocal compared
        compared += 1
        return self is other

    monkeypatch.setattr(Holder, "__eq__", equals)
    assert len(resolved(read.people, [], []).holders) == people
    assert compared == 0


async def test_the_name_of_who_is_barred_at_another_address_is_said(scenario: LedgerScenario) -> None:
    await send(scenario, "Name,E-mail,Balance\nAda Lovelace,ada@example.org,5\nBea,bea@example.org,5\n")
    await scenario.conn.execute("UPDATE users SET excluded_until = 'infinity' WHERE name = 'Ada Lovelace'")
    again = "Name,E-mail,Balance\nada  LOVELACE,other@example.org,50\nBea,bea2@example.org,5\n"
    looked = await brought(scenario, again, dry_run=True)
    said = [warning for warning in looked.warnings if "excluded themselves" in warning]
    assert len(said) == 1
    assert "LOVELACE" in said[0]


async def test_bets_go_on_while_a_file_is_compared(scenario: LedgerScenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compared waits here for the event loop: on the loop itself it would wait for ever."""
    begun, goes_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slowly(*given: Any) -> Any:
        loop.call_soon_threadsafe(begun.set)
        assert goes_on.wait(10), "the loop stands still"
        return resolved(*given)

    monkeypatch.setattr(people_writing, "resolved", slowly)
    ada, market = await scenario.bettor(), await scenario.market()
    sent = asyncio.create_task(send(scenario, "Name,Balance\nLisa,50\n"))
    await begun.wait()
    assert await scenario.verdict(ada, market.outcomes[0], 5) == 0
    goes_on.set()
    assert (await sent).people_new == 1
