"""What no request may exceed, before any route sees it: size and time of a body, depth and doubled keys of its JSON.

Also what every answer carries: the headers that keep a browser from guessing. Knows no route.
"""

import asyncio
import json
import math
from typing import Any

from toteboard.api.files.uploads import is_upload
from toteboard.http.problems import refuse
from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings

_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})


class BadJson(ValueError):
    """Well, or nearly, but not so that everybody reads the same in it."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise BadJson("A field stands twice.")
    return members


def _constant(name: str) -> Any:
    raise BadJson(f"{name} is not a number of JSON.")


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise BadJson("A number is too large.")
    return number


def check_json(body: bytes, *, depth_max: int) -> None:
    """Raises BadJson for JSON that one reader takes otherwise than another, or that is nested deeper than anybody needs."""
    depth = deepest = 0
    in_text = escaped = False
    for byte in body:
        if in_text:
            if escaped:
                escaped = False
            elif byte == 0x5C:
                escaped = True
            elif byte == 0x22:
                in_text = False
        elif byte == 0x22:
            in_text = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > depth_max:
                raise BadJson("The JSON is nested too deep.")
        elif byte in b"]}":
            depth -= 1
    try:
        text = body.decode("utf-8")
        json.loads(text, object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_number)
    except BadJson:
        raise
    except (ValueError, RecursionError):
        raise BadJson("The body is not JSON.") from None


class Bounds:
    """An ASGI application around another: it hears only of requests that are within bounds."""

    def __init__(self, app: Any, settings: Settings):
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["method"] in _BODILESS or is_upload(scope):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._settings.body_wait_s):
                body = await self._body(scope, receive)
        except TimeoutError:
            await self._refuse(send, Refused(Refusal.TIMEOUT))
            return
        if body is None:
            await self._refuse(send, Refused(Refusal.TOO_LARGE))
            return
        try:
            if body and _is_json(scope):
                check_json(body, depth_max=self._settings.json_depth_max)
        except BadJson as bad:
            await self._refuse(send, Refused(Refusal.MALFORMED, str(bad)))
            return
        given = False

        async def replay() -> Any:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, replay, send)

    async def _refuse(self, send: Any, refused: Refused) -> None:
        await refuse(send, refused, retry_after_s=self._settings.retry_after_s)

    async def _body(self, scope: Any, receive: Any) -> bytes | None:
        most = self._settings.body_max
        for name, value in scope["headers"]:
            if name == b"content-length" and (not value.isdigit() or int(value) > most):
                return None
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > most:
                return None
            if not message.get("more_body", False):
                return bytes(body)


def _is_json(scope: Any) -> bool:
    return any(name == b"content-type" and b"json" in value.lower() for name, value in scope["headers"])
