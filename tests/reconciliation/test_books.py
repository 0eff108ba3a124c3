"""The audit of the books: silent about what is right, it names what was tampered with, and that alone."""

import json
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from databases import by_hand
from toteboard.ledger.ledger import Ledger
from toteboard.reconciliation.checks import CHECKS, SHOWN_MAX, Report, audit
from toteboard.reconciliation.reading import CHECK_STATEMENTS, opened_books

from .factories import BooksFactory, founded, played


async def audited(ledger: Ledger) -> Report:
    async with opened_books(ledger.dsn) as books:
        return await audit(books)


def found(report: Report) -> dict[str, list[str]]:
    return {check.name: [d.subject for d in check.differences] for check in report.checks if check.found}


async def test_an_empty_ledger_balances(ledger: Ledger) -> None:
    report = await audited(ledger)
    assert report.balanced
    assert [check.name for check in report.checks] == list(CHECKS)


async def test_a_tournament_bet_on_settled_corrected_and_voided_balances(ledger: Ledger) -> None:
    await played(ledger)
    report = await audited(ledger)
    assert found(report) == {}
    assert report.counted["bets"] == 12
    assert report.counted["settlements"] == 4
    assert report.paying == []


async def test_a_settlement_that_is_still_paying_is_reported_and_is_no_difference(ledger: Ledger) -> None:
    factory = await founded(ledger)
    await factory.bet(0, "Comet", 100)
    await factory.bet(1, "Duchess", 200)
    await factory.close("Pool race", "Comet")
    settlement_id = await factory.settle("Pool race", pay=False)
    report = await audited(ledger)
    assert report.balanced
    assert [(p.settlement_id, p.bets_done, p.bets) for p in report.paying] == [(settlement_id, 0, 2)]


async def test_late_bets_are_refunded_and_the_books_balance(ledger: Ledger) -> None:
    factory = await founded(ledger)
    await factory.bet(0, "Comet", 100)
    await factory.bet(1, "Duchess", 200)
    async with ledger.read() as conn:
        start = await conn.fetchval("SELECT clock_timestamp()")
    await factory.bet(2, "Comet", 5000)
    conn = await by_hand(ledger.dsn)
    try:
        await conn.execute("UPDATE matches SET started_at = $1 WHERE name = 'Pool race'", start)
    finally:
        await conn.close()
    await factory.close("Pool race", "Comet")
    await factory.settle("Pool race")
    assert found(await audited(ledger)) == {}
    assert await factory.balance(2) == 100_000


@dataclass(frozen=True)
class Tampering:
    """What is done to the tables by hand, and which checks have to name it. `{bet}` is the bet on `on`."""

    sql: str
    named: set[str]
    on: str = "Elm"


