"""The sandbox identity provider: a process of its own, as a real one would be, with a page to decide on.

    python -m toteboard.sandbox.identity_provider --port 8081 --webhook http://localhost:8080/api/kyc/webhook/sandbox

The secret comes by TOTEBOARD_KYC_SANDBOX_SECRET. Its checks are in memory only, and it knows nothing of the ledger.
"""

import argparse
import asyncio
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import uvicorn
from setproctitle import setproctitle
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from toteboard.kyc import signature
from toteboard.kyc.provider import Forged

CHECKS_MAX = 10_000
BODY_MAX = 8192
# Messages under way at once, and how often each is tried: 0.2, 0.4, … seconds apart, less than a minute in all.
SENDING_MAX = 200
TRIES_MAX = 8
TRY_WAIT_S = 5.0
# The browser goes back when the message was taken, or after this long: then it arrives a little later.
RETURN_WAIT_S = 2.0

DECISIONS = {"approve": "verified", "decline": "declined", "review": "review"}
WORDS = {
    "pending": "Nothing is decided yet.",
    "verified": "This check was approved.",
    "declined": "This check was declined.",
    "review": "This check is being reviewed.",
}
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_PAGE = Template(files("toteboard.sandbox").joinpath("identity_page.html").read_text(encoding="utf-8"))


@dataclass(slots=True)
class Check:
    """A check that somebody is in the middle of."""

    name: str
    return_url: str
    status: str = "pending"


class Checks:
    """The checks of this process, oldest first, and the messages about them that are under way."""

    def __init__(self, secret: str, webhook: str):
        self._secret = secret
        self._webhook = webhook
        self._checks: dict[str, Check] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(timeout=TRY_WAIT_S, trust_env=False)

    def begin(self, name: str, return_url: str) -> str:
        while len(self._checks) >= CHECKS_MAX:
            del self._checks[next(iter(self._checks))]
        # Whoever has the address of the page decides: it is as long as a secret.
        reference = secrets.token_urlsafe(24)
        self._checks[reference] = Check(name, return_url)
        return reference

    def get(self, reference: str) -> Check | None:
        return self._checks.get(reference)

    async def decide(self, reference: str, status: str) -> None:
        """Keeps the decision and tells it; returns when it was taken, or after RETURN_WAIT_S."""
        self._checks[reference].status = status
        if len(self._sending) >= SENDING_MAX:
            return  # It is not lost: we are asked how the check stands.
        body = msgspec.json.encode({"id": secrets.token_urlsafe(16), "reference": reference, "status": status})
        sending = asyncio.create_task(self._send(body))
        self._sending.add(sending)
        sending.add_done_callback(self._sending.discard)
        await asyncio.wait({sending}, timeout=RETURN_WAIT_S)

    async def _send(self, body: bytes) -> None:
        for tried in range(TRIES_MAX):
            # Signed anew each time: the signature's age counts, the message's number does not change.
            headers = {"Content-Type": "application/json"} | self.signed(body)
            with suppress(httpx.HTTPError):
                response = await self._client.post(self._webhook, content=body, headers=headers)
                if response.is_success:
                    return
            await asyncio.sleep(0.2 * 2**tried)

    def signed(self, body: bytes) -> dict[str, str]:
        return {signature.HEADER: signature.sign(self._secret, body, time.time())}

    async def question(self, request: Request) -> dict[str, Any]:
        """A question of the ledger's, if it is signed. Raises Forged, msgspec.DecodeError."""
        body = await _body(request)
        signature.check(self._secret, request.headers.get(signature.HEADER), body, time.time())
        return msgspec.json.decode(body, type=dict[str, Any])

    def answer(self, **members: Any) -> Response:
        body = msgspec.json.encode(members)
        return Response(body, media_type="application/json", headers=self.signed(body))

    async def close(self) -> None:
        for sending in self._sending:
            sending.cancel()
        await self._client.aclose()


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_MAX:
            raise Forged("longer than any question")
    return body


def create_app(secret: str, webhook: str) -> Starlette:
    """The provider as an ASGI app; `webhook` is where the decisions are told."""
    checks = Checks(secret, webhook)

    async def begin(request: Request) -> Response:
        question = await checks.question(request)
        return_url = str(question["return_url"])
        if urlsplit(return_url).scheme not in ("http", "https"):
            return Response(status_code=422)
        return checks.answer(nonce=question["nonce"], reference=checks.begin(str(question["name"]), return_url))

    async def stands(request: Request) -> Response:
        question = await checks.question(request)
        found = checks.get(str(question["reference"]))
        return checks.answer(nonce=question["nonce"], status=found.status if found else "unknown")

    async def page(request: Request) -> Response:
        check = checks.get(request.path_params["reference"])
        if check is None:
            return Response("There is no such check (any more).", status_code=404, headers=PAGE_HEADERS)
        text = _PAGE.substitute(
            name=escape(check.name), words=WORDS[check.status], back=escape(check.return_url, quote=True)
        )
        return Response(text, media_type="text/html", headers=PAGE_HEADERS)

    async def decide(request: Request) -> Response:
        reference = request.path_params["reference"]
        check = checks.get(reference)
        decision = parse_qs((await _body(request)).decode("latin-1")).get("decision", [""])[0]
        if check is None or decision not in DECISIONS:
            return Response(status_code=404 if check is None else 422)
        await checks.decide(reference, DECISIONS[decision])
        return RedirectResponse(check.return_url, status_code=303)

    async def refused(_request: Request, _error: Exception) -> Response:
        return Response(status_code=401)

    async def unreadable(_request: Request, _error: Exception) -> Response:
        return Response(status_code=400)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await checks.close()

    return Starlette(
        routes=[
            Route("/check", begin, methods=["POST"]),
            Route("/check/status", stands, methods=["POST"]),
            Route("/check/{reference}", page, methods=["GET"]),
            Route("/check/{reference}", decide, methods=["POST"]),
        ],
        exception_handlers={Forged: refused, msgspec.DecodeError: unreadable, KeyError: unreadable},
        lifespan=lifespan,
    )


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="toteboard.sandbox.identity_provider", description="the sandbox identity provider"
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--webhook", required=True, help="where decisions are told: …/api/kyc/webhook/sandbox")
    parser.add_argument("--until-stdin-ends", action="store_true", help="end with whoever holds our stdin")
    given = parser.parse_args()
    secret = os.environ.get("TOTEBOARD_KYC_SANDBOX_SECRET", "")
    if len(secret) < signature.SECRET_MIN:
        sys.exit(f"TOTEBOARD_KYC_SANDBOX_SECRET has to have at least {signature.SECRET_MIN} characters")
    if given.until_stdin_ends:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    uvicorn.run(create_app(secret, given.webhook), host=given.host, port=given.port, log_level="warning")


if __name__ == "__main__":
    setproctitle("toteboard sandbox identity")
    main()
