"""Compares a plan with what stands, and says what has to change. Knows no table, no clock and no file.

What people have done by hand or bet on is left alone, and said:
  - a field of a match that the file has no word for stays;
  - an outcome is renamed while nobody knows who it is, or nobody has bet on its market;
  - odds are the file's while the market is a draft, and the organizer's afterwards;
  - a market's closing follows its match's start unless somebody moved it;
  - a result is entered where the market is closed, never changed and never settled; a score is shown once its match
    has begun.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from toteboard.imports.plan import Plan, PlannedMarket, PlannedMatch, is_placeholder

LIVE = ("open", "suspended")
MOVABLE = ("draft", *LIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingOutcome:
    """An outcome that is there already; odds in thousandths."""

    id: int
    name: str
    lane_no: int
    odds_milli: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingMarket:
    """A market that is there already; `bets` is how many are on it."""

    id: int
    key: str
    name: str
    kind: str
    status: str
    opens_at: datetime | None
    closes_at: datetime | None
    result: dict[str, Any] | None
    bets: int
    outcomes: tuple[ExistingOutcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingMatch:
    """A match that is there already, by the key it was imported under."""

    id: int
    key: str
    name: str
    round: str
    venue: str
    starts_at: datetime | None
    score: dict[str, list[int]] | None
    markets: tuple[ExistingMarket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMarket:
    """`match_id` is None where the match is new too; then `match_key` finds it."""

    match_key: str
    match_id: int | None
    market: PlannedMarket
    closes_at: datetime | None
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedMarket:
    """What a file changes of a market that is there."""

    id: int
    closes_at: datetime | None
    status: str
    result: dict[str, Any] | None


@dataclass(slots=True, kw_only=True)
class Difference:
    """Everything to write, as sets, and what is told about it."""

    new_matches: list[PlannedMatch] = field(default_factory=list)
    changed_matches: list[tuple[int, PlannedMatch]] = field(default_factory=list)
    new_markets: list[NewMarket] = field(default_factory=list)
    changed_markets: list[ChangedMarket] = field(default_factory=list)
    # (market_id, name, lane_no, odds_milli), (outcome_id, name), (outcome_id, odds_milli)
    new_outcomes: list[tuple[int, str, int, int | None]] = field(default_factory=list)
    renamed: list[tuple[int, str]] = field(default_factory=list)
    repriced: list[tuple[int, int]] = field(default_factory=list)
    # Existing matches and markets with any change: what the feed is told of.
    touched_matches: set[int] = field(default_factory=set)
    touched_markets: set[int] = field(default_factory=set)
    unchanged: int = 0
    opened: int = 0
    begun: int = 0
    results_entered: int = 0
    results_waiting: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether the file changes nothing."""
        return not (self.new_matches or self.new_markets or self.touched_matches or self.touched_markets)

    def waits(self, status: str) -> None:
        """Counts a result that a market in this state keeps waiting."""
        self.results_waiting[status] = self.results_waiting.get(status, 0) + 1


def difference(plan: Plan, existing: dict[str, ExistingMatch], *, now: datetime, open_markets: bool) -> Difference:
    """What makes `existing` (by key) into `plan`. With `open_markets`, what can take bets after `now` is opened."""
    found = Difference()
    for planned in plan.matches:
        there = existing.get(planned.key)
        match = _completed(_without_spoiler(planned, there, now), there)
        before = len(found.new_markets) + len(found.touched_markets)
        if there is None:
            found.new_matches.append(match)
            _compare_markets(found, match, None, now, open_markets)
            continue
        changed = _match_row(match) != (there.name, there.round, there.venue, there.starts_at, there.score)
        if changed:
            found.changed_matches.append((there.id, match))
        _compare_markets(found, match, there, now, open_markets)
        if changed or len(found.new_markets) + len(found.touched_markets) > before:
            found.touched_matches.add(there.id)
        else:
            found.unchanged += 1
    return found


def _without_spoiler(match: PlannedMatch, there: ExistingMatch | None, now: datetime) -> PlannedMatch:
    """A past tournament that is played again keeps its scores to itself until a match has begun, or is bet on no more."""
    over = there is not None and any(market.status not in MOVABLE for market in there.markets)
    if match.starts_at is None or match.starts_at <= now or over:
        return match
    return replace(match, score=None)


def _completed(match: PlannedMatch, there: ExistingMatch | None) -> PlannedMatch:
    """The match with what the file has no word for, as it stands."""
    return replace(match, **{name: getattr(there, name) for name in match.keeps}) if there else match


def _match_row(match: PlannedMatch) -> tuple[Any, ...]:
    return (match.name, match.round, match.venue, match.starts_at, match.score)


def _compare_markets(
    found: Difference, match: PlannedMatch, there: ExistingMatch | None, now: datetime, open_markets: bool
) -> None:
    existing = {market.key: market for market in there.markets} if there else {}
    for market in match.markets:
        if market.key in existing:
            assert there is not None
            _compare_market(found, match, market, there, existing[market.key], now, open_markets)
            continue
        status = _opening(found, market, "draft", match.starts_at, now, open_markets)
        found.new_markets.append(
            NewMarket(
                match_key=match.key,
                match_id=there.id if there else None,
                market=market,
                closes_at=match.starts_at,
                status=status,
            )
        )
        if market.winner is not None:
            found.waits(status)


