"""Folding: the board after any events, told in any pieces, is the board."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toteboard.feed.board import Board, Event, Unfoldable
from toteboard.feed.frames import encode

from .factories import Client, EventFactory


def arrived(message: msgspec.Struct) -> Any:
    """As it arrives at a client, which it must also do in the shape that the contract gives it."""
    text = encode(message)
    msgspec.json.decode(text, type=type(message))
    return msgspec.json.decode(text)


def update_of(board: Board, after: int) -> Any:
    return arrived(board.update_since(after, now_ms=42))


def snapshot_of(board: Board) -> dict[str, Any]:
    return {"t": "snapshot", "seq": board.seq, "board": arrived(board.snapshot())}


def outcome(board: Board, outcome_id: int) -> dict[str, Any]:
    rows = [row for market in arrived(board.snapshot())["markets"] for row in market["outcomes"]]
    return next(row for row in rows if row["id"] == outcome_id)


def test_a_bet_in_a_pool_moves_the_odds_of_every_outcome_of_its_market() -> None:
    factory = EventFactory()
    board = factory.board()
    board.fold(factory.bet((10001, 3000), (10002, 1000)))
    rows = update_of(board, board.seq - 1)["outcomes"]
    # 4000 less a tenth is 3600: 1.2 and 3.6; nobody has backed the third.
    assert sorted(rows) == [[10001, 3000, 1, 1200], [10002, 1000, 1, 3600], [10003, 0, 0, None]]


def test_a_bet_at_fixed_odds_moves_no_odds() -> None:
    factory = EventFactory()
    board = factory.board()
    board.fold(factory.bet((10102, 500)))
    assert update_of(board, board.seq - 1)["outcomes"] == [[10102, 500, 1, 2002]]


def test_a_withdrawn_outcome_has_no_odds_and_its_stakes_leave_the_pool() -> None:
    factory = EventFactory()
    board = factory.board()
    board.fold(factory.bet((10001, 3000), (10002, 1000)))
    board.fold(factory.withdraw(100, 1))
    assert outcome(board, 10001)["odds_milli"] is None
    assert outcome(board, 10001)["stakes"] == 3000
    # 1000 less a tenth, floored, but never under the market's minimum of 1.00.
    assert outcome(board, 10002)["odds_milli"] == 1000


def test_total_and_bets_count_the_whole_tournament() -> None:
    factory = EventFactory(matches=2)
    board = factory.board()
    board.fold(factory.bet((10001, 3000), (10102, 1000)))
    board.fold(factory.bet((10202, 50)))
    assert (board.total, board.bets) == (4050, 3)


def test_a_change_of_a_market_keeps_its_stakes() -> None:
    factory = EventFactory()
    board = factory.board()
    board.fold(factory.bet((10001, 3000)))
    board.fold(factory.change_market(100, status="suspended"))
    update = update_of(board, board.seq - 1)
    assert [market["status"] for market in update["markets"]] == ["suspended"]
    assert update["markets"][0]["outcomes"][0]["stakes"] == 3000
    assert (board.total, board.bets) == (3000, 1)


def test_times_are_told_in_milliseconds() -> None:
    factory = EventFactory()
    board = factory.board()
    board.fold(factory.change_market(100, closes_at="2026-11-23T20:00:00.250Z"))
    board.fold(factory.change_match(1, starts_at="2026-11-23T21:00:00+01:00"))
    update = update_of(board, board.seq - 2)
    assert update["markets"][0]["closes_at"] == 1795464000250
    assert update["matches"][0]["starts_at"] == 1795464000000


def test_a_deleted_market_is_told_as_gone() -> None:
    factory = EventFactory()
    board = factory.board()
    board.fold(factory.drop_market(101))
    assert update_of(board, board.seq - 1)["gone"] == {"markets": [101], "matches": []}
    assert [market["id"] for market in arrived(board.snapshot())["markets"]] == [100]


def test_the_pulse_is_the_last_two_minutes_by_second_and_outcome() -> None:
    factory = EventFactory()
    board = factory.board()
    second = int(factory.now.timestamp())
    board.fold(factory.bet((10001, 300), (10101, 20)))
    board.fold(factory.bet((10001, 5), (10002, 5)))
    factory.pass_time(119)
    board.fold(factory.bet((10001, 7)))
    assert arrived(board.snapshot())["pulse"] == [
        [second, 330, {"10001": 305, "10101": 20, "10002": 5}],
        [second + 119, 7, {"10001": 7}],
    ]
    factory.pass_time(1)
    board.fold(factory.bet((10001, 8)))
    assert [row[0] for row in arrived(board.snapshot())["pulse"]] == [second + 119, second + 120]


def test_the_tape_is_the_last_twelve_bets_without_names() -> None:
    factory = EventFactory()
    board = factory.board()
    for stake in range(1, 21):
        board.fold(factory.bet((10001, stake)))
    tape = arrived(board.snapshot())["tape"]
    assert [stake for _, stake, _, _ in tape] == list(range(9, 21))
    assert tape[-1] == [10001, 20, 2000, 1795464000000]


def test_a_wallet_changes_nothing_to_be_seen() -> None:
    factory = EventFactory()
    board = factory.board()
    seen = board.changed_seq
    board.fold(factory.wallet(1, 500))
    assert board.seq == seen + 1
    assert board.changed_seq == seen


def test_an_event_out_of_order_is_not_folded() -> None:
    factory = EventFactory()
    board = factory.board()
    factory.bet((10001, 1))
    with pytest.raises(Unfoldable, match="event"):
        board.fold(factory.bet((10001, 1)))


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("bets", {"o": [[999, 1, 1, 0]], "b": []}),
        ("bets", {"o": "nonsense", "b": []}),
        ("market", {"market": {"id": 5}}),
        ("match", {}),
    ],
)
def test_an_event_the_board_cannot_understand_is_not_folded(kind: str, payload: dict[str, Any]) -> None:
    factory = EventFactory()
    board = factory.board()
    with pytest.raises(Unfoldable):
        board.fold(Event(factory.seq + 1, factory.now, kind, payload))


def test_the_board_forgets_deletions_only_together_with_resuming_from_before_them() -> None:
    factory = EventFactory()
    board = factory.board()
    start = board.seq
    for _ in range(501):
        market_id = factory.add_market(1, "pool")
        board.fold(factory.events[-1])
        board.fold(factory.drop_market(market_id))
    assert not board.reaches(start)
    assert board.reaches(board.seq - 2)


Action = tuple[str, int, int, float]
actions = st.lists(
    st.tuples(
        st.sampled_from(["bet", "bet", "bet", "status", "odds", "withdraw", "match", "add", "drop", "wallet", "name"]),
        st.integers(0, 50),
        st.integers(1, 100_000),
        st.sampled_from([0, 0, 0.4, 1, 30, 130]),
    ),
    max_size=40,
)


def act(factory: EventFactory, action: Action) -> None:
    """Makes one event or none out of what was drawn."""
    what, which, amount, later = action
    factory.pass_time(later)
    markets = list(factory.markets)
    market_id = markets[which % len(markets)] if markets else 0
    if what == "match":
        factory.change_match(1, score={"ft": [amount, 0]})
    elif what == "add":
        factory.add_market(1, "pool" if which % 2 else "fixed")
    elif what == "wallet":
        factory.wallet(which, amount)
    elif what == "name":
        factory.event("tournament", {"tournament": {"name": f"Cup {amount}"}})
    elif not market_id:
        return
    elif what == "bet":
        picked = [row["id"] for row in factory.markets[market_id]["outcomes"]]
        factory.bet((picked[which % len(picked)], amount), (picked[amount % len(picked)], which + 1))
    elif what == "status":
        factory.change_market(market_id, status="suspended" if amount % 2 else "open")
    elif what == "odds":
        factory.set_odds(market_id, 1 + which % 3, 1000 + amount)
    elif what == "withdraw":
        factory.withdraw(market_id, 1 + which % 3)
    elif all(factory.totals[row["id"]] == [0, 0] for row in factory.markets[market_id]["outcomes"]):
        factory.drop_market(market_id)


def played(drawn: list[Action]) -> tuple[EventFactory, Board, list[Event]]:
    factory = EventFactory()
    board = factory.board()
    before = len(factory.events)
    for action in drawn:
        act(factory, action)
    return factory, board, factory.events[before:]


@given(drawn=actions, cuts=st.sets(st.integers(0, 40)))
def test_updates_however_conflated_give_the_board_that_a_snapshot_gives(drawn: list[Action], cuts: set[int]) -> None:
    _, board, events = played(drawn)
    client = Client()
    client.take(snapshot_of(board))
    for number, event in enumerate(events):
        board.fold(event)
        if number in cuts:
            client.take(update_of(board, client.seq))
    client.take(update_of(board, client.seq))
    assert client.board == arrived(board.snapshot())


@given(drawn=actions, stop=st.integers(0, 40))
def test_who_resumes_after_any_event_is_told_all_that_changed_since(drawn: list[Action], stop: int) -> None:
    _, board, events = played(drawn)
    for event in events[:stop]:
        board.fold(event)
    client = Client()
    client.take(snapshot_of(board))
    for event in events[stop:]:
        board.fold(event)
    client.take(update_of(board, client.seq))
    assert client.board == arrived(board.snapshot())


@given(drawn=actions)
def test_what_is_counted_while_folding_is_what_the_ledger_counts(drawn: list[Action]) -> None:
    factory, board, events = played(drawn)
    for event in events:
        board.fold(event)
    read = factory.board()
    assert (board.total, board.bets) == (read.total, read.bets)
    assert arrived(board.snapshot())["markets"] == arrived(read.snapshot())["markets"]
    assert sum(row[1] for row in arrived(board.snapshot())["pulse"]) <= board.total


def test_a_second_before_the_pulse_is_left_out() -> None:
    factory = EventFactory()
    board = factory.board()
    factory.pass_time(500)
    board.fold(factory.bet((10001, 5)))
    factory.now -= timedelta(seconds=130)
    board.fold(factory.bet((10001, 9)))
    assert [row[1] for row in arrived(board.snapshot())["pulse"]] == [5]
