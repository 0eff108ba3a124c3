"""The contract of the feed: every message that either side sends, the board, and why a socket is closed. Sends nothing.

docs/api.md lists all of it, the API's description has it as schemas, and tests compare the three. Amounts are minor units of
the tournament's currency; times are milliseconds since 1970 in UTC, but for a bet's own `placed_at`.
"""

from datetime import datetime
from enum import IntEnum
from typing import Any, NotRequired, TypedDict

import msgspec
from msgspec import UNSET, Struct, UnsetType

from toteboard.rules.market import Division, MarketKind, MarketState
from toteboard.rules.market_terms import TERMS, Term
from toteboard.rules.match import NotPlayed
from toteboard.rules.minimum_tiers import Tiers
from toteboard.rules.settlement import BetStatus


class CloseCode(IntEnum):
    """Why a socket was closed. From 4400 on it is 4000 and the HTTP status of the same meaning."""

    MISBEHAVED = 1008
    FAILED = 1011
    SIGNED_OUT = 4401
    FORBIDDEN = 4403
    GONE = 4404
    TOO_SLOW = 4408
    MISDIRECTED = 4421
    UNAVAILABLE = 4503


# The board ----------------------------------------------------------------------------------------------------------

# A second of the pulse: when it was, in seconds since 1970, what was staked in it, and that by outcome.
PulseRow = tuple[int, int, dict[int, int]]
# A bet on the tape: outcome, stake, odds in thousandths, when.
TapeRow = tuple[int, int, int | None, int]
# An outcome that changed: outcome, stakes, bets, odds in thousandths.
OutcomeRow = tuple[int, int, int, int | None]
# A bet for organizers: bet, user, name, outcome, stake, odds in thousandths, when.
BetRow = tuple[str, int, str, int, int, int | None, int]


class TournamentOnBoard(Struct, frozen=True):
    """The tournament; `exponent` is how many decimals its currency has."""

    id: int
    slug: str
    name: str
    subtitle: str
    currency: str
    exponent: int
    timezone: str


class MatchOnBoard(Struct, frozen=True):
    """`score` by period, as in {"ft": [2, 1]}; `not_played` as in "postponed"."""

    id: int
    name: str
    round: str
    venue: str
    starts_at: int | None
    score: dict[str, list[int]] | None
    not_played: NotPlayed | None


class OutcomeOnBoard(Struct, frozen=True):
    """`odds_milli` are the odds in thousandths: as set, or what the pool would pay now; null where there are none."""

    id: int
    name: str
    lane_no: int
    stakes: int
    bets: int
    odds_milli: int | None
    withdrawn: bool
    # Withdrawn, it takes so much off the winnings of bets placed before, in basis points; fixed odds.
    deduction_bps: int


class ResultOnBoard(TypedDict):
    """Ids of outcomes."""

    winners: list[int]
    void: NotRequired[list[int]]
    half_void: NotRequired[list[int]]
    tied: NotRequired[list[int]]


# A term of a market as the board shows it, by its type.
_SHOWN: dict[type, Any] = {str: str, Tiers: str, int: int, datetime: int, MarketKind: MarketKind, Division: Division}


def _shown(term: Term) -> tuple[str, Any]:
    return term.name, _SHOWN[term.type] | None if term.is_nullable else _SHOWN[term.type]


MarketOnBoard = msgspec.defstruct(
    "MarketOnBoard",
    [
        ("id", int),
        ("match_id", int),
        ("status", MarketState),
        ("result", ResultOnBoard | None),
        ("version", int),
        # What earlier pools carried into this one, after and before a house share.
        ("carried", int),
        ("carried_gross", int),
        # A draft with a side that is not known yet, as in "Winner SF1": it waits for its sides.
        ("waits_for_sides", bool),
        ("outcomes", list[OutcomeOnBoard]),
        # rules/market_terms.py says which of a market's terms everybody is shown.
        *(_shown(term) for term in TERMS if term.is_on_board),
    ],
    module=__name__,
    frozen=True,
)


