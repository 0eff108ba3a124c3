"""A tournament once more, with nothing that happened: its matches, markets and settings. No bet and no money comes along.

A sandbox starts anew by it, and what was tried becomes real by it. Knows neither HTTP nor who may ask.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from toteboard.ledger.connection import Conn, Row
from toteboard.ledger.ledger import Change
from toteboard.ledger.people import feedback
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import markets, matches, tournaments
from toteboard.ledger.tournaments.market_rows import Market
from toteboard.ledger.tournaments.markets import NewOutcome
from toteboard.rules.bounds import AMOUNT_MAX, TOTAL_MAX, YEAR_MAX, YEAR_MIN
from toteboard.rules.market import MarketAction, MarketState
from toteboard.rules.market_terms import TERM_NAMES, MarketTerms
from toteboard.rules.money import CURRENCIES, POINTS
from toteboard.rules.refusals import Refusal, Refused, invalid

_SQL = statements("copying")

# The identity check of a tournament that asks for none; where money is played for, the desk makes it.
_NO_CHECK, _DESK = "none", "desk"
# Addresses that are tried where others have those before.
SLUGS_TRIED_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOrder:
    """What is asked of a copy. `starts_at`: when its first match begins, None as in the original.

    `open_markets`: what had been opened there is open here too, where it can be; else all are drafts. `providers` are the
    identity providers of this server: where the original's is none of them the desk checks.
    """

    slug: str
    providers: tuple[str, ...]
    name: str
    currency: str
    starts_at: datetime | None = None
    open_markets: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What came of it. `promises_left`: markets in which the house had promised something, and promises nothing here."""

    tournament_id: int
    matches: int
    markets: int
    opened: int
    promises_left: int


async def copy(change: Change, tournament_id: int, order: CopyOrder) -> Copied:
    """Makes the copy; who asks becomes its organizer. Amounts stay as many whole units where the currency is another.

    Results, scores and withdrawals are not copied: they happened, or were tried.

    Raises Refused: NOT_FOUND, CONFLICT (the slug), INVALID (times that would be outside the calendar).
    """
    source = await change.conn.fetchrow(_SQL["tournament"], tournament_id)
    if source is None:
        raise Refused(Refusal.NOT_FOUND)
    copy_id = await _settings(change, source, order)
    known = await change.conn.fetch(_SQL["matches"], tournament_id)
    shift = _shift(known, order.starts_at)
    match_ids = {
        row["id"]: await matches.create(
            change,
            copy_id,
            name=row["name"],
            round_=row["round"],
            venue=row["venue"],
            starts_at=_moved(row["starts_at"], shift),
            number=row["number"],
            is_imported=row["is_imported"],
        )
        for row in known
    }
    keys = {row["id"]: row["import_key"] for row in await change.conn.fetch(_SQL["markets"], tournament_id)}
    originals = await markets.shown(change.conn, list(keys))
    units = _Units(source["currency"], order.currency)
    market_ids = {}
    for market in originals:
        market_ids[market.id] = await markets.create(
            change,
            match_ids[market.match_id],
            _terms(market, shift, units),
            [NewOutcome(outcome.name, outcome.odds_milli) for outcome in market.outcomes],
            import_key=keys[market.id],
        )
    for market in originals:
        if market.carry_to is not None:
            await markets.edit(change, market_ids[market.id], {"carry_to": market_ids[market.carry_to]})
    opened = await _open(change, originals, market_ids) if order.open_markets else 0
    await change.audit(
        "tournament.copied",
        f"tournament:{copy_id}",
        copy_id,
        copied_from=tournament_id,
        matches=len(match_ids),
        markets=len(market_ids),
    )
    promised = sum(bool(market.started_with or market.guaranteed) for market in originals)
    return Copied(
        tournament_id=copy_id,
        matches=len(match_ids),
        markets=len(market_ids),
        opened=opened,
        promises_left=promised if units.are_others else 0,
    )


async def start_anew(
    change: Change, tournament_id: int, *, starts_at: datetime | None, providers: tuple[str, ...]
) -> Copied:
    """A copy under the same address with the same members, with the points of joining; the old one is thrown away.

    What people said of it goes along. Its invitations end with it, and a desk's decisions about identities were its own.

    Raises Refused: NOT_FOUND, STATE (archived, or thrown away already).
    """
    before = await tournaments.lock(change, tournament_id)
    slug = before["slug"]
    tails = [f"-{tournament_id}", *(f"-{tournament_id}-{number}" for number in range(2, SLUGS_TRIED_MAX))]
    old = await tournaments.free_slug(change.conn, slug, tails)
    await tournaments.edit(change, tournament_id, {"slug": old}, is_admin=True)
    order = CopyOrder(
        slug=slug,
        providers=providers,
        name=before["name"],
        currency=before["currency"],
        starts_at=starts_at,
        open_markets=True,
    )
    copied = await copy(change, tournament_id, order)
    for member in await change.conn.fetch(_SQL["members"], tournament_id):
        await tournaments.put_member(change, copied.tournament_id, member["user_id"], member["role"])
    if before["simulated_per_min"]:
        simulated = {"simulated_per_min": before["simulated_per_min"]}
        await tournaments.edit(change, copied.tournament_id, simulated, is_admin=True)
    await feedback.take_along(change, tournament_id, copied.tournament_id)
    await tournaments.discard(change, tournament_id)
    return copied


