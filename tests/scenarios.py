"""A small tournament on scenario, for tests of the engine: people with money, pool and fixed markets, everything real.

    async with ledger_scenario(database) as scenario:
        ada, match_winner = await scenario.bettor(deposit=1000), await scenario.market("pool")
        [verdict] = await scenario.place(scenario.bet(ada, match_winner.outcomes[0], 250))
        await scenario.audited()

What is set up here is written as the database's owner; bets, changes and payments go through the ledger's own doors.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest

from databases import by_hand
from toteboard.intake.batcher import PlaceBet
from toteboard.intake.intake import Intake
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.money import paying, settlements
from toteboard.ledger.money.bets import BetConnection, Verdict
from toteboard.ledger.money.settlement_rows import Settlement, settlement_of
from toteboard.ledger.tournaments import markets, outcomes
from toteboard.reconciliation.checks import audit
from toteboard.reconciliation.reading import opened_books
from toteboard.rules.market import MarketAction
from toteboard.rules.refusals import Refusal, Refused

IP = "192.0.2.7"
CHUNK = 3
# Tables that a bet may touch, and nothing else of the ledger.
TOUCHED = ("bets", "transfers", "accounts", "outcome_totals", "feeds", "events", "audit_log")


@dataclass(frozen=True, slots=True)
class Bettor:
    user_id: int
    wallet_id: int


@dataclass(frozen=True, slots=True)
class Market:
    id: int
    tournament_id: int
    outcomes: tuple[int, ...]


class LedgerScenario:
    """One tournament and what is asked of it. `conn` is the owner's, to look behind the doors."""

    def __init__(self, dsn: str, ledger: Ledger, conn: Any):
        self.dsn = dsn
        self.ledger = ledger
        self.conn = conn
        self.currency = "EUR"
        self.tournament_id = 0
        self.match_id = 0
        # Some tests do several things at once, and a connection one at a time.
        self._turn = asyncio.Lock()
        self.places = BetConnection(ledger, ledger.wakeups.feed)

    # Setting up -------------------------------------------------------------------------------------------------------

    async def tournament(self, currency: str = "EUR") -> int:
        """Another tournament, which the people and markets that follow belong to."""
        self.currency = currency
        self.tournament_id = await self.conn.fetchval(
            "INSERT INTO tournaments (slug, name, currency) VALUES ($1, 'On scenario', $2) RETURNING id",
            f"scenario-{uuid4()}",
            currency,
        )
        self.match_id = await self.conn.fetchval(
            "INSERT INTO matches (tournament_id, name) VALUES ($1, 'Final') RETURNING id", self.tournament_id
        )
        return self.tournament_id

    async def person(self, *, kyc: str = "verified") -> int:
        name = f"p{uuid4()}"
        user_id: int = await self.conn.fetchval(
            "INSERT INTO users (email, name, password_hash) VALUES ($1, $2, '') RETURNING id", f"{name}@test", name
        )
        await self.check_kyc(user_id, kyc)
        return user_id

    async def check_kyc(self, user_id: int, status: str) -> None:
        if status != "none":
            await self.conn.execute(
                "INSERT INTO kyc_checks (user_id, provider, reference, status) VALUES ($1, 'desk', $2, $3)",
                user_id,
                str(uuid4()),
                status,
            )
        await self.conn.execute("UPDATE users SET kyc = $2 WHERE id = $1", user_id, status)

    async def bettor(self, deposit: int = 100_000, *, role: str = "bettor", user_id: int | None = None) -> Bettor:
        """A verified member with a wallet, and money in it."""
        user_id = user_id or await self.person()
        await self.conn.execute("INSERT INTO members VALUES ($1, $2, $3)", self.tournament_id, user_id, role)
        wallet_id = await self.conn.fetchval(
            "INSERT INTO accounts (tournament_id, kind, user_id) VALUES ($1, 'wallet', $2) RETURNING id",
            self.tournament_id,
            user_id,
        )
        bettor = Bettor(user_id, wallet_id)
        if deposit:
            await self.deposit(bettor, deposit)
        return bettor

    async def deposit(self, bettor: Bettor, amount: int) -> None:
        """From the factory outside into the wallet; a negative amount goes back there."""
        async with self._turn:
            await self.conn.execute(
                """WITH wallet AS (SELECT * FROM accounts WHERE id = $1 FOR NO KEY UPDATE),
                        cash AS (SELECT accounts.* FROM accounts, wallet
                                  WHERE accounts.kind = 'cash' AND accounts.tournament_id = wallet.tournament_id),
                        moved AS (INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, at)
                                  SELECT wallet.tournament_id, CASE WHEN $2::bigint > 0 THEN cash.id ELSE wallet.id END,
                                         CASE WHEN $2::bigint > 0 THEN wallet.id ELSE cash.id END, abs($2::bigint),
                                         CASE WHEN $2::bigint > 0 THEN 'deposit' ELSE 'withdrawal' END, clock_timestamp()
                                    FROM wallet, cash)
                   UPDATE accounts SET balance = accounts.balance + CASE accounts.id WHEN $1 THEN 1 ELSE -1 END * $2::bigint
                     FROM cash WHERE accounts.id IN ($1, cash.id)""",
                bettor.wallet_id,
                amount,
            )

    async def market(
        self,
        kind: str = "pool",
        *,
        odds: Sequence[int | None] = (None, None, None),
        status: str = "open",
        **columns: Any,
    ) -> Market:
        """A market with one outcome for each of `odds`, and any other column of the table."""
        columns = {"kind": kind, "status": status} | columns
        names = ", ".join(columns)
        numbers = ", ".join(f"${n}" for n in range(3, 3 + len(columns)))
        market_id = await self.conn.fetchval(
            f"INSERT INTO markets (tournament_id, match_id, name, {names}) VALUES ($1, $2, 'Winner', {numbers}) RETURNING id",
            self.tournament_id,
            self.match_id,
            *columns.values(),
        )
        rows = await self.conn.fetch(
            """INSERT INTO outcomes (tournament_id, market_id, name, lane_no, odds_milli)
               SELECT $1, $2, 'Outcome ' || no, no, odds FROM unnest($3::int[]) WITH ORDINALITY AS o (odds, no)
               RETURNING id""",
            self.tournament_id,
            market_id,
            list(odds),
        )
        return Market(market_id, self.tournament_id, tuple(row["id"] for row in rows))

    async def fixed(self, *odds: int, **columns: Any) -> Market:
        return await self.market("fixed", odds=odds or (2000, 3500, 1250), **columns)

    async def set(self, market: Market, **columns: Any) -> None:
        """Writes columns of the market, under the lock that the engine respects."""
        changes = ", ".join(f"{name} = ${n}" for n, name in enumerate(columns, 2))
        await self.conn.execute(f"UPDATE markets SET {changes} WHERE id = $1", market.id, *columns.values())

    # Betting ----------------------------------------------------------------------------------------------------------

    def bet(self, bettor: Bettor, outcome_id: int, stake: int = 100, **more: Any) -> PlaceBet:
        given: dict[str, Any] = {"bet_id": uuid4(), "currency": self.currency, "min_odds_milli": None, "ip": IP} | more
        return PlaceBet(user_id=bettor.user_id, outcome_id=outcome_id, stake=stake, **given)

    async def place(self, *bets: PlaceBet) -> list[Verdict]:
        """One set, one transaction."""
        return await self.places.place(bets)

    async def verdict(self, bettor: Bettor, outcome_id: int, stake: int = 100, **more: Any) -> int:
        """The verdict on a bet that stands alone."""
        [verdict] = await self.place(self.bet(bettor, outcome_id, stake, **more))
        return verdict.number

    async def take(self, bettor: Bettor, outcome_id: int, stake: int = 100, **more: Any) -> PlaceBet:
        """A bet that has to be taken."""
        bet = self.bet(bettor, outcome_id, stake, **more)
        [verdict] = await self.place(bet)
        assert verdict.number == 0, verdict
        return bet

    # The organizer ----------------------------------------------------------------------------------------------------

    async def move(self, market: Market, action: MarketAction) -> None:
        async with self.ledger.change(Actor()) as change:
            await markets.move(change, market.id, action)

    async def close(self, market: Market) -> None:
        await self.move(market, MarketAction.CLOSE)

    async def edit_outcome(self, outcome_id: int, **given: Any) -> None:
        async with self.ledger.change(Actor()) as change:
            parent = await outcomes.parent_of(change.conn, outcome_id)
            assert parent is not None
            await outcomes.edit(change, parent, outcome_id, given)

    async def settle(
        self,
        market: Market,
        *winners: int,
        all_void: bool = False,
        digest: str | None = None,
        pay: bool = True,
        **more: Any,
    ) -> Settlement:
        """Decides, and pays to the end. The settlement's row."""
        result = None if all_void else {"winners": list(winners)} | more
        async with self.ledger.change(Actor()) as change:
            row = await settlements.settle(change, market.id, result=result, void=all_void, digest=digest)
        return await self._paid(row) if pay else row

    async def resettle(self, market: Market, *winners: int, pay: bool = True, **more: Any) -> Settlement:
        async with self.ledger.change(Actor()) as change:
            row = await settlements.resettle(
                change, market.id, result={"winners": list(winners)} | more, digest=None, reason="a test"
            )
        return await self._paid(row) if pay else row

    async def _paid(self, settlement: Settlement) -> Settlement:
        await paying.pay(self.ledger, settlement.id, chunk=CHUNK)
        return settlement_of(await self.row("settlements", settlement.id))

    # Looking ----------------------------------------------------------------------------------------------------------

    async def row(self, table: str, row_id: Any) -> Any:
        async with self._turn:
            return await self.conn.fetchrow(f"SELECT * FROM {table} WHERE id = $1", row_id)

    async def wallet(self, bettor: Bettor) -> Any:
        return await self.row("accounts", bettor.wallet_id)

    async def balance(self, bettor: Bettor) -> int:
        return int((await self.wallet(bettor))["balance"])

    async def escrow(self, market: Market) -> int:
        return int(await self.conn.fetchval("SELECT balance FROM accounts WHERE market_id = $1", market.id))

    async def house(self, kind: str = "house") -> int:
        return int(
            await self.conn.fetchval(
                "SELECT balance FROM accounts WHERE kind = $1 AND tournament_id = $2", kind, self.tournament_id
            )
        )

    async def totals(self, outcome_id: int) -> tuple[int, int, int]:
        """Stakes, bets, returns."""
        row = await self.conn.fetchrow("SELECT * FROM outcome_totals WHERE outcome_id = $1", outcome_id)
        return row["stakes"], row["bets"], row["returns"]

    async def payouts(self, *bets: PlaceBet) -> list[tuple[str, int | None]]:
        rows = {row["id"]: row for row in await self.conn.fetch("SELECT * FROM bets")}
        return [(rows[bet.bet_id]["status"], rows[bet.bet_id]["payout"]) for bet in bets]

    async def everything(self, *, but: Sequence[str] = ()) -> dict[str, list[Any]]:
        """All rows of the tables that a bet may touch, to be compared with a later look."""
        return {
            table: [tuple(row) for row in await self.conn.fetch(f"SELECT * FROM {table} ORDER BY 1, 2")]
            for table in TOUCHED
            if table not in but
        }

    async def logged(self, action: str) -> list[dict[str, Any]]:
        rows = await self.conn.fetch("SELECT * FROM audit_log WHERE action = $1 ORDER BY id", action)
        return [dict(row) | {"details": json.loads(row["details"] or "{}")} for row in rows]

    async def audited(self) -> None:
        """`toteboard audit` finds no difference."""
        await assert_clean(self.dsn)


