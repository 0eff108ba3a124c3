"""Runs the application under uvicorn with our protocol classes: one process, or several on one port."""

import socket
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from toteboard.api.front import FrontProtocol
from toteboard.app import Toteboard
from toteboard.feed.socket import uvicorn_options
from toteboard.settings import Settings

BACKLOG = 4096
KEEP_ALIVE_S = 75
# Long answers get this long to end when we stop; feeds are closed at once.
GRACE_S = 5


class PortTaken(Exception):
    """The text is one line for people."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"port {port} on {host} cannot be used ({error.strerror}): choose another with --port"
        ) from None
    listening.listen(BACKLOG)
    listening.set_inheritable(True)
    return listening


def config(settings: Settings, app: Any, **more: Any) -> uvicorn.Config:
    """uvicorn as we need it. Proxy headers are counted by ourselves (api/auth.py)."""
    return uvicorn.Config(
        app,
        http=FrontProtocol,
        loop="uvloop",
        lifespan="on",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        **uvicorn_options(settings),
        **more,
    )


def serve(settings: Settings, *, host: str, port: int, workers: int = 1, sock: socket.socket | None = None) -> None:
    """Serves until told to stop. With several workers the settings must stand in the environment as well."""
    listening = sock or listen(host, port)
    try:
        if workers > 1:
            several = config(settings, "toteboard.app:create", factory=True, workers=workers)
            Multiprocess(several, target=uvicorn.Server(several).run, sockets=[listening]).run()
        else:
            uvicorn.Server(config(settings, Toteboard(settings))).run(sockets=[listening])
    finally:
        listening.close()
