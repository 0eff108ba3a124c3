"""Writes a plan into a tournament: all of a file in one transaction, or nothing. Knows no file format.

What has to change is worked out by imports/difference.py: once to know whether anything has to, and again on what stands
under the lock.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from toteboard.imports.difference import Difference, ExistingMarket, ExistingMatch, ExistingOutcome, difference
from toteboard.imports.plan import WARNINGS_MAX, Plan, Schedule, new_schedule, scheduled
from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import Actor, Change, Ledger
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments.markets import announce_markets
from toteboard.ledger.tournaments.matches import announce_matches
from toteboard.ledger.tournaments.tournaments import create_tournament
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("imports")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What is asked beside the plan. `first_at` and `every` count for a new tournament, or with `reschedule`."""

    slug: str
    file_name: str
    sha256: bytes
    # Where it goes into a tournament that is known to be there: another one, or none, under this slug is refused.
    tournament_id: int | None = None
    currency: str = "EUR"
    timezone: str = "UTC"
    subtitle: str = ""
    kyc_provider: str = "desk"
    takeout_bps: int = 0
    open_markets: bool = False
    first_at: datetime | None = None
    every: timedelta | None = None
    reschedule: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, counted in matches unless it says otherwise."""

    slug: str
    tournament_id: int | None
    matches: int
    outcomes: int
    new: int
    changed: int
    unchanged: int
    markets_opened: int
    results_entered: int
    # Markets that were to be opened and whose matches have begun.
    begun: int
    # Results of markets that are not closed, by the markets' status.
    results_waiting: dict[str, int]
    first_at: datetime | None
    dry_run: bool
    warnings: list[str] = field(default_factory=list)
    # Keys of matches that are new, and of those that stand otherwise.
    new_keys: list[str] = field(default_factory=list)
    changed_keys: list[str] = field(default_factory=list)

    @property
    def anything(self) -> bool:
        """Whether anything was changed."""
        return bool(self.new or self.changed or self.tournament_id is None)


async def is_imported(change: Change, slug: str) -> bool:
    """Whether something was imported under this slug before."""
    there = await change.conn.fetchrow(_SQL["tournament"], slug)
    return bool(there and there["imported"])


async def page(conn: Conn, tournament_id: int, *, before: int | None, limit: int) -> list[Any]:
    """The imports into a tournament that changed something, newest first."""
    return list(await conn.fetch(_SQL["page"], tournament_id, before, limit))


async def import_file(ledger: Ledger, actor: Actor, plan: Plan, order: ImportOrder) -> Imported:
    """Writes a file's plan into a tournament, for the desk and the command line alike. Raises as `import_plan`, Outage."""
    async with ledger.change(actor) as change:
        return await import_plan(change, plan, order)


async def import_plan(change: Change, plan: Plan, order: ImportOrder) -> Imported:
    """Makes the tournament of `order.slug` what the plan says, as far as people have not gone further by hand.

    Raises Refused (STATE). Nothing is written, no audit row either, where nothing changes.
    """
    conn = change.conn
    await conn.execute(_SQL["lock_slug"], order.slug)
    there = await conn.fetchrow(_SQL["tournament"], order.slug)
    _refuse(there, order)
    schedule, warnings = _schedule(plan, order, there)
    plan = scheduled(plan, schedule)
    now = await conn.fetchval(_SQL["now"])
    tournament_id = there["id"] if there else None
    existing = await _existing(conn, tournament_id, plan)
    found = difference(plan, existing, now=now, open_markets=order.open_markets)
    if not order.dry_run and (tournament_id is None or not found.empty):
        if tournament_id is None:
            tournament_id = await create_tournament(
                change,
                slug=order.slug,
                name=plan.name,
                currency=order.currency,
                timezone=order.timezone,
                subtitle=order.subtitle,
                kyc_provider=order.kyc_provider,
            )
        else:
            await _lock(conn, existing)
            existing = await _existing(conn, tournament_id, plan)
            found = difference(plan, existing, now=now, open_markets=order.open_markets)
        await _write(change, tournament_id, plan, order, found)
        await _record(change, tournament_id, plan, order, found, schedule)
    if kept_by_hand := await _by_hand(conn, tournament_id, found):
        warnings.append(kept_by_hand)
    imported = _imported(plan, order, found, tournament_id, [*plan.warnings, *warnings, *found.warnings])
    touched = [match.key for match in existing.values() if match.id in found.touched_matches]
    return replace(imported, new_keys=[match.key for match in found.new_matches], changed_keys=touched)


