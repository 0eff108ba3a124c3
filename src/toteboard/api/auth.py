"""Who asks, from where, and whether a browser meant it; for FastAPI's routes and the raw hot one. Knows no SQL."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import lru_cache
from hmac import compare_digest
from ipaddress import ip_address
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request

from toteboard.api.house import House
from toteboard.api.problems import Problem
from toteboard.api.sessions import Identity
from toteboard.ledger.ledger import Actor
from toteboard.rules.refusals import Refusal
from toteboard.settings import Settings

Scope = Any
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
JSON = "application/json"


class Denied(Problem):
    """A known person asked for what their role does not allow; the asker's dependency writes it into the audit log."""

    def __init__(self, detail: str, tournament_id: int | None = None):
        super().__init__(Refusal.FORBIDDEN, detail)
        self.tournament_id = tournament_id


def need_role(identity: Identity, tournament_id: int, wanted: set[str] | frozenset[str]) -> None:
    """Goes on where one of the wanted roles is theirs in this tournament, else raises Denied (403)."""
    if not identity.has_role(tournament_id, wanted):
        raise Denied(f"This takes the role {' or '.join(sorted(wanted))} in this tournament.", tournament_id)


def need_admin(identity: Identity) -> None:
    """Goes on for an admin who is not blocked, else raises Denied (403)."""
    if not identity.admin or identity.blocked:
        raise Denied("This takes an admin.")


# From where ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _inet(text: str) -> str | None:
    """The address as PostgreSQL's inet takes it, or None: a zone or a port is not part of it."""
    text = text.strip().strip('"').partition("%")[0]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def client_ip(scope: Scope, trusted_proxies: int) -> str | None:
    """The asker's address. X-Forwarded-For counts from the right, only as far as our own proxies wrote it."""
    client = scope.get("client")
    peer: str = client[0] if client else ""
    if trusted_proxies == 0:
        return _inet(peer)
    chain = [peer]
    for name, value in reversed(scope["headers"]):
        if name == b"x-forwarded-for":
            chain.extend(reversed(value.decode("latin-1").split(",")))
    # Each proxy of ours added one entry; what stands left of them anybody may have written.
    return _inet(chain[min(trusted_proxies, len(chain) - 1)]) or _inet(peer)


def is_https(scope: Scope, settings: Settings) -> bool:
    """Whether the browser reached us by https: itself, through a proxy of ours, or because the operator says so."""
    if settings.secure_cookies or scope["scheme"] in ("https", "wss"):
        return True
    if settings.trusted_proxies == 0:
        return False
    said = [value for name, value in scope["headers"] if name == b"x-forwarded-proto"]
    return bool(said) and said[-1].rpartition(b",")[2].strip().lower() == b"https"


def base_url(scope: Scope, settings: Settings) -> str:
    """How this browser reaches us, without a slash at the end, for links that lead back."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = next((value for name, value in scope["headers"] if name == b"host"), b"localhost")
    return f"{'https' if is_https(scope, settings) else 'http'}://{host.decode('latin-1')}"


# Whether a browser meant it -----------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _allowed(origins: str, public_url: str) -> frozenset[bytes]:
    ours = {origin.strip().rstrip("/").lower() for origin in origins.split(",") if origin.strip()}
    if public_url:
        parts = urlsplit(public_url)
        ours.add(f"{parts.scheme}://{parts.netloc}".lower())
    return frozenset(origin.encode() for origin in ours)


def own_origin(scope: Scope, origin: bytes, host: bytes, settings: Settings) -> bool:
    """Whether this Origin is our own host's, or one the operator allows. A page by http may not speak for https."""
    origin = origin.lower()
    host = host.lower()
    if host and origin == b"https://" + host:
        return True
    if host and origin == b"http://" + host and not is_https(scope, settings):
        return True
    return origin in _allowed(settings.origins, settings.public_url)


