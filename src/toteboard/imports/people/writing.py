"""Writes people, opening balances and bets taken elsewhere into a tournament: all of a file in one transaction, or nothing.

The same file again changes nothing: an opening balance is paid in once a person, and a bet's id is made of what its row says.
Knows no file format.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from toteboard.imports.merging.standing import standing
from toteboard.imports.merging.writing import ImportOrder, refuse_order
from toteboard.imports.people.reading import PeoplePlan, PlannedBet
from toteboard.imports.people.resolving import ExistingPerson, Holder, NewMatch, Resolved, ResolvedBet, resolved
from toteboard.ledger.ledger import Actor, Change, Ledger
from toteboard.ledger.people.users import NO_PASSWORD
from toteboard.ledger.reaching import THINKING_IDLE_S
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments import markets, matches
from toteboard.ledger.tournaments.markets import NewOutcome
from toteboard.ledger.tournaments.tournaments import create_tournament
from toteboard.rules.events import EventKind
from toteboard.rules.market import MarketKind
from toteboard.rules.market_terms import MarketTerms
from toteboard.rules.names import folded_name
from toteboard.rules.odds import ODDS_MIN
from toteboard.rules.pools import RULES, pool_odds, rules_of
from toteboard.spreadsheets.reading import FileRefused, Wrong

_SQL, _IMPORTS = statements("taken_over"), statements("imports")
_NAMESPACE = uuid5(NAMESPACE_URL, "toteboard:bet-taken-over")
# So many bets are told in one event.
BETS_AN_EVENT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenOver:
    """What a file of people did, or would do. `known` are the ids of its bets that were there, by place in `found.bets`."""

    slug: str
    tournament_id: int | None
    currency: str
    found: Resolved
    known: frozenset[int]
    sheets: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def new_bets(self) -> list[ResolvedBet]:
        """Bets that were not there before."""
        return [bet for no, bet in enumerate(self.found.bets) if no not in self.known]

    @property
    def anything(self) -> bool:
        """Whether anything was, or would be, changed."""
        holders = self.found.holders
        return bool(self.new_bets) or any(one.user_id is None or one.deposit or one.gets_email for one in holders)


async def import_people(ledger: Ledger, actor: Actor, plan: PeoplePlan, order: ImportOrder) -> TakenOver:
    """Writes a file's people and bets. Raises FileRefused with every cell that cannot be placed, Refused (STATE), Outage."""
    async with ledger.change(actor, idle_s=THINKING_IDLE_S) as change:
        return await _import(change, plan, order)


async def _import(change: Change, plan: PeoplePlan, order: ImportOrder) -> TakenOver:
    conn = change.conn
    await conn.execute(_IMPORTS["lock_slug"], order.slug)
    there = await conn.fetchrow(_IMPORTS["tournament"], order.slug)
    refuse_order(there, order)
    tournament_id: int | None = there["id"] if there else None
    done = await _compared(change, plan, order, tournament_id)
    if order.dry_run or not done.anything:
        return done
    if tournament_id is None:
        tournament_id = await create_tournament(
            change,
            slug=order.slug,
            name=order.name or order.slug,
            currency=order.currency,
            timezone=order.timezone,
            subtitle=order.subtitle,
            kyc_provider=order.kyc_provider,
        )
    # Markets first, then wallets, as everybody does; what was looked at is looked at again under the locks.
    await conn.execute(_IMPORTS["lock_markets"], _market_ids(done))
    await conn.execute(_SQL["lock_wallets"], tournament_id, [one.user_id for one in done.found.holders if one.user_id])
    done = await _compared(change, plan, order, tournament_id)
    await _write(change, tournament_id, done, order)
    return done


async def _compared(change: Change, plan: PeoplePlan, order: ImportOrder, tournament_id: int | None) -> TakenOver:
    conn = change.conn
    emails = [email for email in (*(one.email for one in plan.people), *(one.email for one in plan.bets)) if email]
    rows = await conn.fetch(_SQL["people"], tournament_id or 0, emails)
    people, matches = [ExistingPerson(**row) for row in rows], await standing(conn, tournament_id)
    # In a thread: thousands of bets take a while, and those that are placed meanwhile do not wait for them.
    found = await asyncio.to_thread(resolved, plan, people, matches)
    ids = {no: _bet_id(tournament_id, bet) for no, bet in enumerate(found.bets)}
    there = {row["id"] for row in await conn.fetch(_SQL["known_bets"], [id_ for id_ in ids.values() if id_])}
    known = frozenset(no for no, id_ in ids.items() if id_ in there)
    done = TakenOver(
        slug=order.slug,
        tournament_id=tournament_id,
        currency=order.currency,
        found=found,
        known=known,
        sheets=plan.sheets,
        warnings=(*plan.warnings, *found.warnings, *_dated_ahead(found, await conn.fetchval(_IMPORTS["now"]))),
    )
    _check_funds(done)
    _check_rights(done, change.actor, order)
    return done


