"""Boards that follow a real database: in commit order, through outages, and never further than they know."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from databases import by_hand
from toteboard.background import Loops
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.feed.board import Board, Event
from toteboard.feed.tail import Tail, TooManyBoards, UnknownTournament
from toteboard.feed.wakeups import PostgresWakeups
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.migrate import migrate
from toteboard.settings import Settings

from .ledgers import place, seed
from .test_board import arrived

QUICK = Settings(tail_poll_s=1)


class Notes:
    """A follower that writes down what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.reloads = 0
        self.gone: list[int] = []
        self.kept: set[int] = set()

    def followed(self, board: Board, events: list[Event]) -> None:
        self.events += events

    def reloaded(self, board: Board) -> None:
        self.reloads += 1

    def dropped(self, tournament_id: int) -> None:
        self.gone.append(tournament_id)

    def looked_at(self, tournament_id: int) -> bool:
        return tournament_id in self.kept


@asynccontextmanager
async def following(dsn: str, settings: Settings = QUICK) -> AsyncIterator[tuple[Ledger, Tail, Notes]]:
    wakeups, loops = PostgresWakeups(dsn), Loops()
    async with Ledger.opened(dsn, wakeups=wakeups, pool_max=8) as ledger:
        tail = Tail(ledger, settings, loops)
        tail.follower = notes = Notes()
        async with wakeups.running(loops), tail.running():
            yield ledger, tail, notes


async def until(met: Callable[[], bool], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not met():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_board_read_from_the_ledger_is_the_board_that_was_folded(database: str) -> None:
    seeded = await seed(database)
    async with following(database) as (ledger, tail, _):
        folded = await tail.board(seeded.tournament_id)
        assert arrived(folded.snapshot())["matches"][0]["score"] == {"ft": [1, 0]}
        for stake in range(1, 31):
            user_id, outcome_id = seeded.users[stake % 3], seeded.outcomes[stake % 3]
            await place(ledger, seeded, (user_id, outcome_id, stake), (user_id, seeded.outcomes[0], 1))
        await until(lambda: folded.seq == 30)
        async with following(database) as (_, other, _):
            read = await other.board(seeded.tournament_id)
    assert (read.seq, read.epoch) == (folded.seq, folded.epoch)
    assert arrived(read.snapshot()) == arrived(folded.snapshot())
    assert read.total == sum(range(1, 31)) + 30


async def test_the_order_of_the_feed_is_the_order_of_the_commits(database: str) -> None:
    seeded = await seed(database)
    committed: list[int] = []

    async def write(ledger: Ledger, writer: int) -> None:
        for _ in range(25):
            await place(ledger, seeded, (seeded.users[writer % 3], seeded.outcomes[writer % 3], 1 + writer))

    async with following(database) as (ledger, tail, notes):
        board = await tail.board(seeded.tournament_id)
        await asyncio.gather(*(write(ledger, writer) for writer in range(6)))
        await until(lambda: board.seq == 150)
        committed = [event.seq for event in notes.events]
        assert committed == list(range(1, 151))
        # Absolute totals never go back: each event was written after the commits it counts.
        for outcome_id in seeded.outcomes:
            told_of = [row[1] for event in notes.events for row in event.payload["o"] if row[0] == outcome_id]
            assert told_of == sorted(told_of)
        assert board.total == sum(25 * (1 + writer) for writer in range(6))
        assert notes.reloads == 0


async def test_events_of_another_process_are_found_without_a_wake_up(database: str) -> None:
    seeded = await seed(database)
    async with following(database) as (_, tail, _):
        board = await tail.board(seeded.tournament_id)
        conn = await by_hand(database)
        await conn.execute("UPDATE feeds SET seq = seq + 1 WHERE tournament_id = $1", seeded.tournament_id)
        await conn.execute(
            "INSERT INTO events VALUES ($1, 1, clock_timestamp(), 'wallet', '{\"user_id\": 1}')", seeded.tournament_id
        )
        await conn.close()
        await until(lambda: board.seq == 1, 3)


async def test_more_events_than_a_page_holds_are_all_read(database: str) -> None:
    seeded = await seed(database)
    async with following(database, Settings(tail_page_max=7)) as (ledger, tail, _):
        board = await tail.board(seeded.tournament_id)
        async with ledger.change(Actor()) as change:
            for _ in range(60):
                change.event(seeded.tournament_id, "wallet", {"user_id": 1})
        await until(lambda: board.seq == 60)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE feeds SET epoch = gen_random_uuid()",
        "UPDATE feeds SET seq = 2",
        "UPDATE feeds SET seq = 50",
    ],
    ids=["another history", "it went back", "a hole"],
)
async def test_a_board_that_cannot_go_on_is_read_again(database: str, change: str) -> None:
    seeded = await seed(database)
    async with following(database) as (ledger, tail, notes):
        board = await tail.board(seeded.tournament_id)
        for _ in range(5):
            await place(ledger, seeded, (seeded.users[0], seeded.outcomes[0], 10))
        await until(lambda: board.seq == 5)
        conn = await by_hand(database)
        if "seq = 2" in change:
            await conn.execute("DELETE FROM events WHERE seq > 2")
        await conn.execute(change)
        await conn.close()
        await place(ledger, seeded, (seeded.users[0], seeded.outcomes[0], 10))
        await until(lambda: notes.reloads == 1)
        assert tail.boards[seeded.tournament_id].total == 60


