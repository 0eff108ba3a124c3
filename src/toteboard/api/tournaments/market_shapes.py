"""What the API takes and gives of a market. A market's terms are not listed here: they come from rules/market_terms.py."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, Field, create_model

from toteboard.api.wire import (
    Id,
    Moment,
    Name,
    Odds,
    PatchModel,
    RequestModel,
    ResponseModel,
    UtcTime,
    Version,
    utc,
)
from toteboard.ledger.tournaments import market_rows
from toteboard.ledger.tournaments.markets import NewOutcome
from toteboard.rules.bounds import OUTCOMES_MAX
from toteboard.rules.fixed_odds import liability
from toteboard.rules.market import Carry, Division, MarketKind, MarketState
from toteboard.rules.market_terms import TERM_NAMES, TERMS, MarketTerms, Term
from toteboard.rules.minimum_tiers import Tiers, read_tiers
from toteboard.rules.money import Minor
from toteboard.rules.odds import format_odds, parse_odds
from toteboard.rules.pools import RULES, close_books, pool_odds, pool_terms, rules_of
from toteboard.rules.refusals import invalid
from toteboard.rules.settlement import Book, OutcomeStakes, Result

Kind = Literal["pool", "fixed"]
DivisionName = Literal["profit", "pool"]
CarryName = Literal["net", "gross"]
Model = TypeVar("Model", bound=BaseModel)

_ENUMS: dict[type, Any] = {MarketKind: Kind, Division: DivisionName, Carry: CarryName}
_TierText = Annotated[str, Field(max_length=200), AfterValidator(read_tiers)]
_TAKEN: dict[type, Any] = _ENUMS | {str: Name, Tiers: _TierText, datetime: Moment, int: int}
_GIVEN: dict[type, Any] = _ENUMS | {str: str, Tiers: str, datetime: UtcTime, int: int}


def _described(term: Term, kind: Any) -> Any:
    """The type with the term's help, and with its bounds where it has some."""
    bounds: dict[str, Any] = {"ge": term.least, "le": term.most} if term.type is int else {}
    return Annotated[kind, Field(description=term.help or None, **bounds)]


def _made(cls: type[Model], fields: dict[str, Any]) -> type[Model]:
    """The class with more fields, under its own name."""
    return create_model(cls.__name__, __base__=cls, __module__=cls.__module__, __doc__=cls.__doc__, **fields)


def _with_request_terms(cls: type[Model]) -> type[Model]:
    def field(term: Term) -> tuple[Any, Any]:
        kind = _described(term, _TAKEN[term.type])
        return (kind | None if term.is_nullable else kind), ... if term.is_required else term.default

    return _made(cls, {term.name: field(term) for term in TERMS})


def _with_patch_terms(cls: type[Model]) -> type[Model]:
    return _made(cls, {term.name: (_described(term, _TAKEN[term.type]) | None, None) for term in TERMS})


def _with_response_terms(cls: type[Model]) -> type[Model]:
    def field(term: Term) -> tuple[Any, Any]:
        kind: Any = _GIVEN[term.type]
        described: Any = Annotated[kind, Field(description=term.help or None)]
        return (described | None if term.is_nullable else described), ...

    return _made(cls, {term.name: field(term) for term in TERMS})


# Taken --------------------------------------------------------------------------------------------------------------


class OutcomeRequest(RequestModel):
    """An outcome; `odds` of fixed markets only."""

    name: Name
    odds: Odds | None = None

    def of(self, kind: str) -> NewOutcome:
        """For a market of this kind. Raises Refused (422): the odds of a pool are nobody's to set."""
        if self.odds is not None and kind == MarketKind.POOL:
            raise invalid("odds", "the odds of a pool follow the stakes")
        return NewOutcome(self.name, None if self.odds is None else parse_odds(self.odds))


@_with_request_terms
class MarketRequest(RequestModel):
    """A new market: its match, its terms, its outcomes."""

    match_id: Id
    outcomes: Annotated[list[OutcomeRequest], Field(max_length=OUTCOMES_MAX)] = []

    @property
    def terms(self) -> MarketTerms:
        """What the market is set up with."""
        return MarketTerms(**{name: getattr(self, name) for name in TERM_NAMES})


@_with_patch_terms
class MarketPatch(PatchModel):
    """The terms that change."""

    clearable: ClassVar[frozenset[str]] = frozenset(term.name for term in TERMS if term.is_nullable)

    version: Version | None = None


# Given --------------------------------------------------------------------------------------------------------------


class Outcome(ResponseModel):
    """An outcome with what is staked on it. `odds` are those set, or what the pool would pay now."""

    id: int
    market_id: int
    name: str
    lane_no: int = Field(description="1 is the first")
    odds: str | None
    odds_version: int
    withdrawn: bool
    deduction_bps: int = Field(
        description="withdrawn, what it takes off the winnings of bets placed before, fixed odds"
    )
    stakes: int
    bets: int