TAMPERINGS = {
    "a wallet with a cent too much": Tampering(
        "UPDATE accounts SET balance = balance + 1 WHERE id = {wallet}", {"balances", "zero"}
    ),
    "a cent moved without a transfer": Tampering(
        "UPDATE accounts SET balance = balance + CASE kind WHEN 'cash' THEN -1 ELSE 1 END"
        " WHERE id = {wallet} OR kind = 'cash'",
        {"balances"},
    ),
    "a deposit deleted": Tampering(
        "DELETE FROM transfers WHERE kind = 'deposit' AND credit_account = {wallet}", {"balances", "as_seen"}
    ),
    "a wallet below zero": Tampering(
        "ALTER TABLE accounts DROP CONSTRAINT accounts_wallets_and_escrows_stay_above_zero;"
        " INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, at)"
        " SELECT tournament_id, {wallet}, id, 1000000, 'withdrawal', now() FROM accounts WHERE kind = 'cash';"
        " UPDATE accounts SET balance = balance + CASE kind WHEN 'cash' THEN 1000000 ELSE -1000000 END"
        " WHERE id = {wallet} OR kind = 'cash'",
        {"above_zero", "as_seen"},
    ),
    "a deposit called a withdrawal": Tampering(
        "UPDATE transfers SET kind = 'withdrawal' WHERE kind = 'deposit' AND credit_account = {wallet}",
        {"transfer_ends", "as_seen"},
    ),
    "a deposit of another tournament": Tampering(
        "UPDATE transfers SET tournament_id = 99 WHERE kind = 'deposit' AND credit_account = {wallet}",
        {"transfer_ends", "as_seen"},
    ),
    "a transfer from an account that is not there": Tampering(
        "UPDATE transfers SET debit_account = 9999 WHERE kind = 'deposit' AND credit_account = {wallet}",
        {"transfer_ends", "balances", "as_seen"},
    ),
    "a bet of another wallet": Tampering(
        "UPDATE bets SET wallet_id = (SELECT max(id) FROM accounts WHERE kind = 'wallet' AND id <> {wallet})"
        " WHERE id = '{bet}'",
        {"belongings", "stakes"},
    ),
    "a bet of nobody": Tampering(
        "UPDATE bets SET user_id = 9999 WHERE id = '{bet}'", {"belongings", "logged", "events"}
    ),
    "a bet of no tournament": Tampering(
        "UPDATE bets SET tournament_id = 99 WHERE id = '{bet}'", {"belongings", "stakes", "logged", "events"}
    ),
    "a bet on another market's outcome": Tampering(
        "UPDATE bets SET outcome_id = (SELECT id FROM outcomes WHERE name = 'Comet') WHERE id = '{bet}'",
        {"belongings", "totals", "events"},
    ),
    "a bet on another market": Tampering(
        "UPDATE bets SET market_id = (SELECT market_id FROM outcomes WHERE name = 'Cedar') WHERE id = '{bet}'",
        # The other market is void and closed, and this bet was not refunded with it.
        {"belongings", "stakes", "settled_bets", "conserved", "sums"},
    ),
    "a bet deleted": Tampering("DELETE FROM bets WHERE id = '{bet}'", {"stakes", "totals", "logged", "events"}),
    "a stake raised": Tampering("UPDATE bets SET stake = stake + 1 WHERE id = '{bet}'", {"stakes", "totals", "events"}),
    "a stake that was not moved": Tampering(
        "DELETE FROM transfers WHERE kind = 'stake' AND bet_id = '{bet}'", {"stakes", "balances"}
    ),
    "a stake moved twice": Tampering(
        "INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, bet_id, at)"
        " SELECT tournament_id, debit_account, credit_account, amount, kind, bet_id, at FROM transfers"
        " WHERE kind = 'stake' AND bet_id = '{bet}'",
        {"stakes", "balances"},
    ),
    "a stake without a bet": Tampering(
        "UPDATE transfers SET bet_id = NULL WHERE kind = 'stake' AND bet_id = '{bet}'", {"stakes"}
    ),
    "stakes counted wrongly": Tampering(
        "UPDATE outcome_totals SET stakes = stakes + 1 WHERE outcome_id = {outcome}", {"totals"}
    ),
    "bets counted wrongly": Tampering(
        "UPDATE outcome_totals SET bets = bets + 1 WHERE outcome_id = {outcome}", {"totals"}
    ),
    "returns counted wrongly": Tampering(
        "UPDATE outcome_totals SET returns = returns + 1 WHERE outcome_id = {outcome}", {"totals"}
    ),
    "returns counted for a pool": Tampering(
        "UPDATE outcome_totals SET returns = 1 WHERE outcome_id = {outcome}", {"totals"}, on="Comet"
    ),
    "totals that are gone": Tampering("DELETE FROM outcome_totals WHERE outcome_id = {outcome}", {"totals"}),
    "totals under another market": Tampering(
        "UPDATE outcome_totals SET market_id = (SELECT min(id) FROM markets) WHERE outcome_id = {outcome}", {"totals"}
    ),
    "a bet placed after the close": Tampering(
        "UPDATE bets SET placed_at = now() + interval '1 hour' WHERE id = '{bet}'", {"in_time", "logged"}, on="Cedar"
    ),
    "a bet placed after closes_at": Tampering(
        "UPDATE markets SET closes_at = now() - interval '1 hour' WHERE id = {market}",
        {"in_time", "as_seen"},
        on="Cedar",
    ),
    "a bet that was not logged": Tampering("DELETE FROM audit_log WHERE subject = 'bet:{bet}'", {"logged"}),
    "a bet logged for another": Tampering(
        "UPDATE audit_log SET user_id = 9999 WHERE subject = 'bet:{bet}'", {"logged"}
    ),
    "a bet logged that is not there": Tampering(
        "INSERT INTO audit_log (action, subject) VALUES ('bet.placed', 'bet:00000000-0000-0000-0000-000000000000')",
        {"logged"},
    ),
    "an event that is gone": Tampering(
        "DELETE FROM events WHERE kind = 'match' AND seq = (SELECT min(seq) FROM events WHERE kind = 'match')",
        {"numbered"},
    ),
    "the first event gone": Tampering("DELETE FROM events WHERE seq = 1", {"numbered"}),
    "the last event gone": Tampering("DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)", {"numbered"}),
    "a feed that ran ahead": Tampering("UPDATE feeds SET seq = seq + 1", {"numbered"}),
    "a bet that was not told": Tampering(
        "UPDATE events SET payload = '{{\"o\":[],\"b\":[]}}' WHERE payload::text LIKE '%{bet}%' AND kind = 'bets'",
        {"events"},
    ),
    "a bet told otherwise": Tampering(
        "UPDATE events SET payload = replace(payload::text, ',700,', ',7,')::json"
        " WHERE payload::text LIKE '%{bet}%' AND kind = 'bets'",
        {"events", "told"},
    ),
    "totals told otherwise": Tampering(
        "UPDATE events SET payload = jsonb_set(payload::jsonb, '{{o,0,1}}', '99')"
        " WHERE payload::text LIKE '%{bet}%' AND kind = 'bets'",
        {"told"},
    ),
    "totals told of no bet": Tampering(
        "UPDATE events SET payload = jsonb_set(payload::jsonb, '{{o}}', payload::jsonb -> 'o' || '[[{outcome}0,1,1,1]]')"
        " WHERE payload::text LIKE '%{bet}%' AND kind = 'bets'",
        {"told"},
    ),
    "a market told otherwise": Tampering(
        "UPDATE events SET payload = jsonb_set(payload::jsonb, '{{market,status}}', '\"void\"')"
        " WHERE kind = 'market' AND (payload #>> '{{market,id}}')::bigint = {market}",
        {"told"},
    ),
    "a market called settled": Tampering(
        "UPDATE markets SET status = 'settled' WHERE id = {market}", {"market_states", "escrows", "as_seen", "told"}
    ),
    "a market called closed": Tampering(
        "UPDATE markets SET status = 'closed' WHERE id = {market}", {"market_states", "as_seen", "told"}, on="Cedar"
    ),
    "terms that pay the same": Tampering(
        "UPDATE settlements SET terms = jsonb_set(terms, '{{2,3}}', '2') WHERE market_id = {market}",
        {"terms"},
        on="Nimbus",
    ),
    "terms that pay more": Tampering(
        "UPDATE settlements SET terms = jsonb_set(terms, '{{0,1}}', '1'::jsonb) WHERE market_id = {market}",
        {"terms", "settled_bets"},
        on="Alder",
    ),
    "terms of a version that was corrected since": Tampering(
        "UPDATE settlements SET terms = jsonb_set(terms, '{{0,1}}', '1'::jsonb) WHERE market_id = {market} AND version = 1",
        {"terms"},
        on="Comet",
    ),
    "terms that leave an outcome out": Tampering(
        "UPDATE settlements SET terms = terms - 0 WHERE market_id = {market}", {"terms", "settled_bets"}, on="Alder"
    ),
    "another result": Tampering(
        "UPDATE settlements SET result = jsonb_set(result, '{{winners,0}}', to_jsonb({outcome}::bigint))"
        " WHERE market_id = {market}",
        {"terms", "as_seen", "sums"},
        on="Birch",
    ),
    "a result of another market": Tampering(
        "UPDATE settlements SET result = jsonb_set(result, '{{winners,0}}', '9999') WHERE market_id = {market}",
        {"terms", "as_seen", "sums"},
        on="Birch",
    ),
    "a start that was not entered": Tampering(
        "UPDATE settlements SET started_at = (SELECT min(placed_at) - interval '1 day' FROM bets) WHERE market_id = {market}",
        {"sums", "as_seen", "settled_bets"},
        on="Alder",
    ),
    "a pool sent on to where it may not go": Tampering(
        "UPDATE settlements SET carried_to = (SELECT min(id) FROM markets WHERE id <> {market}) WHERE market_id = {market}",
        {"sums", "as_seen"},
        on="Comet",
    ),
    "a bet called void": Tampering("UPDATE bets SET status = 'void' WHERE id = '{bet}'", {"settled_bets"}, on="Birch"),
    "a payout a cent higher": Tampering(
        "UPDATE bets SET payout = payout + 1 WHERE id = '{bet}'",
        {"settled_bets", "paid_bets", "conserved", "sums"},
        on="Alder",
    ),
    "a bet won before anything was decided": Tampering(
        "UPDATE bets SET status = 'won', payout = 5 WHERE id = '{bet}'", {"settled_bets", "paid_bets"}
    ),
    "a bet of no settlement": Tampering(
        "UPDATE bets SET settlement_id = NULL WHERE id = '{bet}'", {"settled_bets"}, on="Birch"
    ),
    "a payout for another bet": Tampering(
        "UPDATE transfers SET bet_id = (SELECT id FROM bets WHERE outcome_id <> {outcome} AND market_id = {market}"
        " ORDER BY no LIMIT 1) WHERE kind = 'payout' AND bet_id = '{bet}'",
        {"paid_bets", "settlement_refs"},
        on="Alder",
    ),
    "a payout of no settlement": Tampering(
        "UPDATE transfers SET settlement_id = 999 WHERE kind = 'payout' AND bet_id = '{bet}'",
        {"settlement_refs"},
        on="Alder",
    ),
    "a payout of another market's settlement": Tampering(
        "UPDATE transfers SET settlement_id = (SELECT id FROM settlements WHERE kind = 'void')"
        " WHERE kind = 'payout' AND bet_id = '{bet}'",
        {"settlement_refs"},
        on="Alder",
    ),
    "a reversal of nothing": Tampering(
        "UPDATE transfers SET reverses = 9999 WHERE kind = 'reversal' AND bet_id = '{bet}'",
        {"settlement_refs"},
        on="Comet",
    ),
    "a payout for no bet": Tampering(
        "UPDATE transfers SET bet_id = NULL WHERE kind = 'payout' AND bet_id = '{bet}'",
        {"paid_bets", "settlement_refs"},
        on="Alder",
    ),
    "a reversal to another": Tampering(
        "UPDATE transfers SET debit_account = (SELECT max(id) FROM accounts WHERE kind = 'wallet' AND id <> {wallet})"
        " WHERE kind = 'reversal' AND bet_id = '{bet}'",
        {"settlement_refs", "balances"},
        on="Comet",
    ),
    "a debt of an escrow": Tampering(
        "UPDATE transfers SET debit_account = (SELECT id FROM accounts WHERE kind = 'escrow' AND market_id = {market})"
        " WHERE kind = 'receivable' AND debit_account = {wallet}",
        {"transfer_ends", "balances", "owed"},
        on="Comet",
    ),
    "a wallet's payment to another by way of an escrow": Tampering(
        "INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, settlement_id)"
        " SELECT tournament_id, (SELECT max(id) FROM accounts WHERE kind = 'wallet'), id, 5, 'reversal',"
        " (SELECT max(id) FROM settlements WHERE market_id = {market})"
        " FROM accounts WHERE kind = 'escrow' AND market_id = {market};"
        " INSERT INTO transfers (tournament_id, debit_account, credit_account, amount, kind, settlement_id)"
        " SELECT tournament_id, id, {wallet}, 5, 'payout',"
        " (SELECT max(id) FROM settlements WHERE market_id = {market})"
        " FROM accounts WHERE kind = 'escrow' AND market_id = {market};"
        " UPDATE accounts SET balance = balance + CASE id WHEN {wallet} THEN 5 ELSE -5 END"
        " WHERE kind = 'wallet' AND id IN ({wallet}, (SELECT max(id) FROM accounts WHERE kind = 'wallet'))",
        {"settlement_refs"},
        on="Alder",
    ),
    "a pool that nothing was carried into": Tampering(
        "UPDATE markets SET carried = 5 WHERE id = {market}", {"carried"}
    ),
    "a takeout said to be higher": Tampering(
        "UPDATE settlements SET takeout = takeout + 1 WHERE market_id = {market}",
        {"conserved", "as_seen", "sums"},
        on="Comet",
    ),
    "a takeout that does not count": Tampering(
        "UPDATE transfers SET settlement_id = NULL WHERE kind = 'takeout' AND settlement_id ="
        " (SELECT max(id) FROM settlements WHERE market_id = {market})",
        {"settlement_refs", "conserved"},
        on="Comet",
    ),
    "a cent left in an escrow": Tampering(
        "UPDATE accounts SET balance = balance + CASE kind WHEN 'cash' THEN -1 ELSE 1 END"
        " WHERE market_id = {market} OR kind = 'cash'",
        {"balances", "escrows"},
        on="Cedar",
    ),
    "a debt forgiven": Tampering("UPDATE accounts SET owed = 0 WHERE owed > 0", {"owed"}),
    "a debt made up": Tampering("UPDATE accounts SET owed = owed + 1 WHERE id = {wallet}", {"owed"}),
    "a bar that is lifted by hand": Tampering(
        "UPDATE accounts SET eligibility = 8 WHERE id = {wallet}", {"eligibility"}
    ),
    "an exclusion that a wallet forgot": Tampering(
        "UPDATE accounts SET excluded_until = 'infinity' WHERE id = {wallet}", {"eligibility"}
    ),
    "an own limit that a wallet forgot": Tampering(
        "UPDATE accounts SET limited = NOT limited WHERE id = {wallet}", {"eligibility"}
    ),
    "an identity nobody checked": Tampering(
        "UPDATE users SET kyc = 'declined' WHERE id = (SELECT user_id FROM bets WHERE id = '{bet}')",
        {"kyc", "as_seen", "eligibility"},
    ),
    "an event dated back": Tampering(
        "UPDATE events SET at = at - interval '1 hour' WHERE seq = (SELECT max(seq) FROM events)", {"in_order"}
    ),
    "a deposit that is not in the log any more": Tampering(
        "DELETE FROM audit_log WHERE action = 'wallet.deposited' AND subject = 'wallet:{wallet}'", {"as_said"}
    ),
    "a deposit logged as less": Tampering(
        "UPDATE audit_log SET details = jsonb_set(details::jsonb, '{{amount}}', '1')"
        " WHERE action = 'wallet.deposited' AND subject = 'wallet:{wallet}'",
        {"as_said", "as_done"},
    ),
    "a role logged that nobody was given": Tampering(
        "INSERT INTO audit_log (action, subject, details)"
        " VALUES ('member.role_changed', 'user:1', '{{\"role\": [\"bettor\", \"organizer\"]}}')",
        {"as_done"},
    ),
    "a deposit dated back": Tampering(
        "UPDATE transfers SET at = at - interval '1 year' WHERE kind = 'deposit' AND credit_account = {wallet};"
        " UPDATE change_log SET image = jsonb_set(image, '{{at}}', (SELECT to_jsonb(transfers) -> 'at' FROM transfers"
        " WHERE 'transfer:' || id = subject)) WHERE subject IN"
        " (SELECT 'transfer:' || id FROM transfers WHERE kind = 'deposit' AND credit_account = {wallet})",
        {"dated"},
    ),
    "a bet taken elsewhere by no import": Tampering(
        "UPDATE audit_log SET action = 'bet.taken_over', details = json_build_object('user_id', user_id, 'placed_at', at,"
        " 'import_id', 99) WHERE subject = 'bet:{bet}'",
        {"taken_over"},
    ),
    "a check that is gone": Tampering(
        "DELETE FROM kyc_checks WHERE user_id = (SELECT user_id FROM bets WHERE id = '{bet}')", {"kyc", "as_seen"}
    ),
}


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_what_was_tampered_with_is_named_and_nothing_else(ledger: Ledger, what: str) -> None:
    tampering = TAMPERINGS[what]
    await played(ledger)
    conn = await asyncpg.connect(ledger.dsn)
    try:
        names = await conn.fetchrow(
            "SELECT bets.id AS bet, bets.wallet_id AS wallet, bets.market_id AS market, outcomes.id AS outcome"
            " FROM bets JOIN outcomes ON outcomes.id = bets.outcome_id WHERE outcomes.name = $1 ORDER BY no LIMIT 1",
            tampering.on,
        )
        assert names is not None
        # As somebody who owns the database and has taken its triggers away.
        await conn.execute("SET session_replication_role = replica")
        await conn.execute(tampering.sql.format(**dict(names)))
    finally:
        await conn.close()
    report = await audited(ledger)
    assert set(found(report)) == tampering.named
    assert not report.balanced


