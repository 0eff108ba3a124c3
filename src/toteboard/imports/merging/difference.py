"""Compares a plan with what stands, and says what has to change. Knows no table, no clock and no file.

Which match is which, imports/merging/identity.py has said. What people have done by hand or bet on is left alone, and said:
  - an outcome is renamed while nobody knows who it is, or nobody has bet on its market;
  - odds are the file's while the market is a draft, and the organizer's afterwards;
  - a market's closing follows its match's start where it is kept so, and is suspended where the new start is past;
  - a match that is not played is not opened, and its open market is suspended;
  - a result is entered where the market is closed and its outcomes are the match's sides, never changed and never settled;
    a score is shown once its match has begun.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from toteboard.imports.existing import ExistingMarket, ExistingMatch, ExistingOutcome
from toteboard.imports.merging.facing import facing
from toteboard.imports.merging.recognised import Identity
from toteboard.imports.plan import Plan, PlannedMarket, PlannedMatch
from toteboard.rules.market import LIVE, MOVABLE
from toteboard.rules.names import folded_name
from toteboard.rules.undecided import is_undecided


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMarket:
    """`match_id` is None where the match is new too; then `match_no`, its place in the plan, finds it."""

    match_no: int
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


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """What of a match is otherwise: a field of it, "outcome", "odds", "closes_at", "status" or "result"."""

    what: str
    before: str | None
    after: str | None


@dataclass(slots=True, kw_only=True)
class Difference:
    """Everything to write, as sets, and what is told about it. Matches by their place in the plan."""

    new_matches: list[tuple[int, PlannedMatch]] = field(default_factory=list)
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
    changes: dict[int, list[FieldChange]] = field(default_factory=dict)
    unchanged: int = 0
    opened: int = 0
    begun: int = 0
    # Open markets that wait for the desk now.
    suspended_markets: list[int] = field(default_factory=list)
    # New matches that stay drafts, since one of an earlier file may be the same.
    not_opened_beside: int = 0
    results_entered: int = 0
    results_waiting: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether the file changes nothing."""
        return not (self.new_matches or self.new_markets or self.touched_matches or self.touched_markets)

    @property
    def has_to_write(self) -> bool:
        """Whether anything is to be written, be it only that a file has a match now."""
        return not self.empty or bool(self.changed_matches)

    @property
    def new(self) -> int:
        """How many matches are new."""
        return len(self.new_matches)

    @property
    def changed(self) -> int:
        """How many matches that are there change."""
        return len(self.touched_matches)

    def waits(self, status: str) -> None:
        """Counts a result that a market in this state keeps waiting."""
        self.results_waiting[status] = self.results_waiting.get(status, 0) + 1


def difference(plan: Plan, identity: Identity, *, now: datetime, open_markets: bool) -> Difference:
    """What makes what stands into `plan`. With `open_markets`, what can take bets after `now` is opened.

    Matches in doubt, and those that a person skips, are left out.
    """
    found = Difference()
    for no, planned in enumerate(plan.matches):
        if no in identity.doubts or no in identity.skipped:
            continue
        recognised = identity.recognised.get(no)
        compared = _Match(found, no, now, open_markets and no not in identity.beside)
        if recognised is None:
            if open_markets and no in identity.beside and any(market.can_open for market in planned.markets):
                found.not_opened_beside += 1
            match = _without_spoiler(planned, None, now)
            found.new_matches.append((no, match))
            compared.markets(match, None)
            continue
        there = recognised.match
        match = facing(_without_spoiler(planned, there, now), recognised)
        compared.row(match, there)
        compared.markets(match, there)
        if found.changes.get(no):
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


