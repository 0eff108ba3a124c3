"""`toteboard doctor`: looks at an installation as a whole, and says what to do about what it finds."""

import asyncio
import os
import resource
import shutil
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Annotated, Literal
from urllib.parse import urlsplit

import asyncpg
import httpx
import typer

from toteboard.cli.database import database, reached
from toteboard.cli.terminal import DATA, Data, Failed, Json, say_json
from toteboard.embedded.unavailable import DatabaseUnavailable
from toteboard.http.address import lan_address
from toteboard.http.connections import FILES_OF_OURS
from toteboard.ledger.ledger import Reader
from toteboard.ledger.logins import owns_ledger
from toteboard.ledger.migrate import MigrationRefused, pending
from toteboard.ledger.operating import backups
from toteboard.ledger.operating.backups import Remembered, Stream
from toteboard.settings import Settings

# What is well: a clock this close, a page on disk this soon, so much of the disk free, a backup of today, a drill of late.
CLOCK_S, FSYNC_MS, FREE, BACKUP_H, DRILL_D = 2.0, 10.0, 0.1, 26.0, 35.0
CERTIFICATE_D = 14
FSYNCS, PAGE = 40, 8192
ASK_S = 5.0

Verdict = Literal["ok", "warn", "bad"]
_SHOWN = {"ok": "ok  ", "warn": "warn", "bad": "BAD "}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do where it is not well."""

    what: str
    verdict: Verdict
    text: str
    do: str = ""


def doctor(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port that it serves on, or is going to.")] = 8000,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Look at this installation: database, clock, disk, open files, port, public address, backups. Changes nothing.

    Exit code 0: nothing is bad. 1: something is, and is named with what to do.
    """
    found = list(_findings(Settings.read(), data, port))
    if as_json:
        say_json([asdict(finding) for finding in found])
    else:
        for finding in found:
            typer.echo(f"{_SHOWN[finding.verdict]}  {finding.what}: {finding.text}")
            if finding.do:
                typer.echo(f"      → {finding.do}")
    if any(finding.verdict == "bad" for finding in found):
        raise typer.Exit(1)


def _findings(settings: Settings, data: Path, port: int) -> Iterator[Finding]:
    yield from _database(settings, data)
    if not settings.database_url and not settings.app_database_url:
        yield from _folder(data)
    yield _files(settings)
    yield from _serving(settings, port)


# The database ---------------------------------------------------------------------------------------------------------


def _database(settings: Settings, data: Path) -> Iterator[Finding]:
    if not settings.database_url and not settings.app_database_url and not (data / "secret").exists():
        yield Finding("Database", "warn", f"none in {data} yet", "`toteboard serve` makes it; or name it with --data")
        return
    try:
        with database(data, settings, up_to_date=False) as dsn:
            began = time.perf_counter()
            theirs = reached(backups.now_of(dsn))
            answered_ms = (time.perf_counter() - began) * 1000
            yield Finding("Database", "ok", f"answers in {answered_ms:.0f} ms, a connection included")
            yield _clock((theirs - datetime.now(UTC)).total_seconds())
            yield from _migrated(dsn)
            if settings.database_url or settings.app_database_url:
                yield _login(settings, dsn)
            with suppress(asyncpg.UndefinedTableError):
                last, streams = asyncio.run(_backups(dsn))
                yield from _backed_up(last, streams)
    except (DatabaseUnavailable, Failed) as why:
        yield Finding("Database", "bad", str(why), "mend what the line says; bets are answered 503 until then")


def _clock(off_s: float) -> Finding:
    if abs(off_s) <= CLOCK_S:
        return Finding("Clock", "ok", f"{abs(off_s) * 1000:.0f} ms from the database's")
    return Finding(
        "Clock",
        "bad",
        f"{abs(off_s):.1f} s from the database's",
        "let NTP set both clocks: closing times are the database's",
    )


def _migrated(dsn: str) -> Iterator[Finding]:
    try:
        report = reached(pending(dsn))
    except MigrationRefused as why:
        yield Finding("Schema", "bad", str(why), "do what the line says before you serve")
        return
    if report.is_newer:
        yield Finding("Schema", "ok", "a newer Toteboard has migrated it; this one goes on beside it")
    elif report:
        many = len(report.applied) + len(report.functions)
        yield Finding("Schema", "warn", f"{many} files are to be applied", "back up, then `toteboard migrate`")
    else:
        yield Finding("Schema", "ok", "up to date")


