"""The tables of a report: their names, their columns, and what stands in them. Knows neither SQL nor a screen."""

from toteboard.spreadsheets.sheets import CURRENCY, Column, Kind, Sheet

_AMOUNT, _WHOLE, _TIME = Kind.AMOUNT, Kind.WHOLE, Kind.TIME
_ROUND, _MATCH, _MARKET = Column("round", width=18), Column("match", width=28), Column("market", width=20)
_BETS, _STAKES = Column("bets", _WHOLE), Column("stakes", _AMOUNT)
_HOUSE = (
    Column("takeout", _AMOUNT),
    Column("breakage", _AMOUNT),
    Column("house_won", _AMOUNT),
    Column("house_added", _AMOUNT),
    Column("house_result", _AMOUNT),
)

TABLES: dict[str, Sheet] = {
    sheet.name: sheet
    for sheet in (
        # What was staked, from one time to the next.
        Sheet("turnover", (Column("time_utc", _TIME, "at", width=24), _BETS, _STAKES, CURRENCY)),
        Sheet(
            "rounds", (_ROUND, Column("matches", _WHOLE), _BETS, _STAKES, Column("paid", _AMOUNT), *_HOUSE, CURRENCY)
        ),
        Sheet("matches", (_ROUND, _MATCH, _BETS, _STAKES, Column("paid", _AMOUNT), *_HOUSE, CURRENCY)),
        Sheet(
            "outcomes",
            (_ROUND, _MATCH, _MARKET, Column("outcome", width=20), _BETS, _STAKES, Column("paid", _AMOUNT), CURRENCY),
        ),
        # What is staked on markets that are not paid yet, and the most that fixed odds could cost the house beyond it.
        Sheet(
            "exposure",
            (
                Column("time_utc", _TIME, "at", width=24),
                Column("at_stake", _AMOUNT),
                Column("worst", _AMOUNT),
                CURRENCY,
            ),
        ),
        Sheet(
            "house", (_ROUND, _MATCH, _MARKET, Column("decided_utc", _TIME, "decided_at", width=24), *_HOUSE, CURRENCY)
        ),
        # `net` is of the bets that are settled.
        Sheet(
            "bettors",
            (
                Column("bettor", width=24),
                Column("bettor_id", _WHOLE, "user_id"),
                _BETS,
                _STAKES,
                Column("paid", _AMOUNT),
                Column("net", _AMOUNT),
                Column("days", _WHOLE),
                Column("first_utc", _TIME, "first_at", width=24),
                Column("last_utc", _TIME, "last_at", width=24),
                CURRENCY,
            ),
        ),
        Sheet(
            "refusals",
            (Column("code", width=20), Column("reason", width=48), Column("many", _WHOLE), Column("people", _WHOLE)),
        ),
        Sheet("minutes", (Column("time_utc", _TIME, "at", width=24), _BETS, _STAKES, CURRENCY)),
        # Of those who bet for the first time on a day, how many bet so many days later.
        Sheet(
            "cohorts",
            (
                Column("first_day", width=12),
                Column("bettors", _WHOLE),
                Column("days_later", _WHOLE),
                Column("came_back", _WHOLE),
            ),
        ),
    )
}
