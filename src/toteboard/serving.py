"""Runs the application under uvicorn with our protocol classes: one process, or several on one port."""

import multiprocessing
import os
import signal
import socket
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import uvicorn
from setproctitle import setproctitle
from uvicorn.supervisors import Multiprocess

from toteboard import logs
from toteboard.api.front import FrontProtocol
from toteboard.asgi import Application, create
from toteboard.feed.socket import uvicorn_options
from toteboard.http.connections import KEEP_ALIVE_S
from toteboard.metrics.listener import Listener, of_workers
from toteboard.settings import BACKLOG, Settings

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
        # Ours is set up already (logs.py), and everybody's lines look like it.
        log_config=None,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        **uvicorn_options(settings),
        **more,
    )


def worker() -> Application:
    """The application of a worker process (uvicorn's factory): it reads its environment, and ends when its parent does."""
    setproctitle("toteboard worker")
    logs.begin(Settings.read().log_format)
    threading.Thread(target=_end_with_parent, name="end with the parent", daemon=True).start()
    application = create()
    application.connections.fit_open_files()
    return application


def _end_with_parent() -> None:
    """Waits for the parent to end, however it does; then this process stops in order, and at the latest after GRACE_S.

    Without this a parent that was killed leaves workers that hold the port and serve on, unseen by whoever starts again.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE_S + 1)
    os._exit(1)


def serve(settings: Settings, *, listening: socket.socket, workers: int = 1, metrics: Listener | None = None) -> bool:
    """Serves on a bound socket until told to stop; False where it never began. Workers read their environment's settings.

    `metrics` answers while it does, with the figures of this process, or of all its workers (settings.metrics_folder).
    """
    setproctitle(f"toteboard serve {settings.role}, port {listening.getsockname()[1]}")
    if workers > 1:
        several = config(settings, "toteboard.serving:worker", factory=True, workers=workers)
        with metrics.serving(of_workers(Path(settings.metrics_folder))) if metrics else nullcontext():
            Multiprocess(several, sockets=[listening]).run()
        return True
    application = Application(settings, is_alone=True)
    application.connections.fit_open_files()
    server = uvicorn.Server(config(settings, application))
    with metrics.serving(application.figures.collect) if metrics else nullcontext():
        server.run(sockets=[listening])
    return server.started
