"""The port a server listens on, taken before anything is started, and the address it is reached by. Starts nothing."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from toteboard.cli.terminal import DATA, Failed
from toteboard.http.address import ANY_ADDRESS, lan_address
from toteboard.settings import BACKLOG

if TYPE_CHECKING:
    from toteboard.metrics.listener import Listener


def listen(host: str, port: int) -> socket.socket:
    """A socket that holds the port from now on: a taken one is said before anything is started. Raises Failed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise Failed(f"{host!r} is not an address of this machine; choose another with --host", 2) from None
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
        # Who comes early waits in the queue instead of being turned away.
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise Failed(_why_not(error, host, port)) from None
    listening.set_inheritable(True)
    return listening


@contextmanager
def metrics_listener(host: str, port: int) -> "Iterator[Listener]":
    """The port that metrics are scraped at, held while the block runs. Raises Failed."""
    # Only here: prometheus-client takes its time to load, and most commands do without.
    from toteboard.metrics.listener import Listener

    try:
        listener = Listener(host, port)
    except (OSError, UnicodeError) as error:
        why = _why_not(error, host, port, "metrics-") if isinstance(error, OSError) else str(error)
        raise Failed(why) from None
    try:
        yield listener
    finally:
        listener.close()


def _why_not(error: OSError, host: str, port: int, of: str = "") -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken; choose another with --{of}port"
    if error.errno == errno.EACCES:
        return f"Port {port} is not for ordinary users; choose one from 1024 up with --{of}port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine; choose another with --{of}host"
    return f"cannot listen on {host} port {port}: {error.strerror}"


def url_of(host: str, listening: socket.socket) -> str:
    """The address a browser of this network opens."""
    return f"http://{reachable(host)}:{listening.getsockname()[1]}"


def same_data(data: Path) -> str:
    """The option that names this folder in another command; empty for the default."""
    return "" if data == Path(os.environ.get("TOTEBOARD_DATA", DATA)) else f" --data {data}"


def reachable(host: str) -> str:
    """The host that a browser of this network can ask for: of all our addresses, the one that leads out."""
    if host not in ANY_ADDRESS:
        return f"[{host}]" if ":" in host else host
    return lan_address() or "127.0.0.1"


def free_port(host: str) -> int:
    """A port of this address that nobody has now."""
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as free:
        return int(free.getsockname()[1])
