"""Registering, signing in and out, who am I, API tokens, the sandbox's demo people. Knows no SQL and no betting."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import AfterValidator, Field

from toteboard.api.auth import Denied, actor_of, asker, client_ip, is_https, newcomer
from toteboard.api.house import House
from toteboard.api.passwords import Passwords
from toteboard.api.problems import Problem
from toteboard.api.sessions import API_TOKEN, COOKIE, Identity, csrf_of, hash_of, new_token
from toteboard.api.throttle import Throttle, slow_down
from toteboard.api.wire import ID_MAX, Asked, Page, Said, utc
from toteboard.ledger import demo_people, people
from toteboard.ledger.ledger import Actor, Change
from toteboard.rules.names import clean_name
from toteboard.rules.refusals import Refusal

NAME_MAX = 80
PASSWORD_MIN = 8
PASSWORD_MAX = 200
# One address may try many accounts, as the people behind one hotel's router do, but not a list of them.
ACCOUNTS_PER_ADDRESS = 10
DEMO_PER_ADDRESS = 10
TOKEN_DAYS_MAX = 366

# Visible ASCII on both sides of one @: an address of another alphabet is written in its xn-- form.
_EMAIL = re.compile(r"[!-?A-~]{1,64}@[!-?A-~]+")


def _email(text: str) -> str:
    text = text.strip()
    if not _EMAIL.fullmatch(text):
        raise ValueError("an e-mail address reads name@host")
    return text.lower()


def _short_name(text: str) -> str:
    return clean_name(text, length_max=NAME_MAX)


Email = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(_email)]
ShortName = Annotated[str, Field(min_length=1, max_length=NAME_MAX), AfterValidator(_short_name)]


class Registration(Asked):
    email: Email
    name: ShortName
    password: str = Field(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)


class SignIn(Asked):
    email: Email
    password: str = Field(max_length=PASSWORD_MAX)


class SandboxSignIn(Asked):
    as_: Literal["bettor", "organizer", "auditor", "admin"] = Field(alias="as")


class NewToken(Asked):
    label: ShortName
    days: int = Field(ge=1, le=TOKEN_DAYS_MAX)


class Membership(Said):
    tournament_id: int
    slug: str
    name: str
    role: str
    wallet_id: int | None


class Me(Said):
    id: int
    email: str
    name: str
    admin: bool
    kyc: str
    blocked: bool
    excluded_until: str | None = Field(description="the year 9999 is for good")
    csrf_token: str
    memberships: list[Membership]


class Token(Said):
    id: int
    label: str
    created_at: str
    expires_at: str


class FreshToken(Said):
    id: int
    label: str
    token: str = Field(description="shown this once")
    expires_at: str


async def me(conn: Any, user_id: int, csrf_token: str) -> Me:
    """A person as they see themselves; an exclusion that is over is not said."""
    person, memberships = await people.me(conn, user_id)
    until = person["excluded_until"]
    return Me(
        **(dict(person) | {"excluded_until": utc(until) if until and until > datetime.now(UTC) else None}),
        csrf_token=csrf_token,
        memberships=[Membership(**row) for row in memberships],
    )


@dataclass(slots=True)
class _Door:
    """What signing in needs, made once per process: the hashing threads and what was tried lately."""

    house: House
    passwords: Passwords
    accounts: Throttle
    addresses: Throttle
    registrations: Throttle
    demos: Throttle

    async def enter(self, change: Change, was: Identity | None, user_id: int, request: Request, out: Response) -> Me:
        """A new session for this person, whatever cookie came along; the one it held ends."""
        if was is not None and was.kind == "session":
            await people.end_session(change, session_id=was.session_id, user_id=was.user_id)
        token, days = new_token(), self.house.settings.session_days
        await people.start_session(change, user_id=user_id, token_hash=hash_of(token), days=days)
        set_cookie(out, token.decode(), days * 86_400, secure=is_https(request.scope, self.house.settings))
        return await me(change.conn, user_id, csrf_of(token))

    def entered(self, was: Identity | None) -> None:
        """After the commit: the session that ended is forgotten."""
        if was is not None and was.kind == "session":
            self.house.ledger.wakeups.sessions(was.user_id)


def _door(house: House) -> _Door:
    settings = house.settings
    tries, keys = settings.sign_in_tries_max, settings.throttled_max
    return _Door(
        house,
        Passwords(settings),
        accounts=Throttle(tries_max=tries, keys_max=keys),
        addresses=Throttle(tries_max=tries * ACCOUNTS_PER_ADDRESS, keys_max=keys),
        registrations=Throttle(tries_max=settings.register_tries_max, keys_max=keys),
        demos=Throttle(tries_max=settings.register_tries_max * DEMO_PER_ADDRESS, keys_max=keys),
    )


def set_cookie(out: Response, token: str, max_age_s: int, *, secure: bool) -> None:
    """The session cookie; no script reads it, and other sites' requests carry it only when somebody follows a link."""
    out.set_cookie(COOKIE.decode(), token, max_age=max_age_s, path="/", secure=secure, httponly=True, samesite="lax")
    out.headers["Cache-Control"] = "no-store"