async def _by_hand(conn: Conn, tournament_id: int | None, found: Difference) -> str | None:
    """A warning where a new match is called as one that somebody made at the desk."""
    if tournament_id is None or not found.new_matches:
        return None
    names, rounds = zip(*((match.name, match.round) for match in found.new_matches), strict=True)
    many = await conn.fetchval(_SQL["by_hand"], tournament_id, list(names), list(rounds))
    if not many:
        return None
    return f"{many} of the new matches are called as one made at the desk; each stands beside it, as a match of its own"


async def _lock(conn: Conn, existing: dict[str, ExistingMatch]) -> None:
    """Markets first, then matches, each by id, as everybody does."""
    markets = [market.id for match in existing.values() for market in match.markets]
    await conn.execute(_SQL["lock_markets"], markets)
    await conn.execute(_SQL["lock_matches"], [match.id for match in existing.values()])


def _refuse(there: Any | None, order: ImportOrder) -> None:
    if order.tournament_id not in (None, there["id"] if there else None):
        raise Refused(Refusal.STATE, "The tournament has another address by now; look again.")
    if there is None:
        return
    if there["archived_at"] is not None:
        raise Refused(Refusal.STATE, f"The tournament {order.slug!r} is archived; choose another.")
    if there["currency"] != order.currency:
        raise Refused(
            Refusal.STATE, f"The tournament {order.slug!r} is in {there['currency']}, not in {order.currency}."
        )


def _schedule(plan: Plan, order: ImportOrder, there: Any) -> tuple[Schedule, list[str]]:
    """A re-import keeps the times of the first one, or every result that comes in would move the tournament back."""
    if there is None or not there["imported"] or order.reschedule:
        if order.first_at is None and order.every is None:
            return Schedule(), []
        return new_schedule(plan, first_at=order.first_at, every=order.every), []
    warnings = []
    if order.first_at is not None or order.every is not None:
        warnings.append("the times stay as they were first imported; --reschedule moves them")
    if there["schedule"] is None:
        return Schedule(), warnings
    kept = json.loads(there["schedule"])
    every = timedelta(seconds=kept["every_s"]) if kept["every_s"] else None
    first_at = datetime.fromisoformat(kept["first_at"]) if kept["first_at"] else None
    return Schedule(shift=timedelta(seconds=kept["shift_s"]), first_at=first_at, every=every), warnings


async def _existing(conn: Conn, tournament_id: int | None, plan: Plan) -> dict[str, ExistingMatch]:
    if tournament_id is None:
        return {}
    matches = await conn.fetch(_SQL["matches"], tournament_id, [match.key for match in plan.matches])
    markets = await conn.fetch(_SQL["markets"], [match["id"] for match in matches])
    outcomes_of: dict[int, list[ExistingOutcome]] = defaultdict(list)
    bets_of: dict[int, int] = defaultdict(int)
    for row in await conn.fetch(_SQL["outcomes"], [market["id"] for market in markets]):
        outcomes_of[row["market_id"]].append(
            ExistingOutcome(id=row["id"], name=row["name"], lane_no=row["lane_no"], odds_milli=row["odds_milli"])
        )
        bets_of[row["market_id"]] += row["bets"]
    markets_of = defaultdict(list)
    for row in markets:
        markets_of[row["match_id"]].append(
            ExistingMarket(
                id=row["id"],
                key=row["import_key"],
                name=row["name"],
                kind=row["kind"],
                status=row["status"],
                opens_at=row["opens_at"],
                closes_at=row["closes_at"],
                result=json.loads(row["result"]) if row["result"] else None,
                bets=bets_of[row["id"]],
                outcomes=tuple(outcomes_of[row["id"]]),
            )
        )
    return {
        row["import_key"]: ExistingMatch(
            id=row["id"],
            key=row["import_key"],
            name=row["name"],
            round=row["round"],
            venue=row["venue"],
            starts_at=row["starts_at"],
            score=json.loads(row["score"]) if row["score"] else None,
            markets=tuple(markets_of[row["id"]]),
        )
        for row in matches
    }


