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
    `code` is stable and for programs, `title` is for people; `transient` says that asking again can help.
    """

    number: int
    http_status: int
    title: str
    transient: bool

    UNKNOWN_OUTCOME = 1, 404, "No such outcome"
    KEY_REUSED = 2, 422, "This bet number was used for another bet"
    CURRENCY = 3, 422, "The tournament has another currency"
    NOT_A_MEMBER = 4, 403, "You have no wallet in this tournament"
    # An account that owes money after a corrected result counts as blocked.
    BLOCKED = 5, 403, "Betting is blocked for this account"
    STAFF = 6, 403, "Staff may not bet on their own tournament"
    EXCLUDED = 7, 403, "Self-exclusion or a cool-off is running"
    KYC = 8, 403, "Your identity has to be verified first"
    MARKET_CLOSED = 9, 409, "The market is closed"
    MARKET_SUSPENDED = 10, 409, "The market is suspended for a moment", True
    OUTCOME_WITHDRAWN = 11, 409, "The outcome was withdrawn"
    STAKE_LIMIT = 12, 409, "The stake is outside the market's limits"
    ODDS_MOVED = 13, 409, "The odds moved", True
    OWN_LIMIT = 14, 409, "Your own limit does not allow it"
    FUNDS = 15, 409, "The wallet does not hold enough"
    LIABILITY = 16, 409, "The house takes no more on this outcome now", True
    MARKET_LIMIT = 17, 409, "The market takes no more stakes"

    MALFORMED = 101, 400, "The request cannot be read"
    INVALID = 102, 422, "A field is not valid"
    TOO_BUSY = 103, 503, "Too many requests at this moment", True
    OUTAGE = 104, 503, "The ledger cannot be reached now", True
    UNAUTHENTICATED = 105, 401, "Sign in first"
    FORBIDDEN = 106, 403, "This is not yours to do"
    NOT_FOUND = 107, 404, "There is no such thing"
    CONFLICT = 108, 409, "Somebody else changed it meanwhile"
    TOO_LARGE = 109, 413, "The body is too large"
    MEDIA_TYPE = 110, 415, "The body has another type than expected"
    TOO_MANY = 111, 429, "Too many attempts, wait a little", True
    ALREADY_SETTLED = 112, 409, "The market was settled with another result"
    PREVIEW_CHANGED = 113, 409, "The preview is out of date, look again", True
    STATE = 114, 409, "The market is not in a state that allows it"
    TIMEOUT = 115, 408, "The body did not arrive in time", True
    MISDIRECTED = 116, 421, "This process does not serve that", True

    def __new__(cls, number: int, http_status: int, title: str, transient: bool = False) -> "Refusal":
        refusal = object.__new__(cls)
        refusal._value_ = number
        refusal.number = number
        refusal.http_status = http_status
        refusal.title = title
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
        super().__init__(detail or _of_fields(extra.get("errors", ())) or refusal.title)
        self.refusal = refusal
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.tournament_id = tournament_id
        self.extra = extra


def _of_fields(errors: Any) -> str:
    return "; ".join(f"{error['field']}: {error['detail']}" for error in errors)


def invalid(field: str, detail: str) -> Refused:
    """One field is wrong: INVALID, said at the field."""
    return Refused(Refusal.INVALID, errors=[{"field": field, "detail": detail}])
