import pytest
from hypothesis import given
from hypothesis import strategies as st

from toteboard.rules.market import MarketAction, MarketState, after, may, target

ALLOWED = {
    ("draft", "open"): "open",
    ("draft", "close"): "closed",
    ("draft", "void"): "voiding",
    ("open", "suspend"): "suspended",
    ("open", "close"): "closed",
    ("open", "void"): "voiding",
    ("suspended", "open"): "open",
    ("suspended", "close"): "closed",
    ("suspended", "void"): "voiding",
    ("closed", "reopen"): "open",
    ("closed", "result"): "resulted",
    ("closed", "settle"): "settling",
    ("closed", "void"): "voiding",
    ("resulted", "result"): "resulted",
    ("resulted", "settle"): "settling",
    ("resulted", "void"): "voiding",
    ("settling", "paid"): "settled",
    ("settled", "resettle"): "settling",
    ("settled", "void"): "voiding",
    ("voiding", "refunded"): "void",
    ("void", "resettle"): "settling",
}


@pytest.mark.parametrize("state", MarketState)
@pytest.mark.parametrize("action", MarketAction)
def test_a_market_moves_only_along_the_table(state: MarketState, action: MarketAction) -> None:
    expected = ALLOWED.get((state.value, action.value))
    assert may(state, action) is (expected is not None)
    if expected is None:
        with pytest.raises(ValueError, match="cannot"):
            after(state, action)
    else:
        assert after(state, action) == expected == target(action)


@given(actions=st.lists(st.sampled_from(MarketAction), max_size=30))
def test_a_market_with_a_result_never_takes_bets_again(actions: list[MarketAction]) -> None:
    state, known = MarketState.DRAFT, False
    for action in actions:
        if may(state, action):
            state = after(state, action)
            known = known or state in (MarketState.RESULTED, MarketState.SETTLING, MarketState.VOIDING)
        assert not (known and state in (MarketState.OPEN, MarketState.SUSPENDED, MarketState.CLOSED))


def test_states_are_text_for_sql_and_json() -> None:
    assert f"{MarketState.OPEN}" == "open"
    assert MarketState("voiding") is MarketState.VOIDING
