"""A tournament taken away in sheets: who may, what stands in them, and that it is all of one moment."""

import asyncio
import csv
import re
from datetime import datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
from openpyxl import load_workbook

from toteboard.ledger import paying
from toteboard.rules.money import CURRENCIES, format_minor
from toteboard.spreadsheets.sheets import SHEETS
from toteboard.spreadsheets.writing import BOM

from .readers import reading
from .stage import Stage, fields, taken
from .visitors import Visitor

ALL = tuple(SHEETS)
PAGE = 5


@pytest.fixture
def wanted() -> dict[str, Any]:
    """Small pages, so that a sheet of some rows takes several."""
    return {"export_page": PAGE, "exports_max": 2, "exports_queue_max": 1, "export_wait_s": 1}


def at(stage: Stage, sheet: str = "") -> str:
    return f"/api/tournament/{stage.tournament_id}/export{sheet and f'/{sheet}'}"


def table(content: bytes) -> list[dict[str, str]]:
    text = content.decode()
    assert text.startswith(BOM)
    return list(csv.DictReader(StringIO(text.removeprefix(BOM), newline="")))


async def sheet(stage: Stage, name: str, by: Visitor | None = None) -> list[dict[str, str]]:
    answer = await (by or stage.organizer).get(at(stage, name))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return table(answer.content)


async def workbook(stage: Stage, name: str) -> list[dict[str, Any]]:
    answer = await stage.organizer.get(at(stage, name), params={"format": "xlsx"})
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    head, *rows = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


async def settle(stage: Stage, market: dict[str, Any], *winners: int) -> None:
    await stage.do(market, "close")
    await stage.do(market, "result", winners=list(winners))
    await paid(stage, await stage.organizer.post(f"/api/market/{market['id']}/settle", json={}))


async def paid(stage: Stage, answer: httpx.Response) -> None:
    assert answer.status_code in (200, 201, 202), answer.text
    await paying.pay(stage.records.house.ledger, answer.json()["id"], chunk=3)


async def in_currency(stage: Stage, currency: str) -> Stage:
    """The same people in another tournament."""
    people = {role: getattr(stage, role) for role in ("organizer", "cashier", "auditor", "bettor")}
    made = taken(await stage.admin.post("/api/tournament", json={"name": f"In {currency}", "currency": currency}))
    stage.tournament_id = made["id"]
    for role, visitor in people.items():
        taken(await stage.admin.put(f"/api/tournament/{made['id']}/member/{visitor.id}", json={"role": role}), 200)
    return stage


async def call(stage: Stage, who: Visitor, name: str) -> None:
    await stage.records.conn.execute("UPDATE users SET name = $2 WHERE id = $1", who.id, name)


async def night(stage: Stage, currency: str = "EUR") -> dict[str, Any]:
    """Two bettors, a pool that is settled and a fixed market that is not: nine bets."""
    other = await stage.add_member("Zaneta", "bettor")
    await call(stage, other, "Żaneta Ó'Brien 🐎")
    await stage.fund(stage.bettor, 90_000, currency)
    await stage.fund(other, 70_000, currency)
    pool = await stage.open_market(takeout_bps=1000)
    fixed = await stage.open_market("2.50", "3.10", "1.875", match_id=(await stage.new_match("Peru – Chile"))["id"])
    home, draw, away = [outcome["id"] for outcome in pool["outcomes"]]
    for who, outcome, stake in (
        (stage.bettor, home, 1_001),
        (stage.bettor, draw, 2_345),
        (stage.bettor, home, 50),
        (other, away, 7_777),
        (other, home, 333),
        (other, draw, 1),
        (stage.bettor, fixed["outcomes"][0]["id"], 400),
        (stage.bettor, fixed["outcomes"][2]["id"], 123),
        (other, fixed["outcomes"][1]["id"], 99),
    ):
        assert await stage.bet(who, outcome, stake, currency) == 0
    await settle(stage, pool, home)
    return {"other": other, "pool": pool, "fixed": fixed}


# Who may ------------------------------------------------------------------------------------------------------------


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


# What stands in them ------------------------------------------------------------------------------------------------


