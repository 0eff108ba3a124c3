"""A tournament taken away in sheets: who may, and what stands in them."""

import re
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from toteboard.rules.money import CURRENCIES, format_minor
from toteboard.spreadsheets.sheets import SHEETS
from toteboard.spreadsheets.writing import BOM

from .clients import ApiClient
from .export_scenarios import ALL, PAGE, at, call, in_currency, night, paid, sheet, workbook
from .scenarios import ApiScenario, fields, taken


@pytest.fixture
def wanted() -> dict[str, Any]:
    """Small pages, so that a sheet of some rows takes several."""
    return {"export_page": PAGE, "exports_max": 2, "exports_queue_max": 1, "export_wait_s": 1}


async def test_organizers_auditors_and_admins_take_sheets_away_and_nobody_else(
    scenario: ApiScenario, client: ApiClient
) -> None:
    for path in (at(scenario), at(scenario, "people"), at(scenario, "bets")):
        for who in (scenario.organizer, scenario.auditor, scenario.admin):
            assert (await who.get(path)).status_code == 200
        for who in (scenario.cashier, scenario.bettor, scenario.stranger):
            answer = await who.get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
        assert (await client.get(path)).status_code == 401


async def test_what_is_not_there_is_not_found_and_what_is_no_sheet_or_format_is_said(scenario: ApiScenario) -> None:
    assert (await scenario.admin.get("/api/tournament/no-such/export/bets")).status_code == 404
    assert (await scenario.admin.get("/api/tournament/no-such/export")).status_code == 404
    assert fields(await scenario.organizer.get(at(scenario, "passwords"))) == ["sheet"]
    assert fields(await scenario.organizer.get(at(scenario, "bets"), params={"format": "pdf"})) == ["format"]


async def test_another_tournaments_rows_are_in_no_sheet(scenario: ApiScenario) -> None:
    await night(scenario)
    await in_currency(scenario, "JPY")
    for name in ("bets", "matches", "results", "transfers"):
        assert await sheet(scenario, name) == []
    assert {row["name"] for row in await sheet(scenario, "people")} == {
        "Admin",
        "Organizer",
        "Cashier",
        "Auditor",
        "Bettor",
    }
    assert all(row["action"] != "bet.placed" for row in await sheet(scenario, "audit"))


async def test_who_took_which_sheet_stands_in_the_log(scenario: ApiScenario) -> None:
    await scenario.auditor.get(at(scenario, "people"), params={"format": "xlsx"})
    (row,) = await scenario.records.audited("sheet.exported")
    assert (row["user_id"], row["tournament_id"]) == (scenario.auditor.id, scenario.tournament_id)
    assert row["details"] == {"sheet": "people", "format": "xlsx"}
    assert row["ip"] is not None
    # One that is refused takes nothing away.
    assert (await scenario.bettor.get(at(scenario, "people"))).status_code == 403
    assert len(await scenario.records.audited("sheet.exported")) == 1


async def test_every_sheet_has_its_columns_in_both_formats_and_as_many_rows_as_was_said(scenario: ApiScenario) -> None:
    await night(scenario)
    said = {"text": "Where is the wall?", "screen": "/", "tournament_id": scenario.tournament_id}
    assert (await scenario.bettor.post("/api/feedback", json=said)).status_code == 201
    listed = (await scenario.organizer.get(at(scenario))).json()
    assert [one["name"] for one in listed["items"]] == list(ALL)
    for one in listed["items"]:
        # Each download before leaves a row in the log itself.
        before = ALL.index(one["name"]) * 2 if one["name"] == "audit" else 0
        plain, book = await sheet(scenario, one["name"]), await workbook(scenario, one["name"])
        assert len(plain) == one["rows"] + before
        assert len(book) == one["rows"] + before + (one["name"] == "audit")
        assert list(plain[0]) == list(book[0]) == one["columns"]
        assert one["xlsx"]


async def test_a_file_is_called_by_its_tournament_sheet_and_moment(scenario: ApiScenario) -> None:
    answer = await scenario.organizer.get(at(scenario, "bets"), params={"format": "xlsx"})
    said = answer.headers["content-disposition"]
    name = r"world-cup-bets-\d{8}T\d{6}Z\.xlsx"
    assert re.fullmatch(rf"attachment; filename=\"({name})\"; filename\*=UTF-8''({name})", said)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_an_empty_sheet_has_its_columns(scenario: ApiScenario) -> None:
    answer = await scenario.organizer.get(at(scenario, "bets"))
    assert answer.content.decode() == BOM + ",".join(column.name for column in SHEETS["bets"].columns) + "\r\n"
    assert await workbook(scenario, "bets") == []


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
async def test_every_bet_stands_there_to_the_minor_unit(scenario: ApiScenario, currency: str) -> None:
    if currency != "EUR":
        await in_currency(scenario, currency)
    await night(scenario, currency)
    kept = await scenario.records.conn.fetch(
        "SELECT * FROM bets WHERE tournament_id = $1 ORDER BY no", scenario.tournament_id
    )
    plain, book = await sheet(scenario, "bets"), await workbook(scenario, "bets")
    exponent = CURRENCIES[currency].exponent
    assert len(plain) == len(book) == len(kept) == 9
    for bet, text, cell in zip(kept, plain, book, strict=True):
        assert text["bet"] == cell["bet"] == str(bet["id"])
        assert text["stake"] == format_minor(bet["stake"], currency)
        assert text["payout"] == ("" if bet["payout"] is None else format_minor(bet["payout"], currency))
        assert (text["currency"], text["status"]) == (currency, bet["status"])
        assert datetime.fromisoformat(text["time_utc"]) == bet["placed_at"]
        assert Decimal(text["odds"]) * 1000 == bet["odds_milli"]
        assert int(text["bettor_id"]) == bet["user_id"]
        for name in ("stake", "payout"):
            number = None if cell[name] is None else Decimal(repr(cell[name])).scaleb(exponent)
            assert number == bet[name]
            assert not isinstance(cell[name], str)
    assert {text["bettor"] for text in plain} == {"Bettor", "Żaneta Ó'Brien 🐎"}
    assert {(text["match"], text["kind"]) for text in plain} == {("Mexico – Norway", "pool"), ("Peru – Chile", "fixed")}


