"""Wallets, end to end: mine, statements, deposits and withdrawals at the desk, and who may see and do what."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from toteboard.rules.refusals import Refusal

from .clients import ApiClient, code
from .scenarios import FOUL_TEXTS, NUMBERS_OF_OTHER_KINDS, SQL_TEXTS, ApiScenario, fields, taken


async def balance(scenario: ApiScenario, kind: str) -> int:
    sql = "SELECT balance FROM accounts WHERE tournament_id = $1 AND kind = $2"
    return int(await scenario.value(sql, scenario.tournament_id, kind))


async def lines(client: ApiClient, wallet_id: int, **asked: Any) -> list[tuple[str, int, int]]:
    items = taken(await client.get(f"/api/wallet/{wallet_id}/statement", params=asked), 200)["items"]
    return [(item["text"], item["amount"], item["balance"]) for item in items]


async def set_limit(scenario: ApiScenario, amount: int | None, period: str = "day") -> None:
    asked = {"tournament_id": scenario.tournament_id, "kind": "deposit", "period": period, "amount": amount}
    taken(await scenario.bettor.put("/api/limit", json=asked), 200)


# Deposits and withdrawals -------------------------------------------------------------------------------------------


async def test_a_deposit_moves_money_from_the_world_into_the_wallet(scenario: ApiScenario) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    answer = taken(await scenario.move(wallet_id, "deposit", 2500, note="two notes"))
    assert answer == {
        "transfer_id": answer["transfer_id"],
        "wallet_id": wallet_id,
        "kind": "deposit",
        "amount": 2500,
        "repaid": 0,
        "balance": 2500,
        "currency": "EUR",
        "exponent": 2,
    }
    assert (await scenario.wallet_of(scenario.bettor))["balance"] == 2500
    assert await balance(scenario, "cash") == -2500
    assert await scenario.events("wallet") == [
        {"user_id": scenario.bettor.id, "wallet_id": wallet_id, "balance": 2500, "owed": 0}
    ]
    (row,) = await scenario.records.audited("wallet.deposited")
    assert (row["user_id"], row["details"]["note"], row["details"]["amount"]) == (
        scenario.cashier.id,
        "two notes",
        2500,
    )


async def test_a_withdrawal_never_goes_below_zero(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    refused = await scenario.move(wallet_id, "withdrawal", 1001)
    assert (code(refused), refused.json()["balance"]) == ("FUNDS", 1000)
    assert taken(await scenario.move(wallet_id, "withdrawal", 1000))["balance"] == 0
    assert code(await scenario.move(wallet_id, "withdrawal", 1)) == "FUNDS"
    assert await balance(scenario, "cash") == 0
    assert len(await scenario.records.audited("wallet.withdrawn")) == 1


async def test_two_withdrawals_race_for_the_last_cent_and_one_wins(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    answers = await asyncio.gather(*(scenario.move(wallet_id, "withdrawal", 1000) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert (await scenario.wallet_of(scenario.bettor))["balance"] == 0


@pytest.mark.parametrize("direction", ["deposit", "withdrawal"])
async def test_the_same_key_again_answers_the_same_and_moves_nothing(scenario: ApiScenario, direction: str) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    key = str(uuid4())
    done = taken(await scenario.move(wallet_id, direction, 400, key=key))
    taken(await scenario.move(wallet_id, "deposit", 77))
    assert taken(await scenario.move(wallet_id, direction, 400, key=key), 200) == done
    expected = 1000 + 77 + (400 if direction == "deposit" else -400)
    assert (await scenario.wallet_of(scenario.bettor))["balance"] == expected


async def test_the_same_key_fifty_times_at_once_is_one_deposit(scenario: ApiScenario) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    key = str(uuid4())
    answers = await asyncio.gather(*(scenario.move(wallet_id, "deposit", 400, key=key) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.text for answer in answers}) == 1
    assert (await scenario.wallet_of(scenario.bettor))["balance"] == 400


async def test_the_same_key_for_something_else_is_refused(scenario: ApiScenario) -> None:
    other = await scenario.fund(await scenario.add_member("Other", "bettor"), 1000)
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    key = str(uuid4())
    taken(await scenario.move(wallet_id, "deposit", 400, key=key))
    for wallet, direction, amount in (
        (wallet_id, "deposit", 401),
        (wallet_id, "withdrawal", 400),
        (other, "deposit", 400),
    ):
        assert code(await scenario.move(wallet, direction, amount, key=key)) == "KEY_REUSED"
    assert await balance(scenario, "cash") == -2400


async def test_one_key_on_two_wallets_at_once_is_one_deposit(scenario: ApiScenario) -> None:
    wallets = [(await scenario.wallet_of(scenario.bettor))["id"]]
    wallets.append((await scenario.wallet_of(await scenario.add_member("Other", "bettor")))["id"])
    key = str(uuid4())
    answers = await asyncio.gather(*(scenario.move(wallet, "deposit", 400, key=key) for wallet in wallets))
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert await balance(scenario, "cash") == -400


async def test_a_refusal_does_not_use_the_key_up(scenario: ApiScenario) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    key = str(uuid4())
    assert code(await scenario.move(wallet_id, "withdrawal", 400, key=key)) == "FUNDS"
    taken(await scenario.move(wallet_id, "deposit", 400))
    taken(await scenario.move(wallet_id, "withdrawal", 400, key=key))


async def test_a_deposit_first_pays_back_what_is_owed(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 100)
    await scenario.records.conn.execute("UPDATE accounts SET owed = 300 WHERE id = $1", wallet_id)
    assert code(await scenario.move(wallet_id, "withdrawal", 1)) == "FUNDS"
    key = str(uuid4())
    part = taken(await scenario.move(wallet_id, "deposit", 200, key=key))
    assert (part["repaid"], part["balance"]) == (200, 100)
    rest = taken(await scenario.move(wallet_id, "deposit", 250))
    assert (rest["repaid"], rest["balance"]) == (100, 250)
    assert taken(await scenario.move(wallet_id, "deposit", 200, key=key), 200) == part
    assert [(e["balance"], e["owed"]) for e in await scenario.events("wallet")] == [(100, 0), (100, 100), (250, 0)]
    assert await balance(scenario, "receivable") == 300
    assert await lines(scenario.bettor, wallet_id) == [
        ("Debt paid back", -100, 250),
        ("Deposit", 250, 350),
        ("Debt paid back", -200, 100),
        ("Deposit", 200, 300),
        ("Deposit", 100, 100),
    ]


@pytest.mark.parametrize("direction", ["deposit", "withdrawal"])
@pytest.mark.parametrize("amount", NUMBERS_OF_OTHER_KINDS)
async def test_an_amount_of_another_kind_is_422_and_moves_nothing(
    scenario: ApiScenario, direction: str, amount: Any
) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    assert fields(await scenario.move(wallet_id, direction, amount)) == ["amount"]
    assert await balance(scenario, "cash") == 0


async def test_an_amount_that_is_no_number_of_json_is_refused(scenario: ApiScenario) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    for text in ("NaN", "Infinity", "1e400", "１０"):
        answer = await scenario.cashier.post(
            f"/api/wallet/{wallet_id}/deposit",
            content=f'{{"amount":{text},"currency":"EUR"}}'.encode(),
            headers={"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"},
        )
        assert answer.status_code in (400, 422)
    assert await balance(scenario, "cash") == 0


@pytest.mark.parametrize("currency", ["USD", "XXX"])
async def test_another_currency_is_422(scenario: ApiScenario, currency: str) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    assert code(await scenario.move(wallet_id, "deposit", 100, currency=currency)) == "CURRENCY"


@pytest.mark.parametrize("currency", ["eur", "EURO", "EUR\n", "€", 978, None])
async def test_what_is_no_currency_is_422(scenario: ApiScenario, currency: Any) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    assert fields(await scenario.move(wallet_id, "deposit", 100, currency=currency)) == ["currency"]


@pytest.mark.parametrize("key", ["", "1", "x" * 36, "0' OR '1'='1"])
async def test_a_key_that_is_no_uuid_is_422(scenario: ApiScenario, key: str) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    body = {"amount": 100, "currency": "EUR"}
    path = f"/api/wallet/{wallet_id}/deposit"
    assert code(await scenario.cashier.post(path, json=body, headers={"Idempotency-Key": key})) == "INVALID"
    assert code(await scenario.cashier.post(path, json=body)) == "INVALID"


@pytest.mark.parametrize("more", [{"balance": 5}, {"kind": "payout"}, *[{"note": text} for text in FOUL_TEXTS[:-1]]])
async def test_what_a_deposit_cannot_say_is_422(scenario: ApiScenario, more: dict[str, Any]) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    assert fields(await scenario.move(wallet_id, "deposit", 100, **more)) == list(more)


@pytest.mark.parametrize("text", SQL_TEXTS)
async def test_sql_in_a_note_is_logged_as_text(scenario: ApiScenario, text: str) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    taken(await scenario.move(wallet_id, "deposit", 100, note=text))
    assert (await scenario.records.audited("wallet.deposited"))[-1]["details"]["note"] == text


# Own limits ---------------------------------------------------------------------------------------------------------


async def test_a_deposit_past_the_bettors_own_limit_is_refused(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 300)
    await set_limit(scenario, 1000, "week")
    await set_limit(scenario, 500, "day")
    refused = await scenario.move(wallet_id, "deposit", 201)
    assert (code(refused), refused.json()["left"]) == ("OWN_LIMIT", 200)
    taken(await scenario.move(wallet_id, "deposit", 200))
    assert (await scenario.move(wallet_id, "deposit", 1)).json()["left"] == 0
    assert (await scenario.wallet_of(scenario.bettor))["limits"] == [
        {"kind": "deposit", "period": "day", "amount": 500, "used": 500},
        {"kind": "deposit", "period": "week", "amount": 1000, "used": 500},
    ]
    taken(await scenario.move(wallet_id, "withdrawal", 500))


async def test_a_loss_limit_says_what_is_lost_and_what_hangs_on_a_pending_bet(scenario: ApiScenario) -> None:
    market = await scenario.open_market()
    await scenario.fund(scenario.bettor, 1000)
    wish = {"tournament_id": scenario.tournament_id, "kind": "loss", "period": "week", "amount": 500}
    taken(await scenario.bettor.put("/api/limit", json=wish), 200)
    assert await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 300) == 0
    assert await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 201) == Refusal.OWN_LIMIT.number
    (limit,) = (await scenario.wallet_of(scenario.bettor))["limits"]
    assert limit == {"kind": "loss", "period": "week", "amount": 500, "used": 300}


async def test_an_own_limit_is_lowered_at_once_and_raised_a_day_later(scenario: ApiScenario) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    await set_limit(scenario, 500)
    await set_limit(scenario, 100)
    await set_limit(scenario, None)
    assert code(await scenario.move(wallet_id, "deposit", 101)) == "OWN_LIMIT"
    taken(await scenario.move(wallet_id, "deposit", 100))


async def test_what_was_paid_in_before_the_period_does_not_count(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 300)
    for table in ("transfers", "change_log"):
        await scenario.records.conn.execute(f"UPDATE {table} SET at = at - interval '25 hours'")
    await set_limit(scenario, 300)
    taken(await scenario.move(wallet_id, "deposit", 300))


# Statements ---------------------------------------------------------------------------------------------------------


async def test_a_statement_tells_each_movement_with_the_balance_after_it(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    market = await scenario.open_market()
    for outcome, stake in zip(market["outcomes"], (300, 200, 100), strict=True):
        assert await scenario.bet(scenario.bettor, outcome["id"], stake) == 0
    taken(await scenario.move(wallet_id, "withdrawal", 150))
    expected = [
        ("Withdrawal", -150, 250),
        ("Bet on Norway, Match winner, Mexico – Norway", -100, 400),
        ("Bet on Draw, Match winner, Mexico – Norway", -200, 500),
        ("Bet on Mexico, Match winner, Mexico – Norway", -300, 700),
        ("Deposit", 1000, 1000),
    ]
    for member in (scenario.bettor, scenario.cashier, scenario.organizer, scenario.auditor, scenario.admin):
        assert await lines(member, wallet_id) == expected


async def test_a_statement_comes_in_pages_that_overlap_nowhere(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    market = await scenario.open_market()
    for _ in range(4):
        assert await scenario.bet(scenario.bettor, market["outcomes"][0]["id"], 10) == 0
        taken(await scenario.move(wallet_id, "deposit", 5))
    path, seen, after = f"/api/wallet/{wallet_id}/statement", [], None
    while True:
        page = taken(await scenario.bettor.get(path, params={"limit": 2} | ({"after": after} if after else {})), 200)
        seen += page["items"]
        # What comes in meanwhile does not move the pages to come.
        taken(await scenario.move(wallet_id, "deposit", 1))
        if (after := page["next"]) is None:
            break
    assert len(seen) == len({item["id"] for item in seen}) == 9
    assert [item["balance"] for item in seen] == [980, 975, 985, 980, 990, 985, 995, 990, 1000]


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "1",
        "1.4.3.0",
        "1.1.1",
        "1.1.1.1.1",
        "１.0.1.0",
        "-1.0.1.0",
        "1.0.1.-5",
        f"{2**63}.0.1.0",
        "9" * 19 + ".0.1.0",
    ],
)
async def test_a_cursor_that_is_none_is_422(scenario: ApiScenario, after: str) -> None:
    wallet_id = (await scenario.wallet_of(scenario.bettor))["id"]
    assert fields(await scenario.bettor.get(f"/api/wallet/{wallet_id}/statement", params={"after": after})) == ["after"]


# Who may see and do what --------------------------------------------------------------------------------------------


async def test_anothers_wallet_is_as_unknown_as_none(scenario: ApiScenario, client: ApiClient) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    other = await scenario.add_member("Other", "bettor")
    for member in (other, scenario.stranger):
        theirs = await member.get(f"/api/wallet/{wallet_id}/statement")
        nobodys = await member.get("/api/wallet/999999/statement")
        assert (code(theirs), theirs.text) == ("NOT_FOUND", nobodys.text)
        assert code(await scenario.move(wallet_id, "withdrawal", 1, by=member)) == "NOT_FOUND"
    assert code(await client.get(f"/api/wallet/{wallet_id}/statement")) == "UNAUTHENTICATED"
    assert code(await client.get("/api/wallet")) == "UNAUTHENTICATED"


async def test_the_escrow_is_nobodys_wallet(scenario: ApiScenario) -> None:
    await scenario.new_market()
    for kind in ("escrow", "house", "cash"):
        account_id = await scenario.value("SELECT id FROM accounts WHERE kind = $1 LIMIT 1", kind)
        assert code(await scenario.organizer.get(f"/api/wallet/{account_id}/statement")) == "NOT_FOUND"
        assert code(await scenario.move(account_id, "deposit", 100)) == "NOT_FOUND"


async def test_neither_its_owner_nor_an_auditor_moves_money(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    for member in (scenario.bettor, scenario.auditor):
        for direction in ("deposit", "withdrawal"):
            assert code(await scenario.move(wallet_id, direction, 100, by=member)) == "FORBIDDEN"
    taken(await scenario.move(wallet_id, "deposit", 100, by=scenario.organizer))
    denied = await scenario.records.audited("access.denied")
    assert {row["tournament_id"] for row in denied} == {scenario.tournament_id}


async def test_a_cashier_of_another_tournament_sees_nothing(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    other = await scenario.new_tournament("Other")
    await scenario.records.add_member(other["id"], scenario.stranger, "cashier")
    assert code(await scenario.move(wallet_id, "withdrawal", 100, by=scenario.stranger)) == "NOT_FOUND"


async def test_after_archiving_money_goes_out_and_only_debts_come_in(scenario: ApiScenario) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    assert (await scenario.admin.delete(f"/api/tournament/{scenario.tournament_id}")).status_code == 204
    assert code(await scenario.move(wallet_id, "deposit", 1)) == "STATE"
    taken(await scenario.move(wallet_id, "withdrawal", 1000))


async def test_my_wallets_are_mine_alone_newest_tournament_first(scenario: ApiScenario) -> None:
    other = await scenario.new_tournament("Other", currency="JPY")
    taken(await scenario.bettor.post(f"/api/tournament/{other['id']}/join"))
    first = taken(await scenario.bettor.get("/api/wallet", params={"limit": 1}), 200)
    rest = taken(await scenario.bettor.get("/api/wallet", params={"limit": 1, "after": first["next"]}), 200)
    (newer,), (older,) = first["items"], rest["items"]
    assert (newer["slug"], newer["currency"], newer["exponent"]) == ("other", "JPY", 0)
    assert (older["slug"], rest["next"]) == ("world-cup", None)
    assert taken(await scenario.stranger.get("/api/wallet"), 200) == {"items": [], "next": None}


async def test_one_persons_requests_leave_the_others_their_connections(scenario: ApiScenario, database: str) -> None:
    wallet_id = await scenario.fund(scenario.bettor, 1000)
    other = await asyncpg.connect(database)
    try:
        async with other.transaction():
            # Every statement waits for this.
            await other.execute("LOCK TABLE transfers IN ACCESS EXCLUSIVE MODE")
            asked = [asyncio.create_task(scenario.bettor.get(f"/api/wallet/{wallet_id}/statement")) for _ in range(20)]
            await asyncio.sleep(0.2)
            async with asyncio.timeout(3):
                assert (await scenario.organizer.get("/api/bet")).status_code == 200
        answers = [one.status_code for one in await asyncio.gather(*asked)]
    finally:
        await other.close()
    assert answers == [200] * 20
