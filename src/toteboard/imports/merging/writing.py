"""Writes a plan into a tournament: all of a file in one transaction, or nothing. Knows no file format.

What has to change is worked out by imports/merging/difference.py: once to know whether anything has to, and again where
something else stands under the lock.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from toteboard.imports.existing import ExistingMatch
from toteboard.imports.merging.difference import Difference, difference
from toteboard.imports.merging.identity import identified
from toteboard.imports.merging.recognised import Answer, Identity
from toteboard.imports.merging.standing import standing
from toteboard.imports.plan import WARNINGS_MAX, Plan, PlannedMatch, Schedule, new_schedule, scheduled
from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import Actor, Change, Ledger
from toteboard.ledger.people.own_affairs import check_markets
from toteboard.ledger.reaching import THINKING_IDLE_S
from toteboard.ledger.statements import statements
from toteboard.ledger.tournaments.markets import announce_markets, need_room_for_markets
from toteboard.ledger.tournaments.matches import announce_matches, need_room_for_matches
from toteboard.ledger.tournaments.tournaments import create_tournament
from toteboard.rules.bounds import REASON_LENGTH_MAX
from toteboard.rules.match import NOT_PLAYED
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("imports")

# Matches that a warning lists by name.
NAMES_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """What is asked beside the plan. `first_at` and `every` count for a new tournament, or with `reschedule`."""

    slug: str
    file_name: str
    sha256: bytes
    # What a tournament made for people and their bets is called; a file of matches says it itself.
    name: str = ""
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
    # What a person says of matches in doubt, by their place in the plan.
    answers: Mapping[int, Answer] = field(default_factory=dict)
    dry_run: bool = False
    # Whether people with money or bets may get an e-mail address, by which a password is asked for.
    may_give_addresses: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, or would do; `plan` with its times as they were moved."""

    slug: str
    tournament_id: int | None
    plan: Plan
    identity: Identity
    found: Difference
    dry_run: bool
    warnings: list[str]

    @property
    def anything(self) -> bool:
        """Whether anything was changed."""
        return self.tournament_id is None or not self.found.empty


async def is_imported(change: Change, slug: str) -> bool:
    """Whether something was imported under this slug before."""
    there = await change.conn.fetchrow(_SQL["tournament"], slug)
    return bool(there and there["imported"])


async def page(conn: Conn, tournament_id: int, *, before: int | None, limit: int) -> list[Any]:
    """The imports into a tournament that changed something, newest first."""
    return list(await conn.fetch(_SQL["page"], tournament_id, before, limit))


async def import_file(ledger: Ledger, actor: Actor, plan: Plan, order: ImportOrder) -> Imported:
    """Writes a file's plan into a tournament, for the desk and the command line alike. Raises as `import_plan`, Outage."""
    async with ledger.change(actor, idle_s=THINKING_IDLE_S) as change:
        return await import_plan(change, plan, order)


async def import_plan(change: Change, plan: Plan, order: ImportOrder) -> Imported:
    """Makes the tournament of `order.slug` what the plan says, as far as people have not gone further by hand.

    Raises Refused (STATE). Nothing is written, no audit row either, where nothing changes.
    """
    conn = change.conn
    await conn.execute(_SQL["lock_slug"], order.slug)
    there = await conn.fetchrow(_SQL["tournament"], order.slug)
    refuse_order(there, order)
    schedule, warnings = _schedule(plan, order, there)
    plan = scheduled(plan, schedule)
    now = await conn.fetchval(_SQL["now"])
    tournament_id = there["id"] if there else None
    zone = zone_of(there["timezone"] if there else order.timezone)

    def compared(existing: list[ExistingMatch]) -> tuple[Identity, Difference]:
        identity = identified(plan.matches, existing, zone=zone, answers=order.answers)
        return identity, difference(plan, identity, now=now, open_markets=order.open_markets)

    # In a thread: of thousands of matches on both sides it takes seconds, and bets go on meanwhile.
    existing = await standing(conn, tournament_id)
    identity, found = await asyncio.to_thread(compared, existing)
    need_room_for_matches(len(existing) + len(found.new_matches))
    _check_markets(existing, found)
    if not order.dry_run:
        _need_answers(identity)
    if not order.dry_run and (tournament_id is None or found.has_to_write):
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
            await _lock(conn, identity)
            locked = await standing(conn, tournament_id)
            # As a rule nothing has changed meanwhile, and nobody waits for the same comparison once more.
            if _as_compared(locked) != _as_compared(existing):
                identity, found = await asyncio.to_thread(compared, locked)
            _need_answers(identity)
        await _write(change, tournament_id, order, found)
        if there is None or not found.empty:
            await _record(change, tournament_id, plan, order, found, schedule)
    warnings = [*plan.warnings, *warnings, *_of_identity(identity), *_of_not_played(plan, found), *found.warnings]
    return Imported(
        slug=order.slug,
        tournament_id=tournament_id,
        plan=plan,
        identity=identity,
        found=found,
        dry_run=order.dry_run,
        warnings=_bounded(warnings),
    )


def _check_markets(existing: Sequence[ExistingMatch], found: Difference) -> None:
    markets = Counter((new.match_no, new.match_id) for new in found.new_markets)
    standing = {match.id: len(match.markets) for match in existing}
    for (_, match_id), new in markets.items():
        need_room_for_markets(standing.get(match_id or 0, 0) + new)


