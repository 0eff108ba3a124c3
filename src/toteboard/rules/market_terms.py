"""The terms of a market: the one list that everything else about a term is made from.

The ledger's rows and statements, the API's shapes and the board's fields are built from MarketTerms. To add a term, write
it here and add its column by a migration; the pages have a list of their own, web/src/features/desk/marketTerms.ts.
"""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from types import NoneType
from typing import Any, get_args, get_type_hints

from toteboard.rules.bounds import (
    AMOUNT_MAX,
    BREAK_TO_MILLI_MAX,
    CLOSES_OFFSET_S_MAX,
    ID_MAX,
    MINIMUM_MILLI_MAX,
    PLACES_MAX,
    TAKEOUT_BPS_MAX,
    TOTAL_MAX,
)
from toteboard.rules.market import Carry, Division, MarketKind
from toteboard.rules.minimum_tiers import Tiers


@dataclass(frozen=True, slots=True)
class _Marks:
    least: int | None
    most: int | None
    is_promised: bool
    is_on_board: bool
    help: str


def _term(
    help: str = "",
    *,
    default: Any = MISSING,
    least: int | None = None,
    most: int | None = None,
    promised: bool = False,
    on_board: bool = False,
) -> Any:
    marks = _Marks(least, most, promised, on_board, help)
    return field(default=default, metadata={"marks": marks})


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketTerms:
    """What a market is set up with; amounts in minor units of the tournament's currency.

    `promised` is what bettors rely on: it stays as it is from the first bet on. `on_board` is what everybody is shown.
    """

    name: str = _term(on_board=True)
    kind: MarketKind = _term(promised=True, on_board=True)
    opens_at: datetime | None = _term("bets are refused before it", default=None, on_board=True)
    closes_offset_s: int | None = _term(
        "seconds after its match's start, below zero before it, at which it closes: then the closing moves with the start; "
        "null at a time of its own",
        default=None,
        least=-CLOSES_OFFSET_S_MAX,
        most=CLOSES_OFFSET_S_MAX,
        on_board=True,
    )
    closes_at: datetime | None = _term(default=None, on_board=True)
    takeout_bps: int = _term(
        "the house's share of a pool, in hundredths of a per cent",
        default=0,
        least=0,
        most=TAKEOUT_BPS_MAX,
        promised=True,
        on_board=True,
    )
    break_to_milli: int = _term(
        "the dividend's step in thousandths",
        default=10,
        least=1,
        most=BREAK_TO_MILLI_MAX,
        promised=True,
        on_board=True,
    )
    minimum_milli: int = _term(
        "the smallest dividend in thousandths",
        default=1000,
        least=0,
        most=MINIMUM_MILLI_MAX,
        promised=True,
        on_board=True,
    )
    minimum_tiers: Tiers = _term(
        "minimum dividends by what was worked out, as in 1.01:1.04, 1.08:1.10: from 1.01 on at least 1.04 is paid",
        default=Tiers(""),
        promised=True,
        on_board=True,
    )
    started_with: int = _term(
        "what the house puts into a pool, in minor units",
        default=0,
        least=0,
        most=AMOUNT_MAX,
        promised=True,
        on_board=True,
    )
    guaranteed: int = _term(
        "what a net pool is at least; the house adds what is missing when it is paid",
        default=0,
        least=0,
        most=AMOUNT_MAX,
        promised=True,
        on_board=True,
    )
    carry_to: int | None = _term(
        "a later pool of the tournament that this one goes to if nobody backed a winner; null: stakes are refunded",
        default=None,
        least=1,
        most=ID_MAX,
        on_board=True,
    )
    carry: Carry = _term(
        "whether the pool goes on after the house share (net) or before it (gross)", default=Carry.NET, promised=True
    )
    places: int = _term("how many outcomes are paid", default=1, least=1, most=PLACES_MAX, promised=True, on_board=True)
    division: Division = _term(
        "what several winners of a pool divide: the profit, or the whole net pool",
        default=Division.PROFIT,
        promised=True,
        on_board=True,
    )
    liability_max: int | None = _term(
        "what the house risks on one outcome; fixed markets", default=None, least=0, most=TOTAL_MAX
    )
    stake_min: int = _term(default=1, least=1, most=AMOUNT_MAX, on_board=True)
    stake_max: int = _term(default=AMOUNT_MAX, least=1, most=AMOUNT_MAX, on_board=True)
    total_max: int = _term("all stakes of the market together", default=TOTAL_MAX, least=1, most=TOTAL_MAX)


@dataclass(frozen=True, slots=True)
class Term:
    """One of MarketTerms' fields. `type` is str, int, datetime, Tiers or an enum; a `default` of MISSING is none."""

    name: str
    type: type
    is_nullable: bool
    default: Any
    least: int | None
    most: int | None
    is_promised: bool
    is_on_board: bool
    help: str

    @property
    def is_required(self) -> bool:
        """Whether a market cannot be made without it."""
        return self.default is MISSING


def _terms() -> tuple[Term, ...]:
    hints = get_type_hints(MarketTerms)
    terms = []
    for one in fields(MarketTerms):
        marks: _Marks = one.metadata["marks"]
        kinds = [kind for kind in get_args(hints[one.name]) or (hints[one.name],) if kind is not NoneType]
        assert len(kinds) == 1, f"{one.name} has one type, or that and None"
        terms.append(
            Term(
                name=one.name,
                type=kinds[0],
                is_nullable=NoneType in get_args(hints[one.name]),
                default=one.default,
                least=marks.least,
                most=marks.most,
                is_promised=marks.is_promised,
                is_on_board=marks.is_on_board,
                help=marks.help,
            )
        )
    return tuple(terms)


def _named(chosen: Callable[[Term], bool]) -> tuple[str, ...]:
    return tuple(term.name for term in TERMS if chosen(term))


TERMS = _terms()
TERM_NAMES = _named(lambda term: True)
PROMISED = _named(lambda term: term.is_promised)
ON_BOARD = _named(lambda term: term.is_on_board)