async def _write(change: Change, tournament_id: int, plan: Plan, order: ImportOrder, found: Difference) -> None:
    conn, match_ids, market_ids = change.conn, set(found.touched_matches), set(found.touched_markets)
    ids_by_key: dict[str, int] = {}
    if found.new_matches:
        columns = zip(*(_match_columns(match) for match in found.new_matches), strict=True)
        added = await conn.fetch(
            _SQL["new_matches"],
            tournament_id,
            [match.key for match in found.new_matches],
            *(list(column) for column in columns),
        )
        ids_by_key = {row["import_key"]: row["id"] for row in added}
        match_ids |= set(ids_by_key.values())
    if found.changed_matches:
        columns = zip(*(_match_columns(match) for _, match in found.changed_matches), strict=True)
        await conn.execute(
            _SQL["change_matches"], [id_ for id_, _ in found.changed_matches], *(list(column) for column in columns)
        )
    market_ids |= await _add_markets(conn, tournament_id, order, found, ids_by_key)
    if found.new_outcomes:
        await _add_outcomes(conn, tournament_id, found.new_outcomes)
    if found.renamed:
        await conn.execute(_SQL["rename_outcomes"], *_columns(found.renamed))
    if found.repriced:
        await conn.execute(_SQL["price_outcomes"], *_columns(found.repriced), change.actor.user_id, change.actor.ip)
    if found.changed_markets:
        rows = [
            (m.id, m.closes_at, m.status, json.dumps(m.result) if m.result else None) for m in found.changed_markets
        ]
        await conn.execute(_SQL["change_markets"], *_columns(rows))
    await announce_matches(change, sorted(match_ids))
    await announce_markets(change, sorted(market_ids))


def _match_columns(match: Any) -> tuple[Any, ...]:
    score = json.dumps(match.score) if match.score else None
    return (match.name, match.round, match.venue, match.starts_at, score)


def _columns(rows: list[Any]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


async def _add_markets(
    conn: Conn, tournament_id: int, order: ImportOrder, found: Difference, ids_by_key: dict[str, int]
) -> set[int]:
    if not found.new_markets:
        return set()
    pairs = [(new.match_id or ids_by_key[new.match_key], new) for new in found.new_markets]
    rows = [
        (match_id, new.market.key, new.market.name, new.market.kind, new.status, new.closes_at)
        for match_id, new in pairs
    ]
    added = await conn.fetch(_SQL["new_markets"], tournament_id, *_columns(rows), order.takeout_bps)
    ids = {(row["match_id"], row["import_key"]): row["id"] for row in added}
    await conn.execute(_SQL["new_escrows"], tournament_id, sorted(ids.values()))
    outcomes = [
        (ids[match_id, new.market.key], name, lane_no, odds)
        for match_id, new in pairs
        for lane_no, (name, odds) in enumerate(new.market.outcomes, start=1)
    ]
    await _add_outcomes(conn, tournament_id, outcomes)
    return set(ids.values())


async def _add_outcomes(conn: Conn, tournament_id: int, outcomes: list[tuple[int, str, int, int | None]]) -> None:
    await conn.execute(_SQL["new_outcomes"], tournament_id, *_columns(outcomes))


async def _record(
    change: Change, tournament_id: int, plan: Plan, order: ImportOrder, found: Difference, schedule: Schedule
) -> None:
    moved = None
    if schedule != Schedule():
        moved = {
            "shift_s": schedule.shift.total_seconds(),
            "first_at": schedule.first_at.astimezone(UTC).isoformat() if schedule.first_at else None,
            "every_s": schedule.every.total_seconds() if schedule.every else None,
        }
    import_id = await change.conn.fetchval(
        _SQL["imported"],
        tournament_id,
        order.file_name[:200],
        order.sha256,
        len(plan.matches),
        plan.outcomes,
        json.dumps(moved) if moved else None,
        change.actor.user_id,
    )
    await change.audit(
        "tournament.imported",
        f"tournament:{tournament_id}",
        tournament_id,
        import_id=import_id,
        file=order.file_name[:200],
        sha256=order.sha256.hex(),
        matches=len(plan.matches),
        outcomes=plan.outcomes,
        new=len(found.new_matches),
        changed=len(found.touched_matches),
        opened=found.opened,
        results=found.results_entered,
    )


def _imported(
    plan: Plan, order: ImportOrder, found: Difference, tournament_id: int | None, warnings: list[str]
) -> Imported:
    if found.begun:
        warnings.append(f"{found.begun} markets stay drafts: their matches have begun")
    if len(warnings) > WARNINGS_MAX:
        warnings = [*warnings[:WARNINGS_MAX], f"… and {len(warnings) - WARNINGS_MAX} more"]
    return Imported(
        slug=order.slug,
        tournament_id=tournament_id,
        matches=len(plan.matches),
        outcomes=plan.outcomes,
        new=len(found.new_matches),
        changed=len(found.touched_matches),
        unchanged=found.unchanged,
        markets_opened=found.opened,
        begun=found.begun,
        results_entered=found.results_entered,
        results_waiting=dict(found.results_waiting),
        first_at=plan.first_at,
        dry_run=order.dry_run,
        warnings=warnings,
    )
