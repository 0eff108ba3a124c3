"""Veriff as its pages describe it: sessions, decisions, signed messages. Shares no signing code with the server.

devdocs.veriff.com: POST /v1/sessions, GET /v1/sessions/{id}/decision, decision webhook, HMAC authentication.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from .http import Answered, Asked
from .signing import hex_mac

KEY, SECRET = "tote-integration-key", "abcdef12-abcd-abcd-abcd-abcdef012345"
# Of their page on HMAC authentication: the payload, signed with that secret; and a session id, as a GET signs it.
VECTORS = (
    (
        b'{"verification":{"callback":"https://veriff.com","person":{"firstName":"John","lastName":"Smith"},'
        b'"document":{"type":"PASSPORT","country":"EE"},"vendorData":"unique id of the end-user",'
        b'"timestamp":"2016-05-19T08:30:25.597Z"}}',
        "0dcab73ddd20062616d104231c7439657546a5c24e4691977da93bb854c31e25",
    ),
    (
        b"aea9ba6d-1b47-47fc-a4fc-f72b6d3584a7",
        "895cb3fd31139d89aeb7b263682e15479ab57651e70591256ad2c14fde4950dd",
    ),
)
# The numbers beside the statuses, which disagree between their pages: 9104 and 9121 are both said of abandoned.
CODES = {
    "approved": 9001,
    "declined": 9102,
    "resubmission_requested": 9103,
    "expired": 9104,
    "abandoned": 9121,
    "review": 9121,
}


@dataclass
class VeriffDouble:
    """`decide` says how a session stands; `message` is what the webhook would be told of it."""

    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    # A status to answer everything with, as while it is down.
    down: int | None = None

    async def answer(self, asked: Asked) -> Answered:
        self.asked.append(asked)
        if self.down is not None:
            return self.down, {}, b"maintenance"
        if asked.headers.get("x-auth-client") != KEY:
            return 401, {}, b"{}"
        if (asked.method, asked.path) == ("POST", "/v1/sessions"):
            return self._create(asked)
        session, _, rest = asked.path.removeprefix("/v1/sessions/").partition("/")
        if asked.method != "GET" or rest != "decision" or session not in self.sessions:
            return 404, {}, b"{}"
        if asked.headers.get("x-hmac-signature") != hex_mac(SECRET, session.encode()):
            return 401, {}, b"{}"
        return self._signed(200, self.sessions[session]["answer"])

    def _create(self, asked: Asked) -> Answered:
        assert asked.headers["content-type"] == "application/json"
        assert asked.headers.get("x-hmac-signature") == hex_mac(SECRET, asked.body)
        verification = json.loads(asked.body)["verification"]
        # Nothing of the person but our own number.
        assert set(verification) == {"callback", "vendorData"}
        session = str(uuid4())
        self.sessions[session] = {
            "vendorData": verification["vendorData"],
            "attempt": 1,
            "answer": {"status": "success", "verification": None},
        }
        created = {
            "id": session,
            "url": f"https://alchemy.veriff.example/v/{session}-token",
            "vendorData": verification["vendorData"],
            "host": "https://alchemy.veriff.example",
            "status": "created",
            "sessionToken": f"{session}-token",
        }
        return self._signed(201, {"status": "success", "verification": created})

    def _signed(self, status: int, answer: dict[str, Any]) -> Answered:
        body = json.dumps(answer).encode()
        return status, {"x-auth-client": KEY, "x-hmac-signature": hex_mac(SECRET, body)}, body

    def decide(
        self, session: str, status: str, *, born: str | None = "1967-03-30", number: str = "B01234567", attempt: int = 1
    ) -> None:
        self.sessions[session]["answer"] = {
            "status": "success",
            "verification": {
                "id": session,
                "attemptId": f"00bca969-b53a-4fad-b065-{attempt:012d}",
                "vendorData": self.sessions[session]["vendorData"],
                "status": status,
                "code": CODES[status],
                "reason": None,
                "person": {
                    "firstName": "TERE",
                    "lastName": f"MAI {number}",
                    "dateOfBirth": born,
                    "nationality": "EE",
                    "idNumber": None,
                },
                "document": {"number": number, "type": "PASSPORT", "country": "EE", "validUntil": "2031-11-11"},
                "decisionTime": "2026-11-06T07:17:36.916Z",
                "riskLabels": None,
            },
        }

    def message(self, session: str, *, status: str | None = None) -> tuple[bytes, dict[str, str]]:
        """The bytes and headers of the webhook; `status` where it says something else than the decision by now."""
        told = json.loads(json.dumps(self.sessions[session]["answer"]))
        if status is not None:
            told["verification"]["status"] = status
        body = json.dumps(told).encode()
        return body, {
            "content-type": "application/json",
            "x-auth-client": KEY,
            "x-hmac-signature": hex_mac(SECRET, body),
        }
