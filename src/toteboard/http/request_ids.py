"""A number for each request, by which its answer and its lines in the log are found: the proxy's, or one of our own."""

import re
import secrets
from typing import Any

from toteboard.settings import Settings

HEADER = b"x-request-id"
# What a proxy may call a request; anything else would be written into our log.
_FITS = re.compile(rb"[\w.:/+=-]{8,64}")


def request_id(scope: Any, settings: Settings) -> str:
    """The id that a proxy of ours gave the request, else a new one. Whoever is no proxy of ours gives none."""
    if settings.trusted_proxies:
        given = [value for name, value in scope["headers"] if name == HEADER]
        if given and _FITS.fullmatch(given[-1]):
            return bytes(given[-1]).decode()
    return secrets.token_hex(8)
