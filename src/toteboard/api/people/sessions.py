"""Remembers who a token belongs to, so that a hot request need not ask the database. Knows no route and no password.

A token is 256 random bits, opaque; the database keeps its sha256. What is remembered is believed for `session_cache_s`,
and forgotten at once when a wake-up says that the person's sessions or rights changed.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from cachetools import FIFOCache

from toteboard.ledger.connection import Row
from toteboard.ledger.ledger import Ledger, Outage
from toteboard.ledger.people import users
from toteboard.rules.codes import folded_code
from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings

COOKIE = b"toteboard_session"
_COOKIE_IS = COOKIE + b"="
API_TOKEN = b"tb_"
# A token is 43 characters, 46 with its prefix; what is longer is nobody's.
TOKEN_MAX = 64
# Tokens asked about in one question, and tokens that may wait for their question.
TOKENS_A_QUERY_MAX = 500
# Whoever saw how the server is may go on looking through an outage of the database for so long.
REMEMBERED_S = 3600
WAITING_MAX = 20_000

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose request it is, as of at most `session_cache_s` ago. `roles` is by tournament; an admin's rights are not in it."""

    user_id: int
    name: str
    email: str
    admin: bool
    blocked: bool
    # 'session' is a browser's cookie, 'token' a script's.
    kind: str
    session_id: int
    token_hash: bytes
    csrf_token: str
    roles: dict[int, str]

    def has_role(self, tournament_id: int, wanted: frozenset[str] | set[str]) -> bool:
        """Whether one of the wanted roles is theirs there. The blocked have none, an admin is an organizer."""
        if self.blocked:
            return False
        return self.roles.get(tournament_id) in wanted or (self.admin and "organizer" in wanted)


def new_token(prefix: bytes = b"") -> bytes:
    """A fresh opaque token."""
    return prefix + secrets.token_urlsafe(32).encode()


def hash_of(token: bytes) -> bytes:
    """What the database keeps of a token."""
    return hashlib.sha256(token).digest()


def invitation_hash_of(code: str) -> bytes:
    """What the database keeps of an invitation's code, however it is typed."""
    return hash_of(folded_code(code).encode("utf-8", "surrogatepass"))


def csrf_of(token: bytes) -> str:
    """What a browser must repeat in X-CSRF-Token: only who may read our answers knows it."""
    return hashlib.sha256(b"csrf" + token).hexdigest()[:32]


def _cookie_token(cookie: bytes) -> bytes | None:
    if cookie.startswith(_COOKIE_IS) and b";" not in cookie:
        return cookie[len(_COOKIE_IS) :].strip()
    ours = [pair.strip() for pair in cookie.split(b";") if pair.strip().startswith(_COOKIE_IS)]
    if len(ours) > 1:
        # A neighbouring host can add a cookie of our name; which one is ours cannot be told.
        raise Refused(Refusal.MALFORMED, "The session cookie was sent twice.")
    return ours[0][len(_COOKIE_IS) :] if ours else None


class _Held(FIFOCache[bytes, tuple[float, Identity]]):
    """Identities by token, each with the moment until which it is believed; the oldest goes where there are too many.

    Of the bounded caches this is the quick one, and it is asked once a bet (docs/adr/0019).
    """

    def __init__(self, held_max: int):
        super().__init__(held_max)
        self.tokens_of: dict[int, set[bytes]] = {}

    def __setitem__(self, token: bytes, held: tuple[float, Identity]) -> None:
        self.pop(token, None)
        super().__setitem__(token, held)
        self.tokens_of.setdefault(held[1].user_id, set()).add(token)

    def __delitem__(self, token: bytes) -> None:
        user_id = self[token][1].user_id
        super().__delitem__(token)
        tokens = self.tokens_of[user_id]
        tokens.discard(token)
        if not tokens:
            del self.tokens_of[user_id]


