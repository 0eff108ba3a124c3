"""Identity checks as the tests ask for them: begun, looked at, and told as the sandbox provider tells them."""

import time
from typing import Any

import httpx

from toteboard.kyc import signature
from toteboard.kyc.sandbox import SandboxProvider

from .clients import ApiClient
from .conftest import SECRET

WEBHOOK = "/api/kyc/webhook/sandbox"


def signed(body: bytes, *, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    now = time.time() if at is None else at
    return {"Content-Type": "application/json", signature.HEADER: signature.sign(secret, body, now)}


def sandbox_provider(url: str, secret: str) -> SandboxProvider:
    """Our side of the sandbox provider, with an HTTP client of its own."""
    return SandboxProvider(url, secret, httpx.AsyncClient(trust_env=False, timeout=5))


async def begin(client: ApiClient, cup: int) -> dict[str, Any]:
    answer = await client.post("/api/kyc", json={"tournament_id": cup})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def kyc_of(client: ApiClient, cup: int | None = None) -> str:
    """As it stands in a tournament; without one, what the server knows."""
    params = {} if cup is None else {"tournament_id": cup}
    return str((await client.get("/api/kyc", params=params)).json()["status"])
