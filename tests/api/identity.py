"""Identity checks as the tests ask for them: begun, looked at, and told as the sandbox provider tells them."""

import time
from typing import Any

from toteboard.kyc import signature

from .conftest import SECRET
from .visitors import Visitor

WEBHOOK = "/api/kyc/webhook/sandbox"


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    now = time.time() if at is None else at
    return {"Content-Type": "application/json", signature.HEADER: signature.sign(secret, body, now)}


async def begin(visitor: Visitor, cup: int) -> dict[str, Any]:
    answer = await visitor.post("/api/kyc", json={"tournament_id": cup})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def kyc_of(visitor: Visitor) -> str:
    return str((await visitor.get("/api/kyc")).json()["status"])
