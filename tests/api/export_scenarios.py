"""A night to take away in sheets: bets, a settled pool, an open fixed market; and short ways to a sheet's rows."""

import csv
from io import BytesIO, StringIO
from typing import Any

import httpx
from openpyxl import load_workbook

from toteboard.ledger.money import paying
from toteboard.ledger.tournaments.tournaments import Role
from toteboard.spreadsheets.sheets import SHEETS
from toteboard.spreadsheets.writing import BOM
from toteboard.words import label

from .clients import ApiClient
from .scenarios import ApiScenario, taken

ALL = tuple(SHEETS)
PAGE = 5


def at(scenario: ApiScenario, sheet: str = "") -> str:
    return f"/api/tournament/{scenario.tournament_id}/export{sheet and f'/{sheet}'}"


def table(content: bytes) -> list[dict[str, str]]:
    text = content.decode()
    assert text.startswith(BOM)
    return list(csv.DictReader(StringIO(text.removeprefix(BOM), newline="")))


async def sheet(scenario: ApiScenario, name: str, by: ApiClient | None = None) -> list[dict[str, str]]:
    answer = await (by or scenario.organizer).get(at(scenario, name))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return table(answer.content)


async def workbook(scenario: ApiScenario, name: str) -> list[dict[str, Any]]:
    answer = await scenario.organizer.get(at(scenario, name), params={"format": "xlsx"})
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    head, *rows = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
    names = [column.name for column in SHEETS[name].columns]
    assert list(head) == [label(one) for one in names], "a workbook is for people"
    return [dict(zip(names, row, strict=True)) for row in rows]


async def settle(scenario: ApiScenario, market: dict[str, Any], *winners: int) -> None:
    await scenario.do(market, "close")
    await scenario.do(market, "result", winners=list(winners))
    await paid(scenario, await scenario.organizer.post(f"/api/market/{market['id']}/settle", json={}))


async def paid(scenario: ApiScenario, answer: httpx.Response) -> None:
    assert answer.status_code in (200, 201, 202), answer.text
    await paying.pay(scenario.records.services.ledger, answer.json()["id"], chunk=3)


async def in_currency(scenario: ApiScenario, currency: str) -> ApiScenario:
    """The same people in another tournament."""
    roles: tuple[Role, ...] = ("organizer", "cashier", "auditor", "bettor")
    people = {role: getattr(scenario, role) for role in roles}
    made = taken(await scenario.admin.post("/api/tournament", json={"name": f"In {currency}", "currency": currency}))
    scenario.tournament_id = made["id"]
    for role, client in people.items():
        await scenario.records.add_member(made["id"], client, role)
    return scenario


async def call(scenario: ApiScenario, who: ApiClient, name: str) -> None:
    await scenario.records.conn.execute("UPDATE users SET name = $2 WHERE id = $1", who.id, name)


async def night(scenario: ApiScenario, currency: str = "EUR") -> dict[str, Any]:
    """Two bettors, a pool that is settled and a fixed market that is not: nine bets."""
    other = await scenario.add_member("Zaneta", "bettor")
    await call(scenario, other, "Żaneta Ó'Brien 🐎")
    await scenario.fund(scenario.bettor, 90_000, currency)
    await scenario.fund(other, 70_000, currency)
    pool = await scenario.open_market(takeout_bps=1000)
    fixed = await scenario.open_market(
        "2.50", "3.10", "1.875", match_id=(await scenario.new_match("Peru – Chile"))["id"]
    )
    home, draw, away = [outcome["id"] for outcome in pool["outcomes"]]
    for who, outcome, stake in (
        (scenario.bettor, home, 1_001),
        (scenario.bettor, draw, 2_345),
        (scenario.bettor, home, 50),
        (other, away, 7_777),
        (other, home, 333),
        (other, draw, 1),
        (scenario.bettor, fixed["outcomes"][0]["id"], 400),
        (scenario.bettor, fixed["outcomes"][2]["id"], 123),
        (other, fixed["outcomes"][1]["id"], 99),
    ):
        assert await scenario.bet(who, outcome, stake, currency) == 0
    await settle(scenario, pool, home)
    return {"other": other, "pool": pool, "fixed": fixed}
