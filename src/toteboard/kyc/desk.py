"""The desk: an organizer looks at a document. No page, no messages; the ledger alone knows how a check stands."""

from collections.abc import Mapping
from uuid import uuid4

from toteboard.kyc.provider import Forged, Message, Person, Started
from toteboard.ledger.kyc import Status


class Desk:
    name = "desk"

    async def start(self, person: Person, return_url: str) -> Started:
        return Started(reference=str(uuid4()), url=None)

    def page(self, reference: str) -> str | None:
        return None

    def verify_message(self, headers: Mapping[str, str], body: bytes, now: float) -> Message:
        raise Forged("the desk sends no messages")

    async def ask(self, reference: str) -> Status | None:
        return None