@_with_response_terms
class Market(ResponseModel):
    """A market with its terms and outcomes; amounts in minor units."""

    id: int
    tournament_id: int
    match_id: int
    status: MarketState
    closed_at: str | None
    result: dict[str, list[int]] | None
    version: int
    carried: int = Field(description="what earlier pools carried into this one, after their house share")
    carried_gross: int = Field(description="the same, before a house share")
    outcomes: list[Outcome]


class Exposure(ResponseModel):
    """What an outcome comes to for the house if it wins alone, in minor units."""

    outcome_id: int
    stakes: int
    bets: int
    liability: int | None = Field(description="what the house pays more than it holds if this one wins; null in a pool")
    house_result: int = Field(
        description="what the house has then: of a pool its share and the rounding, less what it adds; below zero it pays"
    )


def market_shape(market: market_rows.Market) -> Market:
    """The market as the API gives it, with its outcomes."""
    return Market(
        id=market.id,
        tournament_id=market.tournament_id,
        match_id=market.match_id,
        status=market.status,
        closed_at=utc(market.closed_at),
        result=market.result,
        version=market.version,
        carried=market.carried,
        carried_gross=market.carried_gross,
        outcomes=outcome_shapes(market, market.outcomes),
        **{name: getattr(market, name) for name in TERM_NAMES},
    )


def outcome_shapes(market: market_rows.Market, rows: Sequence[market_rows.Outcome]) -> list[Outcome]:
    """The outcomes of a market, all of them: in a pool each one's odds hang on the others."""
    odds = _odds(market, rows)
    return [
        Outcome(
            id=row.id,
            market_id=row.market_id,
            name=row.name,
            lane_no=row.lane_no,
            odds=odds[row.id],
            odds_version=row.odds_version,
            withdrawn=row.withdrawn,
            deduction_bps=row.deduction_bps,
            stakes=row.stakes,
            bets=row.bets,
        )
        for row in rows
    ]


def _odds(market: market_rows.Market, rows: Sequence[market_rows.Outcome]) -> dict[int, str | None]:
    """The odds of now by outcome, as on the board."""
    if market.kind == MarketKind.FIXED:
        return {row.id: None if row.odds_milli is None else format_odds(row.odds_milli) for row in rows}
    rules = rules_of({name: getattr(market, name) for name in RULES})
    running = {row.id: row.stakes for row in rows if not row.withdrawn}
    odds = {
        row.id: pool_odds(
            on_outcome=running.get(row.id, 0),
            others=[stakes for one, stakes in running.items() if one != row.id],
            rules=rules,
            places=market.places,
        )
        for row in rows
    }
    return {outcome_id: None if milli is None else format_odds(milli) for outcome_id, milli in odds.items()}


def exposures(market: market_rows.Market, results: Mapping[int, int] | None = None) -> list[Exposure]:
    """What the house risks on each outcome: its returns less all stakes that stay. A withdrawn one is refunded.

    `results`: what the house has if the outcome wins, of those where that was worked out bet by bet.
    """
    kept = sum(row.stakes for row in market.outcomes if not row.withdrawn)
    liabilities = {
        row.id: 0 if row.withdrawn else liability(returns_on_outcome=row.returns, stakes_on_market=kept)
        for row in market.outcomes
    }
    liabilities |= {outcome_id: -result for outcome_id, result in (results or {}).items()}
    is_pool = market.kind == MarketKind.POOL
    return [
        Exposure(
            outcome_id=row.id,
            stakes=row.stakes,
            bets=row.bets,
            liability=None if is_pool else liabilities[row.id],
            house_result=_house_result(market, row) if is_pool else -liabilities[row.id],
        )
        for row in market.outcomes
    ]


def _house_result(market: market_rows.Market, winner: market_rows.Outcome) -> int:
    """Of a pool that the outcome wins alone, as its settlement would make it, but for the rounding of single bets."""
    if winner.withdrawn:
        return 0
    book = Book(
        tuple(
            OutcomeStakes(outcome_id=row.id, staked=Minor(row.stakes), withdrawn=row.withdrawn)
            for row in market.outcomes
        )
    )
    rules = rules_of({name: getattr(market, name) for name in RULES})
    pool = pool_terms(book, Result(winners=frozenset({winner.id}), places=market.places), rules)
    paid = winner.stakes * pool.dividends.get(winner.id, 0) // 1000
    if not pool.dividends or set(pool.dividends) != {winner.id}:
        # Nobody backed it: everybody is refunded or shares, or the pool goes on.
        paid = sum(row.stakes * pool.dividends.get(row.id, 0) // 1000 for row in market.outcomes)
    return close_books(
        gross_paid_in=book.staked,
        refunds=pool.refunds,
        paid=paid,
        takeout=pool.takeout,
        house_put_in=pool.house_put_in,
        house_won=pool.house_won,
        carried_in=rules.carried_in,
        carried_out=pool.carried_out,
    ).house_result
