"""Veriff: hosted identity checks (devdocs.veriff.com, v1). Requests and messages are signed with one shared secret.

The string `status` decides: their numeric codes disagree between pages. A message carries no time, so it only says that
there is news, and is known by session, attempt and status; how the session stands is asked for. Knows no ledger.
"""

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

import httpx
import msgspec

from toteboard.kyc.asking import Reference, ask, hex_hmac, is_signed
from toteboard.kyc.provider import Answer, Forged, Message, Person, Started, Unavailable, Unreadable
from toteboard.ledger.people.kyc import Status
from toteboard.settings import SettingRefused, Settings

SECRET_MIN = 16
T = TypeVar("T")

# What may still be given again at the same page is pending; a session that is over needs a new one.
STATUSES: Mapping[str, Status] = {
    "created": "pending",
    "started": "pending",
    "submitted": "pending",
    "resubmission_requested": "pending",
    "review": "review",
    "approved": "verified",
    "declined": "declined",
    "expired": "expired",
    "abandoned": "expired",
}


class _Person(msgspec.Struct, rename="camel"):
    first_name: str | None = None
    last_name: str | None = None
    date_of_birth: str | None = None
    id_number: str | None = None


class _Document(msgspec.Struct, rename="camel"):
    number: str | None = None
    country: str | None = None


class _Verification(msgspec.Struct, rename="camel"):
    id: Reference
    status: str
    attempt_id: Reference | None = None
    vendor_data: str | None = None
    person: _Person | None = None
    document: _Document | None = None


class _Decision(msgspec.Struct):
    verification: _Verification | None = None


class _Session(msgspec.Struct):
    id: Reference
    url: str


class _Created(msgspec.Struct):
    verification: _Session


class Veriff:
    """One integration: its API key says who we are, its shared secret signs both ways."""

    name = "veriff"
    asked_again = True

    def __init__(self, url: str, key: str, secret: str, client: httpx.AsyncClient):
        self._url = url.rstrip("/")
        self._key = key
        self._secret = secret
        self._client = client

    async def start(self, person: Person, return_url: str) -> Started:
        # Who it is stays with us: they get our number of the person and the way back.
        body = msgspec.json.encode({"verification": {"callback": return_url, "vendorData": str(person.id)}})
        headers = self._headers(body) | {"Content-Type": "application/json"}
        request = self._client.build_request("POST", f"{self._url}/v1/sessions", content=body, headers=headers)
        created = self._read(await ask(self._client, self.name, request), _Created).verification
        if not created.url.startswith("https://") and not self._url.startswith("http://"):
            raise Unavailable(f"{self.name}: its page is no https address")
        return Started(created.id, created.url)

    def verify_message(self, headers: Mapping[str, str], body: bytes, now: float) -> Message | None:
        if headers.get("x-auth-client", self._key) != self._key:
            raise Forged("another integration")
        if not is_signed(self._secret, body, headers.get("x-hmac-signature")):
            raise Forged("no signature, or another one")
        try:
            told = msgspec.json.decode(body, type=_Decision).verification
        except msgspec.DecodeError as unread:
            raise Unreadable(str(unread)) from unread
        if told is None or told.status not in STATUSES:
            # An event of another kind, or a status of a later day: nothing to do, and nothing wrong.
            return None
        return Message(f"{told.id}:{told.attempt_id}:{told.status}", told.id, STATUSES[told.status])

    async def answer(self, reference: str, person: Person) -> Answer | None:
        headers = self._headers(reference.encode())
        request = self._client.build_request("GET", f"{self._url}/v1/sessions/{reference}/decision", headers=headers)
        stands = self._read(await ask(self._client, self.name, request), _Decision).verification
        if stands is None:
            return Answer(status="pending")
        if stands.id != reference or stands.vendor_data not in (None, str(person.id)):
            raise Unavailable(f"{self.name}: the answer is about another session or person")
        return Answer(status=STATUSES.get(stands.status, "review"), born_on=_day(stands.person), traits=_traits(stands))

    def _headers(self, signed: bytes) -> dict[str, str]:
        return {"X-AUTH-CLIENT": self._key, "X-HMAC-SIGNATURE": hex_hmac(self._secret, signed)}

    def _read(self, response: httpx.Response, kind: type[T]) -> T:
        """The answer, signed as they say they sign; TLS stands for one without."""
        signature = response.headers.get("x-hmac-signature")
        if signature is not None and not is_signed(self._secret, response.content, signature):
            raise Unavailable(f"{self.name}: the answer has another signature")
        try:
            return msgspec.json.decode(response.content, type=kind)
        except msgspec.DecodeError as unread:
            raise Unavailable(f"{self.name}: the answer cannot be read") from unread

    async def close(self) -> None:
        """Nothing is open but the registry's client."""


def _day(person: _Person | None) -> date | None:
    try:
        return date.fromisoformat(person.date_of_birth or "") if person else None
    except ValueError:
        return None


def _traits(stands: _Verification) -> tuple[str, ...]:
    person, document = stands.person or _Person(), stands.document or _Document()
    traits = []
    if document.number and document.country:
        traits.append(f"document:{document.country}:{document.number}")
    if person.id_number and document.country:
        traits.append(f"number:{document.country}:{person.id_number}")
    if person.first_name and person.last_name and person.date_of_birth:
        traits.append(f"name:{person.first_name}:{person.last_name}:{person.date_of_birth}")
    return tuple(traits)


def create(settings: Settings, client: httpx.AsyncClient) -> Veriff | None:
    """Where it has a key. Raises SettingRefused for half a set-up."""
    if not settings.kyc_veriff_key:
        return None
    if len(settings.kyc_veriff_secret) < SECRET_MIN:
        raise SettingRefused(f"TOTEBOARD_KYC_VERIFF_SECRET has to have at least {SECRET_MIN} characters")
    return Veriff(settings.kyc_veriff_url, settings.kyc_veriff_key, settings.kyc_veriff_secret, client)
