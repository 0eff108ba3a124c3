"""The desk: an organizer looks at a document. No page, no messages; the ledger alone knows how a check stands."""

from collections.abc import Mapping
from uuid import uuid4

import httpx

from toteboard.kyc.provider import Forged, Message, Person, Started
from toteboard.ledger.people.kyc import Status
from toteboard.settings import Settings


class Desk:
    """The provider that is no provider: somebody at the desk looks at a document."""

    name = "desk"

    async def start(self, person: Person, return_url: str) -> Started:
        return Started(reference=str(uuid4()), url=None)

    def page(self, reference: str) -> str | None:
        return None

    def verify_message(self, headers: Mapping[str, str], body: bytes, now: float) -> Message:
        raise Forged("the desk sends no messages")

    async def status_of(self, reference: str) -> Status | None:
        return None

    async def close(self) -> None:
        """Nothing is open."""


def create(_settings: Settings, _client: httpx.AsyncClient) -> Desk:
    """There is always a desk."""
    return Desk()
