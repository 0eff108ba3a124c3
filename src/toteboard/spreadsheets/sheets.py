"""The sheets a tournament is taken away in: their columns, and what stands in them. Knows neither SQL nor a file format.

A row is one of ledger/files/exports.py. A column makes of it text, a whole number, a time, an amount in minor units or
odds in thousandths, and each format writes those as it can.
"""

import enum
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from toteboard.ledger.money.settlement_rows import result_json, terms_of
from toteboard.rules.odds import format_odds
from toteboard.rules.pools import dividends_of
from toteboard.spreadsheets.reading import YEARS

Row = Any


class Kind(enum.Enum):
    """What stands in a column."""

    TEXT = "text"
    WHOLE = "whole"
    TIME = "time"
    AMOUNT = "amount"
    ODDS = "odds"


@dataclass(frozen=True, slots=True)
class Column:
    """`of` makes the cell of a row; without it the row has it under `source`, or under the column's own name."""

    name: str
    kind: Kind = Kind.TEXT
    source: str = ""
    of: Callable[[Row], Any] | None = None
    # Characters, in a workbook.
    width: int = 14

    def cell(self, row: Row) -> Any:
        """The value of this column in a row; amounts stay minor units here."""
        return self.of(row) if self.of else row[self.source or self.name]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A name, which is also that of its statement, and the columns from left to right."""

    name: str
    columns: tuple[Column, ...]


def iso(at: datetime) -> str:
    """ "2026-06-11T19:00:00.123456Z", as the API says it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _starts_at(row: Row) -> str:
    """To the second, with its zone: what an import reads back as the same moment in any --timezone."""
    at = row["starts_at"]
    if at is None or at.astimezone(UTC).year not in YEARS:
        return ""
    return iso(at.replace(microsecond=0))


def _result(row: Row) -> str:
    """ "Mexico", "Mexico and Norway", "Mexico; half void: Draw"."""
    if row["decision"] == "void":
        return "void"
    if row["result"] is None:
        return ""
    names, result = json.loads(row["names"] or "{}"), result_json(json.loads(row["result"]))
    texts = {name: " and ".join(names.get(str(one), "?") for one in ids) for name, ids in result.items()}
    parts = [texts["winners"] or "no listed outcome"]
    parts += [f"{name.replace('_', ' ')}: {texts[name]}" for name in ("tied", "void", "half_void") if texts[name]]
    return "; ".join(parts)


def _dividends(row: Row) -> str:
    """ "Mexico 2.28; Norway 1.50": what a unit on each winner of a pool is paid."""
    if row["kind"] != "pool" or row["terms"] is None:
        return ""
    names, dividends = json.loads(row["names"] or "{}"), dividends_of(terms_of(row["terms"]))
    return "; ".join(f"{names.get(str(one), '?')} {format_odds(milli)}" for one, milli in dividends.items())


def _refused(row: Row) -> str:
    """ "409 CLOSED; 503 TOO_BUSY": what failed on the screen just before."""
    failed = json.loads(row["state"]).get("failed", [])
    return "; ".join(f"{one['status']} {one['code']}" for one in failed)


_ROUND, _MATCH = Column("round", width=18), Column("match", width=28)
_AMOUNT, _WHOLE, _TIME = Kind.AMOUNT, Kind.WHOLE, Kind.TIME
# Filled by the writer: every row of a tournament is in its one currency.
CURRENCY = Column("currency", width=9)

_SETTLEMENT = (
    _ROUND,
    _MATCH,
    Column("market", width=20),
    Column("kind", width=8),
    Column("status", width=11),
    Column("version", _WHOLE, width=9),
    Column("decision", width=10),
    Column("paying", width=10),
    Column("decided_utc", _TIME, "decided_at", width=24),
    Column("result", of=_result, width=24),
    Column("bets", _WHOLE),
    Column("stakes", _AMOUNT),
    Column("carried_in", _AMOUNT),
    Column("refunds", _AMOUNT),
    Column("paid", _AMOUNT),
    Column("takeout", _AMOUNT),
    Column("breakage", _AMOUNT),
    Column("house_won", _AMOUNT),
    Column("house_added", _AMOUNT),
    Column("house_result", _AMOUNT),
    Column("carried_out", _AMOUNT),
    CURRENCY,
    Column("dividends", of=_dividends, width=28),
)