def routes(house: House) -> APIRouter:
    """Everything about people but their own limits, which have the file beside this one."""
    router = APIRouter(tags=["people"])
    _add_sign_in(router, house, _door(house))
    _add_me(router, house)
    _add_tokens(router, house)
    return router


def _add_sign_in(router: APIRouter, house: House, door: _Door) -> None:
    newcoming = newcomer(house)

    def address(request: Request) -> str | None:
        return client_ip(request.scope, house.settings.trusted_proxies)

    @router.post("/api/user", status_code=201)
    async def register(
        body: Registration, request: Request, out: Response, was: Annotated[Identity | None, Depends(newcoming)]
    ) -> Me:
        slow_down(door.registrations, address(request))
        # Before anybody knows whether the address is taken: both answers take as long.
        password_hash = await door.passwords.hash(body.password)
        try:
            async with house.ledger.change(Actor(None, address(request))) as change:
                user_id = await people.register(change, email=body.email, name=body.name, password_hash=password_hash)
                change.actor = Actor(user_id, address(request))
                answer = await door.enter(change, was, user_id, request, out)
        except people.EmailTaken:
            raise Problem(Refusal.CONFLICT, "This e-mail address is already registered.") from None
        door.entered(was)
        return answer

    @router.post("/api/session", status_code=201)
    async def sign_in(
        body: SignIn, request: Request, out: Response, was: Annotated[Identity | None, Depends(newcoming)]
    ) -> Me:
        ip = address(request)
        slow_down(door.accounts, ip, body.email)
        slow_down(door.addresses, ip)
        async with house.ledger.read() as conn:
            known = await people.credentials(conn, body.email)
        if not await door.passwords.verify(known["password_hash"] if known else None, body.password) or not known:
            raise Problem(Refusal.UNAUTHENTICATED, "The e-mail address or the password is wrong.")
        door.accounts.give_back((ip, body.email))
        door.addresses.give_back((ip,))
        async with house.ledger.change(Actor(known["id"], ip)) as change:
            answer = await door.enter(change, was, known["id"], request, out)
        door.entered(was)
        return answer

    @router.post("/api/sandbox/sign-in", status_code=201, dependencies=[Depends(_only_in_sandbox(house))])
    async def sandbox_sign_in(
        body: SandboxSignIn, request: Request, out: Response, was: Annotated[Identity | None, Depends(newcoming)]
    ) -> Me:
        slow_down(door.demos, address(request))
        try:
            async with house.ledger.change(Actor(None, address(request))) as change:
                user_id = await _DEMO_PEOPLE[body.as_](change)
                change.actor = Actor(user_id, address(request))
                answer = await door.enter(change, was, user_id, request, out)
        except demo_people.NoTournament:
            raise Problem(Refusal.CONFLICT, "There is no tournament to sign into yet.") from None
        door.entered(was)
        # Staff may have become members, the operator an admin, just now.
        house.ledger.wakeups.sessions(user_id)
        return answer