async def test_every_sheet_has_its_columns_in_both_formats_and_as_many_rows_as_was_said(stage: Stage) -> None:
    await night(stage)
    listed = (await stage.organizer.get(at(stage))).json()
    assert [one["name"] for one in listed["items"]] == list(ALL)
    for one in listed["items"]:
        # Each download leaves a row in the log itself.
        more = 1 if one["name"] == "audit" else 0
        plain, book = await sheet(stage, one["name"]), await workbook(stage, one["name"])
        before = ALL.index(one["name"]) * 2 if more else 0
        assert len(plain) == one["rows"] + before + more
        assert len(book) == one["rows"] + before + 2 * more
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


# Of one moment ------------------------------------------------------------------------------------------------------


async def test_a_sheet_is_of_one_moment_while_bets_go_on(stage: Stage) -> None:
    made = await night(stage)
    outcome = made["fixed"]["outcomes"][0]["id"]
    async with reading(stage.organizer, at(stage, "transfers")) as reader:
        assert await reader.begun() == 200
        read = await reader.part() + await reader.part()
        for _ in range(PAGE * 2):
            assert await stage.bet(stage.bettor, outcome, 100) == 0
        rows = table(read + await reader.rest())
    stakes = [row for row in rows if row["kind"] == "stake"]
    assert len(stakes) == 9
    later = await sheet(stage, "transfers")
    assert later[: len(rows)] == rows
    assert len(later) == len(rows) + PAGE * 2


async def test_bets_of_one_set_that_is_longer_than_a_page_are_all_there_in_order(stage: Stage) -> None:
    await stage.fund(stage.bettor, 100_000)
    market = await stage.open_market()
    outcome, many = market["outcomes"][0]["id"], PAGE * 3 + 2
    bettors = [await stage.add_member(f"Bettor {n}", "bettor") for n in range(many)]
    for bettor in bettors:
        await stage.fund(bettor, 1000)
    async with stage.records.house.ledger.read() as conn:
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
    assert [row["bet"] for row in await sheet(stage, "bets")] == [str(one) for one in ids]


# Bounds -------------------------------------------------------------------------------------------------------------


async def readers(stage: Stage) -> int:
    """How many connections the database has from exports."""
    return int(await stage.value("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'toteboard export'"))


async def test_who_goes_away_ends_the_question_and_gives_the_turn_back(stage: Stage) -> None:
    await night(stage)
    number = str(uuid4())
    async with reading(stage.organizer, at(stage, "transfers"), number=number) as reader:
        assert await reader.begun() == 200
        await reader.part()
        assert await readers(stage) == 1
        await reader.leave()
        assert (await stage.organizer.get(f"/api/export/{number}")).json()["state"] == "left"
        for _ in range(100):
            if await readers(stage) == 0:
                break
            await asyncio.sleep(0.05)
        assert await readers(stage) == 0
    assert len(await sheet(stage, "bets")) == 9


async def test_so_many_are_made_at_once_one_waits_and_one_more_is_told_to_come_back(stage: Stage) -> None:
    await night(stage)
    path = at(stage, "transfers")
    async with reading(stage.organizer, path) as one, reading(stage.auditor, path) as two:
        assert [await one.begun(), await two.begun()] == [200, 200]
        waiting = asyncio.ensure_future(stage.organizer.get(at(stage, "bets")))
        await asyncio.sleep(0.1)
        answer = await stage.admin.get(path)
        assert (answer.status_code, answer.json()["code"], answer.json()["retry"]) == (503, "TOO_BUSY", True)
        assert int(answer.headers["retry-after"]) >= 1
        await one.rest()
        assert (await waiting).status_code == 200
        # And who waits too long is told the same.
        async with reading(stage.organizer, path) as three:
            assert await three.begun() == 200
            answer = await stage.admin.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "TOO_BUSY")
    assert (await stage.admin.get(path)).status_code == 200


async def test_bets_are_placed_while_every_turn_is_taken(stage: Stage) -> None:
    made = await night(stage)
    path = at(stage, "transfers")
    async with reading(stage.organizer, path) as one, reading(stage.auditor, path) as two:
        assert [await one.begun(), await two.begun()] == [200, 200]
        in_use, _, _ = stage.records.house.ledger.connections
        assert in_use == 0
        assert await stage.bet(stage.bettor, made["fixed"]["outcomes"][0]["id"], 100) == 0


