"""The states of a market and what leads from one to the next. Knows no money and no clock."""

from enum import StrEnum


class MarketKind(StrEnum):
    """`pool`: the odds follow the stakes. `fixed`: the organizer sets them, the odds taken are the bet's for good."""

    POOL = "pool"
    FIXED = "fixed"


class Division(StrEnum):
    """What is split among several winners: the profit, each backer's stake apart (US, AU), or the whole net pool (UK, NZ)."""

    PROFIT = "profit"
    POOL = "pool"


class Carry(StrEnum):
    """What of a pool that nobody won goes on to a later market: what is left after the house share, or all of it."""

    NET = "net"
    GROSS = "gross"


class MarketState(StrEnum):
    """Where a market is on its way; draft is nobody's to see yet."""

    DRAFT = "draft"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    RESULTED = "resulted"
    # Being paid, and being refunded: bets are settled chunk by chunk, and a restart goes on from here.
    SETTLING = "settling"
    SETTLED = "settled"
    VOIDING = "voiding"
    VOID = "void"


class MarketAction(StrEnum):
    """What leads from one state to the next."""

    OPEN = "open"
    SUSPEND = "suspend"
    CLOSE = "close"
    REOPEN = "reopen"
    RESULT = "result"
    SETTLE = "settle"
    VOID = "void"
    RESETTLE = "resettle"
    # The last bet of a settlement was paid; the last bet of a void was refunded.
    PAID = "paid"
    REFUNDED = "refunded"


_S, _A = MarketState, MarketAction

# Bets may come in now, or again without another look at the market.
LIVE = frozenset({_S.OPEN, _S.SUSPENDED})
# Its closing can still move.
MOVABLE = LIVE | {_S.DRAFT}
# Before anybody knows what happened.
UNDECIDED = MOVABLE | {_S.CLOSED}

# From where, and where to. An action leads to one state, so asking again can be told from asking wrongly.
_TRANSITIONS: dict[MarketAction, tuple[frozenset[MarketState], MarketState]] = {
    _A.OPEN: (frozenset({_S.DRAFT, _S.SUSPENDED}), _S.OPEN),
    _A.SUSPEND: (frozenset({_S.OPEN}), _S.SUSPENDED),
    _A.CLOSE: (frozenset({_S.DRAFT, _S.OPEN, _S.SUSPENDED}), _S.CLOSED),
    # Not from resulted: nobody may bet on what is known.
    _A.REOPEN: (frozenset({_S.CLOSED}), _S.OPEN),
    # Until it is paid, a result may be entered again and replaces the one before.
    _A.RESULT: (frozenset({_S.CLOSED, _S.RESULTED}), _S.RESULTED),
    _A.SETTLE: (frozenset({_S.CLOSED, _S.RESULTED}), _S.SETTLING),
    _A.PAID: (frozenset({_S.SETTLING}), _S.SETTLED),
    # Settled too: a match that is annulled after it was paid.
    _A.VOID: (frozenset({_S.DRAFT, _S.OPEN, _S.SUSPENDED, _S.CLOSED, _S.RESULTED, _S.SETTLED}), _S.VOIDING),
    _A.REFUNDED: (frozenset({_S.VOIDING}), _S.VOID),
    # A correction: the only way out of settled and of void.
    _A.RESETTLE: (frozenset({_S.SETTLED, _S.VOID}), _S.SETTLING),
}


def may(state: MarketState, action: MarketAction) -> bool:
    """Whether the action is allowed in this state."""
    return state in _TRANSITIONS[action][0]


def after(state: MarketState, action: MarketAction) -> MarketState:
    """The state the action leads to. Raises ValueError where it is not allowed: ask `may` first."""
    if not may(state, action):
        raise ValueError(f"a market that is {state} cannot {action}")
    return _TRANSITIONS[action][1]


def target(action: MarketAction) -> MarketState:
    """Where the action leads, wherever from: a market already there is asked again, not asked wrongly."""
    return _TRANSITIONS[action][1]
