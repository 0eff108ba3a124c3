"""The client's address, and how its browser reaches us, behind as many proxies as are ours. Knows no route."""

import socket
from functools import lru_cache
from ipaddress import ip_address
from typing import Any, Literal, NamedTuple

from toteboard.settings import Settings

Scope = Any

# What listens on every address of the machine; compared with, never listened on.
ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104
# An address of documentation: nothing is sent there, the system only says from which of ours it would be.
ELSEWHERE = ("192.0.2.1", 9)


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


def names_a_proxy(scope: Scope) -> bool:
    """Whether somebody says that they forward the request for another."""
    return any(name in (b"x-forwarded-for", b"forwarded") for name, _ in scope["headers"])


def proxies_of(scope: Scope, settings: Settings) -> Literal["none", "trusted", "untrusted", "missing"]:
    """Whether the request came as the operator says that requests come."""
    if names_a_proxy(scope):
        return "trusted" if settings.trusted_proxies else "untrusted"
    return "missing" if settings.trusted_proxies else "none"


def is_https(scope: Scope, settings: Settings) -> bool:
    """Whether the browser reached us by TLS: itself, through a proxy of ours, or because the operator says so."""
    if settings.secure_cookies or scope.get("scheme") in ("https", "wss"):
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


class PublicAddress(NamedTuple):
    """How other devices reach us. Where they do not, `urls` are the addresses that would, if we listened there."""

    urls: list[str]
    reached: bool


def public_address(scope: Scope, settings: Settings) -> PublicAddress:
    """What a QR code may lead to: the operator's address, else the one asked for; instead of localhost the LAN's."""
    asked = base_url(scope, settings)
    if settings.public_url or not _is_loopback(asked.partition("://")[2]):
        return PublicAddress([asked], True)
    here = lan_address()
    if here is None:
        return PublicAddress([], False)
    port = (scope.get("server") or ("", 80))[1]
    return PublicAddress([f"http://{here}:{port}"], settings.listening != "" and settings.listening in ANY_ADDRESS)


def lan_address() -> str | None:
    """Of all our IPv4 addresses the one that leads out; None where there is none but localhost."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outwards:
        try:
            outwards.connect(ELSEWHERE)
            return str(outwards.getsockname()[0])
        except OSError:
            return None


def _is_loopback(host: str) -> bool:
    """Whether a host, as the Host header has it, names this machine to itself alone."""
    address = _inet(host)
    if address is not None:
        return ip_address(address).is_loopback
    name = host.partition(":")[0].rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")
