"""What a set of bets does: each refusal in its order, and what a bet that is taken leaves in every table."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from scenarios import IP, LedgerScenario, again, ledger_scenario
from toteboard.rules.market import MarketAction
from toteboard.rules.pools import PoolRules, pool_odds
from toteboard.rules.refusals import Refusal

SOON = timedelta(hours=1)


@pytest.fixture
async def scenario(database: str) -> AsyncIterator[LedgerScenario]:
    async with ledger_scenario(database) as scenario:
        yield scenario


# What a bet leaves behind ----------------------------------------------------------------------------------------------


async def test_a_taken_bet_stands_in_every_table_once(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(1000), await scenario.fixed(2285, 1500)
    bet = scenario.bet(ada, market.outcomes[0], 333, min_odds_milli=2000)
    [verdict] = await scenario.place(bet)
    assert (verdict.number, verdict.odds_milli, verdict.balance, verdict.left) == (0, 2285, 667, None)

    row = await scenario.row("bets", bet.bet_id)
    assert (row["wallet_id"], row["user_id"], row["market_id"]) == (ada.wallet_id, ada.user_id, market.id)
    assert (row["tournament_id"], row["outcome_id"], row["stake"]) == (scenario.tournament_id, bet.outcome_id, 333)
    assert (row["odds_milli"], row["min_odds_milli"], row["status"], row["payout"]) == (2285, 2000, "pending", None)
    assert row["placed_at"].timestamp() == verdict.at

    transfer = await scenario.conn.fetchrow("SELECT * FROM transfers WHERE bet_id = $1", bet.bet_id)
    escrow = await scenario.conn.fetchval("SELECT id FROM accounts WHERE market_id = $1", market.id)
    assert (transfer["debit_account"], transfer["credit_account"]) == (ada.wallet_id, escrow)
    assert (transfer["amount"], transfer["kind"], transfer["at"]) == (333, "stake", row["placed_at"])
    assert (await scenario.balance(ada), await scenario.escrow(market)) == (667, 333)
    assert await scenario.totals(bet.outcome_id) == (333, 1, 333 * 2285 // 1000)

    [logged] = await scenario.logged("bet.placed")
    assert (logged["subject"], str(logged["ip"]), logged["user_id"]) == (f"bet:{bet.bet_id}", IP, ada.user_id)
    assert logged["details"] == {"outcome": bet.outcome_id, "stake": 333, "odds": 2285}
    [event] = await scenario.conn.fetch("SELECT * FROM events")
    assert (event["seq"], event["kind"]) == (1, "bets")
    assert json.loads(event["payload"]) == {
        "o": [[bet.outcome_id, 333, 1, 760]],
        "b": [[str(bet.bet_id), ada.user_id, bet.outcome_id, 333, 2285]],
    }
    await scenario.audited()


async def test_a_set_tells_the_feed_once_and_every_bet_in_asking_order(scenario: LedgerScenario) -> None:
    people, market = [await scenario.bettor() for _ in range(4)], await scenario.market()
    bets = [scenario.bet(one, market.outcomes[n % 2], 10 + n) for n, one in enumerate(people)]
    assert [v.number for v in await scenario.place(*bets[::-1])] == [0] * 4
    [event] = await scenario.conn.fetch("SELECT * FROM events")
    payload = json.loads(event["payload"])
    assert [slip[0] for slip in payload["b"]] == [str(bet.bet_id) for bet in bets[::-1]]
    assert sorted(payload["o"]) == [[market.outcomes[0], 22, 2, 0], [market.outcomes[1], 24, 2, 0]]


async def test_two_tournaments_in_one_set_keep_to_themselves(scenario: LedgerScenario) -> None:
    first = scenario.tournament_id
    ada, home = await scenario.bettor(), await scenario.market()
    second = await scenario.tournament("JPY")
    also_ada, away = await scenario.bettor(user_id=ada.user_id), await scenario.market()
    bea = await scenario.bettor()
    verdicts = await scenario.place(
        scenario.bet(ada, home.outcomes[0], 10, currency="EUR"), scenario.bet(bea, away.outcomes[0], 20)
    )
    assert [v.number for v in verdicts] == [0, 0]
    assert await scenario.conn.fetch("SELECT tournament_id, seq FROM feeds ORDER BY 1") == [(first, 1), (second, 1)]
    assert (await scenario.balance(ada), await scenario.balance(also_ada)) == (99_990, 100_000)
    await scenario.audited()


async def test_a_pool_bet_keeps_the_odds_of_the_moment(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market(takeout_bps=1000, break_to_milli=50)
    x, y, _ = market.outcomes
    [first] = await scenario.place(scenario.bet(ada, x, 700))
    assert first.odds_milli == 1000, "its own, and never under the minimum dividend"
    [second] = await scenario.place(scenario.bet(ada, y, 1300))
    rules = PoolRules(takeout_bps=1000, break_to_milli=50)
    assert second.odds_milli == pool_odds(on_outcome=1300, others=[700], rules=rules)
    [third] = await scenario.place(scenario.bet(ada, x, 5000))
    assert third.odds_milli == pool_odds(on_outcome=5700, others=[1300], rules=rules) == 1100
    await scenario.edit_outcome(y, withdrawn=True)
    [fourth] = await scenario.place(scenario.bet(ada, x, 1))
    assert fourth.odds_milli == pool_odds(on_outcome=5701, others=[], rules=rules)


async def test_the_odds_of_a_pool_stop_where_odds_end(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(10_000_000), await scenario.market()
    await scenario.take(ada, market.outcomes[0], 1)
    await scenario.take(ada, market.outcomes[1], 9_000_000)
    [verdict] = await scenario.place(scenario.bet(ada, market.outcomes[0], 1))
    assert verdict.odds_milli == 1_000_000


async def test_each_bet_of_a_fixed_market_floors_its_own_return(scenario: LedgerScenario) -> None:
    people, market = [await scenario.bettor() for _ in range(3)], await scenario.fixed(1999, 1001)
    await scenario.place(*(scenario.bet(one, market.outcomes[0], 1) for one in people))
    assert await scenario.totals(market.outcomes[0]) == (3, 3, 3)


async def test_the_largest_stake_at_the_highest_odds_is_counted_exactly(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(100_000_000_000), await scenario.fixed(1_000_000, 1000)
    await scenario.take(ada, market.outcomes[0], 100_000_000_000)
    assert await scenario.totals(market.outcomes[0]) == (10**11, 1, 10**14)
    await scenario.audited()


# The same key again ----------------------------------------------------------------------------------------------------


async def test_the_same_key_with_the_same_content_is_taken_once(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    bet = await scenario.take(ada, market.outcomes[0], min_odds_milli=1000)
    before = await scenario.everything()
    await scenario.close(market)
    [verdict] = await scenario.place(bet)
    assert (verdict.number, verdict.balance) == (-1, 99_900)
    after = await scenario.everything(but=("events", "feeds", "audit_log"))
    assert after == {table: rows for table, rows in before.items() if table in after}
    assert await scenario.logged("bet.refused") == []


@pytest.mark.parametrize(
    "changes", [{"stake": 101}, {"currency": "USD"}, {"min_odds_milli": 1000}, {"min_odds_milli": None}, {"outcome": 1}]
)
async def test_the_same_key_with_other_content_is_refused(scenario: LedgerScenario, changes: dict[str, int]) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    bet = await scenario.take(ada, market.outcomes[0], min_odds_milli=None if changes.get("min_odds_milli") else 1000)
    if "outcome" in changes:
        changes = {"outcome_id": market.outcomes[1]}
    [verdict] = await scenario.place(again(bet, **changes))
    assert verdict.number == Refusal.KEY_REUSED.number


async def test_a_key_of_another_bettor_tells_nothing_about_their_bet(scenario: LedgerScenario) -> None:
    ada, bea, market = await scenario.bettor(), await scenario.bettor(500), await scenario.market()
    bet = await scenario.take(ada, market.outcomes[0], 777)
    [verdict] = await scenario.place(again(bet, user_id=bea.user_id))
    assert verdict.number == Refusal.KEY_REUSED.number
    assert (verdict.balance, verdict.left) == (500, None)
    assert await scenario.balance(bea) == 500


async def test_a_refusal_does_not_use_the_key_up(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(50), await scenario.market()
    bet = scenario.bet(ada, market.outcomes[0], 100)
    assert (await scenario.place(bet))[0].number == Refusal.FUNDS.number
    await scenario.deposit(ada, 50)
    assert (await scenario.place(bet))[0].number == 0


# Refusals, each before the next ----------------------------------------------------------------------------------------


async def test_refusals_are_said_in_their_order_of_precedence(scenario: LedgerScenario) -> None:
    """Everything is wrong at first; as one thing after the other is mended, the next refusal comes to light."""
    foreign = scenario.tournament_id
    elsewhere = await scenario.bettor()
    home = await scenario.market()
    used = await scenario.take(elsewhere, home.outcomes[0], 7)
    await scenario.tournament()
    user_id = elsewhere.user_id
    market = await scenario.fixed(
        2000, 1500, status="closed", stake_min=500, total_max=0 + 1, liability_max=0, closes_at=datetime.now(UTC) - SOON
    )
    x = market.outcomes[0]
    await scenario.conn.execute("UPDATE outcomes SET withdrawn = true WHERE id = $1", x)
    await scenario.check_kyc(user_id, "declined")
    await scenario.conn.execute("UPDATE users SET blocked = true, excluded_until = 'infinity' WHERE id = $1", user_id)
    asked = again(used, outcome_id=10**9, currency="USD", stake=400, min_odds_milli=2001)

    async def said(refusal: Refusal) -> None:
        [verdict] = await scenario.place(asked)
        assert verdict.number == refusal.number, f"{verdict} instead of {refusal}"

    await said(Refusal.UNKNOWN_OUTCOME)
    asked = again(asked, outcome_id=x)
    await said(Refusal.KEY_REUSED)
    asked = again(asked, bet_id=uuid4())
    await said(Refusal.CURRENCY)
    asked = again(asked, currency="EUR")
    await said(Refusal.NOT_A_MEMBER)
    here = await scenario.bettor(0, role="cashier", user_id=user_id)
    await said(Refusal.BLOCKED)
    await scenario.conn.execute("UPDATE users SET blocked = false WHERE id = $1", user_id)
    await scenario.conn.execute("UPDATE accounts SET owed = 1 WHERE id = $1", here.wallet_id)
    await said(Refusal.BLOCKED)
    await scenario.conn.execute("UPDATE accounts SET owed = 0 WHERE id = $1", here.wallet_id)
    await said(Refusal.STAFF)
    await scenario.conn.execute("UPDATE members SET role = 'bettor' WHERE tournament_id = $1", scenario.tournament_id)
    await said(Refusal.EXCLUDED)
    await scenario.conn.execute("UPDATE users SET excluded_until = clock_timestamp() WHERE id = $1", user_id)
    await said(Refusal.KYC)
    await scenario.check_kyc(user_id, "verified")
    await said(Refusal.MARKET_CLOSED)
    await scenario.set(market, status="suspended")
    await said(Refusal.MARKET_CLOSED)
    await scenario.set(market, opens_at=datetime.now(UTC) + SOON, closes_at=datetime.now(UTC) + 2 * SOON)
    await said(Refusal.TOO_EARLY)
    await scenario.set(market, opens_at=datetime.now(UTC))
    await said(Refusal.MARKET_SUSPENDED)
    await scenario.set(market, status="open")
    await said(Refusal.OUTCOME_WITHDRAWN)
    await scenario.conn.execute("UPDATE outcomes SET withdrawn = false WHERE id = $1", x)
    await said(Refusal.STAKE_LIMIT)
    asked = again(asked, stake=500)
    await said(Refusal.ODDS_MOVED)
    asked = again(asked, min_odds_milli=2000)
    await scenario.conn.execute(
        "INSERT INTO limits (user_id, tournament_id, kind, period, amount, effective_at) "
        "VALUES ($1, $2, 'stake', 'day', 499, now())",
        user_id,
        scenario.tournament_id,
    )
    await said(Refusal.OWN_LIMIT)
    await scenario.conn.execute("UPDATE limits SET amount = 500")
    await said(Refusal.FUNDS)
    await scenario.deposit(here, 500)
    await said(Refusal.LIABILITY)
    await scenario.set(market, liability_max=500)
    await said(Refusal.MARKET_LIMIT)
    assert await scenario.balance(here) == 500
    await scenario.set(market, total_max=500)
    [verdict] = await scenario.place(asked)
    assert (verdict.number, verdict.balance) == (0, 0)
    refused = await scenario.logged("bet.refused")
    assert [row["details"]["verdict"] for row in refused] == [1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 9, 18, *range(10, 18)]
    assert foreign != scenario.tournament_id


@pytest.mark.parametrize("status", ["draft", "closed", "resulted", "settling", "settled", "voiding", "void"])
async def test_only_an_open_market_takes_bets(scenario: LedgerScenario, status: str) -> None:
    ada, market = await scenario.bettor(), await scenario.market(status=status)
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.MARKET_CLOSED.number


async def test_an_archived_tournament_takes_no_bets(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    await scenario.conn.execute("UPDATE tournaments SET archived_at = now() WHERE id = $1", scenario.tournament_id)
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.MARKET_CLOSED.number


async def test_refused_bets_leave_one_audit_row_each_and_nothing_else(scenario: LedgerScenario) -> None:
    ada, bea, market = await scenario.bettor(50), await scenario.bettor(), await scenario.market(stake_max=1000)
    before = await scenario.everything(but=("audit_log",))
    verdicts = await scenario.place(
        scenario.bet(ada, market.outcomes[0], 51),
        scenario.bet(bea, market.outcomes[0], 1001),
    )
    assert [v.number for v in verdicts] == [Refusal.FUNDS.number, Refusal.STAKE_LIMIT.number]
    assert await scenario.everything(but=("audit_log",)) == before
    assert [row["user_id"] for row in await scenario.logged("bet.refused")] == [ada.user_id, bea.user_id]


async def test_a_refusal_does_not_disturb_its_neighbours(scenario: LedgerScenario) -> None:
    ada, bea, cy, market = *[await scenario.bettor(100) for _ in range(3)], await scenario.market()
    verdicts = await scenario.place(
        scenario.bet(ada, market.outcomes[0], 100),
        scenario.bet(bea, 10**9, 100),
        scenario.bet(cy, market.outcomes[1], 100),
    )
    assert [v.number for v in verdicts] == [0, 1, 0]
    assert await scenario.escrow(market) == 200
    await scenario.audited()


async def test_stake_limits_are_inclusive_and_say_which_end(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market(stake_min=10, stake_max=20)
    verdicts = [(await scenario.place(scenario.bet(ada, market.outcomes[0], stake)))[0] for stake in (9, 10, 20, 21)]
    assert [(v.number, v.left) for v in verdicts] == [(12, 10), (0, None), (0, None), (12, 20)]


async def test_odds_may_move_as_far_as_the_bettor_said(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.fixed(2280, 1500)
    x = market.outcomes[0]
    await scenario.edit_outcome(x, odds_milli=2170)
    [verdict] = await scenario.place(scenario.bet(ada, x, min_odds_milli=2171))
    assert (verdict.number, verdict.odds_milli) == (Refusal.ODDS_MOVED.number, 2170)
    [verdict] = await scenario.place(scenario.bet(ada, x, min_odds_milli=2170))
    assert (verdict.number, verdict.odds_milli) == (0, 2170)
    await scenario.edit_outcome(x, odds_milli=3000)
    [verdict] = await scenario.place(scenario.bet(ada, x, min_odds_milli=2170))
    assert (verdict.number, verdict.odds_milli) == (0, 3000), "better odds are taken as they are"
    assert [row["odds_milli"] for row in await scenario.conn.fetch("SELECT * FROM bets ORDER BY no")] == [2170, 3000]


async def test_a_market_closes_by_the_clock_and_not_by_the_start_of_the_transaction(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    async with scenario.conn.transaction():
        # Betting waits behind this lock while the closing time passes.
        await scenario.conn.execute(
            "UPDATE markets SET closes_at = clock_timestamp() + interval '150 milliseconds' WHERE id = $1", market.id
        )
        asking = asyncio.create_task(scenario.place(scenario.bet(ada, market.outcomes[0])))
        await asyncio.sleep(0.3)
        assert not asking.done()
    [verdict] = await asking
    assert verdict.number == Refusal.MARKET_CLOSED.number
    assert await scenario.balance(ada) == 100_000


async def test_a_bet_that_waited_for_a_closing_market_is_refused(scenario: LedgerScenario) -> None:
    ada, market = await scenario.bettor(), await scenario.market()
    await scenario.take(ada, market.outcomes[0])
    await scenario.move(market, MarketAction.SUSPEND)
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.MARKET_SUSPENDED.number
    await scenario.move(market, MarketAction.OPEN)
    assert await scenario.verdict(ada, market.outcomes[0]) == 0
    await scenario.close(market)
    assert await scenario.verdict(ada, market.outcomes[0]) == Refusal.MARKET_CLOSED.number
    await scenario.audited()
