"""Onfido as its pages describe it: applicants, workflow runs, signed webhooks. Shares no signing code with the server.

documentation.onfido.com, API v3.6: POST /applicants, POST and GET /workflow_runs, webhooks, manual signature verification.
"""

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from .http import Answered, Asked
from .signing import hex_mac

TOKEN, WEBHOOK_TOKEN, WORKFLOW = "api_sandbox.tote", "YKOC6mkBxi6yK2zlUIrLMvsJMFEZObP5", "e8c921eb-0495-44fe-b655"
# Of the tests of their own client library: events with the token they are signed with, and the signature.
VECTORS = (
    (
        "wU99mE6jJ7nXOLFwZ0tJymM1lpI15pZh",
        b'{"payload":{"resource_type":"check","action":"check.completed",'
        b'"object":{"id":"f2302f45-227d-413d-ad61-09ec077a086a","status":"complete",'
        b'"completed_at_iso8601":"2024-04-04T09:21:21Z",'
        b'"href":"https://api.onfido.com/v3.6/checks/f2302f45-227d-413d-ad61-09ec077a086a"}}}',
        "77ebc3e418f26be6eebb47f7ebe551321de26734fc273961e075fc9ab163d9c7",
    ),
    (
        WEBHOOK_TOKEN,
        b'{"payload":{"resource_type":"workflow_task","action":"workflow_task.started",'
        b'"object":{"id":"profile_1eb92","task_spec_id":"profile_1eb92","task_def_id":"profile_data",'
        b'"workflow_run_id":"bc77c6e5-753a-4580-96a6-aaed3e5a8d19","status":"started",'
        b'"started_at_iso8601":"2024-07-10T12:49:09Z","href":"https://api.eu.onfido.com/v3.6/workflow_runs/'
        b'bc77c6e5-753a-4580-96a6-aaed3e5a8d19/tasks/profile_1eb92"},'
        b'"resource":{"created_at":"2024-07-10T12:49:09Z","id":"profile_1eb92",'
        b'"workflow_run_id":"bc77c6e5-753a-4580-96a6-aaed3e5a8d19","updated_at":"2024-07-10T12:49:09Z",'
        b'"input":{},"task_def_version":null,"task_def_id":"profile_data","output":null}}}',
        "c95a5b785484f6fa1bc25f381b5595d66bf85cb442eefb06aa007802ee6a4dfa",
    ),
)


@dataclass
class OnfidoDouble:
    """`decide` says how a run stands; `message` is what the webhook would be told of it."""

    applicants: dict[str, dict[str, Any]] = field(default_factory=dict)
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    down: int | None = None

    async def answer(self, asked: Asked) -> Answered:
        self.asked.append(asked)
        if self.down is not None:
            return self.down, {}, b"maintenance"
        if asked.headers.get("authorization") != f"Token token={TOKEN}":
            return 401, {}, b"{}"
        if (asked.method, asked.path) == ("POST", "/v3.6/applicants"):
            applicant = {"id": str(uuid4()), **json.loads(asked.body)}
            assert set(applicant) == {"id", "first_name", "last_name"}
            self.applicants[applicant["id"]] = applicant
            return _json(201, applicant)
        if (asked.method, asked.path) == ("POST", "/v3.6/workflow_runs"):
            return self._run(json.loads(asked.body))
        run = asked.path.removeprefix("/v3.6/workflow_runs/")
        if asked.method == "GET" and run in self.sessions:
            return _json(200, self.sessions[run])
        return _json(404, {"error": {"type": "resource_not_found"}})

    def _run(self, body: dict[str, Any]) -> Answered:
        assert body["workflow_id"] == WORKFLOW
        assert body["applicant_id"] in self.applicants
        run = str(uuid4())
        self.sessions[run] = {
            "id": run,
            "workflow_id": WORKFLOW,
            "workflow_version_id": 7,
            "applicant_id": body["applicant_id"],
            "customer_user_id": body["customer_user_id"],
            "status": "awaiting_input",
            "output": None,
            "reasons": None,
            "link": body["link"] | {"url": f"https://eu.onfido.example/f/{run}"},
        }
        return _json(201, self.sessions[run])

    def decide(
        self, session: str, status: str, *, born: str | None = "1990-01-01", number: str = "999999999", attempt: int = 1
    ) -> None:
        output = {
            "first_name": "Jane",
            "last_name": f"Doe {number}",
            "date_of_birth": born,
            "document_number": number,
            "issuing_country": "GBR",
        }
        self.sessions[session] |= {"status": status, "output": output}

    def message(self, session: str, *, status: str | None = None) -> tuple[bytes, dict[str, str]]:
        told = {
            "id": session,
            "status": status or self.sessions[session]["status"],
            "completed_at_iso8601": "2026-11-06T07:17:36Z",
            "href": f"https://api.eu.onfido.com/v3.6/workflow_runs/{session}",
        }
        payload = {"resource_type": "workflow_run", "action": "workflow_run.completed", "object": told}
        body = json.dumps({"payload": payload}).encode()
        return body, {"content-type": "application/json", "x-sha2-signature": hex_mac(WEBHOOK_TOKEN, body)}


def _json(status: int, body: dict[str, Any]) -> Answered:
    return status, {"content-type": "application/json"}, json.dumps(body).encode()
