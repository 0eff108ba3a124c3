"""The bus between processes: NATS, by its own client. Knows no board and no SQL; what it carries stands in bus_messages.py.

    committed        tournaments in which something was committed, said by who committed it
    people           whose sessions or rights changed
    events.<id>      a tournament's events in order, said by the one relay (relay.py)
    beat             the relay lives, and how far it has come

A message may be lost: the numbers of events and the beats tell what is missing, and PostgreSQL has it (docs/adr/0050).
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING

from toteboard.background import Loops
from toteboard.feed import bus_messages
from toteboard.feed.board import Event
from toteboard.ledger.feeds import Head

if TYPE_CHECKING:
    from nats.aio.client import Client
    from nats.aio.msg import Msg

log = logging.getLogger("toteboard.feed")

CONNECT_WAIT_S = 3.0
# A server from which nothing comes back to so many pings, so often, is gone.
PING_EVERY_S, PINGS_MAX = 1, 2
# How often the relay shows that it lives, and after how long a silence it is not believed in any more.
BEAT_S = 0.25
SILENT_S = 1.0
# How often we look whether it has fallen silent.
LOOK_S = 0.25
# Bytes that wait here for a slow process of ours; what is more is dropped, and found missing.
PENDING_MAX = 32_000_000


class Subject(StrEnum):
    """What is said, after the prefix that keeps two installations on one NATS apart."""

    COMMITTED = "committed"
    PEOPLE = "people"
    EVENTS = "events"
    BEAT = "beat"


class BusAway(Exception):
    """NATS cannot be asked now. Nothing is lost by it: PostgreSQL has everything."""


class Bus:
    """One process's place on the bus. Listeners are called in the order of what came, and may not block."""

    def __init__(self, url: str, prefix: str, *, hears_commits: bool, hears_events: bool):
        self._servers = [server.strip() for server in url.split(",")]
        self._prefix = prefix
        # Who reads no events asks NATS for none.
        self._subjects = [">"] if hears_events else [Subject.PEOPLE, *([Subject.COMMITTED] if hears_commits else [])]
        self._client: Client | None = None
        self._closed = asyncio.Event()
        self._beat_at: float | None = None
        self._was_heard = False
        # Since the start.
        self.said = self.heard = self.unreadable = self.dropped = self.silences = 0
        self._on_numbers: dict[Subject, list[Callable[[int], None]]] = {Subject.COMMITTED: [], Subject.PEOPLE: []}
        self._on_events: list[Callable[[int, str, list[Event]], None]] = []
        self._on_beat: list[Callable[[dict[int, Head]], None]] = []
        self._on_change: list[Callable[[], None]] = []

    def on_committed(self, listener: Callable[[int], None]) -> None:
        """Told a tournament in which something was committed."""
        self._on_numbers[Subject.COMMITTED].append(listener)

    def on_people(self, listener: Callable[[int], None]) -> None:
        """Told whose sessions or rights changed."""
        self._on_numbers[Subject.PEOPLE].append(listener)

    def on_events(self, listener: Callable[[int, str, list[Event]], None]) -> None:
        """Told events: tournament, epoch, and some that follow one another."""
        self._on_events.append(listener)

    def on_beat(self, listener: Callable[[dict[int, Head]], None]) -> None:
        """Told how far the relay has told the tournaments of the last moments."""
        self._on_beat.append(listener)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Told when the relay is heard again, and when no longer."""
        self._on_change.append(listener)

    @property
    def connected(self) -> bool:
        """Whether NATS takes what we say, as far as is known."""
        return self._client is not None and self._client.is_connected and not self._closed.is_set()

    @property
    def is_heard(self) -> bool:
        """Whether events come from here: the relay was heard of in the last SILENT_S seconds."""
        return self.connected and self._beat_at is not None and monotonic() - self._beat_at < SILENT_S

    @property
    def beat_age_s(self) -> float | None:
        """Seconds since the relay's last beat; None before the first on this connection."""
        return None if self._beat_at is None else monotonic() - self._beat_at

    @asynccontextmanager
    async def running(self, loops: Loops) -> AsyncIterator[None]:
        """It is connected, or tries to be, while the block runs."""
        from nats.errors import Error as NatsError

        away = (OSError, TimeoutError, BusAway, NatsError)
        try:
            async with loops.running("bus", self._step, expected=away):
                yield
        finally:
            await self._drop()

    async def say(self, subject: Subject, message: bytes, *, of: int | None = None) -> None:
        """Publishes a message. Raises BusAway."""
        from nats.errors import Error as NatsError

        client = self._client
        if client is None or not self.connected:
            raise BusAway("the bus is not connected")
        full = f"{self._prefix}.{subject}" if of is None else f"{self._prefix}.{subject}.{of}"
        try:
            await client.publish(full, message)
        except (OSError, TimeoutError, NatsError) as lost:
            raise BusAway(str(lost) or type(lost).__name__) from lost
        self.said += 1

    # The connection

    async def _step(self) -> None:
        try:
            if self._client is None:
                await self._connect()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._closed.wait()
            if self._closed.is_set():
                raise BusAway("the connection to NATS is lost")
            self._look()
        except Exception:
            await self._drop()
            self._look()
            raise

    async def _connect(self) -> None:
        from nats.aio.client import Client

        self._closed.clear()
        client = self._client = Client()
        async with asyncio.timeout(CONNECT_WAIT_S):
            # We come again by ourselves: what the client kept for later would be old by then.
            await client.connect(
                self._servers,
                name="toteboard",
                allow_reconnect=False,
                max_reconnect_attempts=1,
                connect_timeout=1,
                ping_interval=PING_EVERY_S,
                max_outstanding_pings=PINGS_MAX,
                error_cb=self._failed,
                closed_cb=self._lost,
            )
            # One subscription for all that a feed hears, so that a beat does not overtake the events before it.
            for subject in self._subjects:
                await client.subscribe(f"{self._prefix}.{subject}", cb=self._came, pending_bytes_limit=PENDING_MAX)
            await client.flush(timeout=1)
        log.info("the bus is connected")

    async def _drop(self) -> None:
        client, self._client, self._beat_at = self._client, None, None
        if client is not None:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(CONNECT_WAIT_S):
                    await client.close()

    async def _lost(self) -> None:
        self._closed.set()

    async def _failed(self, error: Exception) -> None:
        from nats.errors import SlowConsumerError

        if isinstance(error, SlowConsumerError):
            self.dropped += 1
        log.debug("the bus: %s", error)

    def _look(self) -> None:
        """Tells the listeners where events begin to come from here, or come no longer."""
        heard = self.is_heard
        if heard == self._was_heard:
            return
        self._was_heard = heard
        if heard:
            log.info("events come from the bus")
        else:
            self.silences += 1
            log.warning("the bus is silent: events come from the database")
        for listener in self._on_change:
            listener()

    # What comes

    async def _came(self, message: "Msg") -> None:
        subject, _, rest = message.subject.removeprefix(self._prefix + ".").partition(".")
        self.heard += 1
        try:
            self._take(subject, rest, message.data)
        except bus_messages.Unreadable as why:
            self.unreadable += 1
            log.debug("a message of the bus on %s is not ours: %s", message.subject, why)
        except Exception:
            log.exception("a message of the bus could not be taken")

    def _take(self, subject: str, rest: str, data: bytes) -> None:
        match subject:
            case Subject.EVENTS:
                epoch, events = bus_messages.events_of(data)
                for told in self._on_events:
                    told(bus_messages.number_of(rest), epoch, events)
            case Subject.BEAT:
                heads = bus_messages.heads_of(data)
                self._beat_at = monotonic()
                # Before the heads: who comes back to the bus compares all boards first.
                self._look()
                for beaten in self._on_beat:
                    beaten(heads)
            case Subject.COMMITTED | Subject.PEOPLE:
                for number in bus_messages.numbers_of(data):
                    for listener in self._on_numbers[Subject(subject)]:
                        listener(number)
            case _:
                raise bus_messages.Unreadable("no such subject")