@dataclass(slots=True)
class _Match:
    """One match of the plan while it is compared."""

    found: Difference
    no: int
    now: datetime
    may_open: bool

    def changed(self, what: str, before: object, after: object) -> None:
        self.found.changes.setdefault(self.no, []).append(
            FieldChange(what=what, before=_told(before), after=_told(after))
        )

    def warn(self, match: PlannedMatch, text: str) -> None:
        self.found.warnings.append(f"{match.name}: {text}")

    def row(self, match: PlannedMatch, there: ExistingMatch) -> None:
        """The match itself. That a file has it now is written too, and is no change that anybody sees."""
        for name in ("name", "round", "venue", "starts_at", "score", "not_played"):
            if getattr(match, name) != getattr(there, name):
                self.changed(name, getattr(there, name), getattr(match, name))
        if self.found.changes.get(self.no) or match.number != there.number or not there.is_imported:
            self.found.changed_matches.append((there.id, match))

    def markets(self, match: PlannedMatch, there: ExistingMatch | None) -> None:
        left = list(there.markets) if there else []
        for market in match.markets:
            standing = _standing(market, left)
            if there is not None and standing is not None:
                left.remove(standing)
                self.market(match, market, there, standing)
            else:
                self._new_market(match, market, there)

    def _new_market(self, match: PlannedMatch, market: PlannedMarket, there: ExistingMatch | None) -> None:
        is_first = there is None or not there.markets
        if not is_first:
            self.warn(match, f"it has another market; {market.name!r} is added as a draft")
        status = self._opening(match, market, "draft", match.starts_at) if is_first else "draft"
        new = NewMarket(
            match_no=self.no,
            match_id=there.id if there else None,
            market=market,
            closes_at=match.starts_at,
            status=status,
        )
        self.found.new_markets.append(new)
        if there is not None:
            self.changed("market", None, market.name)
        if market.winner is not None:
            self.found.waits(status)

    def _opening(self, match: PlannedMatch, market: PlannedMarket, status: str, closes_at: datetime | None) -> str:
        if not self.may_open or status != "draft" or not market.can_open or match.not_played:
            return status
        if closes_at is not None and closes_at <= self.now:
            self.found.begun += 1
            return status
        self.found.opened += 1
        return "open"

    def market(self, match: PlannedMatch, market: PlannedMarket, was: ExistingMatch, there: ExistingMarket) -> None:
        names = self._outcomes(match, market, there)
        if market.kind != there.kind:
            self.warn(match, f"its market is {there.kind} and stays so")
        closes_at, status = self._closing(match, was, there)
        if match.not_played and status == "open":
            status = "suspended"
            self.found.suspended_markets.append(there.id)
            self.warn(
                match, f"is {match.not_played}; its open market is suspended: void it, or resume it once it is played"
            )
        elif was.not_played and not match.not_played and status == "suspended":
            self.warn(match, f"was {was.not_played} and is to be played; its market is still suspended")
        # A market of the other kind was not planned to be as it stands: opening it is the organizer's.
        if market.kind == there.kind:
            status = self._opening(match, market, status, closes_at)
        result = there.result
        if market.winner is not None:
            status, result = self._result(match, market, there, status, names)
        for what, before, after in (
            ("closes_at", there.closes_at, closes_at),
            ("status", there.status, status),
            ("result", None, market.winner if result != there.result else None),
        ):
            if before != after:
                self.changed(what, before, after)
        if (closes_at, status, result) != (there.closes_at, there.status, there.result):
            self.found.changed_markets.append(
                ChangedMarket(id=there.id, closes_at=closes_at, status=status, result=result)
            )
            self.found.touched_markets.add(there.id)

    def _closing(self, match: PlannedMatch, was: ExistingMatch, there: ExistingMarket) -> tuple[datetime | None, str]:
        """When it closes now, and its state: bets on a match that has begun by the file wait for the desk."""
        is_moved = match.starts_at != was.starts_at
        if there.status not in MOVABLE:
            if is_moved and there.status == "closed":
                self.warn(
                    match, "its start moved and its market is closed already; reopen it at the desk if bets may come in"
                )
            return there.closes_at, there.status
        closes_at = there.closes_at
        if there.closes_offset_s is not None and match.starts_at is not None:
            closes_at = match.starts_at + timedelta(seconds=there.closes_offset_s)
        elif is_moved and match.starts_at and closes_at and closes_at > match.starts_at:
            self.warn(
                match,
                f"its market closes at a time of its own, {span(closes_at - match.starts_at)} after the new start",
            )
        if closes_at is not None and closes_at <= self.now and closes_at != there.closes_at and there.status in LIVE:
            # A past end would make bets late afterwards.
            self.warn(
                match,
                f"by the file it began {span(self.now - closes_at)} ago; its market is suspended, look at its start",
            )
            if there.status == "open":
                self.found.suspended_markets.append(there.id)
            return there.closes_at, "suspended"
        if closes_at is not None and there.opens_at is not None and closes_at <= there.opens_at:
            assert there.closes_at is not None
            apart = span(abs(there.closes_at - closes_at))
            self.warn(
                match,
                "its market opens only after the new start, so it keeps closing "
                f"{apart} {'after' if there.closes_at > closes_at else 'before'} it; change its opening time first",
            )
            closes_at = there.closes_at
        return closes_at, there.status

    def _result(
        self, match: PlannedMatch, market: PlannedMarket, there: ExistingMarket, status: str, names: dict[str, int]
    ) -> tuple[str, dict[str, Any] | None]:
        assert market.winner is not None
        won = names.get(folded_name(market.winner))
        strange = next((name for name, _ in market.outcomes if folded_name(name) not in names), None)
        if won is None:
            self.warn(match, f"{market.winner!r} has won and is not among the market's outcomes")
        elif strange is not None:
            # Of a match of others no result is entered, whoever won it.
            self.warn(match, f"no result is entered: {strange!r} is not among the market's outcomes")
        elif status == "closed":
            self.found.results_entered += 1
            return "resulted", {"winners": [won], "void": [], "half_void": []}
        elif status in MOVABLE:
            self.found.waits(status)
        elif status != "void" and there.result is not None and there.result.get("winners") != [won]:
            self.warn(match, f"the file says {market.winner!r}; another result was entered and stays")
        return status, there.result

    def _outcomes(self, match: PlannedMatch, market: PlannedMarket, there: ExistingMarket) -> dict[str, int]:
        """Outcomes are recognised by name first: sides that swap lanes keep their bets. Gives their ids by folded name."""
        by_name = {folded_name(outcome.name): outcome for outcome in there.outcomes}
        wanted = {folded_name(name) for name, _ in market.outcomes}
        spare = [outcome for name, outcome in by_name.items() if name not in wanted]
        lane_no = max((outcome.lane_no for outcome in there.outcomes), default=0)
        names: dict[str, int] = {name: outcome.id for name, outcome in by_name.items()}
        for name, odds in market.outcomes:
            outcome = by_name.get(folded_name(name))
            if outcome is None and spare and _may_rename(spare[0], there):
                outcome = spare.pop(0)
                self.found.renamed.append((outcome.id, name))
                self.found.touched_markets.add(there.id)
                self.changed("outcome", outcome.name, name)
                del names[folded_name(outcome.name)]
                names[folded_name(name)] = outcome.id
            elif outcome is None and spare and len(there.outcomes) >= len(market.outcomes):
                kept = spare.pop(0)
                self.warn(match, f"{kept.name!r} was bet on and keeps its name; the file says {name!r}")
                continue
            elif outcome is None and there.status == "draft":
                lane_no += 1
                self.found.new_outcomes.append((there.id, name, lane_no, odds if there.kind == "fixed" else None))
                self.found.touched_markets.add(there.id)
                self.changed("outcome", None, name)
                continue
            elif outcome is None:
                self.warn(match, f"{name!r} is new; its market is {there.status} and stays as it is")
                continue
            if odds is not None and there.kind == "fixed" and odds != outcome.odds_milli:
                if there.status == "draft":
                    self.found.repriced.append((outcome.id, odds))
                    self.found.touched_markets.add(there.id)
                    self.changed("odds", outcome.odds_milli, odds)
                else:
                    self.warn(match, f"the odds of {name!r} are the organizer's now and stay")
        if spare:
            self.warn(match, f"{spare[0].name!r} is not in the file any more; left as it is")
        return names


def span(length: timedelta) -> str:
    """ "15 minutes", "3 hours", "2 days", as people say how far two times are apart."""
    minutes = max(1, round(length.total_seconds() / 60))
    for size, unit in ((24 * 60, "day"), (60, "hour")):
        if minutes >= size:
            many = round(minutes / size)
            return f"{many:,} {unit}{'' if many == 1 else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def _told(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return ", ".join(f"{span} {goals[0]}:{goals[1]}" for span, goals in value.items())
    return str(value)


def _standing(market: PlannedMarket, there: list[ExistingMarket]) -> ExistingMarket | None:
    """The market that it is: the one imported before, else one that people made for the same outcomes."""
    for one in there:
        if one.key == market.key:
            return one
    names = frozenset(folded_name(name) for name, _ in market.outcomes)
    same = [one for one in there if one.outcome_names == names]
    alike = [one for one in there if len(one.outcomes) == len(market.outcomes) and one.outcome_names & names]
    return next(iter(same or alike), None)


def _may_rename(outcome: ExistingOutcome, market: ExistingMarket) -> bool:
    return market.bets == 0 or is_undecided(outcome.name)
