"""A night to take away in sheets: bets, a settled pool, an open fixed market; and short ways to a sheet's rows."""

import csv
from io import BytesIO, StringIO
from typing import Any

import httpx
from openpyxl import load_workbook

from toteboard.ledger import paying
from toteboard.spreadsheets.sheets import SHEETS
from toteboard.spreadsheets.writing import BOM

from .stage import Stage, taken
from .visitors import Visitor

ALL = tuple(SHEETS)
PAGE = 5


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
