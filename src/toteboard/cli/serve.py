"""`toteboard serve`: everything that has to run, started in order and stopped in order."""

import asyncio
import os
import socket
from contextlib import ExitStack, suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from toteboard.cli.database import served_database, terminating_is_interrupting
from toteboard.cli.listening import listen, metrics_listener, same_data, url_of
from toteboard.cli.terminal import DATA, Data, Failed, Postgres, log_as, note
from toteboard.ledger.ledger import Reader
from toteboard.ledger.people import admins
from toteboard.settings import ProcessRole, Settings

if TYPE_CHECKING:
    from toteboard.metrics.listener import Listener

WORKERS_MAX = 16

Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for the whole network.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes any that is free.")]
MetricsHost = Annotated[str, typer.Option(help="The address that metrics are at.")]
MetricsPort = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="The port that Prometheus scrapes; none without it, 0 takes any that is free."),
]
Workers = Annotated[int, typer.Option(min=1, max=WORKERS_MAX, help="Server processes.")]
Role = Annotated[
    ProcessRole | None,
    typer.Option(help="What these processes do; api, feed and worker run beside each other on one database."),
]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    role: Role = None,
    data: Data = DATA,
    postgres: Postgres = None,
    metrics_host: MetricsHost = "127.0.0.1",
    metrics_port: MetricsPort = None,
) -> None:
    """Run Toteboard: the API, the feed and the pages, with its database. Ctrl-C stops all of it."""
    settings = Settings.read(role=role, postgres=postgres and str(postgres))
    log_as(settings.log_format)
    with terminating_is_interrupting(), ExitStack() as stack:
        listening = stack.enter_context(listen(host, port))
        metrics = (
            stack.enter_context(metrics_listener(metrics_host, metrics_port)) if metrics_port is not None else None
        )
        dsn, settings = stack.enter_context(served_database(data, settings))
        admin = asyncio.run(_has_admin(dsn))
        url = url_of(host, listening)
        note(
            f"Toteboard is at {url}" if settings.role is ProcessRole.ALL else f"Toteboard's {settings.role} is at {url}"
        )
        if not admin:
            note("Nobody can create a tournament yet. In another terminal, with the same --data:")
            note(f"    toteboard admin create{same_data(data)}")
        if metrics is not None:
            note(f"Prometheus finds its metrics at http://{metrics_host}:{metrics.port}/metrics")
        note("Ctrl-C stops it.")
        run_server(settings, listening, workers, metrics)


def run_server(settings: Settings, listening: socket.socket, workers: int, metrics: "Listener | None" = None) -> None:
    """Until Ctrl-C or SIGTERM; then whatever stands above is stopped. A second Ctrl-C waits for nobody's requests."""
    # Only here: the whole application takes its time to load, and most commands do without.
    from toteboard import serving

    settings = settings.changed(listening=str(listening.getsockname()[0]))
    began = True
    # uvicorn has stopped in order and passes the signal on, unless we were started with it ignored, as a background job is.
    with suppress(KeyboardInterrupt), TemporaryDirectory(prefix="toteboard-") as folder:
        if metrics is not None and workers > 1:
            settings = settings.changed(metrics_folder=folder)
        # Worker processes read their settings from the environment.
        os.environ.update(settings.as_environment())
        began = serving.serve(settings, listening=listening, workers=workers, metrics=metrics)
    if not began:
        raise Failed("the server did not start; the lines above say why")
    note("Stopping.")


async def _has_admin(dsn: str) -> bool:
    async with Reader.opened(dsn) as reader, reader.read() as conn:
        return await admins.count(conn) > 0
