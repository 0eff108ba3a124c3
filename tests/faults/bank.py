"""The bank invariant: bets, deposits, withdrawals, closes, settlements, corrections and voids all at once, on few rows.

Whatever happens beside whatever, the accounts of the tournament sum to zero, each kind of account holds what was moved, and
each escrow what is staked: the books' own watch looks all the while.
"""

import asyncio
import random
from uuid import uuid4

from scenarios import Bettor, LedgerScenario, Market
from toteboard.ledger.ledger import Actor
from toteboard.ledger.money import paying, wallets
from toteboard.ledger.money.bets import BetConnection
from toteboard.ledger.money.settlement_rows import Settlement
from toteboard.reconciliation.watching import BooksWatch
from toteboard.rules.refusals import Refused

from .tally import Tally

BETTORS = 200
MARKETS = 6
SET = 50
PAID_AT_ONCE = 200


class Bank:
    """One tournament, on which several of each kind work until enough is done."""

    def __init__(self, tally: Tally, scenario: LedgerScenario, operations: int):
        self.tally = tally
        self.scenario = scenario
        self.left = operations
        self.people: list[Bettor] = []
        self.markets: list[Market] = []
        self.paid: list[Market] = []
        self._setting_up = asyncio.Lock()

    async def run(self) -> None:
        numbers = self.tally.random("bank")
        self.people = [await self.scenario.bettor(1_000_000) for _ in range(BETTORS)]
        for _ in range(MARKETS):
            await self.open_market(numbers)
        await asyncio.gather(
            *(self.betting(lane, random.Random(numbers.random())) for lane in range(2)),
            *(self.deciding(random.Random(numbers.random())) for _ in range(2)),
            self.cashing(random.Random(numbers.random())),
            self.watching(),
        )
        await self.scenario.audited()

    def did(self, what: str, times: int = 1) -> None:
        self.left -= times
        self.tally.counts["operations of the bank"] += times
        self.tally.counts[f"of these {what}"] += times

    async def open_market(self, numbers: random.Random) -> None:
        # The scenario has one connection to set things up.
        async with self._setting_up:
            await self._open_market(numbers)

    async def _open_market(self, numbers: random.Random) -> None:
        make = self.scenario.fixed if numbers.random() < 0.5 else self.scenario.market
        self.markets.append(await make(takeout_bps=0) if make == self.scenario.fixed else await make(takeout_bps=900))

    async def betting(self, lane: int, numbers: random.Random) -> None:
        """Sets of bets of people that no other lane has."""
        places = BetConnection(self.scenario.ledger, self.scenario.ledger.wakeups.feed)
        mine = self.people[lane::2]
        try:
            while self.left > 0:
                outcomes = [one for market in self.markets for one in market.outcomes]
                bets = [
                    self.scenario.bet(one, numbers.choice(outcomes), numbers.randint(1, 500))
                    for one in numbers.sample(mine, SET)
                ]
                verdicts = await places.place(bets)
                self.did("bets taken", sum(verdict.number == 0 for verdict in verdicts))
                self.did("bets refused", sum(verdict.number > 0 for verdict in verdicts))
        finally:
            await places.close()

    async def deciding(self, numbers: random.Random) -> None:
        """Closes a market and settles or voids it, opens another; sometimes corrects what was paid."""
        while self.left > 0:
            await asyncio.sleep(numbers.random() * 0.2)
            if not self.markets:
                continue
            market = self.markets.pop(numbers.randrange(len(self.markets)))
            await self.open_market(numbers)
            await self.scenario.close(market)
            self.did("closes")
            winner = numbers.choice(market.outcomes)
            try:
                if numbers.random() < 0.2:
                    await self.pay(await self.scenario.settle(market, all_void=True, pay=False))
                    self.did("voids")
                    continue
                await self.pay(await self.scenario.settle(market, winner, pay=False))
                self.did("settlements")
                self.paid.append(market)
                if numbers.random() < 0.5:
                    again = numbers.choice(self.paid[-3:])
                    await self.pay(await self.scenario.resettle(again, numbers.choice(again.outcomes), pay=False))
                    self.did("corrections")
            except Refused:
                # Nobody backed it, or another corrects it at this moment.
                self.did("decisions refused")

    async def pay(self, settlement: Settlement) -> None:
        await paying.pay(self.scenario.ledger, settlement.id, chunk=PAID_AT_ONCE)

    async def cashing(self, numbers: random.Random) -> None:
        while self.left > 0:
            await asyncio.sleep(0.005)
            one = numbers.choice(self.people)
            try:
                async with self.scenario.ledger.change(Actor()) as change:
                    await wallets.move(
                        change,
                        one.wallet_id,
                        "deposit" if numbers.random() < 0.7 else "withdrawal",
                        key=uuid4(),
                        amount=numbers.randint(1, 2000),
                        currency="EUR",
                        note="",
                    )
                self.did("payments at the desk")
            except Refused:
                self.did("payments refused")

    async def watching(self) -> None:
        watch = BooksWatch(self.scenario.ledger)
        while self.left > 0:
            await watch.step()
            assert not watch.differing, watch.differing
            self.tally.counts["looks at the bank's books"] += 1
            await asyncio.sleep(0.05)


async def bank(tally: Tally, scenario: LedgerScenario, *, operations: int) -> None:
    """A round."""
    await Bank(tally, scenario, operations).run()
