"""How the database is reached: a connection on which nothing is heard any more is given up at both ends.

A network between us and PostgreSQL can lose every packet without a word. We would wait for an answer for a quarter of an
hour, TCP's own patience; and PostgreSQL would keep, for two hours, the locks of a transaction whose rest never comes.
"""

import socket
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    _Connection = asyncpg.Connection[asyncpg.Record]
else:
    _Connection = asyncpg.Connection

# No longer than this is waited for a packet to be acknowledged, nor for a sign of life of the other end.
SILENT_S = 10
PROBE_AFTER_S, PROBE_EVERY_S, PROBES_MAX = 4, 2, 3
# A transaction in which nothing is asked for so long is undone, and what it locked is free: a change that locks what bets
# need sooner than a set of them is given up; a reader, and whoever compares a whole file, may think longer.
CHANGE_IDLE_S = 5
THINKING_IDLE_S = 60

# What PostgreSQL does for its end of the connection.
AT_ITS_END = {
    "idle_in_transaction_session_timeout": f"{THINKING_IDLE_S}s",
    "tcp_user_timeout": f"{SILENT_S}s",
    "tcp_keepalives_idle": f"{PROBE_AFTER_S}s",
    "tcp_keepalives_interval": f"{PROBE_EVERY_S}s",
    "tcp_keepalives_count": str(PROBES_MAX),
}
# And the system for ours. Not every system has them all by these names.
_AT_OUR_END = (
    ("TCP_USER_TIMEOUT", SILENT_S * 1000),
    ("TCP_KEEPIDLE", PROBE_AFTER_S),
    ("TCP_KEEPINTVL", PROBE_EVERY_S),
    ("TCP_KEEPCNT", PROBES_MAX),
)


class BoundedConnection(_Connection):
    """A connection whose end is noticed. Through a unix socket it is as any other."""

    def __init__(self, protocol: Any, transport: Any, *more: Any):
        super().__init__(protocol, transport, *more)
        here = transport.get_extra_info("socket")
        if here.family in (socket.AF_INET, socket.AF_INET6):
            here.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in _AT_OUR_END:
                if hasattr(socket, name):
                    here.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


async def connected(dsn: str, settings: dict[str, str], *, timeout_s: float, answer_s: float) -> "_Connection":
    """A connection of its own: made within `timeout_s`, and no question waits longer than `answer_s`.

    Raises one of OUTAGES (ledger/ledger.py).
    """
    return await asyncpg.connect(
        dsn,
        connection_class=BoundedConnection,
        server_settings=AT_ITS_END | settings,
        timeout=timeout_s,
        command_timeout=answer_s,
    )
