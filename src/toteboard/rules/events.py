"""The kinds of event in the feed. Knows neither what they carry nor who listens."""

from enum import StrEnum


class EventKind(StrEnum):
    """The table `events` checks the same names."""

    # Bets of one committed batch: never an event per bet.
    BETS = "bets"
    # A market or its outcomes changed: opened, suspended, closed, resulted, edited, withdrawn, odds changed.
    MARKET = "market"
    # A match was added, edited, deleted or scored.
    MATCH = "match"
    TOURNAMENT = "tournament"
    # A settlement, resettlement or void went on, or is done.
    SETTLEMENT = "settlement"
    # A deposit, a withdrawal or a correction.
    WALLET = "wallet"
