"""Prepares what the sandbox plays: its tournament, the organizer's token, the secret of its bettors' passwords."""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from toteboard.api.people.sessions import API_TOKEN, hash_of, new_token
from toteboard.imports.merging.writing import ImportOrder, import_plan, is_imported
from toteboard.imports.plan import Plan
from toteboard.ledger.ledger import Actor, Change, Ledger
from toteboard.ledger.people import admins, simulated_people, users
from toteboard.ledger.tournaments import tournaments
from toteboard.rules.names import slugify
from toteboard.sandbox.bettors import NAMES
from toteboard.sandbox.demo import Demo, demo, need_matches, results_of

DESK = "desk@sandbox.invalid"
SECRET_FILE = "sandbox-secret"  # noqa: S105 its name
TOKEN_DAYS = 30
TAKEOUT_BPS = 1000


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

    Raises Refused, FileRefused.
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
    async with Ledger.opened(dsn) as ledger, ledger.change(Actor()) as change:
        # A demo that is there already has moved on: its rounds are not played again from the file.
        if plan or not await is_imported(change, played.slug):
            await import_plan(change, played.plan, order)
        return Scene(played.slug, await _desk_token(change), results_of(plan) if plan else {})


@dataclass(frozen=True, slots=True)
class SandboxCompany:
    """Tokens of a sandbox's simulated people: the desk that hands out points, and (name, token) of each bettor."""

    desk: str
    people: list[tuple[str, str]]


async def prepare_company(dsn: str) -> SandboxCompany:
    """The simulated people of a sandbox that people run themselves. Raises Refused where somebody is one of them."""
    async with Ledger.opened(dsn) as ledger, ledger.change(Actor()) as change:
        ids, desk = await simulated_people.people(change, NAMES), await simulated_people.desk(change)
        await simulated_people.end_tokens(change, [*ids, desk])
        people = [(name, await _token(change, user_id)) for name, user_id in zip(NAMES, ids, strict=True)]
        return SandboxCompany(desk=await _token(change, desk), people=people)


async def for_money(dsn: str) -> str | None:
    """The name of a tournament that is played for money and not archived; None where there is none."""
    async with Ledger.opened(dsn) as ledger, ledger.read() as conn:
        return await tournaments.for_money(conn)


async def _desk_token(change: Change) -> str:
    known = await users.credentials(change.conn, DESK)
    user_id = known["id"] if known else None
    if user_id is None:
        user_id = await users.register(change, email=DESK, name="Sandbox desk", password_hash=users.NO_PASSWORD)
        # An admin is an organizer everywhere, also in the next tournament that is played here.
        await admins.promote(change, user_id)
    return await _token(change, user_id)


async def _token(change: Change, user_id: int) -> str:
    token = new_token(API_TOKEN)
    await users.start_session(
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
