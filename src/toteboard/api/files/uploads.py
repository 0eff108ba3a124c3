"""Takes in a file that is larger than any other body: after who asks is known, bounded in size, time and number.

Every other body is read before any route sees it (bounds.py). A large one held for somebody unknown would be a gift to
whoever wants our memory. Knows no format.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request

from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings

# What a browser sends for a CSV, a workbook, JSON or what it does not know; none that another site's form can say.
MEDIA = (
    "text/csv",
    "application/json",
    "application/octet-stream",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
# What is too large is read to its end up to so many times the bound, and not held: a proxy that is still sending when it is
# answered ends its client's connection, and nobody reads why.
HEARD_OUT = 2
_PATH = re.compile(r"/api/tournament/[^/]+/import(?:/marked)?")


def is_upload(scope: dict[str, object]) -> bool:
    """Whether this request's body is read here."""
    return scope["method"] == "POST" and _PATH.fullmatch(str(scope["path"])) is not None


class Uploads:
    """How many are taken in now."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._now = 0

    @asynccontextmanager
    async def taken(self, request: Request) -> AsyncIterator[bytes]:
        """The body, held until the block ends. Raises Refused: TOO_BUSY, TOO_LARGE, TIMEOUT."""
        if self._now >= self._settings.imports_max:
            raise Refused(Refusal.TOO_BUSY, "Other files are being read; try again in a moment.")
        self._now += 1
        try:
            yield await self._body(request)
        finally:
            self._now -= 1

    async def _body(self, request: Request) -> bytes:
        most = self._settings.import_bytes_max
        too_large = Refused(Refusal.TOO_LARGE, f"A file of at most {most:,} bytes is taken.")
        length = request.headers.get("content-length", "")
        if length.isdigit() and int(length) > HEARD_OUT * most:
            raise too_large
        body, came = bytearray(), 0
        try:
            async with asyncio.timeout(self._settings.import_wait_s):
                async for part in request.stream():
                    came += len(part)
                    if came > HEARD_OUT * most:
                        raise too_large
                    if came <= most:
                        body += part
        except TimeoutError:
            raise Refused(Refusal.TIMEOUT, "The file did not arrive in time.") from None
        except ClientDisconnect:
            raise Refused(Refusal.MALFORMED, "The file did not arrive whole.") from None
        if came > most:
            raise too_large
        return bytes(body)
