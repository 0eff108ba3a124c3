"""A small tournament with bets on it, made through the ledger's own doors: pool and fixed, settled, void and open."""

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from csv_plans import plan_of_csv
from toteboard.imports.merging.writing import ImportOrder, import_plan
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.money import paying, settlements, wallets
from toteboard.ledger.people import kyc, users
from toteboard.ledger.tournaments import markets, tournaments
from toteboard.rules.market import MarketAction

RACES = b"""match,round,outcome,odds
Pool race,Day 1,Comet,
Pool race,Day 1,Duchess,
Pool race,Day 1,Nimbus,
Fixed race,Day 1,Alder,2.5
Fixed race,Day 1,Birch,1.8
Void race,Day 2,Cedar,
Void race,Day 2,Dogwood,
Open race,Day 2,Elm,3.1
Open race,Day 2,Fir,1.4
"""
DEPOSIT = 100_000


@dataclass
class BooksFactory:
    ledger: Ledger
    tournament_id: int = 0
    bettors: list[int] = field(default_factory=list)
    wallets: list[int] = field(default_factory=list)
    markets: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    bets: list[UUID] = field(default_factory=list)

    async def bet(self, bettor: int, outcome: str, stake: int) -> UUID:
        """One bet of the bettor with this place in the list; it has to be taken."""
        bet_id = uuid4()
        async with self.ledger.read() as conn:
            row = await conn.fetchrow(
                "SELECT * FROM place_bets($1, $2, $3, $4, $5, $6, $7)",
                *([bet_id], [self.bettors[bettor]], [self.outcomes[outcome]], [stake], ["EUR"], [None], ["127.0.0.1"]),
            )
        assert row is not None
        assert list(row["o_verdict"]) == [0]
        self.bets.append(bet_id)
        return bet_id

    async def close(self, market: str, winner: str | None) -> None:
        async with self.ledger.change(Actor()) as change:
            await markets.move(change, self.markets[market], MarketAction.CLOSE)
            if winner is not None:
                await markets.enter_result(
                    change,
                    self.markets[market],
                    winners=frozenset({self.outcomes[winner]}),
                    void=frozenset(),
                    half_void=frozenset(),
                )

    async def settle(self, market: str, *, void: bool = False, pay: bool = True) -> int:
        async with self.ledger.change(Actor()) as change:
            row = await settlements.settle(change, self.markets[market], result=None, void=void, digest=None)
        if pay:
            await paying.pay(self.ledger, row.id, chunk=2)
        return int(row.id)

    async def resettle(self, market: str, winner: str) -> None:
        async with self.ledger.change(Actor()) as change:
            row = await settlements.resettle(
                change, self.markets[market], result={"winners": [self.outcomes[winner]]}, digest=None, reason="a test"
            )
        await paying.pay(self.ledger, row.id, chunk=2)

    async def balance(self, bettor: int) -> int:
        async with self.ledger.read() as conn:
            return int(await conn.fetchval("SELECT balance FROM accounts WHERE id = $1", self.wallets[bettor]))

    async def withdraw_all(self, bettor: int) -> None:
        amount = await self.balance(bettor)
        await self._cash(bettor, "withdrawal", amount)

    async def deposit(self, bettor: int, amount: int) -> None:
        await self._cash(bettor, "deposit", amount)

    async def _cash(self, bettor: int, direction: Any, amount: int) -> None:
        async with self.ledger.change(Actor()) as change:
            await wallets.move(
                change, self.wallets[bettor], direction, key=uuid4(), amount=amount, currency="EUR", note=""
            )


async def founded(ledger: Ledger, *, bettors: int = 4) -> BooksFactory:
    """The tournament with its markets open and its bettors verified and funded; nobody has bet yet."""
    factory = BooksFactory(ledger)
    async with ledger.change(Actor()) as change:
        order = ImportOrder(
            slug="races",
            file_name="races.csv",
            sha256=hashlib.sha256(RACES).digest(),
            takeout_bps=1000,
            open_markets=True,
        )
        imported = await import_plan(change, plan_of_csv(RACES, name="Races"), order)
        assert imported.tournament_id is not None
        factory.tournament_id = imported.tournament_id
        for no in range(bettors):
            user_id = await users.register(change, email=f"b{no}@test.invalid", name=f"Bettor {no}", password_hash="!")
            await kyc.add_check(change, user_id=user_id, provider="desk", reference=str(uuid4()), status="verified")
            await tournaments.put_member(change, factory.tournament_id, user_id, "bettor")
            factory.bettors.append(user_id)
    async with ledger.read() as conn:
        for row in await conn.fetch("SELECT user_id, id FROM accounts WHERE kind = 'wallet' ORDER BY user_id"):
            factory.wallets.append(row["id"])
        rows = await conn.fetch("SELECT k.id, m.name FROM markets k JOIN matches m ON m.id = k.match_id")
        factory.markets = {row["name"]: row["id"] for row in rows}
        factory.outcomes = {row["name"]: row["id"] for row in await conn.fetch("SELECT name, id FROM outcomes")}
    for no in range(bettors):
        await factory.deposit(no, DEPOSIT)
    return factory


async def played(ledger: Ledger) -> BooksFactory:
    """Founded, bet on and decided: a pool settled, corrected once; a fixed market settled; one void; one still open."""
    factory = await founded(ledger)
    for no, (outcome, stake) in enumerate(
        [
            *(("Comet", 1003), ("Duchess", 2001), ("Nimbus", 777), ("Comet", 501)),
            *(("Alder", 1111), ("Birch", 2222), ("Alder", 333), ("Birch", 44)),
            *(("Cedar", 900), ("Dogwood", 800), ("Elm", 700), ("Fir", 600)),
        ]
    ):
        await factory.bet(no % 4, outcome, stake)
    await factory.close("Pool race", "Comet")
    await factory.settle("Pool race")
    await factory.close("Fixed race", "Alder")
    await factory.settle("Fixed race")
    await factory.close("Void race", None)
    await factory.settle("Void race", void=True)
    # What the winner won is gone before the result is corrected: it becomes a debt, of which 5 are paid back.
    await factory.withdraw_all(0)
    await factory.resettle("Pool race", "Duchess")
    await factory.deposit(0, 5)
    return factory
