"""`toteboard sandbox`: a server with a tournament to play with, and the processes that play in it."""

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from toteboard.cli.database import served_database
from toteboard.cli.import_ import moment_of, plan_of_file, read_path, span_of
from toteboard.cli.listening import free_port, listen, metrics_listener, reachable, url_of
from toteboard.cli.serve import Host, MetricsHost, MetricsPort, Port, Workers, run_server
from toteboard.cli.terminal import Data, Postgres, log_as, note
from toteboard.imports.file import FileOptions
from toteboard.sandbox.children import IdentityProvider, SimulatedPeople
from toteboard.sandbox.preparing import kept_secret, prepare
from toteboard.settings import Settings


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
    postgres: Postgres = None,
    metrics_host: MetricsHost = "127.0.0.1",
    metrics_port: MetricsPort = None,
) -> None:
    """Run Toteboard with a tournament to play with: demo people, demo money, bets that keep coming.

    Never with real money: anybody may sign in as organizer.
    """
    settings = Settings.read(postgres=postgres and str(postgres))
    now = datetime.now(UTC).replace(microsecond=0)
    read = read_path(file, FileOptions(name="")) if file else None
    plan = plan_of_file(read, file) if read and file else None
    first_at, spacing = moment_of(first_match_at, UTC, now=now), span_of(every)
    log_as(settings.log_format)
    with ExitStack() as stack:
        listening = stack.enter_context(listen(host, port))
        metrics = (
            stack.enter_context(metrics_listener(metrics_host, metrics_port)) if metrics_port is not None else None
        )
        dsn, settings = stack.enter_context(served_database(data, settings))
        url = url_of(host, listening)
        port = kyc_port or free_port(host)
        provider = IdentityProvider(
            host, port, url=f"http://{reachable(host)}:{port}", webhook=f"{url}/api/kyc/webhook/sandbox"
        )
        settings = settings.changed(
            demo=True,
            sandbox=False,
            kyc_sandbox_url=provider.url,
            kyc_sandbox_secret=provider.secret,
        )
        scene = asyncio.run(
            prepare(
                dsn,
                plan,
                file_name=file.name if file else "demo",
                sha256=read.sha256 if read else bytes(32),
                now=now,
                first_at=first_at,
                every=spacing,
            )
        )
        stack.enter_context(provider.running())
        secret = kept_secret(data)
        people = SimulatedPeople.of_demo(scene, url=url, secret=secret, rate=rate, bettors=bettors)
        stack.enter_context(people.running())
        note(f"The sandbox is at {url}")
        note("“Try it as a bettor” and “Try it as the organizer” there sign you in with one click; no password.")
        note(f"The tournament: {url}/t/{scene.slug}")
        note(f"{bettors} simulated bettors, about {rate:g} bets a second. Ctrl-C stops everything.")
        if metrics is not None:
            note(f"Prometheus finds its metrics at http://{metrics_host}:{metrics.port}/metrics")
        run_server(settings, listening, workers, metrics)
