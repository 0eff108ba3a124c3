"""Registering, signing in and out, who am I, API tokens, the sandbox's demo people. Knows no SQL and no betting."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Request, Response
from pydantic import Field

from toteboard.api.caller import CurrentUser, SigningIn
from toteboard.api.openapi import Responses, problems
from toteboard.api.people.letters import ALREADY, REGISTERED, code_hash_of, new_code, send_code
from toteboard.api.people.registration import (
    PASSWORD_MAX,
    TOKEN_DAYS_MAX,
    Email,
    RegistrationRequest,
    ShortName,
    confirms_addresses,
)
from toteboard.api.people.sessions import API_TOKEN, COOKIE, Identity, csrf_of, hash_of, invitation_hash_of, new_token
from toteboard.api.services import InServices, Services
from toteboard.api.throttle import PasswordTry, network, slow_down
from toteboard.api.wire import Page, RequestModel, ResponseModel, utc
from toteboard.http.address import base_url, client_ip, is_https
from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import Actor, Change
from toteboard.ledger.people import accounts, demo_people, invitations, users
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.refusals import Refusal, Refused


class SignInRequest(RequestModel):
    """The address and the password."""

    email: Email
    password: str = Field(max_length=PASSWORD_MAX)


class SandboxSignInRequest(RequestModel):
    """As whom to try the sandbox."""

    as_: Literal["bettor", "organizer", "auditor", "admin"] = Field(alias="as")


class TokenRequest(RequestModel):
    """What the token is for, and for how many days it is good."""

    label: ShortName
    days: int = Field(ge=1, le=TOKEN_DAYS_MAX)


class Membership(ResponseModel):
    """A role in a tournament; `wallet_id` is null for who has never bet there, `kyc` how one's identity stands there."""

    tournament_id: int
    slug: str
    name: str
    role: str
    wallet_id: int | None
    kyc: str


class Me(ResponseModel):
    """Who is signed in. `csrf_token` goes with unsafe requests of a browser."""

    id: int
    email: str
    name: str
    admin: bool
    kyc: str = Field(description="what the server knows; a desk's decision counts in its tournament")
    blocked: bool
    excluded_until: str | None = Field(description="the year 9999 is for good")
    csrf_token: str
    memberships: list[Membership]


class Token(ResponseModel):
    """A token without its secret."""

    id: int
    label: str
    created_at: str
    expires_at: str


class TokenCreated(ResponseModel):
    """The secret is said this once; only its hash is kept."""

    id: int
    label: str
    token: str = Field(description="shown this once")
    expires_at: str


async def me(conn: Conn, user_id: int, csrf_token: str) -> Me:
    """A person as they see themselves; an exclusion that is over is not said."""
    person, memberships = await users.me(conn, user_id)
    until = person["excluded_until"]
    return Me(
        **(dict(person) | {"excluded_until": utc(until) if until and until > datetime.now(UTC) else None}),
        csrf_token=csrf_token,
        memberships=[Membership(**row) for row in memberships],
    )


def set_cookie(out: Response, token: str, max_age_s: int, *, secure: bool) -> None:
    """The session cookie; no script reads it, and other sites' requests carry it only when somebody follows a link."""
    out.set_cookie(COOKIE.decode(), token, max_age=max_age_s, path="/", secure=secure, httponly=True, samesite="lax")


def address_of(request: Request, services: Services) -> str | None:
    """The address a request came from."""
    return client_ip(request.scope, services.settings.trusted_proxies)


class Entering:
    """A person on the way in: a new session for them, whatever cookie came along; the one it held ends."""

    def __init__(self, services: Services, request: Request, before: Identity | None):
        self._services = services
        self._request = request
        self._before = before if before is not None and before.kind == "session" else None

    async def enter(self, change: Change, user_id: int, out: Response) -> Me:
        """The session, within the change; `out` carries its cookie."""
        settings = self._services.settings
        if self._before is not None:
            await users.end_session(change, session_id=self._before.session_id, user_id=self._before.user_id)
        token, days = new_token(), settings.session_days
        await users.start_session(change, user_id=user_id, token_hash=hash_of(token), days=days)
        set_cookie(out, token.decode(), days * 86_400, secure=is_https(self._request.scope, settings))
        return await me(change.conn, user_id, csrf_of(token))

    def entered(self) -> None:
        """After the commit: the session that ended is forgotten."""
        if self._before is not None:
            self._services.ledger.wakeups.sessions(self._before.user_id)


router = APIRouter(tags=["people"])


_BY_MAIL: Responses = {202: {"description": "A code was sent to the address: it sets the password, and signs in"}}


