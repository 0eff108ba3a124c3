"""What the engine is compared with: the same tournament in plain Python, one bet after the other, in a few sums."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from toteboard.rules.fixed_odds import RULE_4, close_fixed_books, deduction_of, fixed_terms
from toteboard.rules.money import Minor
from toteboard.rules.pools import PoolRules, close_books, pool_odds, pool_terms
from toteboard.rules.settlement import Book, OutcomeStakes, Result, Split, Terms, payout, void_terms

TAKEN, TAKEN_BEFORE = 0, -1


def terms_of_bet(terms: Iterable[Terms], outcome_id: int, placed_at: datetime) -> Terms:
    """The one that a bet on this outcome, placed then, is paid by."""
    [own] = [one for one in terms if one.outcome_id == outcome_id and one.is_for(placed_at)]
    return own


class Ask(NamedTuple):
    key: UUID
    who: int
    market: int
    outcome: int
    stake: int
    currency: str
    min_odds: int | None


class Expected(NamedTuple):
    """A verdict; `odds` and `left` only where they mean something."""

    number: int
    balance: int
    odds: int | None = None
    left: int | None = None


@dataclass
class Bet:
    ask: Ask
    odds: int
    placed_at: datetime
    status: str = "pending"
    payout: int | None = None


@dataclass
class Outcome:
    odds: int | None
    withdrawn: bool = False
    withdrawn_at: datetime | None = None
    deduction_bps: int = 0
    stakes: int = 0
    bets: int = 0
    returns: int = 0


@dataclass
class Market:
    kind: str
    outcomes: list[Outcome]
    rules: PoolRules
    liability_max: int | None
    total_max: int
    stake_min: int
    stake_max: int
    places: int = 1
    status: str = "open"
    split: Split | None = None
    result: Result | None = None

    @property
    def stakes(self) -> int:
        return sum(outcome.stakes for outcome in self.outcomes)

    @property
    def live(self) -> int:
        """What will not be refunded as withdrawn."""
        return sum(outcome.stakes for outcome in self.outcomes if not outcome.withdrawn)

    @property
    def running(self) -> list[int]:
        return [n for n, outcome in enumerate(self.outcomes) if not outcome.withdrawn]

    def odds_now(self, outcome: Outcome, stake: int) -> int:
        if self.kind == "fixed":
            assert outcome.odds is not None
            return outcome.odds
        # With the bet that asks in it.
        others = [one.stakes for one in self.outcomes if one is not outcome and not one.withdrawn]
        on_it = (0 if outcome.withdrawn else outcome.stakes) + stake
        odds = pool_odds(on_outcome=on_it, others=others, rules=self.rules, places=self.places)
        assert odds is not None
        return odds


@dataclass
class Bettor:
    balance: int
    owed: int = 0
    blocked: bool = False
    kyc: bool = True
    excluded: bool = False
    limit: int | None = None


@dataclass
class Model:
    bettors: list[Bettor] = field(default_factory=list)
    markets: list[Market] = field(default_factory=list)
    bets: dict[UUID, Bet] = field(default_factory=dict)
    takeout: int = 0
    breakage: int = 0
    house: int = 0
    receivable: int = 0
    # What has happened so far, as a time: only the order counts.
    steps: int = 0

    @property
    def now(self) -> datetime:
        self.steps += 1
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.steps)

    # Betting ----------------------------------------------------------------------------------------------------------

    def place(self, asks: Iterable[Ask]) -> list[Expected]:
        """One set: odds are those before it, money and limits count bet by bet in asking order."""
        asks = list(asks)
        odds = [self.markets[a.market].odds_now(self._outcome(a), a.stake) for a in asks]
        said: list[Expected | None] = [None] * len(asks)
        waiting = list(range(len(asks)))
        while waiting:
            again = self._one_set([(n, asks[n], odds[n]) for n in waiting], said)
            odds = [self.markets[a.market].odds_now(self._outcome(a), a.stake) for a in asks]
            waiting = again
        return [one for one in said if one is not None]

    def _one_set(self, asked: list[tuple[int, Ask, int]], said: list[Expected | None]) -> list[int]:
        """Decides what can be decided; what only its neighbours stand against is asked again."""
        risked: dict[tuple[int, int], int] = {}
        staked: dict[int, int] = {}
        taken, again = [], []
        verdicts = {n: self._alone(ask, odds) for n, ask, odds in asked}
        before = {n: self.markets[n] for n in range(len(self.markets))}
        for n, ask, odds in asked:
            verdict = verdicts[n]
            if verdict.number != TAKEN:
                said[n] = verdict
                continue
            market, place = before[ask.market], (ask.market, ask.outcome)
            risked[place] = risked.get(place, 0) + ask.stake * odds // 1000 - ask.stake
            staked[ask.market] = staked.get(ask.market, 0) + ask.stake
            liability = self._outcome(ask).returns - market.live + risked[place]
            over = market.kind == "fixed" and market.liability_max is not None and liability > market.liability_max
            if over or market.stakes + staked[ask.market] > market.total_max:
                again.append(n)
            else:
                taken.append((n, ask, odds))
        for n, ask, odds in taken:
            self._take(ask, odds)
            said[n] = Expected(TAKEN, self.bettors[ask.who].balance, odds)
        return again

    def _alone(self, ask: Ask, odds: int) -> Expected:
        who, market, outcome = self.bettors[ask.who], self.markets[ask.market], self._outcome(ask)
        prior = self.bets.get(ask.key)
        if prior is not None:
            return Expected(TAKEN_BEFORE if prior.ask == ask else 2, who.balance)
        if ask.currency != "EUR":
            return Expected(3, who.balance)
        for number, holds in (
            (5, who.owed > 0 or who.blocked),
            (7, who.excluded),
            (8, not who.kyc),
            (9, market.status not in ("open", "suspended")),
            (10, market.status == "suspended"),
            (11, outcome.withdrawn),
        ):
            if holds:
                return Expected(number, who.balance, left=(who.owed or None) if number == 5 else None)
        if not market.stake_min <= ask.stake <= market.stake_max:
            end = market.stake_min if ask.stake < market.stake_min else market.stake_max
            return Expected(12, who.balance, left=end)
        if ask.min_odds is not None and odds < ask.min_odds:
            return Expected(13, who.balance, odds)
        if who.limit is not None:
            spent = sum(b.ask.stake for b in self.bets.values() if b.ask.who == ask.who and b.status != "void")
            if who.limit - spent < ask.stake:
                return Expected(14, who.balance, left=max(0, who.limit - spent))
        if who.balance < ask.stake:
            return Expected(15, who.balance)
        if (
            market.kind == "fixed"
            and market.liability_max is not None
            and self._liability(ask, odds) > market.liability_max
        ):
            return Expected(16, who.balance, left=self._left(ask, odds))
        if market.stakes + ask.stake > market.total_max:
            return Expected(17, who.balance, left=market.total_max - market.stakes)
        return Expected(TAKEN, who.balance)

    def _liability(self, ask: Ask, odds: int) -> int:
        return self._outcome(ask).returns + ask.stake * odds // 1000 - self.markets[ask.market].live - ask.stake

    def _left(self, ask: Ask, odds: int) -> int:
        """The largest stake that would pass, looked for the slow way."""
        most, low, high = self.markets[ask.market].liability_max, 0, ask.stake
        assert most is not None
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (
                (middle, high) if self._liability(ask._replace(stake=middle), odds) <= most else (low, middle - 1)
            )
        return low

    def _take(self, ask: Ask, odds: int) -> None:
        self.bets[ask.key] = Bet(ask, odds, self.now)
        self.bettors[ask.who].balance -= ask.stake
        outcome = self._outcome(ask)
        outcome.stakes += ask.stake
        outcome.bets += 1
        if self.markets[ask.market].kind == "fixed":
            outcome.returns += ask.stake * odds // 1000

    def _outcome(self, ask: Ask) -> Outcome:
        return self.markets[ask.market].outcomes[ask.outcome]

    # Withdrawing ------------------------------------------------------------------------------------------------------

    def withdraw_or_not(self, number: int, which: int) -> None:
        """Takes an outcome out, or back in; at fixed odds it takes its part off earlier winnings by Rule 4."""
        market = self.markets[number]
        outcome = market.outcomes[which]
        outcome.withdrawn = not outcome.withdrawn
        outcome.withdrawn_at = self.now if outcome.withdrawn else None
        if outcome.withdrawn and market.status == "open" and len(market.running) < 2:
            # Who is left alone wins for certain.
            market.status = "suspended"
        takes = outcome.withdrawn and market.kind == "fixed"
        outcome.deduction_bps = deduction_of(outcome.odds, RULE_4) if takes else 0

    # Settling ---------------------------------------------------------------------------------------------------------

    def settle(self, number: int, result: Result | None) -> None:
        """Settles, voids (no result) or corrects: everybody ends with what this result makes of their bets."""
        market = self.markets[number]
        terms, takeout, put_in = self._terms(market, result)
        nets: dict[int, int] = {}
        paid = refunds = 0
        for bet in self.bets.values():
            if bet.ask.market != number:
                continue
            own = terms_of_bet(terms, bet.ask.outcome, bet.placed_at)
            after = payout(stake=bet.ask.stake, odds_milli=bet.odds, terms=own)
            nets[bet.ask.who] = nets.get(bet.ask.who, 0) + after - (bet.payout or 0)
            bet.status, bet.payout = own.label, after
            refunds += after if own.label == "void" else 0
            paid += after if own.label != "void" else 0
        for who, net in nets.items():
            self._pay(self.bettors[who], net)
        if market.kind == "pool":
            split = close_books(
                gross_paid_in=market.stakes, refunds=refunds, paid=paid, takeout=takeout, house_put_in=put_in
            )
        else:
            split = close_fixed_books(gross_paid_in=market.stakes, refunds=refunds, paid=paid)
        for each, sign in ((market.split, -1), (split, 1)):
            if each is not None:
                self.takeout += sign * each.takeout
                self.breakage += sign * each.breakage
                self.house += sign * (each.house_won - each.house_added)
        market.split = split
        market.result, market.status = result, "void" if result is None else "settled"

    def _terms(self, market: Market, result: Result | None) -> tuple[tuple[Terms, ...], int, int]:
        book = Book(
            tuple(
                OutcomeStakes(
                    outcome_id=n,
                    staked=Minor(one.stakes),
                    withdrawn=one.withdrawn,
                    withdrawn_at=one.withdrawn_at,
                    deduction_bps=one.deduction_bps,
                )
                for n, one in enumerate(market.outcomes)
            )
        )
        takeout = put_in = 0
        if result is None:
            terms = void_terms(book)
        elif market.kind == "fixed":
            terms = fixed_terms(book, result)
        else:
            pool = pool_terms(book, result, market.rules)
            terms, takeout, put_in = pool.terms, pool.takeout, pool.house_put_in
        return terms, takeout, put_in

    def _pay(self, who: Bettor, net: int) -> None:
        lent = max(0, -(who.balance + net))
        repaid = min(who.owed, max(0, net))
        who.balance += net + lent - repaid
        who.owed += lent - repaid
        self.receivable -= lent - repaid
