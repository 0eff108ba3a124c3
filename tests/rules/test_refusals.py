import pytest

from toteboard.rules.events import EventKind
from toteboard.rules.refusals import TAKEN, Refusal, by_number

OF_A_BET = [
    *["UNKNOWN_OUTCOME", "KEY_REUSED", "CURRENCY", "NOT_A_MEMBER", "BLOCKED", "STAFF", "EXCLUDED", "KYC"],
    *["MARKET_CLOSED", "MARKET_SUSPENDED", "OUTCOME_WITHDRAWN", "STAKE_LIMIT", "ODDS_MOVED", "OWN_LIMIT", "FUNDS"],
    *["LIABILITY", "MARKET_LIMIT"],
]


def test_the_verdicts_of_sql_count_from_one_in_order_of_precedence() -> None:
    assert [by_number(number).code for number in range(1, 18)] == OF_A_BET
    assert [refusal.code for refusal in Refusal][:17] == OF_A_BET


def test_numbers_are_unique_ordered_and_fit_a_smallint() -> None:
    numbers = [refusal.number for refusal in Refusal]
    assert numbers == sorted(set(numbers))
    assert TAKEN == 0
    assert all(TAKEN < number < 2**15 for number in numbers)
    assert all(by_number(refusal.number) is refusal for refusal in Refusal)


@pytest.mark.parametrize("number", [TAKEN, -1, 18, 100, 999])
def test_a_number_that_is_no_refusal_is_a_bug(number: int) -> None:
    with pytest.raises(KeyError):
        by_number(number)


def test_asking_again_helps_only_where_time_alone_may_change_the_answer() -> None:
    assert {refusal.code for refusal in Refusal if refusal.transient} == {
        *["MARKET_SUSPENDED", "ODDS_MOVED", "LIABILITY"],
        *["TOO_BUSY", "OUTAGE", "TOO_MANY", "PREVIEW_CHANGED"],
    }
    assert Refusal.MARKET_CLOSED.transient is False


def test_every_refusal_has_a_title_for_people_and_a_status_of_its_kind() -> None:
    assert all(refusal.title and refusal.title[0].isupper() for refusal in Refusal)
    assert len({refusal.title for refusal in Refusal}) == len(Refusal)
    assert {refusal.http_status for refusal in Refusal} == {400, 401, 403, 404, 409, 413, 415, 422, 429, 503}
    assert all(refusal.transient for refusal in Refusal if refusal.http_status in (429, 503))


def test_codes_are_names_that_programs_can_rely_on() -> None:
    assert Refusal.ODDS_MOVED.code == "ODDS_MOVED"
    assert (Refusal.ODDS_MOVED.http_status, Refusal.ODDS_MOVED.title) == (409, "The odds moved")


def test_the_feed_has_six_kinds_of_event() -> None:
    assert [kind.value for kind in EventKind] == ["bets", "market", "match", "tournament", "settlement", "wallet"]
