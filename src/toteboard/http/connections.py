"""The one place that bounds every connection: how many, how long half a request, how long unread. Knows no route.

Each connection, a request's or a feed's, holds a seat from its first byte to its last. The protocols (http/bounded.py,
feed/socket.py) say in it what they wait for; one look a second ends what waited too long. What is ended is counted by reason.
"""

import asyncio
import logging
from collections import Counter
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Protocol

from toteboard.settings import Settings

try:
    import resource
except ImportError:  # Windows counts no open files.
    resource = None  # type: ignore[assignment]

log = logging.getLogger(__name__)

SWEEP_S = 1.0
# A connection on which nothing is asked for so long ends: a phone that comes back within it needs no new one.
KEEP_ALIVE_S = 75
# Of the files that a process may open, so many are not connections of clients: the database's, logs, the program's own.
FILES_OF_OURS = 200


class Ended(StrEnum):
    """Why the server ended a connection, or did not take it."""

    FULL = "full"
    ADDRESS = "address"
    SLOW = "slow"
    HEADERS = "headers"
    MALFORMED = "malformed"
    PIPELINED = "pipelined"
    UNREAD = "unread"
    FLOODED = "flooded"
    # Nothing was asked on it any more: as ever.
    IDLE = "idle"


class Endable(Protocol):
    """What holds a seat."""

    def end(self, why: Ended) -> None:
        """Ends the connection, with an answer where one can be given."""


class Seat:
    """A connection's place. `waiting_since`: for the rest of a request; `unread_since`: for the client to read;
    `idle_since`: all that was asked is answered.
    """

    __slots__ = ("holder", "idle_since", "network", "unread_since", "waiting_since")

    def __init__(self, holder: Endable, network: str | None, now: float):
        self.holder = holder
        self.network = network
        self.waiting_since: float | None = now
        self.unread_since: float | None = None
        self.idle_since: float | None = None


class Connections:
    """All connections of this process."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._seats: set[Seat] = set()
        self._of_network: Counter[str] = Counter()
        self.most = settings.connections_max
        # Behind a proxy of ours every connection is the proxy's: it bounds them by address.
        self._by_address = settings.trusted_proxies == 0
        self.ended: Counter[Ended] = Counter()
        # Told to stop, and serving on until whoever sends requests has seen that it is not ready (draining.py).
        self.draining = False
        # Stopping: every answer from now on is its connection's last.
        self.stopping = False

    def __len__(self) -> int:
        return len(self._seats)

    def admit(self, holder: Endable, address: str | None, now: float) -> Seat | Ended:
        """A seat, or why there is none; the time is the loop's, in seconds."""
        if len(self._seats) >= self.most:
            self.ended[Ended.FULL] += 1
            return Ended.FULL
        network = network_of(address) if self._by_address and address else None
        if network is not None:
            if self._of_network[network] >= self._settings.connections_address_max:
                self.ended[Ended.ADDRESS] += 1
                return Ended.ADDRESS
            self._of_network[network] += 1
        seat = Seat(holder, network, now)
        self._seats.add(seat)
        return seat

    def leave(self, seat: Seat) -> None:
        """The connection is no more. Once is enough; more does nothing."""
        if seat not in self._seats:
            return
        self._seats.discard(seat)
        if seat.network is not None:
            self._of_network[seat.network] -= 1
            if not self._of_network[seat.network]:
                del self._of_network[seat.network]

    async def sweep(self) -> None:
        """Ends whoever waited too long, for the rest of a request or to read."""
        now = asyncio.get_running_loop().time()
        late, unread = now - self._settings.request_wait_s, now - self._settings.write_wait_s
        for seat in list(self._seats):
            if seat.waiting_since is not None and seat.waiting_since < late:
                seat.holder.end(Ended.SLOW)
            elif seat.unread_since is not None and seat.unread_since < unread:
                seat.holder.end(Ended.UNREAD)
            elif seat.idle_since is not None and seat.idle_since < now - KEEP_ALIVE_S:
                seat.holder.end(Ended.IDLE)

    def fit_open_files(self) -> None:
        """Raises the number of files this process may open, and stays below it; says so where it is too low."""
        if resource is None:
            return
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < hard:
            # macOS says "unlimited" and takes no more than some.
            wanted = hard if hard != resource.RLIM_INFINITY else max(soft, self.most + FILES_OF_OURS)
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
                soft = wanted
            except (ValueError, OSError):
                log.warning("the limit of open files stays at %s", soft)
        if soft != resource.RLIM_INFINITY and soft - FILES_OF_OURS < self.most:
            self.most = max(1, soft - FILES_OF_OURS)
            log.warning(
                "this process may open %s files: it takes %s connections, of which sockets_max asks %s for feeds;"
                " raise the limit with `ulimit -n` or LimitNOFILE=",
                soft,
                self.most,
                self._settings.sockets_max,
            )


def network_of(address: str) -> str:
    """What counts as one client: an IPv4 address; of IPv6 the /64, of which one client has all addresses."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped) if ip.ipv4_mapped else str(ip_network((ip, 64), strict=False).network_address)
    return str(ip)
