"""What of a settlement a person should read twice before deciding it, in numbers. Knows no SQL and decides nothing."""

from collections.abc import Iterator

from toteboard.ledger.money.reckonings import Reckoning
from toteboard.rules.money import format_minor
from toteboard.rules.odds import format_odds
from toteboard.rules.pools import PoolOutcome

# Rounding of this part of what is divided, or of what is paid, is said: one in ten, one in twenty.
ROUNDING_SAID = 10
WHOLE_UNITS_SAID = 20


def preview_warnings(reckoning: Reckoning) -> list[str]:
    """A sentence for each; none where everything is as one would expect."""
    if reckoning.pool is None:
        return [] if reckoning.kind == "void" else list(_of_fixed(reckoning))
    return list((_of_carrying if reckoning.kind == "void" else _of_pool)(reckoning, reckoning.pool))


def _of_fixed(reckoning: Reckoning) -> Iterator[str]:
    if not reckoning.result["winners"] and not reckoning.result["half_void"] and reckoning.gross:
        lose = "every bet that is not refunded loses" if reckoning.refunds else "every bet loses"
        yield f"No listed outcome won: {lose}, and the house wins {_money(reckoning, reckoning.gross)}."


def _of_pool(reckoning: Reckoning, pool: PoolOutcome) -> Iterator[str]:
    names = {outcome.outcome_id: outcome.name for outcome in reckoning.outcomes}
    for outcome_id, milli in pool.dividends.items():
        if milli < 1000:
            yield (
                f"{names[outcome_id]} wins and is paid {format_odds(milli)} for each 1.00 staked: less than the stake. "
                "The market's minimum dividend allows it."
            )
    split = reckoning.split
    if pool.dividends and split.breakage * ROUNDING_SAID >= pool.net > 0 and split.breakage:
        yield (
            f"Rounding keeps {_money(reckoning, split.breakage)} of {_money(reckoning, pool.net)}: dividends go in steps of "
            f"{format_odds(reckoning.market.break_to_milli)}."
        )
    lost = _lost_to_whole_units(reckoning, pool)
    if lost * WHOLE_UNITS_SAID >= reckoning.paid > 0 and lost:
        yield f"Each bet is rounded down by itself: together {_money(reckoning, lost)} less than the dividends say."
    eaten = pool.takeout - split.takeout
    if eaten:
        yield (
            f"The minimum dividend takes {_money(reckoning, eaten)} out of the house share of "
            f"{_money(reckoning, pool.takeout)}."
        )
    added = split.house_added - pool.house_put_in - reckoning.carrying.made_up(pool)
    if added > 0 and pool.dividends:
        yield f"The house adds {_money(reckoning, added)} to what the pool holds."
    if pool.house_put_in and pool.dividends:
        yield f"The house puts {_money(reckoning, pool.house_put_in)} into the pool, as it was started or guaranteed."
    yield from _of_carrying(reckoning, pool)


def _of_carrying(reckoning: Reckoning, pool: PoolOutcome) -> Iterator[str]:
    carrying = reckoning.carrying
    if carrying.before:
        yield (
            f"{_money(reckoning, carrying.before)} of this pool went on to a market that is paid: it stays there, and the "
            f"house makes up for {_money(reckoning, carrying.made_up(pool))} of it."
        )
    elif carrying.out:
        yield f"Nobody is paid: {_money(reckoning, carrying.out)} go on to {carrying.to_name}."
    if pool.house_won:
        kept = _money(reckoning, pool.house_won)
        yield f"{kept} that earlier pools carried in stay with the house: nobody is left to get it."


def _lost_to_whole_units(reckoning: Reckoning, pool: PoolOutcome) -> int:
    """What the bets' own rounding costs those who won, in minor units."""
    live = {outcome.outcome_id: outcome.stakes.live for outcome in reckoning.outcomes}
    return sum(
        live[outcome_id] * milli // 1000 - reckoning.paid_by_outcome.get(outcome_id, 0)
        for outcome_id, milli in pool.dividends.items()
    )


def _money(reckoning: Reckoning, amount: int) -> str:
    return f"{format_minor(amount, reckoning.market.currency)} {reckoning.market.currency}"
