"""Marks by which two accounts of one person are found: keyed hashes of what a provider read in a document.

Whoever has the database alone cannot try all document numbers: the key is not in it. Knows no provider and no ledger.
"""

import hashlib
import hmac
from collections.abc import Iterable

from toteboard.rules.names import folded_name

KEY_MIN = 32


def marks_of(key: str, traits: Iterable[str]) -> list[bytes]:
    """A mark of 32 bytes for each trait, the same however it is written: capitals, gaps and hyphens do not count."""
    return sorted({hmac.digest(key.encode(), _plain(trait).encode(), hashlib.sha256) for trait in traits})


def _plain(trait: str) -> str:
    return "".join(char for char in folded_name(trait) if char.isalnum() or char == ":")