SHEETS: dict[str, Sheet] = {
    sheet.name: sheet
    for sheet in (
        Sheet(
            "bets",
            (
                Column("time_utc", _TIME, "placed_at", width=24),
                Column("bettor", width=24),
                Column("bettor_id", _WHOLE, "user_id"),
                _ROUND,
                _MATCH,
                Column("market", width=20),
                Column("kind", width=8),
                Column("outcome", width=20),
                Column("outcome_now", width=20),
                Column("stake", _AMOUNT),
                CURRENCY,
                Column("odds", Kind.ODDS, "odds_milli"),
                Column("status", width=10),
                Column("payout", _AMOUNT),
                Column("bet", of=lambda row: str(row["bet"]), width=38),
            ),
        ),
        Sheet(
            "matches",
            (
                _MATCH,
                _ROUND,
                Column("starts_at", of=_starts_at, width=22),
                Column("outcome", width=24),
                Column("odds", Kind.ODDS, "odds_milli"),
            ),
        ),
        Sheet("results", _SETTLEMENT),
        Sheet("versions", _SETTLEMENT),
        Sheet(
            "people",
            (
                Column("name", width=24),
                Column("email", width=30),
                Column("person_id", _WHOLE, "user_id"),
                Column("role", width=11),
                Column("verified", width=9),
                Column("balance", _AMOUNT),
                Column("owed", _AMOUNT),
                Column("paid_in", _AMOUNT),
                Column("paid_out", _AMOUNT),
                Column("staked", _AMOUNT),
                Column("pending", _AMOUNT),
                Column("refunded", _AMOUNT),
                Column("won", _AMOUNT),
                Column("net", _AMOUNT),
                CURRENCY,
            ),
        ),
        Sheet(
            "transfers",
            (
                Column("transfer", _WHOLE, "id"),
                Column("time_utc", _TIME, "at", width=24),
                Column("kind", width=11),
                Column("debit_account", source="debit", width=32),
                Column("debit_id", _WHOLE, "debit_account"),
                Column("credit_account", source="credit", width=32),
                Column("credit_id", _WHOLE, "credit_account"),
                Column("amount", _AMOUNT),
                CURRENCY,
                Column("bet", of=lambda row: str(row["bet_id"]) if row["bet_id"] else None, width=38),
                Column("settlement", _WHOLE, "settlement_id"),
                Column("reverses", _WHOLE),
            ),
        ),
        Sheet(
            "audit",
            (
                Column("row", _WHOLE, "id"),
                Column("time_utc", _TIME, "at", width=24),
                Column("who", width=24),
                Column("who_id", _WHOLE, "user_id"),
                Column("ip", width=18),
                Column("action", width=22),
                Column("subject", width=18),
                Column("details", width=60),
            ),
        ),
        Sheet(
            "feedback",
            (
                Column("number", _WHOLE, "id"),
                Column("time_utc", _TIME, "created_at", width=24),
                Column("who", width=24),
                Column("who_id", _WHOLE, "user_id"),
                Column("screen", width=24),
                Column("text", width=60),
                Column("refused", of=_refused, width=28),
                Column("may_ask", of=lambda row: "yes" if row["may_ask"] else "no"),
                Column("picture", of=lambda row: "yes" if row["has_picture"] else "no"),
                Column("answer", width=60),
                Column("answered_by", width=24),
                Column("answered_utc", _TIME, "answered_at", width=24),
                Column("closed_utc", _TIME, "closed_at", width=24),
            ),
        ),
    )
}
