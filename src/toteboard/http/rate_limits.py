"""Limits as an answer tells of them: the headers of draft-ietf-httpapi-ratelimit-headers-10. Knows no route."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that a request was counted in: `left` of `most` tries in `window_s`; all are forgotten in `reset_s`."""

    name: str
    most: int
    window_s: float
    left: int
    reset_s: float


Limits = list[Limit]


def header_lines(limits: Limits) -> list[tuple[bytes, bytes]]:
    """The two headers; none where nothing was counted. Of a limit that was counted twice the last state."""
    if not limits:
        return []
    newest = {limit.name: limit for limit in limits}.values()
    policy = ", ".join(f'"{limit.name}";q={limit.most};w={math.ceil(limit.window_s)}' for limit in newest)
    state = ", ".join(f'"{limit.name}";r={limit.left};t={math.ceil(limit.reset_s)}' for limit in newest)
    return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", state.encode())]
