"""What a column of a sheet can mean. Knows no header."""

from enum import StrEnum


class Meaning(StrEnum):
    """Of a column. Several `outcome` columns: a row is a whole match; then `odds` go with them, in order.

    `market` names the market of a row, where a match has several. A column of `other_odds` is an outcome of another market,
    called as its header ("Over 2.5"); those that stand beside each other are one market.
    """

    MATCH = "match"
    NUMBER = "number"
    ROUND = "round"
    VENUE = "venue"
    STARTS_AT = "starts_at"
    DATE = "date"
    TIME = "time"
    MARKET = "market"
    OUTCOME = "outcome"
    ODDS = "odds"
    OTHER_ODDS = "other_odds"
    STATUS = "status"
