"""`toteboard serve` and `toteboard sandbox`: everything that has to run, started in order and stopped in order."""

import asyncio
import errno
import os
import socket
from contextlib import ExitStack, suppress
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from toteboard.cli import playground
from toteboard.cli.database import database
from toteboard.cli.files import moment_of, read_file, span_of
from toteboard.cli.terminal import DATA, Data, Failed, note
from toteboard.ledger import admins
from toteboard.ledger.ledger import Ledger
from toteboard.settings import Settings

WORKERS_MAX = 16
BACKLOG = 2048

Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for the whole network.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes any that is free.")]
Workers = Annotated[int, typer.Option(min=1, max=WORKERS_MAX, help="Server processes.")]


def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    data: Data = DATA,
) -> None:
    """Run Toteboard: the API, the feed and the pages, with its database. Ctrl-C stops all of it."""
    settings = Settings.read()
    with ExitStack() as stack:
        listening = stack.enter_context(listen(host, port))
        dsn = stack.enter_context(database(data, settings))
        settings = replace(settings, database_url=dsn)
        admin = asyncio.run(_has_admin(dsn))
        url = _url(host, listening)
        note(f"Toteboard is at {url}")
        if not admin:
            note("Nobody can create a tournament yet. In another terminal, with the same --data:")
            note(f"    toteboard admin create{_same(data)}")
        note("Ctrl-C stops it.")
        _serve(settings, host, listening, workers)


def sandbox(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Workers = 1,
    data: Data = Path("./toteboard-sandbox"),
    file: Annotated[Path | None, typer.Option(help="Play this World Cup JSON or CSV instead of the demo.")] = None,
    first_match_at: Annotated[str, typer.Option(metavar="now+5m", help="With --file: when it begins.")] = "now+5m",
    every: Annotated[str, typer.Option(metavar="5m", help="With --file: one match after the other.")] = "5m",
    rate: Annotated[float, typer.Option(min=0, max=200, help="Simulated bets a second; 0: nobody bets.")] = 4.0,
    bettors: Annotated[int, typer.Option(min=1, max=24, help="Simulated bettors.")] = 24,
    kyc_port: Annotated[int, typer.Option(min=0, max=65535, help="The identity provider's; 0: any free one.")] = 0,
) -> None:
    """Run Toteboard with a tournament to play with: demo people, demo money, bets that keep coming.

    Never with real money: anybody may sign in as organizer.
    """
    settings = Settings.read()
    now = datetime.now(UTC).replace(microsecond=0)
    read = read_file(file) if file else None
    first_at, spacing = moment_of(first_match_at, UTC, now=now), span_of(every)
    with ExitStack() as stack:
        listening = stack.enter_context(listen(host, port))
        dsn = stack.enter_context(database(data, settings))
        url = _url(host, listening)
        provider = playground.Provider(host, kyc_port, webhook=f"{url}/api/kyc/webhook/sandbox")
        settings = replace(
            settings,
            database_url=dsn,
            sandbox=True,
            kyc_sandbox_url=provider.url,
            kyc_sandbox_secret=provider.secret,
        )
        scene = asyncio.run(
            playground.prepare(
                dsn,
                read.plan if read else None,
                file_name=file.name if file else "demo",
                sha256=read.sha256 if read else bytes(32),
                now=now,
                first_at=first_at,
                every=spacing,
            )
        )
        stack.enter_context(provider.running())
        secret = playground.kept_secret(data)
        people = playground.People(scene, url=url, secret=secret, rate=rate, bettors=bettors)
        stack.enter_context(people.running())
        note(f"The sandbox is at {url}")
        note("“Try it as a bettor” and “Try it as the organizer” there sign you in with one click; no password.")
        note(f"The tournament: {url}/t/{scene.slug}")
        note(f"{bettors} simulated bettors, about {rate:g} bets a second. Ctrl-C stops everything.")
        _serve(settings, host, listening, workers)


def _serve(settings: Settings, host: str, listening: socket.socket, workers: int) -> None:
    """Until Ctrl-C or SIGTERM; then whatever stands above is stopped. A second Ctrl-C waits for nobody's requests."""
    # Only here: the whole application takes its time to load, and most commands do without.
    from toteboard import serving

    # Worker processes read their settings from the environment.
    os.environ.update(
        {
            f"TOTEBOARD_{knob.name.upper()}": str(int(value) if isinstance(value, bool) else value)
            for knob in fields(settings)
            if (value := getattr(settings, knob.name)) != knob.default
        }
    )
    began = True
    # uvicorn has stopped in order and passes the signal on, unless we were started with it ignored, as a background job is.
    with suppress(KeyboardInterrupt):
        began = serving.serve(settings, listening=listening, workers=workers)
    if not began:
        raise Failed("the server did not start; the lines above say why")
    note("Stopping.")


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


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken; choose another with --port"
    if error.errno == errno.EACCES:
        return f"Port {port} is not for ordinary users; choose one from 1024 up with --port"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is not an address of this machine; choose another with --host"
    return f"cannot listen on {host} port {port}: {error.strerror}"


def _url(host: str, listening: socket.socket) -> str:
    return f"http://{playground.reachable(host)}:{listening.getsockname()[1]}"


def _same(data: Path) -> str:
    return "" if data == DATA else f" --data {data}"


async def _has_admin(dsn: str) -> bool:
    ledger = Ledger(dsn, pool_max=2)
    await ledger.start()
    try:
        async with ledger.read() as conn:
            return await admins.count(conn) > 0
    finally:
        await ledger.stop()
