"""Which pages may speak to us from a browser: one rule, for requests and for sockets. Knows no route and no session."""

from functools import lru_cache
from urllib.parse import urlsplit

from toteboard.http.address import Scope, is_https
from toteboard.settings import Settings


@lru_cache(maxsize=64)
def _allowed(origins: str, public_url: str) -> frozenset[bytes]:
    ours = {origin.strip().rstrip("/").lower() for origin in origins.split(",") if origin.strip()}
    if public_url:
        parts = urlsplit(public_url)
        ours.add(f"{parts.scheme}://{parts.netloc}".lower())
    return frozenset(origin.encode() for origin in ours)


def is_own_origin(scope: Scope, origin: bytes, settings: Settings) -> bool:
    """Whether a page of this Origin may speak to us: our own host's, or one that the operator allows.

    A page by https may always speak for its host: a proxy may have ended its TLS. One by http may not speak for a
    host that is reached by https.
    """
    origin = origin.lower()
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").lower()
    if host and origin == b"https://" + host:
        return True
    if host and origin == b"http://" + host and not is_https(scope, settings):
        return True
    return origin in _allowed(settings.origins, settings.public_url)