def test_every_check_has_somebody_who_trips_it() -> None:
    assert set().union(*(tampering.named for tampering in TAMPERINGS.values())) == set(CHECKS)


async def test_a_difference_says_what_stands_and_what_should(ledger: Ledger) -> None:
    factory = await played(ledger)
    conn = await asyncpg.connect(ledger.dsn)
    try:
        await conn.execute("UPDATE outcome_totals SET stakes = 9 WHERE outcome_id = $1", factory.outcomes["Elm"])
    finally:
        await conn.close()
    (difference,) = next(check.differences for check in (await audited(ledger)).checks if check.found)
    assert difference.subject == f"outcome:{factory.outcomes['Elm']}"
    assert difference.stored == "stakes 9, bets 1, returns 2170"
    assert difference.derived == "stakes 700, bets 1, returns 2170"


async def test_only_the_first_differences_are_listed_and_all_are_counted(ledger: Ledger) -> None:
    factory = await founded(ledger)
    for _ in range(SHOWN_MAX + 5):
        await factory.bet(0, "Comet", 10)
    conn = await asyncpg.connect(ledger.dsn)
    try:
        await conn.execute("SET session_replication_role = replica")
        await conn.execute("DELETE FROM audit_log WHERE action = 'bet.placed'")
    finally:
        await conn.close()
    report = await audited(ledger)
    (check,) = [check for check in report.checks if check.found]
    assert (check.name, check.found, len(check.differences)) == ("logged", SHOWN_MAX + 5, SHOWN_MAX)
    assert json.loads(json.dumps(report.as_json()))["differences"] == SHOWN_MAX + 5


