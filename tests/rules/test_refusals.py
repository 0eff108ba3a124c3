import json
from pathlib import Path

import pytest

from toteboard.rules.events import EventKind
from toteboard.rules.refusals import TAKEN, Refusal, by_number

# Every number there ever was, with its code: audit logs in the world hold them. A line here is never changed.
RECORDED = Path(__file__).parent / "refusal_numbers.json"


def test_numbers_are_only_ever_appended() -> None:
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
    now = {str(refusal.number): refusal.code for refusal in Refusal}
    assert {number: now.get(number) for number in recorded} == recorded, "a number that is stored lost its meaning"
    assert now == recorded, "append the new number to refusal_numbers.json"


def test_numbers_are_unique_and_fit_a_smallint() -> None:
    numbers = [refusal.number for refusal in Refusal]
    assert len(set(numbers)) == len(numbers)
    assert TAKEN == 0
    assert all(TAKEN < number < 2**15 for number in numbers)
    assert all(by_number(refusal.number) is refusal for refusal in Refusal)


@pytest.mark.parametrize("number", [TAKEN, -1, 19, 100, 999])
def test_a_number_that_is_no_refusal_is_a_bug(number: int) -> None:
    with pytest.raises(KeyError):
        by_number(number)


def test_asking_again_helps_only_where_time_alone_may_change_the_answer() -> None:
    assert {refusal.code for refusal in Refusal if refusal.transient} == {
        *["MARKET_SUSPENDED", "TOO_EARLY", "ODDS_MOVED", "LIABILITY"],
        *["TOO_BUSY", "OUTAGE", "TOO_MANY", "PREVIEW_CHANGED", "TIMEOUT", "MISDIRECTED"],
    }
    assert Refusal.MARKET_CLOSED.transient is False


def test_every_refusal_has_a_status_of_its_kind() -> None:
    assert {refusal.http_status for refusal in Refusal} == {
        400,
        401,
        403,
        404,
        408,
        409,
        413,
        415,
        421,
        422,
        429,
        431,
        503,
    }
    assert all(refusal.transient for refusal in Refusal if refusal.http_status in (429, 503))


def test_codes_are_names_that_programs_can_rely_on() -> None:
    assert Refusal.ODDS_MOVED.code == "ODDS_MOVED"
    assert Refusal.ODDS_MOVED.http_status == 409


def test_the_feed_has_six_kinds_of_event() -> None:
    assert [kind.value for kind in EventKind] == ["bets", "market", "match", "tournament", "settlement", "wallet"]
