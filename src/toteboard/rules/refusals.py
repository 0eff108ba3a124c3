"""Why something well-formed may not be done: every refusal with its stable code. Knows neither HTTP bodies nor SQL."""

import enum

# The verdict of a bet that was taken.
TAKEN = 0


class Refusal(enum.Enum):
    """An ordinary refusal, as a value. Those of a bet come first, in order of precedence: the first that holds is said.

    `number` is the verdict in `place_bets.sql`, where 0 is a bet taken; from 101 on SQL has no part in it.
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
