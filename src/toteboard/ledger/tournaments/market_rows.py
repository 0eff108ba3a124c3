"""Markets and outcomes as the ledger reads them: frozen rows. Asks nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from toteboard.ledger.connection import Row
from toteboard.rules.market import Carry, Division, MarketKind, MarketState
from toteboard.rules.market_terms import TERM_NAMES, MarketTerms

# Lists of outcome ids by "winners", "void", "half_void", "tied".
MarketResult = dict[str, list[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An outcome with what is staked on it. `returns` is what its bets bring if it wins; amounts in minor units.

    `deduction_bps`: withdrawn, it takes so much off the winnings of bets placed before `withdrawn_at`.
    """

    id: int
    market_id: int
    name: str
    lane_no: int
    odds_milli: int | None
    odds_version: int
    withdrawn: bool
    withdrawn_at: datetime | None
    deduction_bps: int
    stakes: int
    bets: int
    returns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Market(MarketTerms):
    """A market with its terms; `outcomes` where they were asked for. What is carried came from earlier pools."""

    id: int
    tournament_id: int
    match_id: int
    status: MarketState
    closed_at: datetime | None
    result: MarketResult | None
    version: int
    carried: int
    carried_gross: int
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedMarket(Market):
    """A market as it is under its lock. `starts_at` and `started_at` are its match's, `stopped_at` says that
    the books stopped betting in its tournament; `decided`: a settlement names it."""

    now: datetime
    starts_at: datetime | None
    started_at: datetime | None
    archived_at: datetime | None
    stopped_at: datetime | None
    bets: int
    decided: bool


def outcome_of(row: Row) -> Outcome:
    return Outcome(**row)


def market_of(row: Row, *, outcomes: tuple[Outcome, ...] = ()) -> Market:
    return Market(**market_columns(row), outcomes=outcomes)


def locked_market_of(row: Row) -> LockedMarket:
    return LockedMarket(**market_columns(row))


def market_columns(row: Row) -> dict[str, Any]:
    """The columns of a row of `markets` as Market has them."""
    result = row["result"]
    return dict(row) | {
        "kind": MarketKind(row["kind"]),
        "division": Division(row["division"]),
        "carry": Carry(row["carry"]),
        "status": MarketState(row["status"]),
        "result": None if result is None else json.loads(result),
    }


def terms_json(terms: Mapping[str, Any] | MarketTerms) -> str:
    """All terms as a statement takes them: a JSON object of the columns of `markets`."""
    values = terms if isinstance(terms, Mapping) else {name: getattr(terms, name) for name in TERM_NAMES}
    return json.dumps({name: values[name] for name in TERM_NAMES}, default=datetime.isoformat)
