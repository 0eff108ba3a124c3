"""What the ledger reads about settlements: frozen rows, amounts in minor units. Asks nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from toteboard.ledger.connection import Row
from toteboard.ledger.tournaments.market_rows import Market, MarketResult, market_columns
from toteboard.rules.money import Minor
from toteboard.rules.pools import dividends_of
from toteboard.rules.settlement import Label, OutcomeStakes, Terms

Kind = Literal["settle", "void"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketToSettle(Market):
    """A market with what a settlement must know besides. `started_at` and `match` are its match's."""

    started_at: datetime | None
    match: str
    currency: str
    exponent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedOutcome:
    """What lies on an outcome; `late` is of it what was bet after the actual start."""

    outcome_id: int
    name: str
    withdrawn: bool
    withdrawn_at: datetime | None
    deduction_bps: int
    staked: int
    bets: int
    late: int

    @property
    def stakes(self) -> OutcomeStakes:
        """What is staked on it, in minor units."""
        return OutcomeStakes(
            outcome_id=self.outcome_id,
            staked=Minor(self.staked),
            late=Minor(self.late),
            withdrawn=self.withdrawn,
            withdrawn_at=self.withdrawn_at,
            deduction_bps=self.deduction_bps,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A decision and how far its paying has come. `terms` say what each outcome's bets are paid."""

    id: int
    tournament_id: int
    market_id: int
    version: int
    kind: Kind
    status: Literal["paying", "paid"]
    result: MarketResult
    terms: tuple[Terms, ...]
    started_at: datetime | None
    gross: int
    refunds: int
    takeout: int
    paid: int
    breakage: int
    house_added: int
    house_won: int
    bets: int
    bets_done: int
    carried_in: int
    carried_out: int
    carried_to: int | None
    reverses: int | None
    decided_at: datetime
    finished_at: datetime | None

    @property
    def dividends(self) -> dict[int, int]:
        """What a unit on each winner of a pool is paid, in thousandths by outcome id."""
        return dividends_of(self.terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a corrected result changes for a bettor; `receivable` is what the wallet lacks, `owed` their whole debt then."""

    user_id: int
    name: str
    before: int
    after: int
    difference: int
    receivable: int
    owed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The differences of everybody, summed up; `taken_from`, `paid_to` and `owing` count bettors."""

    taken_back: int
    taken_from: int
    paid_more: int
    paid_to: int
    receivable: int
    owing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bettors:
    """How many people bet on a market, and how many of them are paid something."""

    bettors: int
    winners: int


_SETTLEMENT = tuple(field.name for field in fields(Settlement))


def market_to_settle_of(row: Row) -> MarketToSettle:
    """The row as a market to settle."""
    return MarketToSettle(**market_columns(row))


def settlement_of(row: Row) -> Settlement:
    """The row as a settlement, its result and terms read."""
    parsed = {"result": result_json(json.loads(row["result"])), "terms": terms_of(row["terms"])}
    return Settlement(**{name: parsed.get(name, row[name]) for name in _SETTLEMENT})


def result_json(result: Mapping[str, Any]) -> MarketResult:
    """A result in one form, however it was written: sorted lists of outcome ids."""
    return {name: sorted(result.get(name) or []) for name in ("winners", "void", "half_void", "tied")}


def terms_of(text: str) -> tuple[Terms, ...]:
    """The terms as settlements.terms keeps them: [[outcome_id, a, b, c, label], …], some with since and until behind."""
    return tuple(_terms_of(*row) for row in json.loads(text))


def _terms_of(
    outcome_id: int, a: int, b: int, c: int, label: Label, since: str | None = None, until: str | None = None
) -> Terms:
    span = [None if at is None else datetime.fromisoformat(at) for at in (since, until)]
    return Terms(outcome_id=outcome_id, a=a, b=b, c=c, label=label, since=span[0], until=span[1])


def terms_json(terms: tuple[Terms, ...]) -> list[list[Any]]:
    """The terms as settlements.terms keeps them."""
    return [[t.outcome_id, t.a, t.b, t.c, t.label, *_span(t)] for t in terms]


def _span(terms: Terms) -> list[str | None]:
    span = [terms.since, terms.until]
    return [] if span == [None, None] else [None if at is None else at.isoformat() for at in span]