_DEMO_PEOPLE: dict[str, Callable[[Change], Awaitable[int]]] = {
    "bettor": demo_people.demo_bettor,
    "organizer": demo_people.demo_organizer,
    "auditor": demo_people.demo_auditor,
    "admin": demo_people.demo_operator,
}


def _only_in_sandbox(house: House) -> Any:
    async def in_sandbox() -> None:
        if not house.settings.sandbox:
            raise Problem(Refusal.NOT_FOUND)

    return in_sandbox


def _add_me(router: APIRouter, house: House) -> None:
    asking = asker(house)

    @router.get("/api/me")
    async def who_am_i(out: Response, identity: Annotated[Identity, Depends(asking)]) -> Me:
        out.headers["Cache-Control"] = "no-store"
        async with house.ledger.snapshot() as conn:
            return await me(conn, identity.user_id, identity.csrf_token)

    @router.delete("/api/session", status_code=204)
    async def sign_out(request: Request, out: Response, identity: Annotated[Identity, Depends(asking)]) -> None:
        kind: people.Kind = "session" if identity.kind == "session" else "token"
        async with house.ledger.change(actor_of(request.scope, identity, house.settings)) as change:
            await people.end_session(change, session_id=identity.session_id, user_id=identity.user_id, kind=kind)
        house.ledger.wakeups.sessions(identity.user_id)
        if kind == "session":
            set_cookie(out, "", 0, secure=is_https(request.scope, house.settings))


def _add_tokens(router: APIRouter, house: House) -> None:
    asking = asker(house)

    @router.get("/api/token")
    async def tokens(identity: Annotated[Identity, Depends(asking)]) -> Page[Token]:
        async with house.ledger.read() as conn:
            rows = await people.tokens(conn, identity.user_id)
        times = ("created_at", "expires_at")
        return Page(items=[Token(**(dict(row) | {name: utc(row[name]) for name in times})) for row in rows])

    @router.post("/api/token", status_code=201)
    async def new_api_token(
        body: NewToken, request: Request, out: Response, identity: Annotated[Identity, Depends(asking)]
    ) -> FreshToken:
        if identity.kind != "session":
            # One that leaked shall not outlive its own revocation.
            raise Denied("An API token cannot make another one; sign in.")
        token = new_token(API_TOKEN)
        async with house.ledger.change(actor_of(request.scope, identity, house.settings)) as change:
            await people.lock(change, identity.user_id)
            if len(await people.tokens(change.conn, identity.user_id)) >= house.settings.tokens_max:
                raise Problem(Refusal.CONFLICT, f"There are {house.settings.tokens_max} tokens; revoke one first.")
            row = await people.start_session(
                change,
                user_id=identity.user_id,
                token_hash=hash_of(token),
                days=body.days,
                kind="token",
                label=body.label,
            )
        out.headers["Cache-Control"] = "no-store"
        expires_at = utc(row["expires_at"])
        assert expires_at is not None
        return FreshToken(id=row["id"], label=body.label, token=token.decode(), expires_at=expires_at)

    @router.delete("/api/token/{token_id}", status_code=204)
    async def revoke(
        token_id: Annotated[int, Path(ge=1, le=ID_MAX)],
        request: Request,
        identity: Annotated[Identity, Depends(asking)],
    ) -> None:
        async with house.ledger.change(actor_of(request.scope, identity, house.settings)) as change:
            if not await people.end_session(change, session_id=token_id, user_id=identity.user_id, kind="token"):
                raise Problem(Refusal.NOT_FOUND)
        house.ledger.wakeups.sessions(identity.user_id)
