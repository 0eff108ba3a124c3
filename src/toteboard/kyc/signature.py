"""Signs bytes and checks signatures: `t=<unix>,v1=<hex hmac-sha256 of "t.body">`. Knows neither who sends nor what."""

import hashlib
import hmac
import re

from toteboard.kyc.provider import Forged

HEADER = "Toteboard-Signature"
SECRET_MIN = 32
# How far the signing clock may be off, either way; a replay within it is known by its number.
TOLERANCE_S = 300
_SIGNATURE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def _mac(secret: str, body: bytes, at: int) -> str:
    return hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()


def sign(secret: str, body: bytes, now: float) -> str:
    """The header's value for this body, signed now."""
    at = int(now)
    return f"t={at},v1={_mac(secret, body, at)}"


def check(secret: str, signature: str | None, body: bytes, now: float) -> None:
    """Returns where the body was signed with the secret, at most TOLERANCE_S from now, else raises Forged."""
    found = _SIGNATURE.fullmatch(signature or "")
    if found is None:
        raise Forged("no signature")
    at = int(found[1])
    if not hmac.compare_digest(_mac(secret, body, at), found[2]):
        raise Forged("another signature")
    if abs(now - at) > TOLERANCE_S:
        raise Forged("an old signature")