@router.post(
    "/api/user",
    status_code=201,
    response_model=Me,
    responses=_BY_MAIL | problems(Refusal.CONFLICT, Refusal.TOO_MANY, Refusal.TOO_BUSY),
)
async def register(
    services: InServices,
    body: RegistrationRequest,
    request: Request,
    out: Response,
    before: SigningIn,
    background: BackgroundTasks,
) -> Me | Response:
    """Register, and be signed in; where the server sends mail, after a code that is sent to the address.

    Nobody learns by it who is registered: a letter goes to every address. Without mail a taken address is refused as a wrong
    password is, and each try is a registration that is counted.
    """
    ip = address_of(request, services)
    await _count_registration(services, body, ip)
    if confirms_addresses(services.settings):
        return await _register_by_mail(services, body, request, ip, background)
    entering = Entering(services, request, before)
    # Before anybody knows whether the address is taken: both answers take as long.
    password_hash = await services.passwords.hash(body.password)
    async with services.ledger.read() as conn:
        known = await users.credentials(conn, body.email)
    if known is not None:
        # Who registers twice, with the right password, wants to come in.
        user_id = await _checked(services, ip, body.email, body.password, _NOT_REGISTERED)
    async with services.ledger.change(Actor(None, ip)) as change:
        if known is None:
            user_id = await users.register(change, email=body.email, name=body.name, password_hash=password_hash)
        await change.act_as(Actor(user_id, ip))
        if known is None:
            await _take_invitation(services, body, change, user_id)
        answer = await entering.enter(change, user_id, out)
    entering.entered()
    return answer


async def _count_registration(services: Services, body: RegistrationRequest, ip: str | None) -> None:
    """An address may register a few people; whoever has a good invitation for bettors is one of a hall's.

    Raises Refused: TOO_MANY; FORBIDDEN without an invitation, where accounts are by invitation only.
    """
    offered = None
    if body.invitation is not None:
        async with services.ledger.read() as conn:
            offered = await invitations.look(conn, invitation_hash_of(body.invitation), None)
    if offered is not None and offered["role"] == "bettor":
        await slow_down(services.ledger, services.throttles.invited, offered["id"])
    else:
        await slow_down(services.ledger, services.throttles.registrations, network(ip))
    if services.settings.sandbox and offered is None:
        raise Refused(
            Refusal.FORBIDDEN, "Accounts on this server are by invitation: enter the code of yours, or follow its link."
        )


async def _take_invitation(services: Services, body: RegistrationRequest, change: Change, user_id: int) -> None:
    """Where accounts are by invitation only each uses one up: a code for one person makes one account. Raises Refused."""
    if not services.settings.sandbox:
        return
    assert body.invitation is not None, "it was counted"
    if await invitations.take(change, invitation_hash_of(body.invitation), user_id) is None:
        raise Refused(Refusal.FORBIDDEN, "Somebody else has just used up this invitation: ask for another one.")


async def _register_by_mail(
    services: Services, body: RegistrationRequest, request: Request, ip: str | None, background: BackgroundTasks
) -> Response:
    """Nothing but the letter says whether the address was known; the account has no password until its code is used."""
    await slow_down(services.ledger, services.throttles.mailed_codes, body.email)
    code = new_code()
    async with services.ledger.change(Actor(None, ip)) as change:
        known = await users.credentials(change.conn, body.email)
        is_new = known is None or known["password_hash"] == users.NO_PASSWORD
        user_id = known["id"] if known else None
        if user_id is None:
            user_id = await users.register(change, email=body.email, name=body.name, password_hash=users.NO_PASSWORD)
            await _take_invitation(services, body, change, user_id)
        await accounts.add_code(change, user_id, code_hash=code_hash_of(code), good_for=accounts.MAIL_CODE)
    url, why = base_url(request.scope, services.settings), REGISTERED if is_new else ALREADY
    background.add_task(send_code, services, body.email, code, url, why)
    return Response(status_code=202, background=background)


# Without mail this is all that can be said: success says that an address was free, so each try costs a registration.
_NOT_REGISTERED = Refused(
    Refusal.CONFLICT, "You cannot register with this address. If you have an account, sign in; or ask at the desk."
)
_NOT_SIGNED_IN = Refused(Refusal.UNAUTHENTICATED, "The e-mail address or the password is wrong.")


async def _checked(services: Services, ip: str | None, email: str, password: str, refused: Refused) -> int:
    """Whose address and password it is, counted as a try of that account. Raises Refused: as given, TOO_MANY, TOO_BUSY."""
    tried = PasswordTry(services.ledger, services.throttles, ip, email)
    await tried.count()
    async with services.ledger.read() as conn:
        known = await users.credentials(conn, email)
    kept = known["password_hash"] if known else None
    if not await tried.looked_at(services.passwords.verify(kept, password, crowd=tried.crowd)) or not known:
        raise Refused(refused.refusal, refused.detail)
    await tried.was_right()
    return int(known["id"])


