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

from .nights import ALL, PAGE, at, call, in_currency, night, paid, sheet, workbook
from .stage import Stage, fields, taken
from .visitors import Visitor


@pytest.fixture
def wanted() -> dict[str, Any]:
    """Small pages, so that a sheet of some rows takes several."""
    return {"export_page": PAGE, "exports_max": 2, "exports_queue_max": 1, "export_wait_s": 1}


async def test_organizers_auditors_and_admins_take_sheets_away_and_nobody_else(stage: Stage, client: Visitor) -> None:
    for path in (at(stage), at(stage, "people"), at(stage, "bets")):
        for who in (stage.organizer, stage.auditor, stage.admin):
            assert (await who.get(path)).status_code == 200
        for who in (stage.cashier, stage.bettor, stage.stranger):
            answer = await who.get(path)
            assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
        assert (await client.get(path)).status_code == 401


async def test_what_is_not_there_is_not_found_and_what_is_no_sheet_or_format_is_said(stage: Stage) -> None:
    assert (await stage.admin.get("/api/tournament/no-such/export/bets")).status_code == 404
    assert (await stage.admin.get("/api/tournament/no-such/export")).status_code == 404
    assert fields(await stage.organizer.get(at(stage, "passwords"))) == ["sheet"]
    assert fields(await stage.organizer.get(at(stage, "bets"), params={"format": "pdf"})) == ["format"]


async def test_another_tournaments_rows_are_in_no_sheet(stage: Stage) -> None:
    await night(stage)
    await in_currency(stage, "JPY")
    for name in ("bets", "matches", "results", "transfers"):
        assert await sheet(stage, name) == []
    assert {row["name"] for row in await sheet(stage, "people")} == {
        "Admin",
        "Organizer",
        "Cashier",
        "Auditor",
        "Bettor",
    }
    assert all(row["action"] != "bet.placed" for row in await sheet(stage, "audit"))


async def test_who_took_which_sheet_stands_in_the_log(stage: Stage) -> None:
    await stage.auditor.get(at(stage, "people"), params={"format": "xlsx"})
    (row,) = await stage.records.audited("sheet.exported")
    assert (row["user_id"], row["tournament_id"]) == (stage.auditor.id, stage.tournament_id)
    assert row["details"] == {"sheet": "people", "format": "xlsx"}
    assert row["ip"] is not None
    # One that is refused takes nothing away.
    assert (await stage.bettor.get(at(stage, "people"))).status_code == 403
    assert len(await stage.records.audited("sheet.exported")) == 1


async def test_every_sheet_has_its_columns_in_both_formats_and_as_many_rows_as_was_said(stage: Stage) -> None:
    await night(stage)
    listed = (await stage.organizer.get(at(stage))).json()
    assert [one["name"] for one in listed["items"]] == list(ALL)
    for one in listed["items"]:
        # Each download before leaves a row in the log itself.
        before = ALL.index(one["name"]) * 2 if one["name"] == "audit" else 0
        plain, book = await sheet(stage, one["name"]), await workbook(stage, one["name"])
        assert len(plain) == one["rows"] + before
        assert len(book) == one["rows"] + before + (one["name"] == "audit")
        assert list(plain[0]) == list(book[0]) == one["columns"]
        assert one["xlsx"]


