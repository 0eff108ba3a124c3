"""The feed over real sockets: uvicorn as it is run, a real client, a real database."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from toteboard.background import Loops
from toteboard.feed.hub import Hub
from toteboard.feed.socket import FeedSocket, uvicorn_options
from toteboard.feed.subscriber import FeedUser, Headers
from toteboard.feed.wakeups import PostgresWakeups
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.settings import Settings

from .factories import Client
from .fakes import person
from .ledgers import Seeded, place, seed
from .test_board import arrived
from .test_tail import until


class People:
    """Stands in for the sessions: a cookie says who it is."""

    def __init__(self) -> None:
        self.by_cookie: dict[bytes, FeedUser] = {}

    async def identify(self, headers: Headers) -> FeedUser | None:
        return self.by_cookie.get(dict(headers).get(b"cookie", b""))


class FeedServer:
    """A running server, and how to reach it."""

    def __init__(self, ledger: Ledger, hub: Hub, people: People, port: int, seeded: Seeded):
        self.ledger, self.hub, self.people, self.seeded = ledger, hub, people, seeded
        self.port = port

    def open(
        self, *, who: FeedUser | None = None, tournament: str | None = None, more: str = "", **options: Any
    ) -> connect:
        name = self.seeded.slug if tournament is None else tournament
        headers = options.pop("headers", {})
        if who is not None:
            cookie = f"who={who.session_id}"
            self.people.by_cookie[cookie.encode()] = who
            headers |= {"Cookie": cookie}
        url = f"ws://127.0.0.1:{self.port}/api/feed?tournament={name}{more}"
        return connect(url, additional_headers=headers, compression=None, **options)


@asynccontextmanager
async def serving(dsn: str, **wanted: Any) -> AsyncIterator[FeedServer]:
    seeded = await seed(dsn)
    settings = Settings(**wanted)
    wakeups, loops, people = PostgresWakeups(dsn), Loops(), People()
    async with Ledger.opened(dsn, wakeups=wakeups, pool_max=8) as ledger, wakeups.running(loops):
        hub = Hub(ledger, settings, people.identify, loops=loops)
        async with hub.running():
            config = uvicorn.Config(
                FeedSocket(hub, settings), port=0, lifespan="off", log_level="warning", **uvicorn_options(settings)
            )
            server = uvicorn.Server(config)
            serve = asyncio.create_task(server.serve())
            await until(lambda: server.started)
            port = server.servers[0].sockets[0].getsockname()[1]
            try:
                yield FeedServer(ledger, hub, people, port, seeded)
            finally:
                server.should_exit = True
                await serve


async def next_of(socket: ClientConnection, *wanted: str) -> Any:
    """The next message that is one of these."""
    async with asyncio.timeout(5):
        while (message := json.loads(await socket.recv()))["t"] not in wanted:
            pass
    return message


async def status_of(opening: connect) -> int:
    with pytest.raises(InvalidStatus) as refused:
        async with opening:
            pass
    return refused.value.response.status_code


async def _read_on(socket: ClientConnection) -> None:
    async with asyncio.timeout(5):
        while True:
            await socket.recv()


async def code_of(socket: ClientConnection) -> int:
    """The code it is closed with."""
    with pytest.raises(ConnectionClosed) as closed:
        await _read_on(socket)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


async def test_a_spectator_sees_the_board_and_then_every_change(database: str) -> None:
    async with serving(database) as feed, feed.open() as socket:
        client = Client()
        client.take(await next_of(socket, "snapshot"))
        assert client.board["markets"][0]["name"] == "Winner"
        await place(feed.ledger, feed.seeded, (feed.seeded.users[0], feed.seeded.outcomes[0], 500))
        client.take(await next_of(socket, "update"))
        board = feed.hub.tail.boards[feed.seeded.tournament_id]
        assert client.board == arrived(board.snapshot())
        assert client.board["total"] == 500


async def test_the_board_is_also_there_for_those_who_poll(database: str) -> None:
    async with serving(database) as feed:
        text = await feed.hub.board("cup")
        assert text == await feed.hub.board(str(feed.seeded.tournament_id))
        assert text is not None
        board = json.loads(text)
        assert board["tournament"] == {
            "id": feed.seeded.tournament_id,
            "slug": "cup",
            "name": "Cup",
            "subtitle": "",
            "currency": "EUR",
            "exponent": 2,
            "timezone": "UTC",
        }
        assert await feed.hub.board("no-such-cup") is None
        await place(feed.ledger, feed.seeded, (feed.seeded.users[0], feed.seeded.outcomes[0], 500))
        await until(lambda: feed.hub.tail.boards[feed.seeded.tournament_id].total == 500)
        await asyncio.sleep(0.1)
        text = await feed.hub.board("cup")
        assert text is not None
        assert json.loads(text)["total"] == 500


async def test_a_foreign_page_is_refused_and_a_script_is_not(database: str) -> None:
    async with serving(database, origins="https://club.example") as feed:
        for origin in ("https://evil.example", "null", "http://127.0.0.1:1", f"http://127.0.0.1.evil:{feed.port}"):
            assert await status_of(feed.open(origin=origin)) == 403
        for origin in ("https://club.example", f"http://127.0.0.1:{feed.port}", f"https://127.0.0.1:{feed.port}"):
            async with feed.open(origin=origin) as socket:
                await next_of(socket, "snapshot")
        async with feed.open(origin=None) as socket:
            await next_of(socket, "snapshot")


@pytest.mark.parametrize("tournament", ["no-such-cup", "", "999999", "9" * 25, "%00", "cup%27--"])
async def test_an_unknown_tournament_is_404(database: str, tournament: str) -> None:
    async with serving(database) as feed:
        assert await status_of(feed.open(tournament=tournament)) == 404


async def test_one_socket_too_many_is_503_until_one_goes(database: str) -> None:
    async with serving(database, sockets_max=10) as feed:
        sockets = [await feed.open() for _ in range(10)]
        assert await status_of(feed.open()) == 503
        await sockets.pop().close()
        await until(lambda: feed.hub.sockets == 9)
        async with feed.open() as socket:
            await next_of(socket, "snapshot")
        for socket in sockets:
            await socket.close()
        await until(lambda: feed.hub.sockets == 0)


@pytest.mark.parametrize(
    "more",
    ["&after=99999", "&after=0", "&after=x", "&after=-1", "&after=1e9", "&after=" + "9" * 40, "&after=2&epoch=other"],
)
async def test_a_resume_from_anywhere_else_gets_a_snapshot(database: str, more: str) -> None:
    async with serving(database) as feed:
        for _ in range(3):
            await place(feed.ledger, feed.seeded, (feed.seeded.users[0], feed.seeded.outcomes[0], 1))
        board = await feed.hub.tail.board(feed.seeded.tournament_id)
        more = more if "epoch" in more else f"{more}&epoch={board.epoch}"
        async with feed.open(more=more) as socket:
            assert (await next_of(socket, "snapshot", "update", "beat"))["t"] == "snapshot"


async def test_who_was_away_for_a_moment_is_told_what_they_missed(database: str) -> None:
    async with serving(database) as feed:
        client = Client()
        async with feed.open() as socket:
            snapshot = await next_of(socket, "snapshot")
            client.take(snapshot)
        await place(feed.ledger, feed.seeded, (feed.seeded.users[0], feed.seeded.outcomes[0], 70))
        board = feed.hub.tail.boards[feed.seeded.tournament_id]
        await until(lambda: board.total == 70)
        more = f"&after={client.seq}&epoch={snapshot['epoch']}"
        async with feed.open(more=more) as socket:
            client.take(await next_of(socket, "snapshot", "update"))
        assert client.board == arrived(board.snapshot())


async def test_a_ping_is_answered(database: str) -> None:
    async with serving(database) as feed, feed.open() as socket:
        await socket.send('{"t":"ping","n":17}')
        assert await next_of(socket, "pong") == {"t": "pong", "n": 17}


@pytest.mark.parametrize(
    "said",
    ['{"t":"bet"}', '{"t":"ping"}', '{"t":"ping","n":1,"x":2}', '{"t":"ping","n":1.5}', "hello", "", b"\x00\xff"],
)
async def test_whoever_says_anything_but_a_ping_is_closed(database: str, said: str | bytes) -> None:
    async with serving(database) as feed, feed.open() as socket:
        await socket.send(said)
        assert await code_of(socket) == 1008


async def test_a_message_too_long_closes_the_socket(database: str) -> None:
    async with serving(database) as feed, feed.open() as socket:
        await socket.send('{"t":"ping","n":1}' + " " * 300)
        assert await code_of(socket) in (1008, 1009)


async def test_a_socket_that_floods_is_closed(database: str) -> None:
    async with serving(database) as feed, feed.open() as socket:
        for number in range(21):
            await socket.send(json.dumps({"t": "ping", "n": number}))
        assert await code_of(socket) == 1008
        await until(lambda: feed.hub.sockets == 0)


async def test_a_session_revoked_while_open_is_closed_at_once(database: str) -> None:
    async with serving(database) as feed:
        one, two = feed.seeded.users[:2]
        async with feed.open(who=person(one)) as mine, feed.open(who=person(two)) as other, feed.open() as public:
            for socket in (mine, other, public):
                await next_of(socket, "snapshot")
            del feed.people.by_cookie[f"who={one}".encode()]
            feed.ledger.wakeups.sessions(one)
            async with asyncio.timeout(1):
                assert await code_of(mine) == 4401
            await place(feed.ledger, feed.seeded, (two, feed.seeded.outcomes[0], 5))
            assert (await next_of(other, "bet"))["bet"]["stake"] == 5
            await next_of(public, "update")


async def test_a_session_that_runs_out_is_found_without_a_wake_up(database: str) -> None:
    async with serving(database, socket_recheck_s=1) as feed, feed.open(who=person(1)) as socket:
        await next_of(socket, "snapshot")
        feed.people.by_cookie.clear()
        assert await code_of(socket) == 4401


async def test_private_messages_reach_only_their_owner(database: str) -> None:
    async with serving(database) as feed:
        seeded, ledger = feed.seeded, feed.ledger
        one, two = seeded.users[:2]
        async with (
            feed.open(who=person(one)) as mine,
            feed.open(who=person(one)) as my_phone,
            feed.open(who=person(two)) as theirs,
            feed.open() as public,
        ):
            everybody = (mine, my_phone, theirs, public)
            for socket in everybody:
                await next_of(socket, "snapshot")
            (bet_id,) = await place(ledger, seeded, (one, seeded.outcomes[1], 1234))
            for socket in (mine, my_phone):
                bet = (await next_of(socket, "bet"))["bet"]
                assert bet.pop("placed_at").endswith("Z")
                assert bet == {
                    "id": bet_id,
                    "tournament_id": seeded.tournament_id,
                    "match_id": seeded.match_id,
                    "market_id": seeded.market_id,
                    "outcome_id": seeded.outcomes[1],
                    "match": "A v B",
                    "market": "Winner",
                    "outcome": "Outcome 2",
                    "kind": "pool",
                    "status": "pending",
                    "stake": 1234,
                    "currency": "EUR",
                    "exponent": 2,
                    "odds": "2.00",
                    "payout": None,
                }
            async with ledger.change(Actor()) as change:
                change.event(seeded.tournament_id, "wallet", {"user_id": one, "wallet_id": 9, "balance": 50, "owed": 0})
                paid = [[one, 9, 2468, 0, [[bet_id, "won", 2418]]]]
                progress = {"market_id": seeded.market_id, "version": 1, "status": "paid", "bets": 1, "bets_done": 1}
                change.event(
                    seeded.tournament_id, "settlement", progress | {"settlement_id": 1, "kind": "settle", "paid": paid}
                )
            assert await next_of(mine, "wallet") == {"t": "wallet", "wallet_id": 9, "balance": 50, "owed": 0}
            assert await next_of(mine, "settled") == {
                "t": "settled",
                "market_id": seeded.market_id,
                "bets": [{"id": bet_id, "status": "won", "payout": 2418}],
                "balance": 2468,
                "owed": 0,
            }
            for socket in (theirs, public):
                # Everything private went before the progress that everybody sees.
                seen = await next_of(socket, "settling", "bet", "bets", "settled", "wallet")
                assert seen == {"t": "settling"} | progress


async def test_organizers_see_every_bet_with_its_name_and_bettors_do_not(database: str) -> None:
    async with serving(database) as feed:
        seeded, ledger = feed.seeded, feed.ledger
        organizer = person(seeded.users[2], oversees=[seeded.tournament_id])
        elsewhere = person(seeded.users[1], oversees=[seeded.tournament_id + 1])
        async with (
            feed.open(who=organizer) as desk,
            feed.open(who=person(10_000, admin=True)) as admin,
            feed.open(who=elsewhere) as bettor,
        ):
            for socket in (desk, admin, bettor):
                await next_of(socket, "snapshot")
            ids = []
            for stake in range(1, 31):
                ids += await place(ledger, seeded, (seeded.users[0], seeded.outcomes[0], stake))
            for socket in (desk, admin):
                seen: list[Any] = []
                while len(seen) < 30:
                    seen += (await next_of(socket, "bets"))["bets"]
                assert [row[0] for row in seen] == ids
                assert seen[0][1:6] == [seeded.users[0], "Bettor 0", seeded.outcomes[0], 1, 2000]
            await place(ledger, seeded, (seeded.users[1], seeded.outcomes[0], 99))
            assert (await next_of(bettor, "bet", "bets"))["t"] == "bet"


async def test_an_organizer_who_is_none_any_more_sees_no_more_bets(database: str) -> None:
    async with serving(database) as feed:
        seeded = feed.seeded
        organizer = person(seeded.users[2], oversees=[seeded.tournament_id])
        async with feed.open(who=organizer) as desk:
            await next_of(desk, "snapshot")
            feed.people.by_cookie[f"who={organizer.session_id}".encode()] = person(seeded.users[2])
            feed.ledger.wakeups.sessions(seeded.users[2])
            await asyncio.sleep(0.1)
            await place(feed.ledger, seeded, (seeded.users[0], seeded.outcomes[0], 1))
            assert (await next_of(desk, "update", "bets"))["t"] == "update"
            await asyncio.sleep(0.1)
            await place(feed.ledger, seeded, (seeded.users[2], seeded.outcomes[0], 1))
            assert (await next_of(desk, "bet", "bets"))["t"] == "bet"


async def test_a_reader_that_never_reads_is_dropped_while_others_are_told(database: str) -> None:
    async with serving(database, socket_buffer_max=16_384, socket_behind_s=2) as feed:
        seeded = feed.seeded
        reader, writer = await asyncio.open_connection("127.0.0.1", feed.port, limit=1024)
        writer.write(
            f"GET /api/feed?tournament={seeded.slug} HTTP/1.1\r\nHost: 127.0.0.1:{feed.port}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        async with feed.open(max_queue=None) as quick:
            await next_of(quick, "snapshot")
            # A name this long fills what the kernel holds for the one who never reads.
            long = "x" * 60_000
            for number in range(400):
                async with feed.ledger.change(Actor()) as change:
                    tournament = {"tournament": {"name": f"{number} {long}"}}
                    change.event(seeded.tournament_id, "tournament", tournament)
                update = await next_of(quick, "update")
                assert update["tournament"]["name"].startswith(f"{number} ")
                if feed.hub.fell_behind:
                    break
            assert feed.hub.fell_behind == 1
            await until(lambda: feed.hub.sockets == 1)
            await place(feed.ledger, seeded, (seeded.users[0], seeded.outcomes[0], 1))
            assert (await next_of(quick, "update"))["total"] == 1
        writer.close()


async def test_a_server_that_stops_says_so(database: str) -> None:
    async with serving(database) as feed:
        socket = await feed.open()
        await next_of(socket, "snapshot")
    assert await code_of(socket) == 1012