async def test_the_auditors_role_reads_everything_it_needs_and_writes_nothing(ledger: Ledger) -> None:
    await played(ledger)
    async with opened_books(ledger.dsn) as books:
        assert (await audit(books)).balanced
        with pytest.raises(asyncpg.PostgresError, match=r"read-only|permission denied"):
            await books._conn.execute("DELETE FROM bets")


async def test_progress_is_reported_from_the_first_check_to_the_last(ledger: Ledger) -> None:
    seen: list[tuple[int, int]] = []
    async with opened_books(ledger.dsn) as books:
        await audit(books, on_progress=lambda done, of, _title: seen.append((done, of)))
    assert seen == [(done, len(CHECKS)) for done in range(len(CHECKS) + 1)]


async def test_betting_goes_on_while_the_books_are_read(ledger: Ledger) -> None:
    factory: BooksFactory = await founded(ledger)
    await factory.bet(0, "Comet", 10)
    async with opened_books(ledger.dsn) as books:
        await factory.bet(1, "Comet", 10)
        await factory.close("Pool race", None)
        report = await audit(books)
    # One moment: the bet that came later is not half in it.
    assert report.balanced
    assert report.counted["bets"] == 1


@pytest.mark.parametrize("is_played", [False, True])
async def test_no_check_compares_each_row_with_each(ledger: Ledger, is_played: bool) -> None:
    """Where PostgreSQL took tables that had just grown for small, it did: 125 bets took 11 s, and more minutes."""
    if is_played:
        await played(ledger)
        conn = await asyncpg.connect(ledger.dsn)
        await conn.execute("ANALYZE")
        await conn.close()
    async with opened_books(ledger.dsn) as books:
        for check in CHECK_STATEMENTS:
            loops = [node for node in nodes(await books.plan_of(check)) if node["Node Type"] == "Nested Loop"]
            repeated = [leaf for loop in loops for leaf in leaves(loop["Plans"][1])]
            # Only what is inside the row itself is looked at for each row.
            assert {leaf["Node Type"] for leaf in repeated} <= {"Function Scan", "Result"}, (check, repeated)


@pytest.mark.parametrize("check", ["as_said", "as_done"])
async def test_one_transaction_of_thousands_of_changes_is_not_compared_with_each_of_its_rows_in_the_log(
    ledger: Ledger, check: str
) -> None:
    """By its transaction alone, an audit after the copy of a thousand matches ran for more than ten minutes (8 s now)."""
    async with opened_books(ledger.dsn) as books:
        plan = nodes(await books.plan_of(check))
    joins = [
        node
        for node in plan
        if any(part.get("CTE Name") == "said" for one in node.get("Plans", ()) for part in (one, *one.get("Plans", ())))
    ]
    conditions = [node.get("Hash Cond") or node.get("Merge Cond") for node in joins if "Join" in node["Node Type"]]
    assert any("xact" in str(one) and "subject" in str(one) for one in conditions), conditions


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", ()) for node in nodes(part))]


def leaves(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in nodes(plan) if not node.get("Plans")]