def _check_funds(done: TakenOver) -> None:
    """Counts what each stakes. Raises FileRefused where it is more than they have."""
    wrong = []
    first: dict[int, PlannedBet] = {}
    for one in done.new_bets:
        one.holder.staked += one.bet.stake
        first.setdefault(id(one.holder), one.bet)
    for holder in done.found.holders:
        if holder.left < 0:
            bet = first[id(holder)]
            what = "the bets of {} come to more than their balance; raise it, or leave a bet out"
            wrong.append(Wrong(f"row {bet.row}", what.format(holder.name), bet.row))
    if wrong:
        raise FileRefused(*wrong)


def _check_rights(done: TakenOver, actor: Actor, order: ImportOrder) -> None:
    """A file is no way round what a desk keeps to. Raises FileRefused with every person and bet that it may not bring."""
    wrong = [
        Wrong(f"the people of the file: {holder.name}", why)
        for holder in done.found.holders
        if (holder.deposit or holder.staked) and (why := _why_not(holder, actor))
    ]
    wrong += [
        Wrong(
            f"the people of the file: {holder.name}",
            "an e-mail address for somebody with money or bets is not for an API token: sign in, or leave it out",
        )
        for holder in done.found.holders
        if not order.may_give_addresses
        and (holder.gets_email or (holder.is_new and holder.email and (holder.deposit or holder.staked)))
    ]
    wrong += [
        Wrong(
            f"row {one.bet.row}",
            f"the market {one.pick.market.name!r} is closed: write when the bet was placed",
            one.bet.row,
        )
        for one in done.new_bets
        if one.pick.market is not None and one.pick.market.status == "closed" and one.bet.placed_at is None
    ]
    if wrong:
        raise FileRefused(*wrong)


def _why_not(holder: Holder, actor: Actor) -> str:
    """Why nothing may be brought in for somebody who is there; empty where it may."""
    there = holder.there
    if there is None:
        return ""
    if there.user_id == actor.user_id:
        return "this is you: a colleague brings in your own money and bets"
    if there.is_blocked:
        return "their account is blocked; leave them out"
    if there.is_excluded:
        return "they have excluded themselves from betting; leave them out"
    if there.deposit_left is not None and holder.deposit > there.deposit_left:
        return "their own deposit limit does not allow the opening balance"
    return ""


def _dated_ahead(found: Resolved, now: datetime) -> list[str]:
    many = sum(one.bet.placed_at is not None and one.bet.placed_at > now for one in found.bets)
    return [f"{many} of the bets are dated in the future: check the year"] if many else []


def _bet_id(tournament_id: int | None, one: ResolvedBet) -> UUID | None:
    """The same for the same row again; None where it cannot have been taken over before."""
    if tournament_id is None or one.holder.user_id is None or one.pick.outcome is None:
        return None
    return _made_id(tournament_id, one, one.holder.user_id, one.pick.outcome.id)


def _made_id(tournament_id: int, one: ResolvedBet, user_id: int, outcome_id: int) -> UUID:
    bet = one.bet
    at = bet.placed_at.isoformat() if bet.placed_at else "-"
    return uuid5(_NAMESPACE, f"{tournament_id} {user_id} {outcome_id} {bet.stake} {bet.odds} {at} {one.nth}")


def _market_ids(done: TakenOver) -> list[int]:
    return sorted({bet.pick.market.id for bet in done.found.bets if bet.pick.market})


# Writing ------------------------------------------------------------------------------------------------------------


async def _write(change: Change, tournament_id: int, done: TakenOver, order: ImportOrder) -> None:
    # First of all: balances and bets are taken over for an import that is there.
    import_id = await change.conn.fetchval(
        _SQL["recorded"],
        tournament_id,
        order.file_name[:200],
        order.sha256,
        len(done.found.holders),
        len(done.found.bets),
        change.actor.user_id,
    )
    before = [one.user_id for one in done.found.holders if one.user_id]
    await _add_people(change, tournament_id, done.found.holders, order)
    now = await change.conn.fetchval(_IMPORTS["now"])
    await _pay_in(change, import_id, done, now)
    made = await _make_matches(change, tournament_id, done.found.new_matches)
    await _take_bets(change, tournament_id, import_id, done, made, now)
    for row in await change.conn.fetch(_SQL["balances"], tournament_id, before):
        wallet = {"user_id": row["user_id"], "wallet_id": row["id"], "balance": row["balance"], "owed": row["owed"]}
        change.event(tournament_id, EventKind.WALLET, wallet)
    await change.audit(
        "people.imported",
        f"tournament:{tournament_id}",
        tournament_id,
        import_id=import_id,
        file=order.file_name[:200],
        sha256=order.sha256.hex(),
        people=len(done.found.holders),
        deposits=sum(one.deposit for one in done.found.holders),
        bets=len(done.new_bets),
    )


