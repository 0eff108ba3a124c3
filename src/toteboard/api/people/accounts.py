"""One's own account, and the way back in for who has forgotten the password. Knows no SQL."""

from typing import Annotated, ClassVar

from fastapi import APIRouter, BackgroundTasks, Path, Request, Response
from pydantic import Field

from toteboard.api.caller import Caller, CurrentUser, SigningIn
from toteboard.api.openapi import problems
from toteboard.api.people.letters import FORGOTTEN, code_hash_of, new_code, send_code
from toteboard.api.people.registration import PASSWORD_MAX, Email, NewPassword, ShortName
from toteboard.api.people.users import Entering, Me, address_of, me, set_cookie
from toteboard.api.services import InServices, Services
from toteboard.api.throttle import PasswordTry, give_back, network, slow_down, too_many, wait_of
from toteboard.api.tournaments.tournaments import Which, known_id
from toteboard.api.wire import Page, PatchModel, RequestModel, ResponseModel, UtcTime
from toteboard.http.address import base_url, is_https
from toteboard.ledger.ledger import Actor
from toteboard.ledger.people import accounts, erasing, users
from toteboard.ledger.tournaments import tournaments
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.codes import shown_code
from toteboard.rules.refusals import Refusal, Refused

Id = Annotated[int, Path(ge=1, le=ID_MAX)]
_NO_CODE = "No such code is open now. It may be mistyped, used or over: ask for another."


class MePatch(PatchModel):
    """What changes. `password` is the one of now: another address or password takes it."""

    clearable: ClassVar[frozenset[str]] = frozenset()

    name: ShortName | None = None
    email: Email | None = None
    new_password: NewPassword | None = None
    password: Annotated[str, Field(max_length=PASSWORD_MAX)] | None = None


class DeletionRequest(RequestModel):
    """The password of now: whoever found the device unlocked deletes nothing."""

    password: Annotated[str, Field(max_length=PASSWORD_MAX)]


class ForgottenRequest(RequestModel):
    """Whose password is forgotten."""

    email: Email


class NewPasswordRequest(RequestModel):
    """The code that was handed over or sent, and the new password; `email` for who has no address here yet."""

    code: Annotated[str, Field(max_length=100)]
    password: NewPassword
    email: Email | None = None


class PasswordCode(ResponseModel):
    """The code is said this once; only its hash is kept. Whoever has it sets the password."""

    code: str = Field(description="shown this once")
    expires_at: UtcTime


class SessionShown(ResponseModel):
    """A session of one's own; `is_this` is the one that asks."""

    id: int
    created_at: UtcTime
    expires_at: UtcTime
    is_this: bool


router = APIRouter(tags=["people"])


@router.patch("/api/me", responses=problems(Refusal.FORBIDDEN, Refusal.CONFLICT, Refusal.TOO_MANY, Refusal.TOO_BUSY))
async def edit(services: InServices, body: MePatch, caller: CurrentUser) -> Me:
    """Changes one's name, address or password. Another password ends every other session and token."""
    caller.need_session()
    if body.email is not None or body.new_password is not None:
        await _check_password(services, caller, body.password or "")
    if body.email is not None and body.email != caller.identity.email:
        # Counted whatever comes of it: the answer tells whether somebody has the address.
        await slow_down(services.ledger, services.throttles.other_addresses, caller.user_id)
    password_hash = await services.passwords.hash(body.new_password) if body.new_password is not None else None
    async with services.ledger.change(caller.actor) as change:
        await accounts.edit(
            change,
            caller.user_id,
            name=body.name,
            email=body.email,
            password_hash=password_hash,
            keep_session=caller.identity.session_id,
        )
        answer = await me(change.conn, caller.user_id, caller.identity.csrf_token)
    services.ledger.wakeups.sessions(caller.user_id)
    return answer


@router.post(
    "/api/me/deletion",
    status_code=204,
    responses=problems(Refusal.FORBIDDEN, Refusal.CONFLICT, Refusal.TOO_MANY, Refusal.TOO_BUSY),
)
async def delete(
    services: InServices, body: DeletionRequest, request: Request, out: Response, caller: CurrentUser
) -> None:
    """Deletes one's own account, for good: name, address and documents go, what was bet and paid stays in the books."""
    caller.need_session()
    await _check_password(services, caller, body.password)
    async with services.ledger.change(caller.actor) as change:
        await erasing.erase(change, caller.user_id)
    services.ledger.wakeups.sessions(caller.user_id)
    set_cookie(out, "", 0, secure=is_https(request.scope, services.settings))


@router.get("/api/session")
async def sessions(services: InServices, caller: CurrentUser) -> Page[SessionShown]:
    """One's own sessions, the newest first."""
    async with services.ledger.read() as conn:
        rows = await accounts.sessions(conn, caller.user_id)
    return Page(items=[SessionShown(**row, is_this=row["id"] == caller.identity.session_id) for row in rows])


