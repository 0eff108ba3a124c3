"""FeedUser is sent what, and when: on a clock of the test's own."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toteboard.feed.board import Board
from toteboard.feed.frames import encode
from toteboard.feed.messages import BoardSnapshot, CloseCode
from toteboard.feed.personal import settlement_progress

from .factories import EPOCH, Client, EventFactory
from .fakes import ChannelScenario, kinds
from .test_board import Action, act, actions, arrived


def scenario(**wanted: int) -> tuple[EventFactory, Board, ChannelScenario]:
    factory = EventFactory()
    board = factory.board()
    return factory, board, ChannelScenario(board, **wanted)


def bet(factory: EventFactory, board: Board, scene: ChannelScenario, stake: int = 100) -> None:
    board.fold(factory.bet((10001, stake)))
    scene.channel.followed()


async def test_the_first_thing_is_a_snapshot() -> None:
    factory, board, scene = scenario()
    (message,) = scene.join().messages()
    assert message == arrived(BoardSnapshot(seq=factory.seq, epoch=EPOCH, now=42, board=board.snapshot()))


async def test_the_first_news_after_a_quiet_moment_goes_at_once_then_ten_a_second() -> None:
    factory, board, scene = scenario()
    reader = scene.join()
    await scene.at(3)
    reader.messages()
    sent = []
    for step in range(200):
        moment = 3 + step / 100
        bet(factory, board, scene)
        await scene.at(moment)
        sent += [moment] * len(reader.messages())
    assert sent[0] == 3
    assert len(sent) == 20
    assert all(later - earlier > 0.0999 for earlier, later in pairwise(sent))


async def test_a_turn_says_when_the_next_one_is_due() -> None:
    factory, board, scene = scenario()
    scene.join()
    bet(factory, board, scene)
    assert scene.channel.news.is_set()
    assert await scene.at(1) == pytest.approx(6)
    bet(factory, board, scene)
    assert await scene.at(1.03) == pytest.approx(1.1)
    assert await scene.at(1.1) == pytest.approx(6.1)


async def test_a_beat_follows_five_seconds_of_silence() -> None:
    factory, board, scene = scenario()
    reader = scene.join()
    bet(factory, board, scene)
    await scene.at(0)
    reader.messages()
    due = await scene.at(4.9)
    assert reader.messages() == []
    assert due == pytest.approx(5)
    await scene.at(5)
    assert reader.messages() == [{"t": "beat", "seq": factory.seq, "now": 42}]
    await scene.at(9.9)
    assert reader.messages() == []
    await scene.at(10)
    assert kinds(reader.messages()) == ["beat"]


async def test_somebody_elses_wallet_is_no_news() -> None:
    factory, board, scene = scenario()
    reader = scene.join()
    await scene.at(1)
    reader.messages()
    board.fold(factory.wallet(5, 100))
    scene.channel.followed()
    assert not scene.channel.news.is_set()
    await scene.at(2)
    assert reader.messages() == []


async def test_of_a_settlement_only_the_latest_progress_is_told() -> None:
    factory, board, scene = scenario()
    reader = scene.join()
    await scene.at(0)
    reader.messages()
    for done in (500, 1000, 1500):
        payload = factory.settlement(100, done=done, bets=1500).payload
        board.fold(factory.events[-1])
        scene.channel.settling(settlement_progress(payload))
        scene.channel.followed()
    await scene.at(1)
    progress = {"market_id": 100, "version": 1, "bets_done": 1500, "bets": 1500, "status": "paid"}
    assert reader.messages() == [{"t": "settling"} | progress]


async def test_who_comes_between_two_updates_is_told_nothing_twice() -> None:
    factory, board, scene = scenario()
    early = scene.join()
    bet(factory, board, scene)
    await scene.at(0)
    bet(factory, board, scene, 200)
    late = scene.join()
    bet(factory, board, scene, 300)
    await scene.at(0.1)
    clients = [Client(), Client()]
    for client, reader in zip(clients, (early, late), strict=True):
        for message in reader.messages():
            client.take(message)
        assert client.board == arrived(board.snapshot())
        assert client.seq == board.seq


@pytest.mark.parametrize(
    ("after", "epoch"),
    [
        (10_000, EPOCH),
        (0, EPOCH),
        (None, EPOCH),
        (6, "another"),
        (6, None),
    ],
    ids=["future", "ancient", "no number", "other epoch", "no epoch"],
)
async def test_who_cannot_be_told_what_they_missed_gets_a_snapshot(after: int | None, epoch: str | None) -> None:
    factory, board, scene = scenario()
    bet(factory, board, scene)
    bet(factory, board, scene)
    assert kinds(scene.join(after=after, epoch=epoch).messages()) == ["snapshot"]


async def test_who_missed_more_than_resume_max_gets_a_snapshot() -> None:
    factory, board, scene = scenario(resume_max=3)
    start = board.seq
    for _ in range(4):
        bet(factory, board, scene)
    assert kinds(scene.join(after=start, epoch=EPOCH).messages()) == ["snapshot"]
    assert kinds(scene.join(after=start + 1, epoch=EPOCH).messages()) == ["update"]


async def test_who_resumes_is_told_what_they_missed_in_one_update() -> None:
    factory, board, scene = scenario()
    start = board.seq
    bet(factory, board, scene, 100)
    bet(factory, board, scene, 200)
    (update,) = scene.join(after=start, epoch=EPOCH).messages()
    assert update["t"] == "update"
    assert update["seq"] == board.seq
    assert [row[1] for row in update["tape"]] == [100, 200]


async def test_who_missed_nothing_gets_a_beat() -> None:
    factory, _, scene = scenario()
    assert scene.join(after=factory.seq, epoch=EPOCH).messages() == [{"t": "beat", "seq": factory.seq, "now": 42}]


async def test_a_slow_reader_is_dropped_to_a_snapshot_and_nobody_else_is_slowed() -> None:
    factory, board, scene = scenario(socket_buffer_max=16_384)
    slow, quick = scene.join(), scene.join()
    slow.messages(), quick.messages()
    slow.stalled = True
    for step in range(400):
        bet(factory, board, scene)
        await scene.at(step / 5)
        assert kinds(quick.messages()) == ["update"]
        if slow.waiting > 16_384 + len(encode(board.snapshot())) + 2000:
            raise AssertionError("more is kept for a slow reader than the bound")
        if scene.channel.fell_behind:
            break
    assert scene.channel.fell_behind == 1
    slow.messages()
    bet(factory, board, scene)
    due = await scene.at(step / 5 + 0.1)
    # Nothing more is written to it, but it is looked at again soon.
    assert slow.messages() == []
    assert due <= step / 5 + 0.2 + 1e-6
    slow.drain()
    bet(factory, board, scene)
    await scene.at(step / 5 + 0.2)
    again, snapshot = slow.messages()
    assert again == {"t": "again"}
    assert snapshot["board"] == arrived(board.snapshot())
    bet(factory, board, scene)
    await scene.at(step / 5 + 0.4)
    assert kinds(slow.messages()) == ["update"]


async def test_a_reader_behind_for_thirty_seconds_is_closed() -> None:
    factory, board, scene = scenario(socket_buffer_max=16_384)
    slow = scene.join()
    slow.stalled, slow.waiting = True, 10**6
    bet(factory, board, scene)
    await scene.at(1)
    await scene.at(30.9)
    assert not slow.closed
    await scene.at(31)
    assert slow.closed
    assert CloseCode.TOO_SLOW not in slow.messages()


async def test_a_large_snapshot_alone_does_not_make_a_reader_slow() -> None:
    factory = EventFactory(matches=400)
    scene = ChannelScenario(board := factory.board(), socket_buffer_max=16_384)
    assert len(encode(board.snapshot())) > 65_536
    reader = scene.join()
    reader.stalled, reader.waiting = True, len(reader.written)
    assert kinds(reader.messages()) == ["snapshot"]
    bet(factory, board, scene)
    await scene.at(1)
    assert kinds(reader.messages()) == ["update"]


async def test_another_history_is_begun_with_a_snapshot_for_everybody() -> None:
    factory, board, scene = scenario()
    readers = [scene.join(), scene.join()]
    bet(factory, board, scene)
    await scene.at(0)
    for reader in readers:
        reader.messages()
    other = EventFactory(matches=2).board()
    other.epoch = "another"
    scene.channel.reloaded(other)
    await scene.at(0.01)
    for reader in readers:
        (message,) = reader.messages()
        assert message["t"] == "snapshot"
        assert message["epoch"] == "another"


async def test_a_broadcast_gives_others_a_turn_every_slice() -> None:
    factory, board, scene = scenario(socket_slice=10)
    readers = [scene.join() for _ in range(35)]
    bet(factory, board, scene)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    task = asyncio.create_task(others())
    await scene.at(0)
    task.cancel()
    assert turns >= 2
    assert all("update" in kinds(reader.messages()) for reader in readers)


async def test_a_board_is_encoded_once_for_all_who_come_at_once() -> None:
    factory, board, scene = scenario()
    scene.join()
    first = scene.channel.encoded_board(scene.now)
    bet(factory, board, scene)
    # Not even a tenth of a second old: good enough, what is missing comes with the next update.
    assert scene.channel.encoded_board(scene.now) is first
    late = scene.join()
    await scene.at(0.2)
    client = Client()
    for message in late.messages():
        client.take(message)
    assert client.board == arrived(board.snapshot())
    assert scene.channel.encoded_board(scene.now) is not first


@given(
    drawn=actions,
    pauses=st.lists(st.sampled_from([0.0, 0.01, 0.05, 0.2, 7.0]), min_size=40, max_size=40),
    joins=st.sets(st.integers(0, 39), max_size=4),
)
def test_whenever_somebody_comes_and_whatever_is_conflated_they_end_with_the_board(
    drawn: list[Action], pauses: list[float], joins: set[int]
) -> None:
    async def play() -> None:
        factory, board, scene = scenario()
        readers = [(Client(), scene.join())]
        moment = 0.0
        for number, (action, pause) in enumerate(zip(drawn, pauses, strict=False)):
            moment += pause
            before = len(factory.events)
            act(factory, action)
            for event in factory.events[before:]:
                board.fold(event)
            scene.channel.followed()
            if number in joins:
                readers.append((Client(), scene.join()))
            await scene.at(moment)
        await scene.at(moment + 1)
        for client, reader in readers:
            for message in reader.messages():
                client.take(message)
            assert client.board == arrived(board.snapshot())

    asyncio.run(play())
