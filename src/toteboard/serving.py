"""Runs the application under uvicorn with our protocol classes: one process, or several on one port."""

import socket
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from toteboard.api.front import FrontProtocol
from toteboard.asgi import Application
from toteboard.feed.socket import uvicorn_options
from toteboard.settings import BACKLOG, Settings

KEEP_ALIVE_S = 75
# Long answers get this long to end when we stop; feeds are closed at once.
GRACE_S = 5


def config(settings: Settings, app: Any, **more: Any) -> uvicorn.Config:
    """uvicorn as we need it. Proxy headers are counted by ourselves (http/address.py)."""
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


def serve(settings: Settings, *, listening: socket.socket, workers: int = 1) -> bool:
    """Serves on a bound socket until told to stop; False where it never began. Workers read their environment's settings."""
    if workers > 1:
        several = config(settings, "toteboard.asgi:create", factory=True, workers=workers)
        Multiprocess(several, sockets=[listening]).run()
        return True
    server = uvicorn.Server(config(settings, Application(settings, is_alone=True)))
    server.run(sockets=[listening])
    return server.started
