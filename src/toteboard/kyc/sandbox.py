"""Our side of the sandbox identity provider: signed questions, signed answers, signed messages. Knows no ledger."""

import secrets
import time
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import httpx
import msgspec

from toteboard.kyc import signature
from toteboard.kyc.provider import (
    Forged,
    Message,
    Person,
    Started,
    Unavailable,
    UnknownReference,
    Unreadable,
)
from toteboard.ledger.kyc import Status

ASK_WAIT_S = 5.0

Number = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,100}\Z")]
T = TypeVar("T")


class _Said(msgspec.Struct):
    id: Number
    reference: Number
    status: Status


class _Begun(msgspec.Struct):
    nonce: str
    reference: Number


class _Stands(msgspec.Struct):
    nonce: str
    status: Status | Literal["unknown"]


class SandboxProvider:
    """Talks with `python -m toteboard.kyc.sandbox_provider`; `secret` signs both ways."""

    name = "sandbox"

    def __init__(self, url: str, secret: str):
        self._url = url.rstrip("/")
        self._secret = secret
        self._tls = httpx.create_ssl_context()

    async def start(self, person: Person, return_url: str) -> Started:
        begun = await self._ask("/check", _Begun, person=str(person.id), name=person.name, return_url=return_url)
        return Started(begun.reference, self.page(begun.reference))

    def page(self, reference: str) -> str | None:
        return f"{self._url}/check/{reference}"

    def verify_message(self, headers: Mapping[str, str], body: bytes, now: float) -> Message:
        signature.check(self._secret, headers.get(signature.HEADER), body, now)
        try:
            said = msgspec.json.decode(body, type=_Said)
        except msgspec.DecodeError as unread:
            raise Unreadable(str(unread)) from unread
        return Message(said.id, said.reference, said.status)

    async def ask(self, reference: str) -> Status | None:
        stands = await self._ask("/check/status", _Stands, reference=reference)
        if stands.status == "unknown":
            raise UnknownReference(reference)
        return stands.status

    async def _ask(self, path: str, kind: type[T], **question: Any) -> T:
        """The answer to a signed question: signed too, and to this question, not to an earlier one."""
        nonce = secrets.token_urlsafe(16)
        body = msgspec.json.encode(question | {"nonce": nonce})
        headers = {
            "Content-Type": "application/json",
            signature.HEADER: signature.sign(self._secret, body, time.time()),
        }
        try:
            # The provider is a process of our own beside us: no proxy of the environment stands between.
            async with httpx.AsyncClient(verify=self._tls, timeout=ASK_WAIT_S, trust_env=False) as client:
                response = await client.post(self._url + path, content=body, headers=headers)
            response.raise_for_status()
            signature.check(self._secret, response.headers.get(signature.HEADER), response.content, time.time())
            answer = msgspec.json.decode(response.content, type=kind)
        except (httpx.HTTPError, Forged, msgspec.DecodeError) as lost:
            raise Unavailable(f"{self.name}: {lost}") from lost
        if getattr(answer, "nonce", None) != nonce:
            raise Unavailable(f"{self.name}: the answer is to another question")
        return answer