def check_browser(scope: Scope, identity: Identity | None, settings: Settings) -> None:
    """For unsafe requests: refuses what another site made a browser send. Raises Problem (403).

    With a cookie the origin must be ours and the CSRF token theirs. No browser sends a script's token unasked. Without
    either (signing in) a foreign origin is refused all the same; a missing one is a script's.
    """
    if identity is not None and identity.kind == "token":
        return
    origin = csrf = None
    host = site = b""
    for name, value in scope["headers"]:
        if name == b"origin":
            origin = value
        elif name == b"host":
            host = value
        elif name == b"x-csrf-token":
            csrf = value
        elif name == b"sec-fetch-site":
            site = value
    if origin is not None:
        if not own_origin(scope, origin, host, settings):
            raise Problem(Refusal.FORBIDDEN, "The request came from a page of another site.")
    elif site not in (b"same-origin", b"none") and (identity is not None or site):
        raise Problem(Refusal.FORBIDDEN, "The request does not say which page it came from.")
    if identity is not None and (csrf is None or not compare_digest(csrf, identity.csrf_token.encode())):
        raise Problem(Refusal.FORBIDDEN, "X-CSRF-Token is missing or another session's.")


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
        raise Problem(Refusal.MEDIA_TYPE, f"The body must be {' or '.join(media)}.")


# Dependencies of FastAPI's routes -----------------------------------------------------------------------------------


def visitor(house: House, *, media: tuple[str, ...] = (JSON,)) -> Callable[[Request], AsyncIterator[Identity | None]]:
    """A dependency that gives the Identity of who asks, or None for nobody. `media` names what a body may be.

    It also looks whether a browser meant it, and puts a known person's denied write on record.
    """

    async def visiting(request: Request) -> AsyncIterator[Identity | None]:
        identity = await house.sessions.identify_request(request.scope["headers"])
        unsafe = request.method not in SAFE
        try:
            if unsafe:
                check_media(request.scope, media)
                check_browser(request.scope, identity, house.settings)
            yield identity
        except Problem as problem:
            if unsafe and identity is not None and problem.refusal is Refusal.FORBIDDEN:
                await _record(house, request, identity, problem)
            raise

    return visiting


def newcomer(house: House) -> Callable[[Request], Awaitable[Identity | None]]:
    """A dependency for signing in: who was signed in until now, or None.

    No CSRF token is asked for, since the answer is another session; a foreign origin is refused all the same.
    """

    async def arriving(request: Request) -> Identity | None:
        check_media(request.scope)
        check_browser(request.scope, None, house.settings)
        return await house.sessions.identify_request(request.scope["headers"])

    return arriving


def asker(house: House, *, media: tuple[str, ...] = (JSON,)) -> Callable[[Any], Awaitable[Identity]]:
    """A dependency that gives the Identity of who asks; 401 for nobody. Otherwise as `visitor`."""

    async def asking(identity: Annotated[Identity | None, Depends(visitor(house, media=media))]) -> Identity:
        if identity is None:
            raise Problem(Refusal.UNAUTHENTICATED, "Sign in first.")
        return identity

    return asking


def actor(house: House) -> Callable[[Request], Awaitable[Actor]]:
    """A dependency that gives the Actor for the audit log: who, if anybody is signed in, and from where."""

    async def acting(request: Request) -> Actor:
        identity = await house.sessions.identify_request(request.scope["headers"])
        return actor_of(request.scope, identity, house.settings)

    return acting


def actor_of(scope: Scope, identity: Identity | None, settings: Settings) -> Actor:
    return Actor(identity.user_id if identity else None, client_ip(scope, settings.trusted_proxies))


async def _record(house: House, request: Request, identity: Identity, problem: Problem) -> None:
    tournament_id = problem.tournament_id if isinstance(problem, Denied) else None
    async with house.ledger.change(actor_of(request.scope, identity, house.settings)) as change:
        await change.audit(
            "access.denied",
            f"user:{identity.user_id}",
            tournament_id,
            method=request.method,
            path=request.url.path[:200],
            detail=problem.detail,
        )
