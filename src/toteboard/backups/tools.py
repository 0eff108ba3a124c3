"""Runs PostgreSQL's own programs against a database, without its password where others see it. Knows no folder."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from toteboard.backups.place import BackupFailed

SAID_MAX = 2000


def connection(dsn: str) -> tuple[str, dict[str, str]]:
    """An address without its password, and the environment with it: every user of a machine reads its command lines."""
    parts = urlsplit(dsn)
    login, at, where = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    query = parse_qsl(parts.query, keep_blank_values=True)
    password = unquote(password) or dict(query).get("password", "")
    kept = urlencode([(name, value) for name, value in query if name != "password"], quote_via=quote, safe="/")
    environment = os.environ | {"LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})
    return urlunsplit(parts._replace(netloc=f"{user}{at}{where}", query=kept)), environment


def run(
    program: Path, *words: str, environment: Mapping[str, str] | None = None, switch: Mapping[str, object] | None = None
) -> str:
    """What it printed. Raises BackupFailed with its last words."""
    try:
        ran = subprocess.run(  # noqa: S603
            [program, *words],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            check=False,
            env=environment or os.environ | {"LC_ALL": "C"},
            **(switch or {}),  # type: ignore[call-overload]
        )
    except OSError as error:
        raise BackupFailed(f"{program} cannot be run: {error.strerror}") from error
    if ran.returncode != 0:
        raise BackupFailed(last_words(ran.stderr or ran.stdout) or f"{program.name} ended with {ran.returncode}")
    return str(ran.stdout)


def last_words(said: str) -> str:
    """What a program ended with, in one line; hints that lead nowhere left out."""
    lines = [line.strip() for line in said.strip().splitlines() if line.strip() and "removing" not in line]
    return " / ".join(lines[-3:])[-SAID_MAX:]