def _as_compared(matches: list[ExistingMatch]) -> list[ExistingMatch]:
    """The same as far as it is compared: whether there are bets, not how many."""
    return [
        replace(one, markets=tuple(replace(market, bets=min(market.bets, 1)) for market in one.markets))
        for one in matches
    ]


def zone_of(name: str) -> tzinfo:
    """The zone of a tournament; UTC where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def _need_answers(identity: Identity) -> None:
    if identity.doubts:
        many = len(identity.doubts)
        what = "1 match may be" if many == 1 else f"{many} matches may be"
        raise Refused(Refusal.STATE, f"{what} one that is there already. Say which: the same, another, or skip it.")


def _of_identity(identity: Identity) -> list[str]:
    lines = []
    if identity.missing:
        many = len(identity.missing)
        what = "1 match of an earlier file is" if many == 1 else f"{many} matches of an earlier file are"
        lines.append(f"{what} not in this one: {_names([match.name for match in identity.missing])}")
    return lines


def _of_not_played(plan: Plan, found: Difference) -> list[str]:
    """A line for each kind: how many, and which."""
    lines = []
    for kind in NOT_PLAYED:
        names = [match.name for match in plan.matches if match.not_played == kind]
        if names:
            lines.append(f"{len(names)} {kind}, not opened: {_names(names)}")
    if found.not_opened_beside:
        many = found.not_opened_beside
        lines.append(
            f"{many} new {'match stays a draft' if many == 1 else 'matches stay drafts'}: "
            "one of the earlier file that is not in this one may be the same"
        )
    if found.begun:
        lines.append(
            "1 market stays a draft: its match has begun"
            if found.begun == 1
            else f"{found.begun} markets stay drafts: their matches have begun"
        )
    return lines


def _names(names: list[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def _bounded(warnings: list[str]) -> list[str]:
    if len(warnings) > WARNINGS_MAX:
        return [*warnings[:WARNINGS_MAX], f"… and {len(warnings) - WARNINGS_MAX} more"]
    return warnings


async def _lock(conn: Conn, identity: Identity) -> None:
    """Markets first, then matches, each by id, as everybody does."""
    matches = [recognised.match for recognised in identity.recognised.values()]
    await conn.execute(_SQL["lock_markets"], [market.id for match in matches for market in match.markets])
    await conn.execute(_SQL["lock_matches"], [match.id for match in matches])


def refuse_order(there: Any | None, order: ImportOrder) -> None:
    """Goes on if a file may go into what is under its slug. Raises Refused (STATE)."""
    if order.tournament_id not in (None, there["id"] if there else None):
        raise Refused(Refusal.STATE, "The tournament's address has changed. Start the import again.")
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


async def _write(change: Change, tournament_id: int, order: ImportOrder, found: Difference) -> None:
    conn, match_ids, market_ids = change.conn, set(found.touched_matches), set(found.touched_markets)
    by = change.actor.user_id, change.actor.ip
    ids_by_no: dict[int, int] = {}
    if found.new_matches:
        rows = [_match_columns(match) for _, match in found.new_matches]
        added = await conn.fetch(_SQL["new_matches"], tournament_id, *_columns(rows))
        # In the order they were asked for.
        ids_by_no = {no: row["id"] for (no, _), row in zip(found.new_matches, added, strict=True)}
        match_ids |= set(ids_by_no.values())
    if found.changed_matches:
        changed = [(id_, *_match_columns(match)) for id_, match in found.changed_matches]
        await conn.execute(_SQL["change_matches"], *_columns(changed), *by)
    market_ids |= await _add_markets(conn, tournament_id, order, found, ids_by_no)
    if found.new_outcomes:
        await _add_outcomes(conn, tournament_id, found.new_outcomes)
    if found.renamed:
        reason = f"imported from {order.file_name}"[:REASON_LENGTH_MAX]
        await conn.execute(_SQL["rename_outcomes"], *_columns(found.renamed), reason, *by)
    if found.repriced:
        await conn.execute(_SQL["price_outcomes"], *_columns(found.repriced), *by)
    if found.changed_markets:
        rows = [
            (m.id, m.closes_at, m.status, json.dumps(m.result) if m.result else None) for m in found.changed_markets
        ]
        await check_markets(change, [market.id for market in found.changed_markets], tournament_id, "file")
        await conn.execute(_SQL["change_markets"], *_columns(rows), order.file_name[:200], *by)
    if found.suspended_markets:
        await conn.execute(_SQL["log_suspended"], found.suspended_markets, *by)
    await announce_matches(change, sorted(match_ids))
    await announce_markets(change, sorted(market_ids))


def _match_columns(match: PlannedMatch) -> tuple[Any, ...]:
    score = json.dumps(match.score) if match.score else None
    return (match.name, match.round, match.venue, match.starts_at, score, match.number, match.not_played)


def _columns(rows: list[Any]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


async def _add_markets(
    conn: Conn, tournament_id: int, order: ImportOrder, found: Difference, ids_by_no: dict[int, int]
) -> set[int]:
    if not found.new_markets:
        return set()
    pairs = [(new.match_id or ids_by_no[new.match_no], new) for new in found.new_markets]
    rows = [
        (match_id, new.market.key, new.market.name, new.market.kind, new.status, new.closes_at)
        for match_id, new in pairs
    ]
    added = await conn.fetch(_SQL["new_markets"], tournament_id, *_columns(rows), order.takeout_bps)
    ids = {(row["match_id"], row["import_key"]): row["id"] for row in added}
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