def sums(rows: list[dict[str, str]], *names: str) -> list[Decimal]:
    return [sum((Decimal(row[name] or 0) for row in rows), Decimal()) for name in names]


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
async def test_the_sheets_agree_with_each_other_and_with_the_accounts(scenario: ApiScenario, currency: str) -> None:
    if currency != "EUR":
        await in_currency(scenario, currency)
    made = await night(scenario, currency)
    pool = made["pool"]
    winners = [outcome["id"] for outcome in pool["outcomes"]][1:]
    asked = {"winners": winners, "reason": "the flag was up"}
    await paid(scenario, await scenario.organizer.post(f"/api/market/{pool['id']}/resettle", json=asked))
    await scenario.do(made["fixed"], "close")
    bets, results = await sheet(scenario, "bets"), await sheet(scenario, "results")
    versions = await sheet(scenario, "versions")
    people, transfers = await sheet(scenario, "people"), await sheet(scenario, "transfers")

    # A row for each market as it stands, so that columns add up; versions stand apart.
    said = [[(one["version"], one["result"], one["decision"]) for one in rows] for rows in (results, versions)]
    assert said == [
        [("2", "Draw and Norway", "settle"), ("", "", "")],
        [("1", "Mexico", "settle"), ("2", "Draw and Norway", "settle")],
    ]
    assert re.fullmatch(r"Draw \d+\.\d{2}; Norway \d+\.\d{2}", results[0]["dividends"])
    for one in versions:
        cell = {name: Decimal(text) for name, text in one.items() if re.fullmatch(r"-?\d+(\.\d+)?", text)}
        of_house = cell["takeout"] + cell["breakage"] + cell["house_won"] - cell["house_added"]
        assert cell["house_result"] == of_house
        out = cell["paid"] + cell["refunds"] + of_house + cell["carried_out"]
        assert out == cell["stakes"] + cell["carried_in"]
    assert sums(bets, "stake") == sums(results, "stakes")
    assert sums(people, "staked") == sums(bets, "stake")
    assert [sum(sums(people, "won", "refunded"))] == sums(bets, "payout")
    for person in people:
        if person["balance"]:
            held = {
                name: Decimal(person[name]) for name in person if person[name].lstrip("-").replace(".", "").isdigit()
            }
            assert held["balance"] == (
                held["paid_in"] - held["paid_out"] - held["staked"] + held["refunded"] + held["won"] + held["owed"]
            )
            assert held["net"] == held["won"] + held["refunded"] - (held["staked"] - held["pending"])

    moved: dict[str, Decimal] = {}
    for one in transfers:
        moved[one["debit_id"]] = moved.get(one["debit_id"], Decimal()) - Decimal(one["amount"])
        moved[one["credit_id"]] = moved.get(one["credit_id"], Decimal()) + Decimal(one["amount"])
    accounts = await scenario.records.conn.fetch(
        "SELECT * FROM accounts WHERE tournament_id = $1", scenario.tournament_id
    )
    for account in accounts:
        assert format_minor(account["balance"], currency) == str(
            moved.get(str(account["id"]), Decimal()).quantize(Decimal(1).scaleb(-CURRENCIES[currency].exponent))
        )
    reversed_ = [one for one in transfers if one["kind"] == "reversal"]
    assert reversed_
    assert {one["reverses"] for one in reversed_} <= {one["transfer"] for one in transfers}


async def test_who_left_and_whose_wallet_stays_is_still_among_the_people(scenario: ApiScenario) -> None:
    wallet = await scenario.fund(scenario.bettor, 500)
    taken(await scenario.move(wallet, "withdrawal", 500))
    answer = await scenario.admin.delete(f"/api/tournament/{scenario.tournament_id}/member/{scenario.bettor.id}")
    assert answer.status_code == 204, answer.text
    (person,) = [row for row in await sheet(scenario, "people") if row["name"] == "Bettor"]
    assert (person["role"], person["paid_in"], person["paid_out"], person["balance"]) == ("", "5.00", "5.00", "0.00")
    assert person["email"] == scenario.bettor.me["email"]


async def test_a_name_that_would_be_a_formula_is_quoted_in_csv_and_a_string_in_a_workbook(
    scenario: ApiScenario,
) -> None:
    name = '=HYPERLINK("http://evil.test","Prize")'
    evil = await scenario.add_member("Evil", "bettor")
    await call(scenario, evil, name)
    await scenario.fund(evil, 1000)
    market = await scenario.open_market(match_id=(await scenario.new_match("@SUM(A1:A9)"))["id"])
    assert await scenario.bet(evil, market["outcomes"][0]["id"], 100) == 0
    (plain,) = await sheet(scenario, "bets")
    assert (plain["bettor"], plain["match"]) == ("'" + name, "'@SUM(A1:A9)")
    (book,) = await workbook(scenario, "bets")
    assert (book["bettor"], book["match"]) == (name, "@SUM(A1:A9)")
    answer = await scenario.organizer.get(at(scenario, "bets"), params={"format": "xlsx"})
    cells = [cell for row in load_workbook(BytesIO(answer.content)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
