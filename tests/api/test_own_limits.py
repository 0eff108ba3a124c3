"""What bettors bar themselves from: own limits and exclusions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from .clients import code
from .conftest import Records, SignUp

# Exclusion ----------------------------------------------------------------------------------------------------------


async def test_an_exclusion_can_be_made_longer_and_never_shorter(sign_up: SignUp, records: Records) -> None:
    ada = await sign_up("Ada")
    tomorrow, later = (datetime.now(UTC) + timedelta(days=days) for days in (1, 9))
    answer = await ada.post("/api/exclusion", json={"until": tomorrow.isoformat()})
    assert (answer.status_code, answer.json()) == (
        201,
        {"excluded_until": tomorrow.isoformat().replace("+00:00", "Z")},
    )
    assert (await ada.get("/api/me")).json()["excluded_until"] == tomorrow.isoformat().replace("+00:00", "Z")
    assert (await ada.post("/api/exclusion", json={"until": later.isoformat()})).status_code == 201
    shorter = await ada.post("/api/exclusion", json={"until": tomorrow.isoformat()})
    assert (shorter.status_code, code(shorter)) == (409, "CONFLICT")
    assert shorter.json()["excluded_until"] == later.isoformat().replace("+00:00", "Z")
    assert len(await records.audited("user.excluded")) == 2


async def test_an_exclusion_for_good_is_for_good(sign_up: SignUp, records: Records) -> None:
    ada = await sign_up("Ada")
    assert (await ada.post("/api/exclusion", json={"until": None})).json()["excluded_until"].startswith("9999-")
    assert await records.conn.fetchval("SELECT excluded_until = 'infinity' FROM users")
    assert (await ada.get("/api/me")).json()["excluded_until"].startswith("9999-")
    until = (datetime.now(UTC) + timedelta(days=36_500)).isoformat()
    assert code(await ada.post("/api/exclusion", json={"until": until})) == "CONFLICT"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"until": "2020-01-01T00:00:00Z"},
        {"until": "2099-01-01T00:00:00"},
        {"until": "tomorrow"},
        {"until": "9999-12-31T23:59:59-12:00"},
        {"until": None, "x": 1},
    ],
)
async def test_an_exclusion_that_says_no_time_to_come_is_refused(sign_up: SignUp, body: dict[str, Any]) -> None:
    ada = await sign_up("Ada")
    assert code(await ada.post("/api/exclusion", json=body)) == "INVALID"
    assert (await ada.get("/api/me")).json()["excluded_until"] is None


# Own limits ---------------------------------------------------------------------------------------------------------


async def test_a_lower_limit_counts_at_once_and_a_higher_one_after_a_day(sign_up: SignUp, records: Records) -> None:
    cup = await records.add_tournament()
    ada = await records.add_member(cup, await sign_up("Ada"), "bettor")

    async def wish(amount: int | None) -> dict[str, Any]:
        answer = await ada.put(
            "/api/limit", json={"tournament_id": cup, "kind": "stake", "period": "day", "amount": amount}
        )
        assert answer.status_code == 200, answer.text
        (limit,) = answer.json()["items"]
        assert answer.json() == (await ada.get("/api/limit")).json()
        return dict(limit)

    async def left(later: timedelta = timedelta(0)) -> int | None:
        left: int | None = await records.conn.fetchval(
            "SELECT own_stake_left($1, $2, clock_timestamp() + $3)", ada.id, cup, later
        )
        return left

    assert await wish(5000) == {
        "tournament_id": cup,
        "kind": "stake",
        "period": "day",
        "amount": 5000,
        "next_amount": None,
        "next_at": None,
    }
    higher = await wish(9000)
    assert (higher["amount"], higher["next_amount"]) == (5000, 9000)
    in_a_day = datetime.now(UTC) + timedelta(hours=24)
    assert abs(datetime.fromisoformat(higher["next_at"]) - in_a_day) < timedelta(minutes=1)
    assert (await left(), await left(timedelta(hours=25))) == (5000, 9000)
    # Somebody who thinks better of it is not raised all the same on the next day.
    assert await wish(1000) == higher | {"amount": 1000, "next_amount": None, "next_at": None}
    assert (await left(), await left(timedelta(hours=25))) == (1000, 1000)
    # Of two raises the last one said counts.
    await wish(8000)
    assert (await wish(2000))["next_amount"] == 2000
    assert (await left(), await left(timedelta(hours=25))) == (1000, 2000)
    lifted = await wish(None)
    assert (lifted["amount"], lifted["next_amount"]) == (1000, None)
    assert lifted["next_at"] is not None
    assert (await left(), await left(timedelta(hours=25))) == (1000, None)
    assert [row["details"]["amount"] for row in await records.audited("limit.changed")] == [
        5000, 9000, 1000, 8000, 2000, None,
    ]  # fmt: skip
    assert await records.conn.fetchval("SELECT count(*) FROM limits") == 6, "a row a wish"


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": -1},
        {"amount": 10.5},
        {"amount": "10"},
        {"amount": True},
        {"amount": 2**63},
        {"kind": "wish"},
        {"period": "year"},
        {"tournament_id": 0},
        {"tournament_id": 2**63},
        {"x": 1},
    ],
)
async def test_a_wrong_limit_is_refused(sign_up: SignUp, records: Records, wrong: dict[str, Any]) -> None:
    cup = await records.add_tournament()
    ada = await records.add_member(cup, await sign_up("Ada"), "bettor")
    body = {"tournament_id": cup, "kind": "stake", "period": "day", "amount": 1000} | wrong
    assert code(await ada.put("/api/limit", json=body)) == "INVALID"
    assert await records.conn.fetchval("SELECT count(*) FROM limits") == 0


async def test_a_limit_belongs_to_a_tournament_one_is_in(sign_up: SignUp, records: Records) -> None:
    cup = await records.add_tournament()
    ada = await sign_up("Ada")
    body = {"tournament_id": cup, "kind": "deposit", "period": "month", "amount": 1000}
    assert code(await ada.put("/api/limit", json=body)) == "NOT_FOUND"
