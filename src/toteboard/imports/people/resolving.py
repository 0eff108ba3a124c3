"""Finds who of a file is there, which match and outcome each bet is on, and what is new. Pure: asks nothing, writes nothing.

A person is recognised by their e-mail address among the members, else by their name among the members. A bet is on the match
of its name, or of its two sides in either order; one that is not there is made of what the bets on it say.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from toteboard.imports.existing import (
    DECIDED,
    ExistingMarket,
    ExistingMatch,
    ExistingOutcome,
    is_draw,
    sides_in_name,
    sides_of,
)
from toteboard.imports.people.header import PersonColumn
from toteboard.imports.people.reading import PeoplePlan, PlannedBet, PlannedPerson
from toteboard.rules.bounds import OUTCOMES_MAX, OUTCOMES_MIN, TOTAL_MAX
from toteboard.rules.names import folded_name
from toteboard.spreadsheets.reading import Refusals, RowRefused, Wrong

_C = PersonColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class ExistingPerson:
    """A member, or (`is_member` false) somebody with an account here whose address stands in the file.

    `opening` is the opening balance that was imported for them before; `has_wallet` is false of staff without one;
    `deposit_left` is what their own limits allow to be paid in, None without any.
    """

    user_id: int
    name: str
    email: str | None
    is_member: bool
    has_wallet: bool
    balance: int
    opening: int | None
    is_excluded: bool
    is_blocked: bool
    deposit_left: int | None


@dataclass(slots=True, kw_only=True)
class Holder:
    """Somebody of the file or on one of its bets; `user_id` None: new. `deposit` is what is paid in for them."""

    name: str
    email: str | None
    user_id: int | None
    balance: int
    deposit: int = 0
    # A member without an address gets the file's.
    gets_email: bool = False
    staked: int = 0
    is_new: bool = False
    there: ExistingPerson | None = None

    @property
    def left(self) -> int:
        """What is in their wallet afterwards."""
        return self.balance + self.deposit - self.staked


@dataclass(slots=True, kw_only=True)
class NewMatch:
    """A match that stands only in bets: a draft that the organizer completes. Outcomes by folded name, with odds or None."""

    name: str
    market: str
    kind: str
    outcomes: dict[str, tuple[str, int | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """What a bet is on: an outcome that is there, or one of a new match by its folded name."""

    outcome: ExistingOutcome | None
    market: ExistingMarket | None
    new_match: NewMatch | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedBet:
    """A bet with whose and on what; `nth` counts bets that say exactly the same, from 0."""

    bet: PlannedBet
    holder: Holder
    pick: Pick
    nth: int


@dataclass(slots=True, kw_only=True)
class Resolved:
    """All of a file, compared with what is there. `bets` include those that were taken over before."""

    holders: list[Holder] = field(default_factory=list)
    new_matches: list[NewMatch] = field(default_factory=list)
    bets: list[ResolvedBet] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def resolved(plan: PeoplePlan, people: Sequence[ExistingPerson], matches: Sequence[ExistingMatch]) -> Resolved:
    """Raises FileRefused with every cell that cannot be placed."""
    refusals = Refusals()
    found = Resolved()
    finder = _Finder(people)
    for person in plan.people:
        try:
            found.holders.append(finder.take(person, found.warnings))
        except RowRefused as refused:
            refusals.note(Wrong(person.where, str(refused), person.row))
    matcher = _Matcher(matches, plan.bets)
    seen: dict[tuple[object, ...], int] = defaultdict(int)
    # By identity: a file has thousands of people, and each of its bets is looked up among them.
    known = {id(holder) for holder in found.holders}
    for bet in plan.bets:
        try:
            holder = finder.of_bet(bet)
            pick = matcher.pick(bet)
            key = (id(holder), pick.name, id(pick.market or pick.new_match), bet.stake, bet.odds, bet.placed_at)
            found.bets.append(ResolvedBet(bet=bet, holder=holder, pick=pick, nth=seen[key]))
            seen[key] += 1
            if id(holder) not in known:
                known.add(id(holder))
                found.holders.append(holder)
        except _BetRefused as refused:
            refusals.note(Wrong(bet.cells.get(refused.column, f"row {bet.row}"), str(refused), bet.row))
    found.new_matches = matcher.new_matches(refusals)
    refusals.raise_any()
    return found


class _BetRefused(ValueError):
    def __init__(self, column: PersonColumn, why: str):
        self.column = column
        super().__init__(why)


class _Finder:
    """Who is who; keeps one Holder a person."""

    def __init__(self, people: Sequence[ExistingPerson]):
        self._by_email = {one.email: one for one in people if one.email}
        self._by_name: Mapping[str, list[ExistingPerson]] = defaultdict(list)
        for one in people:
            if one.is_member:
                self._by_name[folded_name(one.name)].append(one)
        self._holders: dict[object, Holder] = {}
        self._in_file: dict[str, list[Holder]] = defaultdict(list)

    def take(self, person: PlannedPerson, warnings: list[str]) -> Holder:
        """The holder of a row of people. Raises RowRefused."""
        there = self._existing(person.name, person.email)
        if there is None:
            if any(one.is_excluded or one.is_blocked for one in self._by_name.get(folded_name(person.name), [])):
                warnings.append(
                    f"{person.where}: a member called {person.name} has excluded themselves, or is blocked; this row makes "
                    "another account, with its own balance. Leave it out if it is the same person"
                )
            holder = Holder(
                name=person.name, email=person.email, user_id=None, balance=0, deposit=person.balance or 0, is_new=True
            )
        else:
            holder = self._of(there)
            holder.gets_email = person.email is not None and there.email is None
            holder.email = holder.email or person.email
            if there.opening is None:
                holder.deposit = person.balance or 0
            elif person.balance is not None and person.balance != there.opening:
                warnings.append(
                    f"{person.where}: the opening balance of {person.name} was imported before and was another; "
                    "it stays. Pay in or out at the desk"
                )
        self._in_file[folded_name(person.name)].append(holder)
        if person.email:
            self._in_file[person.email].append(holder)
        return holder

    def of_bet(self, bet: PlannedBet) -> Holder:
        """Whose bet it is. Raises _BetRefused."""
        column = _C.EMAIL if bet.email else _C.NAME
        called = bet.email or bet.name
        if in_file := self._in_file.get(bet.email or folded_name(bet.name)):
            if len(in_file) > 1:
                raise _BetRefused(
                    column,
                    f"{len(in_file)} people of the file are called {called!r}; add a column with their e-mail address",
                )
            return in_file[0]
        try:
            there = self._existing(bet.name, bet.email)
        except RowRefused as refused:
            raise _BetRefused(column, str(refused)) from None
        if there is None:
            raise _BetRefused(
                column, f"nobody is called {called!r}: add a row with their balance to the sheet of people"
            )
        return self._of(there)

    def _existing(self, name: str, email: str | None) -> ExistingPerson | None:
        if email and email in self._by_email:
            there = self._by_email[email]
            if not there.is_member:
                raise RowRefused(f"{email} has an account on this server already: they join by an invitation first")
            if not there.has_wallet:
                raise RowRefused(f"{email} is staff here, without a wallet")
            return there
        named = [one for one in self._by_name.get(folded_name(name), []) if not email or one.email is None]
        if len(named) > 1:
            raise RowRefused(f"{len(named)} members are called {name!r}; write their e-mail address")
        if named and not named[0].has_wallet:
            raise RowRefused(f"{name!r} is staff here, without a wallet")
        return named[0] if named else None

    def _of(self, there: ExistingPerson) -> Holder:
        if there.user_id not in self._holders:
            self._holders[there.user_id] = Holder(
                name=there.name, email=there.email, user_id=there.user_id, balance=there.balance, there=there
            )
        return self._holders[there.user_id]


class _Matcher:
    """Which match, market and outcome a bet is on."""

    def __init__(self, matches: Sequence[ExistingMatch], bets: Sequence[PlannedBet]):
        self._matches = matches
        self._by_name: dict[str, list[ExistingMatch]] = defaultdict(list)
        self._by_sides: dict[frozenset[str], list[ExistingMatch]] = defaultdict(list)
        for match in matches:
            self._by_name[folded_name(match.name)].append(match)
            for one, two in ((a, b) for sides in [sides_of(match)] if sides for a in sides[0] for b in sides[1]):
                self._by_sides[frozenset((one, two))].append(match)
        self._new: dict[tuple[str, str], NewMatch] = {}
        self._rows: dict[tuple[str, str], PlannedBet] = {}

    def pick(self, bet: PlannedBet) -> Pick:
        """Raises _BetRefused."""
        match = self._match(bet)
        return self._new_pick(bet) if match is None else self._existing_pick(bet, match)

    def _match(self, bet: PlannedBet) -> ExistingMatch | None:
        if not bet.match:
            if len(self._matches) == 1:
                return self._matches[0]
            raise _BetRefused(
                _C.MATCH if _C.MATCH in bet.cells else _C.PICK, "which match is it? Add a column with the match"
            )
        found = self._by_name.get(folded_name(bet.match), [])
        sides = sides_in_name(bet.match)
        if not found and sides:
            found = self._by_sides.get(frozenset(map(folded_name, sides)), [])
        if len(found) > 1 and bet.placed_at is not None:
            # A second leg: the next of them to begin when the bet was placed.
            coming = [match for match in found if match.starts_at is not None and match.starts_at >= bet.placed_at]
            found = sorted(coming, key=_start)[:1] or found
        if len(found) > 1:
            raise _BetRefused(
                _C.MATCH,
                f"{len(found)} matches are called {bet.match!r}; write the time of the bet, or take it at the desk",
            )
        return found[0] if found else None

    def _existing_pick(self, bet: PlannedBet, match: ExistingMatch) -> Pick:
        wanted = folded_name(bet.market)
        markets = [market for market in match.markets if not wanted or folded_name(market.name) == wanted]
        if not markets:
            raise _BetRefused(_C.MARKET, f"{match.name!r} has no market {bet.market!r}")
        name = folded_name(bet.pick)
        found = [
            (market, outcome) for market in markets for outcome in market.outcomes if _is_called(outcome.name, name)
        ]
        if not found:
            names = ", ".join(dict.fromkeys(outcome.name for market in markets for outcome in market.outcomes))
            raise _BetRefused(_C.PICK, f"{bet.pick!r} is none of {names}")
        if len(found) > 1:
            raise _BetRefused(
                _C.PICK, f"{bet.pick!r} stands in {len(found)} markets of {match.name!r}; add a column with the market"
            )
        market, outcome = found[0]
        _check_market(bet, market)
        return Pick(outcome=outcome, market=market, new_match=None, name=folded_name(outcome.name))

    def _new_pick(self, bet: PlannedBet) -> Pick:
        key = (folded_name(bet.match), folded_name(bet.market))
        kind = "pool" if bet.odds is None else "fixed"
        if key not in self._new:
            sides = sides_in_name(bet.match)
            outcomes: dict[str, tuple[str, int | None]] = {folded_name(side): (side, None) for side in sides or ()}
            self._new[key] = NewMatch(name=bet.match, market=bet.market or "Winner", kind=kind, outcomes=outcomes)
            self._rows[key] = bet
        new = self._new[key]
        if new.kind != kind:
            raise _BetRefused(_C.ODDS, f"some bets on {bet.match!r} have odds and some have not")
        name = folded_name(bet.pick)
        if name not in new.outcomes and sides_in_name(bet.match) and not is_draw(bet.pick):
            names = " and ".join(name for name, _ in new.outcomes.values())
            raise _BetRefused(_C.PICK, f"{bet.pick!r} is neither side of {bet.match!r}: they are {names}")
        if len(new.outcomes) >= OUTCOMES_MAX and name not in new.outcomes:
            raise _BetRefused(_C.PICK, f"{bet.match!r} has more than {OUTCOMES_MAX} outcomes")
        new.outcomes[name] = (new.outcomes.get(name, (bet.pick, None))[0], bet.odds)
        return Pick(outcome=None, market=None, new_match=new, name=name)

    def new_matches(self, refusals: Refusals) -> list[NewMatch]:
        """Those that stand only in bets; one with a single outcome is no contest yet."""
        for key, new in self._new.items():
            bet = self._rows[key]
            if len(new.outcomes) < OUTCOMES_MIN:
                where = bet.cells.get(_C.MATCH, f"row {bet.row}")
                refusals.note(
                    Wrong(
                        where, f"{new.name!r} is not there, and one runner is no race: import the match first", bet.row
                    )
                )
        return list(self._new.values())


def _is_called(name: str, wanted: str) -> bool:
    return folded_name(name) == wanted or (is_draw(name) and is_draw(wanted))


def _start(match: ExistingMatch) -> datetime:
    assert match.starts_at is not None, "only those with a start are sorted"
    return match.starts_at


def _check_market(bet: PlannedBet, market: ExistingMarket) -> None:
    if market.status in DECIDED:
        raise _BetRefused(
            _C.MATCH, f"the market {market.name!r} of {bet.match!r} is decided; no bet can be added to it"
        )
    if market.closes_at is not None and bet.placed_at is not None and bet.placed_at > market.closes_at:
        column = next(one for one in (_C.AT, _C.DATE, _C.TIME) if one in bet.cells)
        raise _BetRefused(column, f"the bet was placed after its market closed, {market.closes_at:%Y-%m-%d %H:%M} UTC")
    if market.kind == "fixed" and bet.odds is None:
        raise _BetRefused(_C.ODDS if _C.ODDS in bet.cells else _C.STAKE, "write the odds that the bet was taken at")
    if bet.stake > TOTAL_MAX:
        raise _BetRefused(_C.STAKE, "is more than a market holds")
