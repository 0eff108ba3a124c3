"""`toteboard serve`: everything that has to run, started in order and stopped in order."""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
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
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="To try things on: points only, accounts by invitation, and it says so.")
    ] = False,
) -> None:
    """Run Toteboard: the API, the feed and the pages, with its database. Ctrl-C stops all of it."""
    settings = Settings.read(role=role, postgres=postgres and str(postgres), sandbox=sandbox or None)
    log_as(settings.log_format)
    with terminating_is_interrupting(), ExitStack() as stack:
        listening = stack.enter_context(listen(host, port))
        metrics = (
            stack.enter_context(metrics_listener(metrics_host, metrics_port)) if metrics_port is not None else None
        )
        dsn, settings = stack.enter_context(served_database(data, settings))
        admin = asyncio.run(_has_admin(dsn))
        url = url_of(host, listening)
        if settings.sandbox:
            stack.enter_context(_simulated(dsn, settings, url))
        note(
            f"Toteboard is at {url}" if settings.role is ProcessRole.ALL else f"Toteboard's {settings.role} is at {url}"
        )
        if not admin:
            note("Nobody can create a tournament yet. In another terminal, with the same --data:")
            note(f"    toteboard admin create{same_data(data)}")
        if metrics is not None:
            note(f"Prometheus finds its metrics at http://{metrics_host}:{metrics.port}/metrics")
        if settings.sandbox:
            note(
                "A sandbox: points only, and accounts by invitation. Simulated bettors come where an organizer asks for them."
            )
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


@contextmanager
def _simulated(dsn: str, settings: Settings, url: str) -> Iterator[None]:
    """A sandbox's simulated bettors run while the block does, beside a process of all roles.

    Raises Failed where people play for money here.
    """
    from toteboard.sandbox.children import SimulatedPeople
    from toteboard.sandbox.preparing import for_money, prepare_company

    played = asyncio.run(for_money(dsn))
    if played is not None:
        raise Failed(f"{played!r} is played for money here: a sandbox has a database (--data) of its own")
    if settings.role is not ProcessRole.ALL:
        yield
        return
    with SimulatedPeople.of_sandbox(asyncio.run(prepare_company(dsn)), url=url).running():
        yield


async def _has_admin(dsn: str) -> bool:
    async with Reader.opened(dsn) as reader, reader.read() as conn:
        return await admins.count(conn) > 0