class Sessions:
    """The remembered sessions of this process, and the one question at a time about all others."""

    def __init__(self, ledger: Ledger, settings: Settings):
        self._ledger = ledger
        self._held = _Held(settings.session_cache_max)
        self._held_s = settings.session_cache_s
        self._waiting: dict[bytes, asyncio.Future[Identity | None]] = {}
        self._lookup: asyncio.Task[None] | None = None
        # Whose rights changed while a question was under way: its answer about them may be the old one.
        self._changed: set[int] = set()
        ledger.wakeups.on_sessions(self.forget)

    @staticmethod
    def token_from(headers: Headers) -> tuple[bytes, bool] | None:
        """The token of a request and whether it came as a cookie; None where there is none.

        Raises Refused (400) where cookie or authorization comes twice. A script's token wins over a cookie beside it.
        """
        cookie = bearer = None
        for name, value in headers:
            if name == b"cookie":
                if cookie is not None:
                    raise Refused(Refusal.MALFORMED, "The Cookie header was sent twice.")
                cookie = value
            elif name == b"authorization":
                if bearer is not None:
                    raise Refused(Refusal.MALFORMED, "The Authorization header was sent twice.")
                bearer = value
        if bearer is not None and bearer[:7].lower() == b"bearer ":
            return bearer[7:].strip(), False
        if cookie is None:
            return None
        token = _cookie_token(cookie)
        return (token, True) if token else None

    def known(self, token: bytes) -> Identity | None:
        """Who it is, if that is remembered and still believed. Never asks the database."""
        held = self._held.get(token)
        return held[1] if held is not None and held[0] > monotonic() else None

    async def identify(self, token: bytes) -> Identity | None:
        """Who it is, or None: unknown, expired, revoked. Raises Outage when the database cannot be asked."""
        if (held := self.known(token)) is not None:
            return held
        if not token or len(token) > TOKEN_MAX:
            return None
        answer = self._waiting.get(token)
        if answer is None:
            if len(self._waiting) >= WAITING_MAX:
                raise Outage("too many sessions are being looked up")
            answer = self._waiting[token] = asyncio.get_running_loop().create_future()
            if self._lookup is None:
                self._lookup = asyncio.create_task(self._look_up(), name="sessions")
        # A caller that goes away takes nobody else's answer along.
        return await asyncio.shield(answer)

    async def identify_request(self, headers: Headers) -> Identity | None:
        """Who sent these headers, or None. A cookie holds a session and a bearer a token, never the other way round."""
        found = self.token_from(headers)
        if found is None:
            return None
        token, is_cookie = found
        identity = self.known(token) or await self.identify(token)
        return identity if identity is not None and (identity.kind == "session") is is_cookie else None

    def remembered(self, headers: Headers) -> Identity | None:
        """Who it was when the database was last asked, REMEMBERED_S ago at most. Only to look, while it cannot be asked."""
        found = self.token_from(headers)
        held = self._held.get(found[0]) if found is not None else None
        if found is None or held is None or held[0] < monotonic() - REMEMBERED_S:
            return None
        return held[1] if (held[1].kind == "session") is found[1] else None

    def forget(self, user_id: int) -> None:
        """What is remembered of this person is stale."""
        if self._lookup is not None:
            self._changed.add(user_id)
        for token in list(self._held.tokens_of.get(user_id, ())):
            del self._held[token]

    async def _look_up(self) -> None:
        """While one question is under way, the next gathers; nobody waits for a timer."""
        try:
            while self._waiting:
                tokens = list(self._waiting)[:TOKENS_A_QUERY_MAX]
                try:
                    await self._look_up_once(tokens)
                except Exception as lost:
                    for token in tokens:
                        self._answer(token, lost)
        finally:
            self._lookup = None
            for answer in self._waiting.values():
                answer.cancel()
            self._waiting.clear()

    def _answer(self, token: bytes, found: Identity | Exception | None) -> None:
        answer = self._waiting.pop(token, None)
        if answer is None or answer.done():
            return
        if isinstance(found, Exception):
            answer.set_exception(found)
            answer.exception()  # Whoever waited may have gone; that is no news for the log.
        else:
            answer.set_result(found)

    async def _look_up_once(self, tokens: list[bytes]) -> None:
        self._changed.clear()
        hashes = {hash_of(token): token for token in tokens}
        async with self._ledger.read() as conn:
            rows = await users.sessions_by_hash(conn, list(hashes))
        found = {hashes[row["token_hash"]]: row for row in rows}
        for token in tokens:
            row = found.get(token)
            identity = _identity(token, row) if row is not None else None
            if row is not None and identity is not None and identity.user_id not in self._changed:
                self._held[token] = (monotonic() + min(self._held_s, row["seconds_left"]), identity)
            self._answer(token, identity)


def _identity(token: bytes, row: Row) -> Identity:
    return Identity(
        user_id=row["user_id"],
        name=row["name"],
        email=row["email"],
        admin=row["admin"],
        blocked=row["blocked"],
        kind=row["kind"],
        session_id=row["session_id"],
        token_hash=row["token_hash"],
        csrf_token=csrf_of(token),
        roles=dict(zip(row["tournament_ids"], row["roles"], strict=True)),
    )
