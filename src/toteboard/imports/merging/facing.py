"""A planned match as it faces the one that stands: sides in the order they have there, and nothing known made unknown.

A file that says nothing of something takes nothing away: a score, a venue, a round or a start that it leaves out stays.
"""

from dataclasses import replace

from toteboard.imports.existing import ExistingMatch, side_names, two_sides
from toteboard.imports.merging.recognised import Recognised
from toteboard.imports.plan import PlannedMarket, PlannedMatch, match_name
from toteboard.rules.names import folded_name
from toteboard.rules.undecided import is_undecided


def facing(planned: PlannedMatch, recognised: Recognised) -> PlannedMatch:
    """What the match is to become, told as it is told there."""
    there = recognised.match
    match = _turned(planned) if recognised.is_turned else planned
    match = _with_known_sides(match, there)
    return replace(
        match,
        name=_name(match, there),
        round=_as_spelt(match.round, there.round) or there.round,
        venue=match.venue or there.venue,
        starts_at=match.starts_at or there.starts_at,
        score=match.score or there.score,
        number=match.number or there.number,
        not_played=match.not_played or (None if _is_played_after_all(match, there) else there.not_played),
    )


def _turned(match: PlannedMatch) -> PlannedMatch:
    assert match.sides is not None, "only two sides can be turned"
    first, second = match.sides
    has_own_name = match.name != match_name(first, second)
    return replace(
        match,
        sides=(second, first),
        name=match.name if has_own_name else match_name(second, first),
        score={span: goals[::-1] for span, goals in match.score.items()} if match.score else None,
        markets=tuple(
            replace(market, outcomes=market.outcomes[::-1])
            if two_sides([name for name, _ in market.outcomes])
            else market
            for market in match.markets
        ),
    )


def _with_known_sides(match: PlannedMatch, there: ExistingMatch) -> PlannedMatch:
    stands = side_names(there)
    if match.sides is None or stands is None:
        return match
    known = {
        said: was
        for said, was in zip(match.sides, stands, strict=True)
        if folded_name(said) == folded_name(was) or (is_undecided(said) and not is_undecided(was))
    }
    if not known:
        return match
    first, second = (known.get(side, side) for side in match.sides)
    return replace(
        match,
        sides=(first, second),
        name=match_name(first, second) if match.name == match_name(*match.sides) else match.name,
        markets=tuple(_renamed(market, known) for market in match.markets),
    )


def _renamed(market: PlannedMarket, names: dict[str, str]) -> PlannedMarket:
    return replace(
        market,
        outcomes=tuple((names.get(name, name), odds) for name, odds in market.outcomes),
        winner=names.get(market.winner, market.winner) if market.winner is not None else None,
    )


def _name(match: PlannedMatch, there: ExistingMatch) -> str:
    """Its name there, unless the file has another for it or for a side: white space, case and dashes are no other name."""
    stands = side_names(there)
    if match.sides and stands and match.name == match_name(*match.sides):
        same = [folded_name(side) for side in match.sides] == [folded_name(side) for side in stands]
        return there.name if same else match.name
    return _as_spelt(match.name, there.name)


def _as_spelt(said: str, stands: str) -> str:
    return stands if folded_name(said) == folded_name(stands) else said


def _is_played_after_all(match: PlannedMatch, there: ExistingMatch) -> bool:
    """Whether a file that no longer calls the match off has a new start or a score for it."""
    return match.score is not None or (match.starts_at is not None and match.starts_at != there.starts_at)
