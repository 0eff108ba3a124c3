"""What every answer says to a browser besides its content. Knows no route.

Added where an answer does not say it otherwise itself: pages have a policy of their own (api/pages.py). The answers to bets
and those of the parser, which are written as bytes, carry the same as `RAW`.
"""

from contextvars import ContextVar
from datetime import UTC
from typing import Any

from toteboard.http.address import is_https
from toteboard.http.rate_limits import Limits, header_lines
from toteboard.http.request_ids import HEADER
from toteboard.ledger.replica import AsOf, read_as_of
from toteboard.settings import Settings

# What is not a page loads nothing, sends nothing and stands in no frame.
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
ALWAYS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    # Whoever may be kept by a cache says so.
    (b"cache-control", b"no-store"),
)
# A year. Not for other names of the same domain: they are not ours to speak for.
TLS_ONLY = (b"strict-transport-security", b"max-age=31536000")
RAW = b"".join(b"%b: %b\r\n" % header for header in ALWAYS)
RAW_TLS_ONLY = b"%b: %b\r\n" % TLS_ONLY

_STARTS = ("http.response.start", "websocket.http.response.start")
# What was counted for the request that is being answered.
counted: ContextVar[Limits | None] = ContextVar("counted", default=None)


def completed(scope: Any, send: Any, settings: Settings, request: str) -> Any:
    """The `send` of a request whose answer gets the headers that it lacks, and the request's id."""
    limits: Limits = []
    counted.set(limits)
    read: list[AsOf] = []
    read_as_of.set(read)
    always = (*ALWAYS, TLS_ONLY) if is_tls_alone(settings) or is_https(scope, settings) else ALWAYS

    async def complete(message: Any) -> None:
        if message["type"] in _STARTS:
            headers = list(message.get("headers", ()))
            said = {name.lower() for name, _ in headers}
            headers += [header for header in always if header[0] not in said]
            message["headers"] = [*headers, *header_lines(limits), *as_of_lines(read), (HEADER, request.encode())]
        await send(message)

    return complete


def as_of_lines(read: list[AsOf]) -> list[tuple[bytes, bytes]]:
    """As of when an answer is that was read from a standby, or could have been; the oldest of what was read."""
    if not read:
        return []
    oldest = min(read, key=lambda one: one.at)
    at = oldest.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return [
        (b"x-as-of", at.encode()),
        (b"x-as-of-lag-ms", b"%d" % oldest.lag_ms),
        (b"x-as-of-source", oldest.source.encode()),
    ]


def is_tls_alone(settings: Settings) -> bool:
    """Whether whoever reaches us does so by TLS, whatever the connection."""
    return settings.secure_cookies or settings.public_url.startswith("https://")