def _login(settings: Settings, dsn: str) -> Finding:
    if not reached(owns_ledger(settings.app_database_url or dsn)):
        return Finding("Login", "ok", "who serves owns nothing")
    return Finding(
        "Login", "warn", "who serves owns the tables", "give it TOTEBOARD_APP_DATABASE_URL, as docs/operating.md says"
    )


async def _backups(dsn: str) -> tuple[list[Remembered], list[Stream]]:
    async with Reader.opened(dsn) as reader, reader.read() as conn:
        return await backups.last(conn), await backups.streams(conn)


def _backed_up(last: list[Remembered], streams: list[Stream]) -> Iterator[Finding]:
    by_kind = {one.kind: one for one in last}
    taken, drilled = by_kind.get("taken"), by_kind.get("drilled")
    if taken is None:
        yield Finding(
            "Backup", "bad", "none was ever taken", "`toteboard backup --follow --to` a folder on another disk"
        )
    else:
        hours = _since(taken.at) / 3600
        old = Finding("Backup", "bad", f"the last is {hours:.0f} hours old", "look why `toteboard backup` does not run")
        yield old if hours > BACKUP_H else Finding("Backup", "ok", f"{hours:.0f} hours old, in {taken.place}")
    if drilled is None:
        yield Finding("Drill", "warn", "no backup was ever tried", "`toteboard drill --from` where they are")
    elif not drilled.whole:
        yield Finding("Drill", "bad", "the one that was tried is not whole", "docs/operating.md, ToteboardDrillFailed")
    else:
        days = _since(drilled.at) / 86_400
        late = Finding("Drill", "warn", f"the last was {days:.0f} days ago", "`toteboard drill` once a month")
        yield late if days > DRILL_D else Finding("Drill", "ok", f"{days:.0f} days ago: whole")
    for stream in streams:
        if not stream.streams:
            yield Finding(
                "Replica", "bad", f"{stream.name} takes nothing", "start it, or drop its slot: WAL is kept for it"
            )
        else:
            yield Finding("Replica", "ok", f"{stream.name} is {(stream.behind_bytes or 0) / 1e6:.1f} MB behind")


def _since(at: datetime) -> float:
    return (datetime.now(UTC) - at).total_seconds()


# This machine ---------------------------------------------------------------------------------------------------------


def _folder(data: Path) -> Iterator[Finding]:
    if not data.exists():
        return
    usage = shutil.disk_usage(data)
    free = usage.free / usage.total
    room = f"{usage.free / 1e9:.1f} GB of {usage.total / 1e9:.0f} free ({free:.0%})"
    if free >= FREE:
        yield Finding("Disk", "ok", room)
    else:
        yield Finding("Disk", "warn" if free >= FREE / 2 else "bad", room, "make room: a full disk takes no bets")
    with suppress(OSError):
        mode = (data / "secret").stat().st_mode & 0o077
        if mode:
            yield Finding("Secret", "bad", "others on this machine may read it", f"chmod 600 {data / 'secret'}")
    try:
        ms = _fsync_ms(data)
    except OSError as why:
        yield Finding("Disk speed", "warn", f"could not be tried in {data}: {why.strerror}", "run this as who serves")
        return
    text = f"{ms:.1f} ms to have a page safe"
    slow = Finding("Disk speed", "warn", text, "each set of bets waits for this once: an SSD takes less than 10 ms")
    yield Finding("Disk speed", "ok", text) if ms <= FSYNC_MS else slow


def _fsync_ms(folder: Path) -> float:
    """The middle of some: how long a page takes to be on disk, as each commit does."""
    path = folder / f".doctor-{os.getpid()}"
    took = []
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        for _ in range(FSYNCS):
            began = time.perf_counter()
            os.pwrite(file, os.urandom(PAGE), 0)
            os.fdatasync(file) if hasattr(os, "fdatasync") else os.fsync(file)
            took.append((time.perf_counter() - began) * 1000)
    finally:
        os.close(file)
        path.unlink()
    return median(took)