async def test_a_sheet_longer_than_a_workbook_is_refused_with_the_advice_to_take_csv(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await night(stage)
    monkeypatch.setattr("toteboard.api.downloads.XLSX_ROWS_MAX", 8)
    monkeypatch.setattr("toteboard.api.exports.XLSX_ROWS_MAX", 8)
    answer = await stage.organizer.get(at(stage, "bets"), params={"format": "xlsx"})
    assert fields(answer) == ["format"]
    assert "take CSV" in answer.text
    listed = {one["name"]: one["xlsx"] for one in (await stage.organizer.get(at(stage))).json()["items"]}
    assert (listed["bets"], listed["results"]) == (False, True)
    assert len(await sheet(stage, "bets")) == 9


class Small:
    """A server that sends at most ten rows."""

    @pytest.fixture
    def wanted(self) -> dict[str, Any]:
        return {"export_rows_max": 10}


class TestASmallServer(Small):
    async def test_a_sheet_longer_than_the_server_sends_is_refused(self, stage: Stage) -> None:
        await night(stage)
        assert fields(await stage.organizer.get(at(stage, "transfers"))) == ["sheet"]
        assert len(await sheet(stage, "bets")) == 9


class TestAnImpatientServer:
    @pytest.fixture
    def wanted(self) -> dict[str, Any]:
        return {"export_page": PAGE, "export_s": 1}

    async def test_a_reader_that_takes_nothing_is_ended_in_time(self, stage: Stage) -> None:
        await night(stage)
        number = str(uuid4())
        async with reading(stage.organizer, at(stage, "transfers"), number=number) as reader:
            assert await reader.begun() == 200
            await reader.over()
            told = (await stage.organizer.get(f"/api/export/{number}")).json()
            assert (told["state"], told["retry"]) == ("failed", True)
            assert "longer than a download may" in told["detail"]
            assert await readers(stage) == 0


# How far it has come ------------------------------------------------------------------------------------------------


async def test_its_asker_is_told_how_far_a_download_has_come_and_nobody_else(stage: Stage) -> None:
    await night(stage)
    number = str(uuid4())
    async with reading(stage.organizer, at(stage, "bets"), number=number) as reader:
        assert await reader.begun() == 200
        first = await reader.part() + await reader.part()
        await asyncio.sleep(0.05)
        told = (await stage.organizer.get(f"/api/export/{number}")).json()
        assert (told["state"], told["rows_of"], told["bytes"]) == ("sending", 9, len(first))
        assert (await stage.auditor.get(f"/api/export/{number}")).status_code == 404
        # Nor can somebody else's download take its number.
        await stage.auditor.get(at(stage, "people"), params={"number": number})
        whole = first + await reader.rest()
    told = (await stage.organizer.get(f"/api/export/{number}")).json()
    assert (told["state"], told["rows"], told["bytes"]) == ("done", 9, len(whole))
    assert (await stage.organizer.get(f"/api/export/{uuid4()}")).status_code == 404


async def test_a_download_that_loses_the_database_fails_in_sight(stage: Stage) -> None:
    await night(stage)
    number = str(uuid4())
    async with reading(stage.organizer, at(stage, "transfers"), number=number) as reader:
        assert await reader.begun() == 200
        await reader.part()
        await stage.value(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'toteboard export'"
        )
        await reader.drain()
        # The answer has no end: a browser takes it for the failure that it is.
        assert reader.asking.exception() is None
        told = (await stage.organizer.get(f"/api/export/{number}")).json()
        assert (told["state"], told["retry"], told["detail"]) == ("failed", True, "The database cannot be reached now.")
    assert len(await sheet(stage, "bets")) == 9


async def test_a_refused_download_says_why_where_its_progress_is_asked_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toteboard.api.downloads.XLSX_ROWS_MAX", 1)
    number = str(uuid4())
    answer = await stage.organizer.get(at(stage, "people"), params={"format": "xlsx", "number": number})
    assert answer.status_code == 422
    told = (await stage.organizer.get(f"/api/export/{number}")).json()
    assert (told["state"], told["retry"]) == ("failed", False)
    assert "take CSV" in told["detail"]
