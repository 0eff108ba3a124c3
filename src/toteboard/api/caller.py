"""Who calls, from where, and whether a browser meant it: the dependencies of every route. Knows no SQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Annotated, Never

from fastapi import Depends, Request

from toteboard.api.people.sessions import Identity
from toteboard.api.services import InServices, Services
from toteboard.http.address import Scope, client_ip
from toteboard.http.origin import is_own_origin
from toteboard.ledger.ledger import Actor
from toteboard.ledger.shares import asking
from toteboard.logs import about
from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
JSON = "application/json"
# Who may look at all of a tournament.
READERS = frozenset({"organizer", "auditor"})


@dataclass(frozen=True, slots=True)
class Caller:
    """A person who is signed in. `actor` is how the audit log knows them, with their address."""

    identity: Identity
    actor: Actor

    @property
    def user_id(self) -> int:
        return self.identity.user_id

    def has_role(self, tournament_id: int, wanted: frozenset[str]) -> bool:
        """Whether their role in the tournament is one of these; an admin has every role."""
        return self.identity.has_role(tournament_id, wanted)

    def need_role(self, tournament_id: int, wanted: frozenset[str]) -> None:
        """Goes on where one of the wanted roles is theirs in this tournament. Raises Refused (FORBIDDEN)."""
        if not self.identity.has_role(tournament_id, wanted):
            roles = " or ".join(sorted(wanted))
            self.deny(f"This takes the role {roles} in this tournament.", tournament_id)

    def need_organizer(self, tournament_id: int) -> None:
        """Goes on for an organizer of this tournament. Raises Refused (FORBIDDEN)."""
        self.need_role(tournament_id, ORGANIZER)

    def need_admin(self) -> None:
        """Goes on for an admin who is not blocked. Raises Refused (FORBIDDEN)."""
        if not self.identity.admin or self.identity.blocked:
            self.deny("This takes an admin.")

    def need_session(self, tournament_id: int | None = None) -> None:
        """Goes on for who is signed in; an API token gives nothing away that outlives it. Raises Refused (FORBIDDEN)."""
        if self.identity.kind != "session":
            self.deny("This is not for an API token: sign in.", tournament_id)

    def deny(self, detail: str, tournament_id: int | None = None) -> Never:
        """Raises Refused (FORBIDDEN). Of a write it stands in the audit log, under the tournament."""
        raise Refused(Refusal.FORBIDDEN, detail, tournament_id=tournament_id)


ORGANIZER = frozenset({"organizer"})


# Whether a browser meant it -----------------------------------------------------------------------------------------


def check_browser(scope: Scope, identity: Identity | None, settings: Settings) -> None:
    """For unsafe requests: refuses what another site made a browser send. Raises Refused (FORBIDDEN).

    With a cookie the origin must be ours and the CSRF token theirs. No browser sends a script's token unasked. Without
    either (signing in) a foreign origin is refused all the same; a missing one is a script's.
    """
    if identity is not None and identity.kind == "token":
        return
    origin = csrf = None
    site = b""
    for name, value in scope["headers"]:
        if name == b"origin":
            origin = value
        elif name == b"x-csrf-token":
            csrf = value
        elif name == b"sec-fetch-site":
            site = value
    if origin is not None:
        if not is_own_origin(scope, origin, settings):
            raise Refused(Refusal.FORBIDDEN, "The request came from a page of another site.")
    elif site not in (b"same-origin", b"none") and (identity is not None or site):
        raise Refused(Refusal.FORBIDDEN, "The request does not say which page it came from.")
    if identity is not None and (csrf is None or not compare_digest(csrf, identity.csrf_token.encode())):
        raise Refused(Refusal.FORBIDDEN, "X-CSRF-Token is missing or another session's.")


def check_media(scope: Scope, media: tuple[str, ...] = (JSON,)) -> None:
    """A body is what it should be, or it is refused (415): another site's form cannot say application/json."""
    body = False
    kind = ""
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind = value.decode("latin-1").partition(";")[0].strip().lower()
        elif (name == b"content-length" and value.strip() != b"0") or name == b"transfer-encoding":
            body = True
    if (body or kind) and kind not in media:
        raise Refused(Refusal.MEDIA_TYPE, f"The body must be {' or '.join(media)}.")


# Dependencies of FastAPI's routes -----------------------------------------------------------------------------------


def optional_user(*, media: tuple[str, ...] = (JSON,)) -> Callable[..., AsyncIterator[Caller | None]]:
    """A dependency that gives the Caller, or None where nobody is signed in. `media` names what a body may be.

    It also looks whether a browser meant it, and puts a known person's denied write on record.
    """

    async def found(request: Request, services: InServices) -> AsyncIterator[Caller | None]:
        identity = await services.sessions.identify_request(request.scope["headers"])
        caller = Caller(identity, actor_of(request.scope, identity, services.settings)) if identity else None
        asking.set(identity.user_id if identity else None)
        if identity is not None and (told := about.get()) is not None:
            told["user"] = identity.user_id
        unsafe = request.method not in SAFE
        try:
            if unsafe:
                check_media(request.scope, media)
                check_browser(request.scope, identity, services.settings)
            yield caller
        except Refused as refused:
            if unsafe and caller is not None and refused.refusal is Refusal.FORBIDDEN:
                await _record_denied(services, request, caller, refused)
            raise

    return found


def current_user(*, media: tuple[str, ...] = (JSON,)) -> Callable[..., Awaitable[Caller]]:
    """A dependency that gives the Caller; UNAUTHENTICATED for nobody. Otherwise as `optional_user`."""

    async def found(caller: Annotated[Caller | None, Depends(optional_user(media=media))]) -> Caller:
        if caller is None:
            raise Refused(Refusal.UNAUTHENTICATED, "Sign in first.")
        return caller

    return found


async def signing_in(request: Request, services: InServices) -> Identity | None:
    """A dependency of the sign-in routes: who was signed in until now, or None.

    No CSRF token is asked for, since the answer is another session; a foreign origin is refused all the same.
    """
    check_media(request.scope)
    check_browser(request.scope, None, services.settings)
    return await services.sessions.identify_request(request.scope["headers"])


CurrentUser = Annotated[Caller, Depends(current_user())]
OptionalUser = Annotated[Caller | None, Depends(optional_user())]
SigningIn = Annotated[Identity | None, Depends(signing_in)]


def actor_of(scope: Scope, identity: Identity | None, settings: Settings) -> Actor:
    """Who acts, for the audit log: the person, if anybody is signed in, and from where."""
    return Actor(identity.user_id if identity else None, client_ip(scope, settings.trusted_proxies))


async def _record_denied(services: Services, request: Request, caller: Caller, refused: Refused) -> None:
    async with services.ledger.change(caller.actor) as change:
        await change.audit(
            "access.denied",
            f"user:{caller.user_id}",
            refused.tournament_id,
            method=request.method,
            path=request.url.path[:200],
            detail=refused.detail,
        )
