"""Why something may not be done: every refusal with its stable code, and the one exception that carries it.

Knows neither HTTP bodies nor SQL. Numbers are stored for good in the audit log: they are only ever appended, and never
change their meaning (tests/rules/refusal_numbers.json records them).
"""

import enum
from typing import Any

# The verdict of a bet that was taken.
TAKEN = 0


class Refusal(enum.Enum):
    """An ordinary refusal, as a value.

    `number` is the verdict in `place_bets.sql`, where 0 is a bet taken; from 101 on SQL has no part in it. Which of
    several is said of a bet stands there too: in the order in which it judges.
    `code` is stable and for programs; what people read of it stands in words/en.json under that code. `transient` says
    that asking again can help.
    """

    number: int
    http_status: int
    transient: bool

    UNKNOWN_OUTCOME = 1, 404
    KEY_REUSED = 2, 422
    CURRENCY = 3, 422
    NOT_A_MEMBER = 4, 403
    # An account that owes money after a corrected result counts as blocked.
    BLOCKED = 5, 403
    STAFF = 6, 403
    EXCLUDED = 7, 403
    KYC = 8, 403
    MARKET_CLOSED = 9, 409
    MARKET_SUSPENDED = 10, 409, True
    OUTCOME_WITHDRAWN = 11, 409
    STAKE_LIMIT = 12, 409
    ODDS_MOVED = 13, 409, True
    OWN_LIMIT = 14, 409
    FUNDS = 15, 409
    LIABILITY = 16, 409, True
    MARKET_LIMIT = 17, 409
    TOO_EARLY = 18, 409, True

    MALFORMED = 101, 400
    INVALID = 102, 422
    TOO_BUSY = 103, 503, True
    OUTAGE = 104, 503, True
    UNAUTHENTICATED = 105, 401
    FORBIDDEN = 106, 403
    NOT_FOUND = 107, 404
    CONFLICT = 108, 409
    TOO_LARGE = 109, 413
    MEDIA_TYPE = 110, 415
    TOO_MANY = 111, 429, True
    ALREADY_SETTLED = 112, 409
    PREVIEW_CHANGED = 113, 409, True
    STATE = 114, 409
    TIMEOUT = 115, 408, True
    MISDIRECTED = 116, 421, True
    HEADERS = 117, 431

    def __new__(cls, number: int, http_status: int, transient: bool = False) -> "Refusal":
        refusal = object.__new__(cls)
        refusal._value_ = number
        refusal.number = number
        refusal.http_status = http_status
        refusal.transient = transient
        return refusal

    @property
    def code(self) -> str:
        """The stable code, for programs: its name."""
        return self.name


_BY_NUMBER = {refusal.number: refusal for refusal in Refusal}


def by_number(number: int) -> Refusal:
    """The refusal of an SQL verdict. Raises KeyError for any other number, 0 (taken) included: that is a bug."""
    return _BY_NUMBER[number]


class Refused(Exception):
    """A refusal on its way out. Inside a change it rolls back what was written so far.

    `extra` is what the client is told besides ("left", "balance", "errors", …); `retry_after_s` when asking again can
    help, where that is known; `tournament_id` under which tournament a denied write stands in the audit log.
    """

    def __init__(
        self,
        refusal: Refusal,
        detail: str = "",
        *,
        retry_after_s: int | None = None,
        tournament_id: int | None = None,
        **extra: Any,
    ):
        super().__init__(detail or refusal.code)
        self.refusal = refusal
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.tournament_id = tournament_id
        self.extra = extra


def invalid(field: str, detail: str) -> Refused:
    """One field is wrong: INVALID, said at the field."""
    return Refused(Refusal.INVALID, errors=[{"field": field, "detail": detail}])
