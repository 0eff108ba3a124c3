"""The client's address, and how its browser reaches us, behind as many proxies as are ours. Knows no route."""

from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from toteboard.settings import Settings

Scope = Any


@lru_cache(maxsize=4096)
def _inet(text: str) -> str | None:
    """The address as PostgreSQL's inet takes it, or None: a zone or a port is not part of it."""
    text = text.strip().strip('"').partition("%")[0]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def client_ip(scope: Scope, trusted_proxies: int) -> str | None:
    """The client's address. X-Forwarded-For counts from the right, only as far as our own proxies wrote it."""
    client = scope.get("client")
    peer: str = client[0] if client else ""
    if trusted_proxies == 0:
        return _inet(peer)
    chain = [peer]
    for name, value in reversed(scope["headers"]):
        if name == b"x-forwarded-for":
            chain.extend(reversed(value.decode("latin-1").split(",")))
    # Each proxy of ours added one entry; what stands left of them anybody may have written.
    return _inet(chain[min(trusted_proxies, len(chain) - 1)]) or _inet(peer)


def is_https(scope: Scope, settings: Settings) -> bool:
    """Whether the browser reached us by TLS: itself, through a proxy of ours, or because the operator says so."""
    if settings.secure_cookies or scope["scheme"] in ("https", "wss"):
        return True
    if settings.trusted_proxies == 0:
        return False
    protocols = [value for name, value in scope["headers"] if name == b"x-forwarded-proto"]
    return bool(protocols) and protocols[-1].rpartition(b",")[2].strip().lower() in (b"https", b"wss")


def base_url(scope: Scope, settings: Settings) -> str:
    """How this browser reaches us, without a slash at the end, for links that lead back."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = next((value for name, value in scope["headers"] if name == b"host"), b"localhost")
    return f"{'https' if is_https(scope, settings) else 'http'}://{host.decode('latin-1')}"
