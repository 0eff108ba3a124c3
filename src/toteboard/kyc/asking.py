"""Asks a provider over HTTP: bounded in time and size, tried again where that can help. Knows no provider.

No answer, key or header of it is logged: the text of Unavailable names the provider and what went wrong, nothing else.
"""

import asyncio
import hmac
import re
from typing import Annotated, Any

import httpx
import msgspec

from toteboard.kyc.provider import Unavailable, UnknownReference

# What a number of theirs may look like that goes into an address: nothing that could lead elsewhere.
REFERENCE = re.compile(r"[A-Za-z0-9-]{1,100}")
Reference = Annotated[str, msgspec.Meta(pattern=rf"^{REFERENCE.pattern}\Z")]

# Tried again after so long, where the provider was not reached or says that it is away.
PAUSES_S = (0.2, 0.8)
AWAY = frozenset({502, 503, 504})
ANSWER_BYTES_MAX = 1_000_000


async def ask(client: httpx.AsyncClient, provider: str, request: httpx.Request) -> httpx.Response:
    """The answer to a request that may be sent twice. Raises Unavailable, UnknownReference (404)."""
    for pause_s in (*PAUSES_S, None):
        try:
            response = await _send(client, request)
        except httpx.HTTPError as lost:
            why = type(lost).__name__
        else:
            if response.status_code not in AWAY:
                return _checked(provider, response)
            why = f"it answers {response.status_code}"
        if pause_s is not None:
            await asyncio.sleep(pause_s)
    raise Unavailable(f"{provider}: {why}")


async def _send(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    response = await client.send(request, stream=True)
    try:
        content = b""
        async for part in response.aiter_bytes():
            content += part
            if len(content) > ANSWER_BYTES_MAX:
                raise httpx.ReadError("the answer is too large")
    finally:
        await response.aclose()
    return httpx.Response(response.status_code, headers=_plain(response.headers), content=content, request=request)


def _plain(headers: httpx.Headers) -> list[tuple[str, str]]:
    """Without what says how the bytes came: they are unpacked by now."""
    framing = ("content-encoding", "transfer-encoding", "content-length")
    return [(name, value) for name, value in headers.multi_items() if name.lower() not in framing]


def _checked(provider: str, response: httpx.Response) -> httpx.Response:
    if response.status_code == 404:
        raise UnknownReference(provider)
    if not response.is_success:
        raise Unavailable(f"{provider}: it answers {response.status_code}")
    return response


def hex_hmac(secret: str, data: bytes) -> str:
    """HMAC-SHA256 in small hexadecimal letters, as Veriff and Onfido sign."""
    return hmac.new(secret.encode(), data, "sha256").hexdigest()


def is_signed(secret: str, data: bytes, signature: str | None) -> bool:
    """Whether the signature is that of these bytes; capitals do not matter, time says nothing."""
    return hmac.compare_digest(hex_hmac(secret, data).encode(), (signature or "").strip().lower().encode())


def text_of(value: Any) -> str:
    """A text of an answer, empty where it is none."""
    return value.strip() if isinstance(value, str) else ""