@router.post(
    "/api/session", status_code=201, responses=problems(Refusal.UNAUTHENTICATED, Refusal.TOO_MANY, Refusal.TOO_BUSY)
)
async def sign_in(services: InServices, body: SignInRequest, request: Request, out: Response, before: SigningIn) -> Me:
    """Sign in by address and password; the answer sets the session's cookie."""
    ip, entering = address_of(request, services), Entering(services, request, before)
    user_id = await _checked(services, ip, body.email, body.password, _NOT_SIGNED_IN)
    async with services.ledger.change(Actor(user_id, ip)) as change:
        answer = await entering.enter(change, user_id, out)
    entering.entered()
    return answer


_DEMO_PEOPLE: dict[str, Callable[[Change], Awaitable[int]]] = {
    "bettor": demo_people.demo_bettor,
    "organizer": demo_people.demo_organizer,
    "auditor": demo_people.demo_auditor,
    "admin": demo_people.demo_operator,
}


def _only_in_sandbox(services: InServices) -> None:
    if not services.settings.demo:
        raise Refused(Refusal.NOT_FOUND)


@router.post(
    "/api/sandbox/sign-in",
    status_code=201,
    dependencies=[Depends(_only_in_sandbox)],
    responses=problems(Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.TOO_MANY),
)
async def sandbox_sign_in(
    services: InServices, body: SandboxSignInRequest, request: Request, out: Response, before: SigningIn
) -> Me:
    """Sign in as one of the demo's people. 404 outside the demo."""
    ip, entering = address_of(request, services), Entering(services, request, before)
    await slow_down(services.ledger, services.throttles.demo_sign_ins, network(ip))
    async with services.ledger.change(Actor(None, ip)) as change:
        user_id = await _DEMO_PEOPLE[body.as_](change)
        await change.act_as(Actor(user_id, ip))
        answer = await entering.enter(change, user_id, out)
    entering.entered()
    # Staff may have become members, the operator an admin, just now.
    services.ledger.wakeups.sessions(user_id)
    return answer


@router.get("/api/me")
async def who_am_i(services: InServices, caller: CurrentUser) -> Me:
    """The person who is signed in, with the CSRF token that a browser repeats."""
    async with services.ledger.snapshot() as conn:
        return await me(conn, caller.user_id, caller.identity.csrf_token)


@router.delete("/api/session", status_code=204)
async def sign_out(services: InServices, request: Request, out: Response, caller: CurrentUser) -> None:
    """Ends the session or revokes the token that the request came with."""
    kind: users.Kind = "session" if caller.identity.kind == "session" else "token"
    async with services.ledger.change(caller.actor) as change:
        await users.end_session(change, session_id=caller.identity.session_id, user_id=caller.user_id, kind=kind)
    services.ledger.wakeups.sessions(caller.user_id)
    if kind == "session":
        set_cookie(out, "", 0, secure=is_https(request.scope, services.settings))


@router.get("/api/token")
async def tokens(services: InServices, caller: CurrentUser) -> Page[Token]:
    """One's API tokens; the tokens themselves are nowhere."""
    async with services.ledger.read() as conn:
        rows = await users.tokens(conn, caller.user_id)
    times = ("created_at", "expires_at")
    return Page(items=[Token(**(dict(row) | {name: utc(row[name]) for name in times})) for row in rows])


@router.post("/api/token", status_code=201, responses=problems(Refusal.CONFLICT))
async def new_api_token(services: InServices, body: TokenRequest, caller: CurrentUser) -> TokenCreated:
    """A new API token, shown this once."""
    caller.need_session()
    token = new_token(API_TOKEN)
    async with services.ledger.change(caller.actor) as change:
        await users.lock(change, caller.user_id)
        if len(await users.tokens(change.conn, caller.user_id)) >= services.settings.tokens_max:
            raise Refused(Refusal.CONFLICT, f"There are {services.settings.tokens_max} tokens; revoke one first.")
        row = await users.start_session(
            change,
            user_id=caller.user_id,
            token_hash=hash_of(token),
            days=body.days,
            kind="token",
            label=body.label,
        )
    expires_at = utc(row["expires_at"])
    assert expires_at is not None
    return TokenCreated(id=row["id"], label=body.label, token=token.decode(), expires_at=expires_at)


@router.delete("/api/token/{token_id}", status_code=204, responses=problems(Refusal.NOT_FOUND))
async def revoke(
    services: InServices,
    token_id: Annotated[int, Path(ge=1, le=ID_MAX)],
    caller: CurrentUser,
) -> None:
    """Revokes an API token."""
    async with services.ledger.change(caller.actor) as change:
        if not await users.end_session(change, session_id=token_id, user_id=caller.user_id, kind="token"):
            raise Refused(Refusal.NOT_FOUND)
    services.ledger.wakeups.sessions(caller.user_id)
