"""Onfido: hosted workflow runs (documentation.onfido.com, API v3.6). Knows no ledger.

A message is signed by the webhook's token and carries no time, so it only says that there is news, and is known by run and
status; how the run stands is asked for. What is read in the document comes where the workflow gives it out: docs/kyc.md.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

import httpx
import msgspec

from toteboard.kyc.asking import REFERENCE, Reference, ask, is_signed, text_of
from toteboard.kyc.provider import Answer, Forged, Message, Person, Started, Unavailable, Unreadable
from toteboard.ledger.people.kyc import Status
from toteboard.settings import SettingRefused, Settings

TOKEN_MIN = 16
RUN_COMPLETED = "workflow_run.completed"
T = TypeVar("T")

# A run with an error is over; the person begins another one.
STATUSES: Mapping[str, Status] = {
    "processing": "pending",
    "awaiting_input": "pending",
    "awaiting_client_input": "pending",
    "review": "review",
    "approved": "verified",
    "declined": "declined",
    "abandoned": "expired",
    "error": "expired",
}


class _Object(msgspec.Struct):
    id: str
    status: str | None = None


class _Payload(msgspec.Struct):
    action: str
    object: _Object


class _Event(msgspec.Struct):
    payload: _Payload


class _Applicant(msgspec.Struct):
    id: Reference


class _Link(msgspec.Struct):
    url: str | None = None


class _Run(msgspec.Struct):
    id: Reference
    status: str
    link: _Link | None = None
    customer_user_id: str | None = None
    output: Any = None


class Onfido:
    """One workflow of an account: `token` says who we are, `webhook_token` signs what they send."""

    name = "onfido"
    asked_again = True

    def __init__(self, url: str, token: str, webhook_token: str, workflow: str, client: httpx.AsyncClient):
        self._url = f"{url.rstrip('/')}/v3.6"
        self._token = token
        self._webhook_token = webhook_token
        self._workflow = workflow
        self._client = client

    async def start(self, person: Person, return_url: str) -> Started:
        # An applicant has two names; what the person is really called stands in the document.
        first, _, last = person.name.partition(" ")
        applicant = await self._post("/applicants", _Applicant, first_name=first or "-", last_name=last or "-")
        run = await self._post(
            "/workflow_runs",
            _Run,
            workflow_id=self._workflow,
            applicant_id=applicant.id,
            customer_user_id=str(person.id),
            link={"completed_redirect_url": return_url, "expired_redirect_url": return_url},
        )
        if run.link is None or not run.link.url:
            raise Unavailable(f"{self.name}: the run has no page")
        return Started(run.id, run.link.url)

    def verify_message(self, headers: Mapping[str, str], body: bytes, now: float) -> Message | None:
        if not is_signed(self._webhook_token, body, headers.get("x-sha2-signature")):
            raise Forged("no signature, or another one")
        try:
            payload = msgspec.json.decode(body, type=_Event).payload
        except msgspec.DecodeError as unread:
            raise Unreadable(str(unread)) from unread
        status = STATUSES.get(payload.object.status or "")
        if payload.action != RUN_COMPLETED or status is None:
            return None
        if not REFERENCE.fullmatch(payload.object.id):
            raise Unreadable("the run has no number that one of theirs could have")
        return Message(f"{payload.object.id}:{payload.object.status}", payload.object.id, status)

    async def answer(self, reference: str, person: Person) -> Answer | None:
        request = self._client.build_request("GET", f"{self._url}/workflow_runs/{reference}", headers=self._headers())
        run = self._read(await ask(self._client, self.name, request), _Run)
        if run.id != reference or run.customer_user_id not in (None, str(person.id)):
            raise Unavailable(f"{self.name}: the answer is about another run or person")
        known = _known(run.output)
        return Answer(status=STATUSES.get(run.status, "review"), born_on=_day(known), traits=_traits(known))

    async def _post(self, path: str, kind: type[T], **body: Any) -> T:
        headers = self._headers() | {"Content-Type": "application/json"}
        content = msgspec.json.encode(body)
        request = self._client.build_request("POST", self._url + path, content=content, headers=headers)
        return self._read(await ask(self._client, self.name, request), kind)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Token token={self._token}"}

    def _read(self, response: httpx.Response, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(response.content, type=kind)
        except msgspec.DecodeError as unread:
            raise Unavailable(f"{self.name}: the answer cannot be read") from unread

    async def close(self) -> None:
        """Nothing is open but the registry's client."""


def _known(output: Any) -> dict[str, str]:
    """What the workflow gives out of the document, by Onfido's own names: at the top, or as a report's `properties`."""
    if not isinstance(output, dict):
        return {}
    inner = output.get("properties")
    found = inner if isinstance(inner, dict) else output
    names = ("first_name", "last_name", "date_of_birth", "document_number", "issuing_country")
    return {name: text_of(found.get(name)) for name in names}


def _day(known: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(known.get("date_of_birth", ""))
    except ValueError:
        return None


def _traits(known: dict[str, str]) -> tuple[str, ...]:
    traits = []
    if known.get("document_number") and known.get("issuing_country"):
        traits.append(f"document:{known['issuing_country']}:{known['document_number']}")
    if known.get("first_name") and known.get("last_name") and known.get("date_of_birth"):
        traits.append(f"name:{known['first_name']}:{known['last_name']}:{known['date_of_birth']}")
    return tuple(traits)


def create(settings: Settings, client: httpx.AsyncClient) -> Onfido | None:
    """Where it has a token. Raises SettingRefused for half a set-up."""
    if not settings.kyc_onfido_token:
        return None
    if len(settings.kyc_onfido_webhook_token) < TOKEN_MIN or not settings.kyc_onfido_workflow:
        raise SettingRefused(
            f"TOTEBOARD_KYC_ONFIDO_WEBHOOK_TOKEN (at least {TOKEN_MIN} characters) and TOTEBOARD_KYC_ONFIDO_WORKFLOW have"
            " to be set with TOTEBOARD_KYC_ONFIDO_TOKEN"
        )
    return Onfido(
        settings.kyc_onfido_url,
        settings.kyc_onfido_token,
        settings.kyc_onfido_webhook_token,
        settings.kyc_onfido_workflow,
        client,
    )
