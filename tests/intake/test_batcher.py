"""Lanes with a `place` that the test itself plays: who goes when, with whom, and what is answered when it goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest

from toteboard.background import Loops
from toteboard.intake.batcher import ASK_AGAIN, ROUNDS_MAX, TAKEN, Busy, Lane, PlaceBet, Unknown
from toteboard.ledger.money.bets import NothingTaken, Verdict


class Lost(Exception):
    """The database went away."""


class Ledger:
    """Takes sets and remembers them; while `held` a set waits for `let_go`, `wrong` says what becomes of one."""

    def __init__(self) -> None:
        self.sets: list[list[PlaceBet]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.wrong: Callable[[Sequence[PlaceBet]], Exception | None] = lambda bets: None
        self.number: Callable[[PlaceBet], int] = lambda bet: TAKEN

    async def place(self, bets: Sequence[PlaceBet]) -> list[Verdict]:
        self.sets.append(list(bets))
        await asyncio.sleep(0)
        await self.gate.wait()
        error = self.wrong(bets)
        if error is not None:
            raise error
        return [Verdict(self.number(bet), 2000, bet.stake, None, 0.0) for bet in bets]

    @property
    def stakes(self) -> list[list[int]]:
        return [[bet.stake for bet in one] for one in self.sets]

    def hold(self) -> None:
        self.gate.clear()

    def let_go(self) -> None:
        self.gate.set()


class Client:
    """Bets that are told apart by their stakes, and what each was answered."""

    def __init__(self, lane: Lane):
        self.lane = lane
        self.answers: dict[int, list[Any]] = {}

    def ask(self, stake: int, *, user: int | None = None, key: UUID | None = None) -> None:
        bet = PlaceBet(key or uuid4(), stake if user is None else user, 1, stake, "EUR", None, None)
        self.lane.submit(bet, self.answers.setdefault(stake, []).append)

    @property
    def kinds(self) -> dict[int, list[Any]]:
        """Each answer as its verdict's number, or its exception's class."""
        return {
            stake: [answer.number if isinstance(answer, Verdict) else type(answer) for answer in answers]
            for stake, answers in self.answers.items()
        }

    @property
    def numbers(self) -> dict[int, Any]:
        assert all(len(answers) == 1 for answers in self.answers.values()), "each is answered once"
        return {stake: kinds[0] for stake, kinds in self.kinds.items()}


@pytest.fixture
async def ledger() -> Ledger:
    return Ledger()


@asynccontextmanager
async def running(ledger: Ledger, **more: Any) -> AsyncIterator[Client]:
    usual: dict[str, Any] = {
        "place": ledger.place,
        "outages": (Lost,),
        "batch_max": 100,
        "queue_max": 100,
        "wait_s": 10,
    }
    lane = Lane(**(usual | more))
    async with Loops().running("lane", lane.step):
        yield Client(lane)
        ledger.let_go()
        lane.end()


async def turns(count: int = 30) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


# Who goes when -----------------------------------------------------------------------------------------------------------


async def test_a_lone_bet_goes_at_once(ledger: Ledger) -> None:
    async with running(ledger) as client:
        client.ask(1)
        await turns(3)
        assert ledger.stakes == [[1]]
        assert client.numbers == {1: TAKEN}


async def test_what_comes_while_a_set_is_in_flight_goes_together_with_the_next(ledger: Ledger) -> None:
    async with running(ledger) as client:
        ledger.hold()
        client.ask(1)
        await turns()
        for stake in (2, 3, 4):
            client.ask(stake)
            await turns()
        assert ledger.stakes == [[1]], "one set in flight"
        ledger.let_go()
        await turns()
        assert ledger.stakes == [[1], [2, 3, 4]]
        assert client.numbers == dict.fromkeys((1, 2, 3, 4), TAKEN)


async def test_a_set_is_bounded_and_order_is_kept(ledger: Ledger) -> None:
    async with running(ledger, batch_max=3) as client:
        for stake in range(1, 9):
            client.ask(stake)
        await turns()
        assert ledger.stakes == [[1, 2, 3], [4, 5, 6], [7, 8]]


async def test_a_wallet_has_one_bet_in_a_set_and_the_others_keep_their_place(ledger: Ledger) -> None:
    async with running(ledger) as client:
        for stake, user in ((1, 7), (2, 7), (3, 8), (4, 7), (5, 9), (6, 8)):
            client.ask(stake, user=user)
        await turns()
        assert ledger.stakes == [[1, 3, 5], [2, 6], [4]]
        assert set(client.numbers.values()) == {TAKEN}


async def test_a_key_is_in_a_set_once(ledger: Ledger) -> None:
    key = uuid4()
    async with running(ledger) as client:
        client.ask(1, user=7, key=key)
        client.ask(2, user=8, key=key)
        client.ask(3, user=9)
        await turns()
        assert ledger.stakes == [[1, 3], [2]]


# Everything is bounded ---------------------------------------------------------------------------------------------------


async def test_one_more_than_the_queue_holds_is_refused_at_once(ledger: Ledger) -> None:
    async with running(ledger, queue_max=3) as client:
        ledger.hold()
        client.ask(1)
        await turns()
        for stake in (2, 3, 4):
            client.ask(stake)
        with pytest.raises(Busy):
            client.ask(5)
        assert len(client.lane) == 3
        ledger.let_go()
        await turns()
        client.ask(6)
        await turns()
        assert client.kinds == {1: [TAKEN], 2: [TAKEN], 3: [TAKEN], 4: [TAKEN], 5: [], 6: [TAKEN]}


async def test_a_bet_that_waited_too_long_is_not_sent_any_more(ledger: Ledger) -> None:
    now = 100.0
    async with running(ledger, wait_s=10, clock=lambda: now) as client:
        ledger.hold()
        client.ask(1)
        await turns()
        client.ask(2)
        now = 105.0
        client.ask(3)
        now = 111.0
        ledger.let_go()
        await turns()
        assert ledger.stakes == [[1], [3]]
        assert client.numbers == {1: TAKEN, 2: Busy, 3: TAKEN}


# What goes wrong ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("culprit", range(1, 8))
async def test_an_error_splits_the_set_until_the_culprit_stands_alone(ledger: Ledger, culprit: int) -> None:
    ledger.wrong = lambda bets: ValueError("bug") if any(bet.stake == culprit for bet in bets) else None
    async with running(ledger) as client:
        for stake in range(1, 8):
            client.ask(stake)
        await turns()
        assert client.numbers == {stake: ValueError if stake == culprit else TAKEN for stake in range(1, 8)}
        client.ask(9)
        await turns()
        assert client.numbers[9] == TAKEN, "the lane goes on"


async def test_two_culprits_take_nobody_with_them(ledger: Ledger) -> None:
    ledger.wrong = lambda bets: ValueError("bug") if {3, 6} & {bet.stake for bet in bets} else None
    async with running(ledger) as client:
        for stake in range(1, 9):
            client.ask(stake)
        await turns(60)
        assert client.numbers == {stake: ValueError if stake in (3, 6) else TAKEN for stake in range(1, 9)}


async def test_an_error_that_passes_does_no_harm(ledger: Ledger) -> None:
    """A key that another lane is just committing: the lone bet is asked once more, and is then known."""
    failures = iter([ValueError("deadlock"), ValueError("deadlock")])
    ledger.wrong = lambda bets: next(failures, None)
    async with running(ledger) as client:
        client.ask(1)
        await turns()
        assert client.kinds == {1: [ValueError]}
    ledger.wrong = lambda bets: next(iter_once, None)
    iter_once = iter([ValueError("unique")])
    async with running(ledger) as client:
        client.ask(2)
        await turns()
        assert client.numbers == {2: TAKEN}


async def test_a_bet_that_was_asked_again_before_still_gets_its_second_try(ledger: Ledger) -> None:
    verdicts = iter([ASK_AGAIN])
    ledger.number = lambda bet: next(verdicts, TAKEN)
    failures = iter([None, ValueError("unique")])
    ledger.wrong = lambda bets: next(failures, None)
    async with running(ledger) as client:
        client.ask(1)
        await turns()
        assert client.numbers == {1: TAKEN}


async def test_an_outage_leaves_everybody_in_flight_unknown_and_nobody_else(ledger: Ledger) -> None:
    outages = iter([Lost("gone")])
    ledger.wrong = lambda bets: next(outages, None)
    async with running(ledger) as client:
        ledger.hold()
        client.ask(1)
        client.ask(2)
        await turns()
        client.ask(3)
        ledger.let_go()
        await turns()
        assert ledger.stakes == [[1, 2], [3]], "nothing is sent twice"
        assert client.numbers == {1: Unknown, 2: Unknown, 3: TAKEN}
        assert client.lane.figures.last_error == "Lost: gone"


async def test_a_failed_set_is_an_error_in_the_log_but_not_each_of_many(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.wrong = lambda bets: NothingTaken("DiskFullError: no space left on device")
    async with running(ledger) as client:
        for stake in range(1, 6):
            client.ask(stake)
            await turns()
        assert client.lane.figures.errors == 5
        assert client.lane.figures.is_failing
        assert client.numbers == dict.fromkeys(range(1, 6), NothingTaken)
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.getMessage() for record in errors] == [
        "a set of bets could not be placed (1 so far): NothingTaken: DiskFullError: no space left on device"
    ]
    ledger.wrong = lambda bets: None
    async with running(ledger) as client:
        client.ask(6)
        await turns()
        assert not client.lane.figures.is_failing


async def test_where_nothing_was_sent_nothing_was_taken(ledger: Ledger) -> None:
    ledger.wrong = lambda bets: NothingTaken("no server")
    async with running(ledger) as client:
        client.ask(1)
        client.ask(2)
        await turns()
        assert client.numbers == {1: NothingTaken, 2: NothingTaken}


async def test_what_is_to_be_asked_again_goes_first(ledger: Ledger) -> None:
    again = {2, 3}
    ledger.number = lambda bet: ASK_AGAIN if bet.stake in again else TAKEN
    async with running(ledger) as client:
        for stake in (1, 2, 3):
            client.ask(stake)
        ledger.hold()
        await turns()
        client.ask(4)
        ledger.let_go()
        await turns(2)
        again.clear()
        await turns()
        assert ledger.stakes[:2] == [[1, 2, 3], [2, 3, 4]]
        assert client.numbers == dict.fromkeys((1, 2, 3, 4), TAKEN)


async def test_asking_again_has_an_end(ledger: Ledger) -> None:
    ledger.number = lambda bet: ASK_AGAIN
    async with running(ledger) as client:
        client.ask(1)
        await turns(20 * ROUNDS_MAX)
        assert client.numbers == {1: Busy}
        assert len(ledger.sets) == ROUNDS_MAX + 1


async def test_an_answer_that_cannot_be_given_harms_nobody(ledger: Ledger) -> None:
    def gone(_answer: Any) -> None:
        raise RuntimeError("the connection is closed")

    async with running(ledger) as client:
        client.lane.submit(PlaceBet(uuid4(), 99, 1, 1, "EUR", None, None), gone)
        client.ask(2)
        await turns()
        client.ask(3)
        await turns()
        assert client.numbers == {2: TAKEN, 3: TAKEN}


async def test_whoever_still_waits_at_the_end_is_told(ledger: Ledger) -> None:
    async with running(ledger) as client:
        ledger.hold()
        client.ask(1)
        await turns()
        client.ask(2)
        ledger.let_go = lambda: None  # type: ignore[method-assign]
    assert client.numbers == {1: Unknown, 2: Busy}


async def test_bets_that_come_after_the_end_are_refused(ledger: Ledger) -> None:
    async with running(ledger) as client:
        client.ask(1)
        await turns()
    with pytest.raises(Busy):
        client.ask(2)
