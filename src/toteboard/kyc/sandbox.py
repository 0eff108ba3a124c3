"""Our side of the sandbox identity provider: signed questions, signed answers, signed messages. Knows no ledger."""

import secrets
import time
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

import httpx
import msgspec

from toteboard.kyc import signature
from toteboard.kyc.provider import (
    Answer,
    Forged,
    Message,
    Person,
    Started,
    Unavailable,
    UnknownReference,
    Unreadable,
)
from toteboard.ledger.people.kyc import Status
from toteboard.settings import SettingRefused, Settings

Number = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,100}\Z")]
T = TypeVar("T")


class _Message(msgspec.Struct):
    id: Number
    reference: Number
    status: Status


class _Started(msgspec.Struct):
    nonce: str
    reference: Number


class _StatusAnswer(msgspec.Struct):
    nonce: str
    status: Status | Literal["unknown"]


class SandboxProvider:
    """Talks with `python -m toteboard.sandbox.identity_provider`; `secret` signs both ways."""

    name = "sandbox"
    # Its messages have a time and a number of their own.
    asked_again = False

    def __init__(self, url: str, secret: str, client: httpx.AsyncClient):
        self._url = url.rstrip("/")
        self._secret = secret
        self._client = client

    async def start(self, person: Person, return_url: str) -> Started:
        begun = await self._ask("/check", _Started, person=str(person.id), name=person.name, return_url=return_url)
        return Started(begun.reference, f"{self._url}/check/{begun.reference}")

    def verify_message(self, headers: Mapping[str, str], body: bytes, now: float) -> Message | None:
        signature.check(self._secret, headers.get(signature.HEADER), body, now)
        try:
            message = msgspec.json.decode(body, type=_Message)
        except msgspec.DecodeError as unread:
            raise Unreadable(str(unread)) from unread
        return Message(message.id, message.reference, message.status)

    async def answer(self, reference: str, person: Person) -> Answer | None:
        stands = await self._ask("/check/status", _StatusAnswer, reference=reference)
        if stands.status == "unknown":
            raise UnknownReference(reference)
        return Answer(status=stands.status)

    async def _ask(self, path: str, kind: type[T], **question: Any) -> T:
        """The answer to a signed question: signed too, and to this question, not to an earlier one."""
        nonce = secrets.token_urlsafe(16)
        body = msgspec.json.encode(question | {"nonce": nonce})
        headers = {
            "Content-Type": "application/json",
            signature.HEADER: signature.sign(self._secret, body, time.time()),
        }
        try:
            response = await self._client.post(self._url + path, content=body, headers=headers)
            response.raise_for_status()
            signature.check(self._secret, response.headers.get(signature.HEADER), response.content, time.time())
            answer = msgspec.json.decode(response.content, type=kind)
        except (httpx.HTTPError, Forged, msgspec.DecodeError) as lost:
            raise Unavailable(f"{self.name}: {lost}") from lost
        if getattr(answer, "nonce", None) != nonce:
            raise Unavailable(f"{self.name}: the answer is to another question")
        return answer

    async def close(self) -> None:
        """Nothing is open but the registry's client."""


def create(settings: Settings, client: httpx.AsyncClient) -> SandboxProvider | None:
    """The sandbox, where it has an address. Raises SettingRefused for a secret too short to be one."""
    if not settings.kyc_sandbox_url:
        return None
    if len(settings.kyc_sandbox_secret) < signature.SECRET_MIN:
        raise SettingRefused(f"TOTEBOARD_KYC_SANDBOX_SECRET has to have at least {signature.SECRET_MIN} characters")
    return SandboxProvider(settings.kyc_sandbox_url, settings.kyc_sandbox_secret, client)
