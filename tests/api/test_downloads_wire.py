"""A sheet over a real socket: longer than any buffer, left in the middle, or not read at all."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scenarios import LedgerScenario, ledger_scenario
from wire_client import Who, request, served, signed_in

# A log of about twenty megabytes: more than the kernel keeps for a connection.
ROWS = 100_000
WAIT_S = 20


async def long_log(scenario: LedgerScenario) -> None:
    await scenario.conn.execute(
        """INSERT INTO audit_log (tournament_id, action, subject, details)
           SELECT $1, 'test.written', 'row:' || no, json_build_object('text', repeat('x', 150))
             FROM generate_series(1, $2) AS no""",
        scenario.tournament_id,
        ROWS,
    )


async def organizer(scenario: LedgerScenario) -> Who:
    return await signed_in(scenario, await scenario.bettor(role="organizer"))


@asynccontextmanager
async def asking(scenario: LedgerScenario, port: int, who: Who) -> AsyncIterator[asyncio.StreamReader]:
    """The answer to the log's export, read past its head and no further than it is asked for."""
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.setblocking(False)
    await asyncio.get_running_loop().sock_connect(small, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=small, limit=4096)
    writer.write(request("GET", f"/api/tournament/{scenario.tournament_id}/export/audit", who.headers))
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    assert b"transfer-encoding: chunked" in head
    try:
        yield reader
    finally:
        writer.close()


async def until_none_reads(scenario: LedgerScenario) -> None:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'toteboard export'"
    for _ in range(WAIT_S * 20):
        if not await scenario.conn.fetchval(asked):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("an export goes on reading")


async def test_all_of_a_long_sheet_arrives(database: str) -> None:
    async with ledger_scenario(database) as scenario, served(database) as port:
        await long_log(scenario)
        who = await organizer(scenario)
        async with asking(scenario, port, who) as reader:
            lines = 0
            while size := int(await reader.readline(), 16):
                lines += (await reader.readexactly(size + 2)).count(b"\r\n") - 1
            assert lines >= ROWS


async def test_a_client_that_hangs_up_ends_the_reading_of_the_database(database: str) -> None:
    async with ledger_scenario(database) as scenario, served(database, exports_max=1, export_wait_s=5) as port:
        await long_log(scenario)
        who = await organizer(scenario)
        for _ in range(3):
            async with asking(scenario, port, who) as reader:
                await reader.readexactly(2000)
            await until_none_reads(scenario)


async def test_a_client_that_reads_nothing_is_hung_up_on_in_time(database: str) -> None:
    async with ledger_scenario(database) as scenario, served(database, export_s=2) as port:
        await long_log(scenario)
        async with asking(scenario, port, await organizer(scenario)) as reader:
            await until_none_reads(scenario)
            async with asyncio.timeout(WAIT_S):
                rest = await reader.read(-1)
            # Cut, and not ended: nobody takes it for a whole file.
            assert not rest.endswith(b"0\r\n\r\n")