async def invited(conn: Conn, tournament_id: int, but: int) -> list[Row]:
    """Members with an e-mail address, one person left out: who is invited to a copy."""
    return list(await conn.fetch(_SQL["invited"], tournament_id, but))


async def _settings(change: Change, source: Row, order: CopyOrder) -> int:
    """The tournament itself."""
    points = order.currency in POINTS
    provider = source["kyc_provider"]
    if provider not in (*order.providers, _NO_CHECK):
        provider = _DESK
    copy_id = await tournaments.create_tournament(
        change,
        slug=order.slug,
        name=order.name,
        currency=order.currency,
        timezone=source["timezone"],
        subtitle=source["subtitle"],
        kyc_provider=provider if points or provider != _NO_CHECK else _DESK,
        staff_may_bet=source["staff_may_bet"],
        starting_points=_Units(source["currency"], order.currency).of(source["starting_points"]) if points else 0,
    )
    same = {name: source[name] for name in ("four_eyes", "min_age", "deductions")}
    await tournaments.edit(change, copy_id, same, is_admin=True)
    return copy_id


def _shift(known: list[Row], starts_at: datetime | None) -> timedelta:
    first = min((row["starts_at"] for row in known if row["starts_at"] is not None), default=None)
    return timedelta() if first is None or starts_at is None else starts_at - first


def _moved(at: datetime | None, shift: timedelta) -> datetime | None:
    """Raises Refused (INVALID) where it would be in a year that no time may be in."""
    if at is None:
        return None
    try:
        moved = at + shift
    except OverflowError:
        moved = None
    if moved is None or not YEAR_MIN <= moved.year <= YEAR_MAX:
        raise invalid("starts_at", f"moves a time out of the years {YEAR_MIN} to {YEAR_MAX}")
    return moved


class _Units:
    """Amounts of one currency in another: as many whole units of it."""

    def __init__(self, before: str, after: str):
        self.are_others = before != after
        self._up = CURRENCIES[after].exponent - CURRENCIES[before].exponent

    def of(self, amount: int, most: int = AMOUNT_MAX) -> int:
        """The amount; what is not a whole minor unit any more is left off, but nothing becomes free by it."""
        if amount >= most:
            # It stood for no bound at all.
            return most
        scaled: int = amount * 10**self._up if self._up >= 0 else max(amount // 10**-self._up, min(amount, 1))
        return min(scaled, most)


def _terms(market: Market, shift: timedelta, units: _Units) -> MarketTerms:
    terms = MarketTerms(**{name: getattr(market, name) for name in TERM_NAMES})
    follows = market.closes_offset_s is not None
    terms = replace(
        terms,
        carry_to=None,
        opens_at=_moved(market.opens_at, shift),
        # One that goes with the start is worked out from that again.
        closes_at=None if follows else _moved(market.closes_at, shift),
    )
    if not units.are_others:
        return terms
    return replace(
        terms,
        # The house promised play money.
        started_with=0,
        guaranteed=0,
        liability_max=None if terms.liability_max is None else units.of(terms.liability_max, TOTAL_MAX),
        stake_min=units.of(terms.stake_min),
        stake_max=units.of(terms.stake_max),
        total_max=units.of(terms.total_max, TOTAL_MAX),
    )


async def _open(change: Change, originals: list[Market], market_ids: dict[int, int]) -> int:
    """Opens what had been opened; what cannot be (its closing is past, an odds is missing) stays a draft. How many."""
    opened = 0
    for market in originals:
        if market.status is MarketState.DRAFT:
            continue
        try:
            await markets.move(change, market_ids[market.id], MarketAction.OPEN)
        except Refused as refused:
            if refused.refusal is not Refusal.STATE:
                raise
        else:
            opened += 1
    return opened


def told(copied: Copied) -> dict[str, Any]:
    """What whoever asked is told of it, beside the tournament."""
    return {name: getattr(copied, name) for name in ("matches", "markets", "opened", "promises_left")}