async def assert_clean(dsn: str) -> None:
    async with opened_books(dsn) as books:
        report = await audit(books)
    assert report.balanced, [check for check in report.checks if check.found]


def again(bet: PlaceBet, **changes: Any) -> PlaceBet:
    """The same bet asked again, with something changed."""
    return replace(bet, **changes)


@contextmanager
def refused(refusal: Refusal) -> Iterator[None]:
    """The block is refused, and so."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.refusal is refusal, caught.value


@asynccontextmanager
async def ledger_scenario(dsn: str, *, pool_max: int = 8, currency: str = "EUR") -> AsyncIterator[LedgerScenario]:
    """A scenario on a migrated database, with one tournament in it."""
    async with Ledger.opened(dsn, pool_max=pool_max) as ledger:
        conn = await by_hand(dsn)
        scenario = LedgerScenario(dsn, ledger, conn)
        try:
            await scenario.tournament(currency)
            yield scenario
        finally:
            await scenario.places.close()
            await conn.close()


async def verdict_of(intake: Intake, bet: PlaceBet) -> Verdict:
    """`Intake.submit`, awaited. Raises Busy or Unknown."""
    answer: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()

    def answered(verdict: Verdict | Exception) -> None:
        if answer.done():
            return
        if isinstance(verdict, Exception):
            answer.set_exception(verdict)
        else:
            answer.set_result(verdict)

    intake.submit(bet, answered)
    return await answer
