"""A refusal on its way out of a change that has begun: what was written so far is rolled back. Knows no HTTP."""

from typing import Any

from toteboard.rules.refusals import Refusal


class Refused(Exception):
    """Why the change may not be made. `extra` is what the asker is told besides ("left", "balance", …)."""

    def __init__(self, refusal: Refusal, detail: str = "", **extra: Any):
        super().__init__(detail or refusal.title)
        self.refusal = refusal
        self.detail = detail
        self.extra = extra