async def _add_people(change: Change, tournament_id: int, holders: Sequence[Holder], order: ImportOrder) -> None:
    conn = change.conn
    new = [one for one in holders if one.user_id is None]
    if new:
        rows = await conn.fetch(_SQL["add_people"], [one.email for one in new], [one.name for one in new], NO_PASSWORD)
        for one, row in zip(new, rows, strict=True):
            one.user_id = row["id"]
            await change.audit("user.registered", f"user:{one.user_id}", tournament_id, file=order.file_name[:200])
        new_ids = [one.user_id for one in new]
        await conn.execute(_SQL["add_members"], tournament_id, new_ids)
        await conn.execute(_SQL["open_wallets"], tournament_id, new_ids)
        for one in new:
            await change.audit("member.joined", f"user:{one.user_id}", tournament_id, role="bettor")
    if given := [one for one in holders if one.gets_email]:
        await conn.execute(_SQL["give_addresses"], [one.user_id for one in given], [one.email for one in given])
        for one in given:
            await change.audit("user.email_given", f"user:{one.user_id}", tournament_id, file=order.file_name[:200])


async def _pay_in(change: Change, import_id: int, done: TakenOver, now: datetime) -> None:
    """The opening balances, each before the first bet that is taken over for its owner."""
    first: dict[int | None, datetime] = {}
    for one in done.new_bets:
        user_id = one.holder.user_id
        first[user_id] = min(first.get(user_id, now), one.bet.placed_at or now)
    paid_in = [one for one in done.found.holders if one.deposit]
    if not paid_in:
        return
    await change.conn.execute(
        _SQL["deposit"],
        import_id,
        [one.user_id for one in paid_in],
        [one.deposit for one in paid_in],
        [first.get(one.user_id, now) - timedelta(microseconds=1) for one in paid_in],
    )


async def _make_matches(
    change: Change, tournament_id: int, new: Sequence[NewMatch]
) -> dict[int, dict[str, tuple[int, int]]]:
    """Drafts for what stands only in bets: of each, by its identity, the market and outcome of each folded name."""
    made = {}
    for one in new:
        match_id = await matches.create(change, tournament_id, name=one.name, round_="", venue="", starts_at=None)
        terms = MarketTerms(name=one.market, kind=MarketKind(one.kind))
        outcomes = [NewOutcome(name, odds) for name, odds in one.outcomes.values()]
        market_id = await markets.create(change, match_id, terms, outcomes)
        rows = await change.conn.fetch(_SQL["outcomes_of"], [market_id])
        made[id(one)] = {folded_name(row["name"]): (market_id, row["id"]) for row in rows}
    return made


async def _take_bets(
    change: Change,
    tournament_id: int,
    import_id: int,
    done: TakenOver,
    made: dict[int, dict[str, tuple[int, int]]],
    now: datetime,
) -> None:
    rows = []
    for one in done.new_bets:
        if one.pick.new_match is not None:
            market_id, outcome_id = made[id(one.pick.new_match)][one.pick.name]
        else:
            assert one.pick.market is not None, "a bet is on what is there or made"
            assert one.pick.outcome is not None, "and on an outcome of it"
            market_id, outcome_id = one.pick.market.id, one.pick.outcome.id
        assert one.holder.user_id is not None, "everybody was added"
        id_ = _made_id(tournament_id, one, one.holder.user_id, outcome_id)
        rows.append(
            (market_id, [id_, one.holder.user_id, outcome_id, one.bet.stake, one.bet.odds, one.bet.placed_at or now])
        )
    await _estimate(change, rows)
    for start in range(0, len(rows), BETS_AN_EVENT):
        bets = [bet for _, bet in rows[start : start + BETS_AN_EVENT]]
        columns = [list(column) for column in zip(*bets, strict=True)]
        totals = await change.conn.fetch(_SQL["take_bets"], import_id, *columns)
        outcomes = [[row["outcome_id"], row["stakes"], row["bets"], row["returns"]] for row in totals]
        change.event(tournament_id, EventKind.BETS, {"o": outcomes, "b": [[str(bet[0]), *bet[1:5]] for bet in bets]})


async def _estimate(change: Change, rows: list[tuple[int, list[Any]]]) -> None:
    """Gives bets in a pool that say no odds what the pool would pay as it then stands, as a bet placed here gets it."""
    if all(bet[4] is not None for _, bet in rows):
        return
    pools = {
        market.id: market for market in await markets.shown(change.conn, sorted({market_id for market_id, _ in rows}))
    }
    stakes = {
        market.id: {one.id: one.stakes for one in market.outcomes if not one.withdrawn} for market in pools.values()
    }
    for market_id, bet in rows:
        in_pool, market = stakes[market_id], pools[market_id]
        in_pool[bet[2]] = in_pool.get(bet[2], 0) + bet[3]
        if bet[4] is None:
            estimate = pool_odds(
                on_outcome=in_pool[bet[2]],
                others=[staked for one, staked in in_pool.items() if one != bet[2]],
                rules=rules_of({name: getattr(market, name) for name in RULES}),
                places=market.places,
            )
            bet[4] = max(estimate or ODDS_MIN, ODDS_MIN)
