"""`toteboard admin …`: the first admin, API tokens, and the way back in, for those who may run commands on this machine."""

import asyncio
import sys
from datetime import datetime
from typing import Annotated

import typer
from pydantic import ValidationError

from toteboard.api.people.letters import code_hash_of, new_code
from toteboard.api.people.passwords import Passwords
from toteboard.api.people.registration import PASSWORD_MAX, TOKEN_DAYS_MAX, RegistrationRequest
from toteboard.api.people.sessions import API_TOKEN, hash_of, new_token
from toteboard.background import Loops
from toteboard.cli.database import database
from toteboard.cli.terminal import DATA, Data, Failed, Json, say_json
from toteboard.feed.wakeups import PostgresWakeups
from toteboard.ledger.connection import Conn, Row
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.people import accounts, admins, users
from toteboard.rules.codes import shown_code
from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings

app = typer.Typer(help="Admins and API tokens.", no_args_is_help=True)

Email = Annotated[str, typer.Option(help="Whose address.")]


@app.command()
def create(
    email: Annotated[str, typer.Option(prompt="E-mail", help="The address to sign in with.")],
    name: Annotated[str, typer.Option(prompt="Name", help="How they are called on the screens.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin instead of asking for it.")
    ] = False,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Register an admin, who may create tournaments and appoint organizers."""
    wanted = _registration(email, name, _password(from_stdin=password_stdin))
    settings = Settings.read()
    with database(data, settings) as dsn:
        user_id = asyncio.run(_create(dsn, settings, wanted))
    if as_json:
        say_json({"id": user_id, "email": wanted.email, "name": wanted.name, "admin": True})
    else:
        typer.echo(f"{wanted.name} <{wanted.email}> is an admin and can sign in.")


@app.command()
def promote(email: Email, data: Data = DATA, as_json: Json = False) -> None:
    """Make somebody who has registered an admin."""
    with database(data, Settings.read()) as dsn:
        changed = asyncio.run(_promote(dsn, email.strip().lower()))
    if as_json:
        say_json({"email": email, "admin": True, "changed": changed})
    else:
        typer.echo(f"{email} is an admin now." if changed else f"{email} is an admin already.")


@app.command()
def token(
    email: Email,
    label: Annotated[str, typer.Option(help="What the token is for, to tell it from others.")] = "command line",
    days: Annotated[int, typer.Option(min=1, max=TOKEN_DAYS_MAX, help="How long it lasts.")] = 30,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Make an API token for somebody; it is shown this once."""
    if not 1 <= len(label) <= 80:
        raise Failed("--label has from 1 to 80 characters", 2)
    fresh = new_token(API_TOKEN)
    with database(data, Settings.read()) as dsn:
        row = asyncio.run(_token(dsn, email.strip().lower(), label, days, fresh))
    if as_json:
        say_json(
            {"id": row["id"], "label": label, "token": fresh.decode(), "expires_at": row["expires_at"].isoformat()}
        )
    else:
        typer.echo(fresh.decode())


@app.command()
def reset(email: Email, data: Data = DATA, as_json: Json = False) -> None:
    """Make a code with which somebody sets a new password; it is shown this once."""
    code = new_code()
    with database(data, Settings.read()) as dsn:
        expires_at = asyncio.run(_reset(dsn, email.strip().lower(), code))
    if as_json:
        say_json({"email": email, "code": shown_code(code), "expires_at": expires_at.isoformat()})
    else:
        typer.echo(f"{shown_code(code)} sets a new password for {email}, once, until {expires_at:%Y-%m-%d %H:%M} UTC.")
        typer.echo("Enter it at /password, or under “Forgot your password?” where one signs in.")


def _registration(email: str, name: str, password: str) -> RegistrationRequest:
    try:
        return RegistrationRequest(email=email, name=name, password=password)
    except ValidationError as error:
        first = error.errors()[0]
        raise Failed(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}", 2) from None


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline(PASSWORD_MAX + 2).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Failed("there is no terminal to ask for a password on; pipe it in with --password-stdin", 2)
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


async def _create(dsn: str, settings: Settings, wanted: RegistrationRequest) -> int:
    password_hash = await Passwords(settings).hash(wanted.password)
    try:
        async with Ledger.opened(dsn) as ledger, ledger.change(Actor()) as change:
            user_id = await users.register(change, email=wanted.email, name=wanted.name, password_hash=password_hash)
            await admins.promote(change, user_id)
            return user_id
    except Refused as refused:
        if refused.refusal is not Refusal.CONFLICT:
            raise
        raise Failed(f"{wanted.email} is registered already: toteboard admin promote --email {wanted.email}") from None


async def _promote(dsn: str, email: str) -> bool:
    wakeups = PostgresWakeups(dsn)
    async with Ledger.opened(dsn, wakeups=wakeups) as ledger, wakeups.running(Loops()):
        async with ledger.change(Actor()) as change:
            known = await _known(change.conn, email)
            changed = await admins.promote(change, known)
        # Servers that run forget what they remember of this person.
        ledger.wakeups.sessions(known)
    return changed


async def _reset(dsn: str, email: str, code: str) -> datetime:
    async with Ledger.opened(dsn) as ledger, ledger.change(Actor()) as change:
        user_id = await _known(change.conn, email)
        return await accounts.add_code(change, user_id, code_hash=code_hash_of(code), good_for=accounts.DESK_CODE)


async def _token(dsn: str, email: str, label: str, days: int, fresh: bytes) -> Row:
    async with Ledger.opened(dsn) as ledger, ledger.change(Actor()) as change:
        return await users.start_session(
            change,
            user_id=await _known(change.conn, email),
            token_hash=hash_of(fresh),
            days=days,
            kind="token",
            label=label,
        )


async def _known(conn: Conn, email: str) -> int:
    row = await users.credentials(conn, email)
    if row is None:
        raise Failed(f"nobody is registered with {email}")
    return int(row["id"])