def _opening(
    found: Difference, market: PlannedMarket, status: str, closes_at: datetime | None, now: datetime, open_markets: bool
) -> str:
    if not open_markets or status != "draft" or not market.can_open:
        return status
    if closes_at is not None and closes_at <= now:
        found.begun += 1
        return status
    found.opened += 1
    return "open"


def _compare_market(
    found: Difference,
    match: PlannedMatch,
    market: PlannedMarket,
    was: ExistingMatch,
    there: ExistingMarket,
    now: datetime,
    open_markets: bool,
) -> None:
    names = _compare_outcomes(found, match, market, there)
    if market.kind != there.kind:
        found.warnings.append(f"{match.name}: its market is {there.kind} and stays so")
    closes_at = there.closes_at
    if there.status in MOVABLE and there.closes_at == was.starts_at:
        closes_at = match.starts_at
    if closes_at is not None and closes_at <= now and closes_at != there.closes_at and there.status in LIVE:
        # A past end would make bets late afterwards.
        found.warnings.append(f"{match.name}: by the file it has begun; close its market")
        closes_at = there.closes_at
    if closes_at is not None and there.opens_at is not None and closes_at <= there.opens_at:
        found.warnings.append(f"{match.name}: its market opens only after the new start; change its opening time first")
        closes_at = there.closes_at
    status = there.status
    # A market of the other kind was not planned to be as it stands: opening it is the organizer's.
    if market.kind == there.kind:
        status = _opening(found, market, status, closes_at, now, open_markets)
    result = there.result
    if market.winner is not None:
        status, result = _result(found, match, market.winner, there, status, names)
    if (closes_at, status, result) != (there.closes_at, there.status, there.result):
        found.changed_markets.append(ChangedMarket(id=there.id, closes_at=closes_at, status=status, result=result))
        found.touched_markets.add(there.id)


def _result(
    found: Difference,
    match: PlannedMatch,
    winner: str,
    there: ExistingMarket,
    status: str,
    names: dict[str, int],
) -> tuple[str, dict[str, Any] | None]:
    won = names.get(winner.casefold())
    if won is None:
        found.warnings.append(f"{match.name}: {winner!r} has won and is not among the market's outcomes")
    elif status == "closed":
        found.results_entered += 1
        return "resulted", {"winners": [won], "void": [], "half_void": []}
    elif status in MOVABLE:
        found.waits(status)
    elif status != "void" and there.result is not None and there.result.get("winners") != [won]:
        found.warnings.append(f"{match.name}: the file says {winner!r}; another result was entered and stays")
    return status, there.result


def _compare_outcomes(
    found: Difference, match: PlannedMatch, market: PlannedMarket, there: ExistingMarket
) -> dict[str, int]:
    """Outcomes are recognised by name first: sides that swap places keep their bets. Gives their ids by name."""
    by_name = {outcome.name.casefold(): outcome for outcome in there.outcomes}
    wanted = {name.casefold() for name, _ in market.outcomes}
    spare = [outcome for outcome in there.outcomes if outcome.name.casefold() not in wanted]
    lane_no = max((outcome.lane_no for outcome in there.outcomes), default=0)
    names: dict[str, int] = {outcome.name.casefold(): outcome.id for outcome in there.outcomes}
    for name, odds in market.outcomes:
        outcome = by_name.get(name.casefold())
        if outcome is None and spare and _may_rename(spare[0], there):
            outcome = spare.pop(0)
            found.renamed.append((outcome.id, name))
            found.touched_markets.add(there.id)
            names[name.casefold()] = outcome.id
        elif outcome is None and spare and len(there.outcomes) >= len(market.outcomes):
            kept = spare.pop(0)
            found.warnings.append(f"{match.name}: {kept.name!r} was bet on and keeps its name; the file says {name!r}")
            continue
        elif outcome is None and there.status == "draft":
            lane_no += 1
            found.new_outcomes.append((there.id, name, lane_no, odds if there.kind == "fixed" else None))
            found.touched_markets.add(there.id)
            continue
        elif outcome is None:
            found.warnings.append(f"{match.name}: {name!r} is new; its market is {there.status} and stays as it is")
            continue
        if odds is not None and there.kind == "fixed" and odds != outcome.odds_milli:
            if there.status == "draft":
                found.repriced.append((outcome.id, odds))
                found.touched_markets.add(there.id)
            else:
                found.warnings.append(f"{match.name}: the odds of {name!r} are the organizer's now and stay")
    if spare:
        found.warnings.append(f"{match.name}: {spare[0].name!r} is not in the file any more; left as it is")
    return names


def _may_rename(outcome: ExistingOutcome, market: ExistingMarket) -> bool:
    return is_placeholder(outcome.name) or market.bets == 0
