"""What the sandbox runs beside the server: its tournament, the identity provider, and the people who bet.

The two processes end with us, whatever ends us: one is told, the other reads a pipe that only we hold open.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from toteboard.api.sessions import API_TOKEN, hash_of, new_token
from toteboard.ledger import admins, people
from toteboard.ledger.imports import ImportOrder, import_plan, is_imported
from toteboard.ledger.ledger import Actor, Change, Ledger
from toteboard.rules.names import slugify
from toteboard.rules.plan import Plan
from toteboard.sandbox.demo import Demo, demo, need_matches, results_of

STOP_S = 5.0
DESK = "desk@sandbox.invalid"
SECRET_FILE = "sandbox-secret"  # noqa: S105 its name
TOKEN_DAYS = 30
TAKEOUT_BPS = 1000
# An address of documentation: nothing is sent there, the system only says from which of ours it would be.
ELSEWHERE = ("192.0.2.1", 9)


@dataclass(frozen=True, slots=True)
class Scene:
    """The tournament that is played, and the organizer's token."""

    slug: str
    token: str
    # By sandbox.demo.result_key: what really happened, where the file knows it.
    results: dict[str, dict[str, Any]]


async def prepare(
    dsn: str, plan: Plan | None, *, file_name: str, sha256: bytes, now: datetime, first_at: datetime, every: timedelta
) -> Scene:
    """Puts the tournament there where it is not yet, and gives its organizer a token. Without a plan it is the demo's.

    Raises ImportRefused, FileRefused.
    """
    played = Demo(slugify(plan.name), "", plan) if plan else demo(now)
    need_matches(played.plan)
    order = ImportOrder(
        slug=played.slug,
        file_name=file_name,
        sha256=sha256,
        subtitle=played.subtitle,
        kyc_provider="sandbox",
        takeout_bps=TAKEOUT_BPS,
        open_markets=True,
        first_at=first_at if plan else None,
        every=every if plan else None,
    )
    ledger = Ledger(dsn, pool_max=2)
    await ledger.start()
    try:
        async with ledger.change(Actor()) as change:
            # A demo that is there already has moved on: its rounds are not played again from the file.
            if plan or not await is_imported(change, played.slug):
                await import_plan(change, played.plan, order)
            return Scene(played.slug, await _desk_token(change), results_of(plan) if plan else {})
    finally:
        await ledger.stop()


async def _desk_token(change: Change) -> str:
    known = await people.credentials(change.conn, DESK)
    user_id = known["id"] if known else None
    if user_id is None:
        user_id = await people.register(change, email=DESK, name="Sandbox desk", password_hash=people.NO_PASSWORD)
        # An admin is an organizer everywhere, also in the next tournament that is played here.
        await admins.promote(change, user_id)
    token = new_token(API_TOKEN)
    await people.start_session(
        change, user_id=user_id, token_hash=hash_of(token), days=TOKEN_DAYS, kind="token", label="sandbox"
    )
    return token.decode()


def kept_secret(data: Path) -> str:
    """What the bettors' passwords are made of; kept under --data so that the next start knows them. Else a new one."""
    path = data / SECRET_FILE
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        fresh = secrets.token_urlsafe(32)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as kept:
            kept.write(fresh)
    except OSError:
        # A database of one's own and no such folder: the next start brings new bettors.
        pass
    return fresh


def reachable(host: str) -> str:
    """The host that a browser of this network can ask for: of all our addresses, the one that leads out."""
    if host not in ("0.0.0.0", "::", ""):  # noqa: S104 compared, not listened on
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outwards:
        try:
            outwards.connect(ELSEWHERE)
            return str(outwards.getsockname()[0])
        except OSError:
            return "127.0.0.1"


class Provider:
    """The sandbox identity provider, a process of its own beside ours."""

    def __init__(self, host: str, port: int, *, webhook: str):
        self.secret = secrets.token_urlsafe(32)
        self._host = host
        self._port = port or _free_port(host)
        self._webhook = webhook
        self.url = f"http://{reachable(host)}:{self._port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        asked = ("--host", self._host, "--port", str(self._port), "--webhook", self._webhook)
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "toteboard.sandbox.provider", *asked],
            env=os.environ | {"TOTEBOARD_KYC_SANDBOX_SECRET": self.secret},
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        with _ending(child):
            yield


class People:
    """Bettors and organizer of a scene, a process of its own that only knows the API."""

    def __init__(self, scene: Scene, *, url: str, secret: str, rate: float, bettors: int):
        self._given = {
            "url": url,
            "tournament": scene.slug,
            "token": scene.token,
            "results": scene.results,
            "secret": secret,
            "rate": rate,
            "bettors": bettors,
        }

    @contextmanager
    def running(self) -> Iterator[None]:
        child = subprocess.Popen(
            [sys.executable, "-m", "toteboard.sandbox"], stdin=subprocess.PIPE, start_new_session=True
        )
        with _ending(child):
            assert child.stdin is not None
            child.stdin.write(json.dumps(self._given).encode() + b"\n")
            child.stdin.flush()
            yield


@contextmanager
def _ending(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """The child reads a pipe that nobody else holds: it ends when we do, also when we are killed.

    It is in a session of its own, so that Ctrl-C on the terminal reaches us alone.
    """
    try:
        yield
    finally:
        assert child.stdin is not None
        with suppress(OSError):
            child.stdin.close()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        except KeyboardInterrupt:
            # Ctrl-C again: no more waiting.
            child.kill()
            child.wait()
            raise


def _free_port(host: str) -> int:
    with socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as free:
        return int(free.getsockname()[1])