async def test_a_file_is_called_by_its_tournament_sheet_and_moment(stage: Stage) -> None:
    answer = await stage.organizer.get(at(stage, "bets"), params={"format": "xlsx"})
    said = answer.headers["content-disposition"]
    name = r"world-cup-bets-\d{8}T\d{6}Z\.xlsx"
    assert re.fullmatch(rf"attachment; filename=\"({name})\"; filename\*=UTF-8''({name})", said)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_an_empty_sheet_has_its_columns(stage: Stage) -> None:
    answer = await stage.organizer.get(at(stage, "bets"))
    assert answer.content.decode() == BOM + ",".join(column.name for column in SHEETS["bets"].columns) + "\r\n"
    assert await workbook(stage, "bets") == []


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
async def test_every_bet_stands_there_to_the_minor_unit(stage: Stage, currency: str) -> None:
    if currency != "EUR":
        await in_currency(stage, currency)
    await night(stage, currency)
    kept = await stage.records.conn.fetch(
        "SELECT * FROM bets WHERE tournament_id = $1 ORDER BY no", stage.tournament_id
    )
    plain, book = await sheet(stage, "bets"), await workbook(stage, "bets")
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
async def test_the_sheets_agree_with_each_other_and_with_the_accounts(stage: Stage, currency: str) -> None:
    if currency != "EUR":
        await in_currency(stage, currency)
    made = await night(stage, currency)
    pool = made["pool"]
    winners = [outcome["id"] for outcome in pool["outcomes"]][1:]
    asked = {"winners": winners, "reason": "the flag was up"}
    await paid(stage, await stage.organizer.post(f"/api/market/{pool['id']}/resettle", json=asked))
    await stage.do(made["fixed"], "close")
    bets, results = await sheet(stage, "bets"), await sheet(stage, "results")
    people, transfers = await sheet(stage, "people"), await sheet(stage, "transfers")

    assert [(one["version"], one["result"], one["decision"]) for one in results] == [
        ("1", "Mexico", "settle"),
        ("2", "Draw and Norway", "settle"),
        ("", "", ""),
    ]
    assert re.fullmatch(r"Draw \d+\.\d{2}; Norway \d+\.\d{2}", results[1]["dividends"])
    for one in results[:2]:
        out = sum(Decimal(one[name]) for name in ("paid", "refunds", "takeout", "breakage", "house_result"))
        assert out == Decimal(one["stakes"])
    assert sums(bets, "stake") == [Decimal(results[1]["stakes"]) + Decimal(results[2]["stakes"])]
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
    accounts = await stage.records.conn.fetch("SELECT * FROM accounts WHERE tournament_id = $1", stage.tournament_id)
    for account in accounts:
        assert format_minor(account["balance"], currency) == str(
            moved.get(str(account["id"]), Decimal()).quantize(Decimal(1).scaleb(-CURRENCIES[currency].exponent))
        )
    reversed_ = [one for one in transfers if one["kind"] == "reversal"]
    assert reversed_
    assert {one["reverses"] for one in reversed_} <= {one["transfer"] for one in transfers}


async def test_who_left_and_whose_wallet_stays_is_still_among_the_people(stage: Stage) -> None:
    wallet = await stage.fund(stage.bettor, 500)
    taken(await stage.move(wallet, "withdrawal", 500))
    answer = await stage.admin.delete(f"/api/tournament/{stage.tournament_id}/member/{stage.bettor.id}")
    assert answer.status_code == 204, answer.text
    (person,) = [row for row in await sheet(stage, "people") if row["name"] == "Bettor"]
    assert (person["role"], person["paid_in"], person["paid_out"], person["balance"]) == ("", "5.00", "5.00", "0.00")
    assert person["email"] == stage.bettor.me["email"]


async def test_a_name_that_would_be_a_formula_is_quoted_in_csv_and_a_string_in_a_workbook(stage: Stage) -> None:
    name = '=HYPERLINK("http://evil.test","Prize")'
    evil = await stage.add_member("Evil", "bettor")
    await call(stage, evil, name)
    await stage.fund(evil, 1000)
    market = await stage.open_market(match_id=(await stage.new_match("@SUM(A1:A9)"))["id"])
    assert await stage.bet(evil, market["outcomes"][0]["id"], 100) == 0
    (plain,) = await sheet(stage, "bets")
    assert (plain["bettor"], plain["match"]) == ("'" + name, "'@SUM(A1:A9)")
    (book,) = await workbook(stage, "bets")
    assert (book["bettor"], book["match"]) == (name, "@SUM(A1:A9)")
    answer = await stage.organizer.get(at(stage, "bets"), params={"format": "xlsx"})
    cells = [cell for row in load_workbook(BytesIO(answer.content)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