async def test_a_tournament_nobody_has_is_unknown(database: str) -> None:
    async with following(database) as (_, tail, _):
        with pytest.raises(UnknownTournament):
            await tail.board(404)
        assert tail.boards == {}


async def test_boards_are_bounded_and_the_idle_make_room(database: str) -> None:
    cups = [await seed(database, f"cup-{number}") for number in range(3)]
    async with following(database, Settings(boards_max=2)) as (_, tail, notes):
        notes.kept = {cups[1].tournament_id}
        for cup in cups:
            await tail.board(cup.tournament_id)
        assert notes.gone == [cups[0].tournament_id]
        notes.kept = {cup.tournament_id for cup in cups}
        with pytest.raises(TooManyBoards):
            await tail.board(cups[0].tournament_id)


async def test_a_board_nobody_looks_at_is_dropped_after_a_while(database: str) -> None:
    seeded = await seed(database)
    async with following(database, Settings(board_idle_s=1)) as (_, tail, notes):
        await tail.board(seeded.tournament_id)
        await until(lambda: notes.gone == [seeded.tournament_id])
        assert tail.boards == {}


class Cable:
    """The way to the database, which can be cut and mended."""

    def __init__(self, dsn: str, folder: Path):
        parts = urlsplit(dsn)
        query = parse_qs(parts.query)
        self._to = f"{query['host'][0]}/.s.PGSQL.{query.get('port', ['5432'])[0]}"
        self._here = str(folder / ".s.PGSQL.5432")
        self.dsn = parts._replace(query=f"host={quote(str(folder))}&port=5432").geturl()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def mend(self) -> None:
        self._server = await asyncio.start_unix_server(self._carry, self._here)

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._here)
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self._to)
        self._writers |= {writer, far_writer}
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        self._writers -= {writer, far_writer}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()
    except (OSError, asyncio.CancelledError):
        pass
    finally:
        writer.close()


async def test_a_board_goes_on_after_a_restart_of_the_server(data_folder: Path) -> None:
    server = EmbeddedPostgres(data_folder, say=lambda _: None)
    dsn = await asyncio.to_thread(server.join_or_start)
    try:
        await migrate(dsn)
        seeded = await seed(dsn)
        async with following(dsn) as (ledger, tail, notes):
            board = await tail.board(seeded.tournament_id)
            await place(ledger, seeded, (seeded.users[0], seeded.outcomes[0], 10))
            await until(lambda: board.seq == 1)
            await asyncio.to_thread(server.leave)
            dsn = await asyncio.to_thread(server.join_or_start)
            await place(ledger, seeded, (seeded.users[0], seeded.outcomes[0], 10))
            await until(lambda: board.seq == 2)
            assert [event.seq for event in notes.events] == [1, 2]
            assert notes.reloads == 0
    finally:
        await asyncio.to_thread(server.leave)


async def test_a_board_goes_on_where_it_was_when_the_database_is_back(database: str, tmp_path: Path) -> None:
    if "host=" not in database:
        pytest.skip("the database is not reached by a unix socket")
    seeded = await seed(database)
    cable = Cable(database, tmp_path)
    await cable.mend()
    async with Ledger.opened(database) as writing, following(cable.dsn) as (_, tail, notes):
        board = await tail.board(seeded.tournament_id)
        await place(writing, seeded, (seeded.users[0], seeded.outcomes[0], 10))
        await until(lambda: board.seq == 1)
        await cable.cut()
        for _ in range(5):
            await place(writing, seeded, (seeded.users[0], seeded.outcomes[0], 10))
        await asyncio.sleep(1.2)
        assert board.seq == 1
        await cable.mend()
        await until(lambda: board.seq == 6)
        assert board.total == 60
        assert notes.reloads == 0
        assert [event.seq for event in notes.events] == [1, 2, 3, 4, 5, 6]
        await cable.cut()


async def test_a_board_that_cannot_be_read_keeps_no_other_from_going_on(database: str) -> None:
    """A time that PostgreSQL knows and no calendar does stands in one tournament; the other is told of its bets."""
    well, ill = await seed(database), await seed(database, "ill")
    async with following(database) as (ledger, tail, _):
        for one in (well, ill):
            await tail.board(one.tournament_id)
        conn = await by_hand(database)
        await conn.execute("UPDATE matches SET starts_at = 'infinity' WHERE tournament_id = $1", ill.tournament_id)
        await conn.execute("UPDATE feeds SET epoch = gen_random_uuid() WHERE tournament_id = $1", ill.tournament_id)
        await conn.close()
        await until(lambda: ill.tournament_id not in tail.boards)
        await place(ledger, well, (well.users[0], well.outcomes[0], 5))
        await until(lambda: tail.boards[well.tournament_id].total == 5)
        assert tail.is_current(60)