class Board(Struct, frozen=True):
    """All that everybody sees of a tournament. `pulse` has the last two minutes, `tape` the last twelve bets."""

    tournament: TournamentOnBoard
    total: int
    bets: int
    matches: list[MatchOnBoard]
    markets: list[MarketOnBoard]  # type: ignore[valid-type]
    pulse: list[PulseRow]
    tape: list[TapeRow]


# To everybody -------------------------------------------------------------------------------------------------------


class Message(Struct, frozen=True, tag_field="t", omit_defaults=True):
    """Anything that goes over a socket; `t` says what it is."""


class BoardSnapshot(Message, frozen=True, tag="snapshot"):
    """The board after event `seq` of the history `epoch`; first of all, and whenever something was missed."""

    seq: int
    epoch: str
    now: int
    board: Board


class GoneFromBoard(Struct, frozen=True):
    """Ids of what is no longer on the board."""

    markets: list[int]
    matches: list[int]


class BoardUpdate(Message, frozen=True, tag="update"):
    """What changed since the message before, each value as it is now. `pulse` and `tape` have only new rows."""

    seq: int
    now: int
    total: int
    bets: int
    pulse: list[PulseRow]
    outcomes: list[OutcomeRow]
    tape: list[TapeRow]
    markets: list[MarketOnBoard] | UnsetType = UNSET  # type: ignore[valid-type]
    matches: list[MatchOnBoard] | UnsetType = UNSET
    tournament: TournamentOnBoard | UnsetType = UNSET
    gone: GoneFromBoard | UnsetType = UNSET


class Beat(Message, frozen=True, tag="beat"):
    """Nothing happened, and the feed is there."""

    seq: int
    now: int


class SettlementProgress(Message, frozen=True, tag="settling"):
    """How far the paying of a market has come."""

    market_id: int
    version: int
    bets_done: int
    bets: int
    status: str


class Again(Message, frozen=True, tag="again"):
    """Messages of one's own were missed: ask the API for bets and wallets again. A snapshot follows."""


class Pong(Message, frozen=True, tag="pong"):
    """The answer to a ping, with its number."""

    n: int


# To a bettor, about themselves --------------------------------------------------------------------------------------


class BetOnFeed(Struct, frozen=True):
    """A bet as GET /api/bet/{id} has it when it was just taken."""

    id: str
    tournament_id: int
    match_id: int
    market_id: int
    outcome_id: int
    match: str
    market: str
    outcome: str
    kind: MarketKind
    status: BetStatus
    stake: int
    currency: str
    exponent: int
    odds: str
    payout: int | None
    placed_at: str


class BetTaken(Message, frozen=True, tag="bet"):
    """A bet of one's own was taken."""

    bet: BetOnFeed


class SettledBet(Struct, frozen=True):
    """A bet that was decided, and what it was paid in minor units."""

    id: str
    status: BetStatus
    payout: int


class BetsSettled(Message, frozen=True, tag="settled"):
    """Bets of one's own were paid, or paid again; `balance` and `owed` are the wallet's afterwards."""

    market_id: int
    bets: list[SettledBet]
    balance: int
    owed: int


class WalletChanged(Message, frozen=True, tag="wallet"):
    """Money was paid in or out at the desk, or corrected."""

    wallet_id: int
    balance: int
    owed: int


# To organizers ------------------------------------------------------------------------------------------------------


class BetsTaken(Message, frozen=True, tag="bets"):
    """Every bet as it comes in."""

    bets: list[BetRow]


# From a client ------------------------------------------------------------------------------------------------------


class Ping(Struct, tag_field="t", tag="ping", forbid_unknown_fields=True):
    """All that a client may say."""

    n: int


FROM_SERVER: tuple[type[Message], ...] = (
    *(BoardSnapshot, BoardUpdate, Beat, SettlementProgress, Again, Pong),
    *(BetTaken, BetsSettled, WalletChanged, BetsTaken),
)


def schemas(ref_template: str) -> dict[str, Any]:
    """The JSON schemas of board and messages by name, and that of any message from the server as FeedMessage."""
    _, components = msgspec.json.schema_components((Board, *FROM_SERVER, Ping), ref_template=ref_template)
    of_any = {"oneOf": [{"$ref": ref_template.format(name=one.__name__)} for one in FROM_SERVER]}
    return components | {"FeedMessage": of_any}