@router.delete("/api/session/{session_id}", status_code=204, responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def end_session(services: InServices, session_id: Id, caller: CurrentUser) -> None:
    """Ends a session of one's own, on another device."""
    caller.need_session()
    async with services.ledger.change(caller.actor) as change:
        if not await users.end_session(change, session_id=session_id, user_id=caller.user_id):
            raise Refused(Refusal.NOT_FOUND)
    services.ledger.wakeups.sessions(caller.user_id)


@router.post(
    "/api/tournament/{which}/member/{user_id}/password-code",
    status_code=201,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND),
)
async def make_code(services: InServices, which: Which, user_id: Id, caller: CurrentUser) -> PasswordCode:
    """A code for a member who has forgotten the password, or never had one; good for a day, once."""
    tournament_id = await known_id(services, which)
    caller.need_organizer(tournament_id)
    caller.need_session(tournament_id)
    code = new_code()
    async with services.ledger.change(caller.actor) as change:
        if await tournaments.member(change.conn, tournament_id, user_id) is None:
            raise Refused(Refusal.NOT_FOUND)
        organizes = frozenset(one for one, role in caller.identity.roles.items() if role == "organizer")
        await accounts.check_may_reset(change.conn, user_id, organizes=organizes, is_admin=caller.identity.admin)
        expires_at = await accounts.add_code(
            change, user_id, code_hash=code_hash_of(code), good_for=accounts.DESK_CODE, tournament_id=tournament_id
        )
    return PasswordCode(code=shown_code(code), expires_at=expires_at)


@router.post("/api/password/forgotten", status_code=202, responses=problems(Refusal.STATE, Refusal.TOO_MANY))
async def forgotten(
    services: InServices, body: ForgottenRequest, request: Request, background: BackgroundTasks
) -> None:
    """Sends a code by e-mail where the server can. The answer does not say whether anybody has the address."""
    if not services.settings.smtp_url:
        raise Refused(Refusal.STATE, "This server sends no e-mail. Ask an organizer for a code.")
    ip, throttles = address_of(request, services), services.throttles
    await slow_down(services.ledger, throttles.mailed_codes, body.email)
    await slow_down(services.ledger, throttles.asked_codes, network(ip))
    code = new_code()
    async with services.ledger.change(Actor(None, ip)) as change:
        known = await users.credentials(change.conn, body.email)
        if known is None:
            return
        await accounts.add_code(change, known["id"], code_hash=code_hash_of(code), good_for=accounts.MAIL_CODE)
    # After the answer: how long a letter takes says nothing of who is there.
    background.add_task(send_code, services, body.email, code, base_url(request.scope, services.settings), FORGOTTEN)


@router.post(
    "/api/password",
    status_code=201,
    responses=problems(
        Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE, Refusal.TOO_MANY, Refusal.TOO_BUSY, Refusal.BLOCKED
    ),
)
async def set_password(
    services: InServices, body: NewPasswordRequest, request: Request, out: Response, before: SigningIn
) -> Me:
    """Sets a new password with a code, and signs in. Every other session of theirs ends.

    Beyond the network's limit a code is still looked at, so that a right one is taken: 50 bits are not guessed by asking on.
    """
    ip, entering = address_of(request, services), Entering(services, request, before)
    wait_s = await wait_of(services.ledger, services.throttles.used_codes, network(ip))
    async with services.ledger.read() as conn:
        if not await accounts.is_open_code(conn, code_hash_of(body.code)):
            raise too_many(wait_s) if wait_s else Refused(Refusal.NOT_FOUND, _NO_CODE)
    password_hash = await services.passwords.hash(body.password)
    async with services.ledger.change(Actor(None, ip)) as change:
        user_id = await accounts.use_code(
            change, code_hash_of(body.code), email=body.email, password_hash=password_hash
        )
        if user_id is None:
            raise Refused(Refusal.NOT_FOUND, _NO_CODE)
        answer = await entering.enter(change, user_id, out)
    if not wait_s:
        await give_back(services.ledger, services.throttles.used_codes, network(ip))
    entering.entered()
    services.ledger.wakeups.sessions(user_id)
    return answer


async def _check_password(services: Services, caller: Caller, password: str) -> None:
    tried = PasswordTry(services.ledger, services.throttles, caller.actor.ip, caller.user_id)
    await tried.count()
    async with services.ledger.read() as conn:
        kept = await accounts.credentials_of(conn, caller.user_id)
    if not await tried.looked_at(services.passwords.verify(kept["password_hash"], password, crowd=tried.crowd)):
        caller.deny("The password of now is wrong.")
    await tried.was_right()
