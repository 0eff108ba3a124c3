"""Plays of the engine against the model: whatever is done in whatever order, every verdict, balance, total and payout is
the same. One play is one history in a tournament of its own; hypothesis makes them up, and makes a failing one short.

    with staged(database) as stage:
        play(stage, plays=50, steps=40)
        stage.audited()
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from scenarios import CHUNK, LedgerScenario, ledger_scenario, verdict_of
from scenarios import Bettor as Staged
from scenarios import Market as StagedMarket
from toteboard.background import Loops
from toteboard.intake.batcher import PlaceBet
from toteboard.intake.intake import Intake
from toteboard.ledger.ledger import Actor
from toteboard.ledger.money import corrections, paying
from toteboard.ledger.tournaments.outcomes import Parent
from toteboard.rules.market import Division, MarketAction, MarketState, after, may, target
from toteboard.rules.pools import PoolRules
from toteboard.rules.refusals import Refused
from toteboard.rules.settlement import Result
from toteboard.settings import Settings

from . import model
from .model import Ask, Model

BETTORS, MARKETS, OUTCOMES = 4, 3, 3


@dataclass
class Stage:
    """What plays go through, one after the other: connections and an intake on one database."""

    runner: asyncio.Runner
    scenario: LedgerScenario
    intake: Intake
    # Plays that were played to their end, and what was done in them.
    histories: int = 0
    steps: int = 0

    def do(self, what: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(what)

    def audited(self) -> None:
        """Of all plays so far, `toteboard audit` finds no difference."""
        self.do(self.scenario.audited())


@contextmanager
def staged(database: str) -> Iterator[Stage]:
    """On a migrated database."""
    with asyncio.Runner() as runner:
        kept = AsyncExitStack()
        scenario = runner.run(kept.enter_async_context(ledger_scenario(database, pool_max=3)))
        try:
            intake = Intake(scenario.ledger, Settings.read({}, lanes=1), Loops())
            runner.run(kept.enter_async_context(intake.running()))
            yield Stage(runner, scenario, intake)
        finally:
            runner.run(kept.aclose())


def play(stage: Stage, *, plays: int, steps: int, numbers: int | None = None) -> None:
    """`plays` histories of up to `steps` steps each: those of the seed `numbers`, or always the same ones without."""
    profile = settings(
        max_examples=plays,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        derandomize=numbers is None,
    )
    here = type("PlayHere", (Play,), {"stage": stage})
    run_state_machine_as_test(here if numbers is None else seed(numbers)(here), settings=profile)


_who = st.integers(0, BETTORS - 1)
_market = st.integers(0, 10**6)
_outcome = st.integers(0, OUTCOMES - 1)
_stake = st.one_of(st.integers(1, 40), st.integers(1, 40), st.integers(1, 1500))
_odds = st.integers(1000, 6000)
_asks = st.lists(
    st.tuples(_who, _market, _outcome, _stake, st.sampled_from(["EUR"] * 19 + ["USD"]), st.none() | st.none() | _odds),
    min_size=1,
    max_size=BETTORS,
    unique_by=lambda ask: ask[0],
)


class Play(RuleBasedStateMachine):
    """One tournament, on the stage and in the model."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.do = self.stage.do
        self.scenario = self.stage.scenario
        self.model = Model()
        # The first is at the beginning, before anything was done.
        self.looks = 0
        self.people: list[Staged] = []
        self.markets: list[StagedMarket] = []

    @initialize(
        money=st.lists(st.integers(100, 9000), min_size=BETTORS, max_size=BETTORS),
        rules=st.builds(
            PoolRules,
            takeout_bps=st.integers(0, 5000),
            break_to_milli=st.sampled_from([1, 10, 50]),
            minimum_milli=st.sampled_from([0, 1000, 1100]),
            minimum_tiers=st.sampled_from(["", "1.01:1.04, 1.08:1.10"]),
            division=st.sampled_from(Division),
            started_with=st.sampled_from([0, 0, 700]),
            guaranteed=st.sampled_from([0, 0, 2500]),
        ),
        odds=st.lists(_odds, min_size=OUTCOMES, max_size=OUTCOMES),
        liability=st.one_of(st.none(), st.integers(500, 5000)),
        total=st.one_of(st.just(10**15), st.integers(1000, 6000)),
    )
    def begin(self, money: list[int], rules: PoolRules, odds: list[int], liability: int | None, total: int) -> None:
        self.terms = (rules, odds, liability, total)
        self.do(self.begun_with(money))

    async def begun_with(self, money: list[int]) -> None:
        async with self.scenario.conn.transaction():
            await self.scenario.tournament()
            for amount in money:
                self.people.append(await self.scenario.bettor(amount))
                self.model.bettors.append(model.Bettor(amount))
            for _ in range(MARKETS):
                await self.open_market()

    async def open_market(self) -> None:
        """Every other one has fixed odds, every third no limit of the whole."""
        rules, odds, liability, total = self.terms
        n = len(self.markets)
        kind = "fixed" if n % 2 else "pool"
        prices: list[int | None] = list(odds) if kind == "fixed" else [None] * OUTCOMES
        limits: dict[str, Any] = {
            "liability_max": liability if kind == "fixed" else None,
            "total_max": total if n % 3 else 10**15,
            "stake_min": 1 + n % 3,
            "stake_max": 1500 - n,
            "places": 1 + n % 4 // 2,
        }
        self.markets.append(await self.scenario.market(kind, odds=prices, **limits | asdict(rules)))
        outcomes = [model.Outcome(price) for price in prices]
        self.model.markets.append(model.Market(kind=kind, outcomes=outcomes, rules=rules, **limits))

    # Betting ----------------------------------------------------------------------------------------------------------

    @rule(asks=_asks)
    def bet(self, asks: list[tuple[int, int, int, int, str, int | None]]) -> None:
        self.place([Ask(uuid4(), ask[0], self.recent(ask[1]), *ask[2:]) for ask in asks])

    @rule(asks=_asks)
    def bet_more(self, asks: list[tuple[int, int, int, int, str, int | None]]) -> None:
        """Betting is what happens most."""
        self.bet(asks)

    @rule(which=_market, outcome=_outcome, stake=st.integers(1, 900))
    def everybody_bets_on(self, which: int, outcome: int, stake: int) -> None:
        """A rush on one outcome: limits are met in the middle of a set."""
        which = self.recent(which)
        self.place([Ask(uuid4(), who, which, outcome, stake + who, "EUR", None) for who in range(BETTORS)])

    def recent(self, which: int) -> int:
        """One of the newest markets: the older ones are settled by and by."""
        return len(self.markets) - 1 - which % MARKETS

    @precondition(lambda self: self.model.bets)
    @rule(which=st.integers(0, 10**6), changes=st.sampled_from([{}, {}, {"stake": 7}, {"who": 0}, {"min_odds": 1000}]))
    def bet_again(self, which: int, changes: dict[str, Any]) -> None:
        bets = list(self.model.bets.values())
        self.place([bets[which % len(bets)].ask._replace(**changes)])

    def place(self, asks: list[Ask]) -> None:
        verdicts = self.do(self.ask([self.bet_of(ask) for ask in asks]))
        expected = self.model.place(asks)
        for ask, verdict, said in zip(asks, verdicts, expected, strict=True):
            assert verdict.number == said.number, (ask, verdict, said)
            assert verdict.balance == said.balance, (ask, verdict, said)
            assert said.odds is None or verdict.odds_milli == said.odds, (ask, verdict, said)
            assert verdict.left == said.left, (ask, verdict, said)

    async def ask(self, bets: list[PlaceBet]) -> list[Any]:
        return await asyncio.gather(*(verdict_of(self.stage.intake, bet) for bet in bets))

    def bet_of(self, ask: Ask) -> PlaceBet:
        return self.scenario.bet(
            self.people[ask.who],
            self.markets[ask.market].outcomes[ask.outcome],
            ask.stake,
            bet_id=ask.key,
            currency=ask.currency,
            min_odds_milli=ask.min_odds,
        )

    # What else happens ------------------------------------------------------------------------------------------------

    @rule(who=_who, amount=st.integers(-1000, 4000))
    def deposit_or_withdraw(self, who: int, amount: int) -> None:
        amount = max(amount, -self.model.bettors[who].balance)
        if amount:
            self.do(self.scenario.deposit(self.people[who], amount))
            self.model.bettors[who].balance += amount

    @rule(who=_who, bar=st.sampled_from(["blocked", "kyc", "excluded", "limit", "none", "none", "none"]), amount=_stake)
    def bar_or_let_in(self, who: int, bar: str, amount: int) -> None:
        one, user_id, conn = self.model.bettors[who], self.people[who].user_id, self.scenario.conn
        one.blocked, one.kyc, one.excluded = bar == "blocked", bar != "kyc", bar == "excluded"
        one.limit = amount if bar == "limit" else None
        until = datetime.now(UTC) + timedelta(days=1) if one.excluded else None
        change = "UPDATE users SET blocked = $2, excluded_until = $3 WHERE id = $1"
        self.do(conn.execute(change, user_id, one.blocked, until))
        self.do(self.scenario.check_kyc(user_id, "verified" if one.kyc else "declined"))
        self.do(
            conn.execute(
                "INSERT INTO limits (user_id, tournament_id, kind, period, amount, effective_at) "
                "VALUES ($1, $2, 'stake', 'week', $3, clock_timestamp())",
                user_id,
                self.scenario.tournament_id,
                one.limit,
            )
        )

    @rule(which=_market, action=st.sampled_from(["suspend", "open", "open", "reopen", "reopen", "close", "another"]))
    def move(self, which: int, action: str) -> None:
        if action == "another":
            self.do(self.open_market())
            return
        which %= len(self.markets)
        market, wanted = self.model.markets[which], MarketAction(action)
        state = MarketState(market.status)
        opens = target(wanted) is MarketState.OPEN
        allowed = state is target(wanted) or (may(state, wanted) and not (opens and len(market.running) < 2))
        assert self.allowed(self.scenario.move(self.markets[which], wanted)) == allowed
        if allowed and state is not target(wanted):
            market.status = after(state, wanted)

    @rule(which=_market, outcome=_outcome, odds=_odds)
    def price_or_withdraw(self, which: int, outcome: int, odds: int) -> None:
        which %= len(self.markets)
        market, outcome_id = self.model.markets[which], self.markets[which].outcomes[outcome]
        here = market.outcomes[outcome]
        if market.kind == "fixed" and odds % 3:
            allowed = here.odds == odds or market.status in ("open", "suspended")
            assert self.allowed(self.scenario.edit_outcome(outcome_id, odds_milli=odds)) == allowed
            here.odds = odds if allowed else here.odds
        else:
            allowed = market.status in ("open", "suspended", "closed")
            assert self.allowed(self.scenario.edit_outcome(outcome_id, withdrawn=not here.withdrawn)) == allowed
            if allowed:
                self.model.withdraw_or_not(which, outcome)

    def allowed(self, change: Coroutine[Any, Any, Any]) -> bool:
        try:
            self.do(change)
        except Refused:
            return False
        return True

    @rule(
        which=_market, names=st.lists(st.sampled_from(["lost", "won", "won", "void", "half"]), min_size=3, max_size=3)
    )
    def settle(self, which: int, names: list[str]) -> None:
        """Closes, and settles; or corrects, where it was settled or void before."""
        which %= len(self.markets)
        market, staged = self.model.markets[which], self.markets[which]
        kinds = ("won", "void", "half") if market.kind == "fixed" else ("won",)
        won, void, half = (
            [n for n in market.running if kind in kinds and names[n] == kind] for kind in ("won", "void", "half")
        )
        ids = [[staged.outcomes[n] for n in some] for some in (won, void, half)]
        if market.status in ("open", "suspended"):
            self.do(self.scenario.close(staged))
        ask = self.scenario.resettle if market.status in ("settled", "void") else self.scenario.settle
        self.do(ask(staged, *ids[0], void=ids[1], half_void=ids[2]))
        if market.status not in ("settled", "void"):
            self.do(self.open_market())
        result = Result(winners=frozenset(won), void=frozenset(void), half_void=frozenset(half), places=market.places)
        self.model.settle(which, result)

    @rule(which=_market, won=_outcome, spent=st.booleans())
    def correct(self, which: int, won: int, spent: bool) -> None:
        """Those that were paid, again and again: who has spent it, owes it."""
        for who in range(BETTORS if spent else 0):
            self.deposit_or_withdraw(who, -(10**9))
        paid = [n for n, market in enumerate(self.model.markets) if market.status in ("settled", "void")]
        if paid:
            names = ["lost"] * OUTCOMES
            names[won] = "won"
            self.settle(paid[which % len(paid)], names)

    @precondition(lambda self: len(self.markets) > MARKETS)
    @rule(which=_market)
    def void(self, which: int) -> None:
        which %= len(self.markets)
        if self.model.markets[which].status in ("open", "suspended", "closed", "settled"):
            self.do(self.scenario.settle(self.markets[which], all_void=True))
            self.model.settle(which, None)

    @rule(which=_market, outcome=_outcome)
    def withdraw_late(self, which: int, outcome: int) -> None:
        """A runner that is found out not to have run, or to have run, after everybody was paid."""
        settled = [n for n, market in enumerate(self.model.markets) if market.status == "settled"]
        if not settled:
            return
        which = settled[which % len(settled)]
        market, result = self.model.markets[which], self.model.markets[which].result
        assert result is not None
        allowed = market.outcomes[outcome].withdrawn or outcome not in result.winners
        assert self.allowed(self.correct_withdrawal(which, outcome)) == allowed
        if allowed:
            self.model.withdraw_or_not(which, outcome)
            kept = Result(
                winners=result.winners,
                void=result.void - {outcome},
                half_void=result.half_void - {outcome},
                places=market.places,
            )
            self.model.settle(which, kept)

    async def correct_withdrawal(self, which: int, outcome: int) -> None:
        staged = self.markets[which]
        async with self.scenario.ledger.change(Actor()) as change:
            await corrections.correct_withdrawal(
                change,
                Parent(staged.id, staged.tournament_id),
                staged.outcomes[outcome],
                withdrawn=not self.model.markets[which].outcomes[outcome].withdrawn,
                deduction_bps=None,
                reason="a test",
            )
        row = await self.scenario.conn.fetchrow(
            "SELECT id FROM settlements WHERE market_id = $1 ORDER BY version DESC LIMIT 1", staged.id
        )
        await paying.pay(self.scenario.ledger, row["id"], chunk=CHUNK)

    # What must be the same --------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        self.stage.histories += self.looks > 1
        self.stage.steps += max(0, self.looks - 1)

    @invariant()
    def everything_is_the_same(self) -> None:
        if self.people:
            self.looks += 1
            self.do(self.compare())

    async def compare(self) -> None:
        here, conn, tournament_id = self.model, self.scenario.conn, self.scenario.tournament_id
        of_people = [one.wallet_id for one in self.people]
        accounts = await conn.fetch(
            """-- Each by an index of its own: there are many tournaments beside this one.
               SELECT * FROM accounts WHERE id = ANY($1::bigint[])
                UNION ALL SELECT * FROM accounts WHERE kind = 'escrow' AND market_id = ANY($2::bigint[])
                UNION ALL SELECT * FROM accounts WHERE tournament_id = $3 AND kind NOT IN ('wallet', 'escrow')""",
            of_people,
            [market.id for market in self.markets],
            tournament_id,
        )
        wallets = {row["id"]: (row["balance"], row["owed"]) for row in accounts if row["kind"] == "wallet"}
        assert [wallets[wallet_id] for wallet_id in of_people] == [(one.balance, one.owed) for one in here.bettors]
        house = {row["kind"]: row["balance"] for row in accounts}
        assert [house[kind] for kind in ("takeout", "breakage", "house", "receivable")] == [
            here.takeout,
            here.breakage,
            here.house,
            here.receivable,
        ]
        escrows = {row["market_id"]: row["balance"] for row in accounts if row["kind"] == "escrow"}
        rows = await conn.fetch(
            """-- What is staked on each outcome.
               SELECT totals.*, markets.status FROM outcome_totals AS totals JOIN markets ON markets.id = totals.market_id
                WHERE markets.tournament_id = $1""",
            tournament_id,
        )
        totals = {row["outcome_id"]: (row["stakes"], row["bets"], row["returns"]) for row in rows}
        statuses = {row["market_id"]: row["status"] for row in rows}
        for market, on_stage in zip(here.markets, self.markets, strict=True):
            assert [totals[one] for one in on_stage.outcomes] == [
                (one.stakes, one.bets, one.returns) for one in market.outcomes
            ]
            assert escrows[on_stage.id] == (0 if market.status in ("settled", "void") else market.stakes)
            assert statuses[on_stage.id] == market.status
        bets = await conn.fetch("SELECT * FROM bets WHERE wallet_id = ANY($1::bigint[])", of_people)
        stored: dict[UUID, Any] = {row["id"]: (row["odds_milli"], row["status"], row["payout"]) for row in bets}
        assert stored == {key: (bet.odds, bet.status, bet.payout) for key, bet in here.bets.items()}