def _files(settings: Settings) -> Finding:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = settings.connections_max + FILES_OF_OURS
    if hard == resource.RLIM_INFINITY or hard >= wanted:
        return Finding("Open files", "ok", f"{settings.connections_max:,} connections may be open")
    return Finding(
        "Open files",
        "warn",
        f"this user may open {hard:,}, for {settings.connections_max:,} connections {wanted:,} are needed",
        "raise it: LimitNOFILE= of systemd, ulimits of a container; or lower TOTEBOARD_CONNECTIONS_MAX",
    )


# How it is reached ----------------------------------------------------------------------------------------------------


def _serving(settings: Settings, port: int) -> Iterator[Finding]:
    here = f"http://127.0.0.1:{port}"
    told = _server(here)
    if told is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                yield Finding("Port", "bad", f"{port} is somebody else's", "choose another with --port")
                return
        yield Finding("Port", "ok", f"{port} is free: nothing serves there now")
    else:
        yield Finding("Port", "ok", f"Toteboard {told['version']} serves at {here}")
    if settings.public_url:
        yield from _public(settings)
    elif told is not None:
        yield _in_the_hall(port)


def _server(url: str) -> "dict[str, str] | None":
    with suppress(httpx.HTTPError, ValueError):
        # Trusting whom this machine trusts, a hall's own authority among them.
        trusted = ssl.create_default_context()
        answer = httpx.get(f"{url}/api/server", verify=trusted, trust_env=False, timeout=ASK_S)
        if answer.json().get("name") == "Toteboard":
            return dict(answer.json())
    return None


def _in_the_hall(port: int) -> Finding:
    """Whether phones in the same network get through, as far as this machine can tell."""
    address = lan_address()
    if address is None:
        return Finding("Phones", "warn", "this machine is in no network", "join the hall's")
    if _server(f"http://{address}:{port}") is None:
        way = "serve with --host 0.0.0.0, and open the firewall"
        return Finding("Phones", "warn", f"nothing answers at http://{address}:{port}", way)
    text = f"http://{address}:{port} answers here; try it once on a phone, as a network may part its guests"
    return Finding("Phones", "ok", text)


def _public(settings: Settings) -> Iterator[Finding]:
    url = settings.public_url.rstrip("/")
    parts = urlsplit(url)
    told = _server(url)
    if told is None:
        yield Finding(
            "Public address", "bad", f"{url} leads to no Toteboard", "look at the name, proxy and certificate"
        )
        return
    yield Finding("Public address", "ok", f"{url} answers")
    seen = told.get("proxies", "")
    if seen == "untrusted":
        text = "it forwards, and is not trusted: everybody has its address"
        yield Finding("Proxy", "bad", text, "TOTEBOARD_TRUSTED_PROXIES=1")
    elif seen == "missing":
        text = "one is trusted and names nobody: whoever comes past it may write any address"
        yield Finding("Proxy", "bad", text, "let it append to X-Forwarded-For, or TOTEBOARD_TRUSTED_PROXIES=0")
    else:
        yield Finding("Proxy", "ok", "counted as it forwards" if seen == "trusted" else "there is none")
    if parts.scheme == "https" and parts.hostname:
        yield _certificate(parts.hostname, parts.port or 443)
    elif parts.scheme == "http":
        yield Finding(
            "TLS", "warn", "passwords cross the network in the open", "put Caddy or nginx in front (deploy/proxy)"
        )


def _certificate(host: str, port: int) -> Finding:
    try:
        with (
            socket.create_connection((host, port), ASK_S) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            ends = ssl.cert_time_to_seconds(str((wrapped.getpeercert() or {})["notAfter"]))
    except (OSError, KeyError) as why:
        return Finding("Certificate", "bad", f"{host}: {why}", "browsers refuse it: renew it, or name it rightly")
    days = (ends - time.time()) / 86_400
    if days < CERTIFICATE_D:
        return Finding("Certificate", "warn", f"ends in {days:.0f} days", "look why it was not renewed")
    return Finding("Certificate", "ok", f"for {days:.0f} more days")
