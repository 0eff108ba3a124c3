"""Tournaments and their members in the ledger. Knows neither HTTP nor who may ask.

Whoever commits a change of members calls `wakeups.sessions(user_id)` afterwards: somebody's rights changed.
"""

import json
from collections.abc import Sequence
from typing import Any, Literal
from uuid import uuid4

import asyncpg

from toteboard.ledger.connection import Conn, Row
from toteboard.ledger.ledger import Change
from toteboard.ledger.money import wallets
from toteboard.ledger.people.invitation_rights import end_unrightful
from toteboard.ledger.people.own_affairs import Affair, check_another
from toteboard.ledger.statements import statements
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.events import EventKind
from toteboard.rules.money import POINTS
from toteboard.rules.names import SLUG_LENGTH_MAX
from toteboard.rules.refusals import Refusal, Refused

_SQL = statements("tournaments")

Role = Literal["bettor", "cashier", "organizer", "auditor"]
# What the log says of points that everybody is given.
STARTING_POINTS = "starting points"
# What `edit` may change, in the order its statement takes them. The currency is not among them: amounts mean it.
EDITABLE = (
    *("slug", "name", "subtitle", "timezone", "kyc_provider", "staff_may_bet", "deductions", "starting_points"),
    *("four_eyes", "min_age", "simulated_per_min"),
)


def _slug_taken(slug: str) -> Refused:
    return Refused(Refusal.CONFLICT, f"Another tournament has the slug {slug!r}; choose one.")


# Looking ------------------------------------------------------------------------------------------------------------


async def find(conn: Conn, id_or_slug: str) -> int | None:
    """The tournament's id, or None. An id is ASCII digits; a slug is never digits alone."""
    is_number = id_or_slug.isascii() and id_or_slug.isdigit() and len(id_or_slug) < 20
    number = int(id_or_slug) if is_number else None
    if number is not None and number > ID_MAX:
        return None
    # No slug holds a character that PostgreSQL's text could not.
    slug = id_or_slug if id_or_slug.isascii() and id_or_slug.isprintable() else ""
    found: int | None = await conn.fetchval(_SQL["find"], number, slug)
    return found


async def free_slug(conn: Conn, stem: str, tails: Sequence[str]) -> str:
    """The address `stem` with the first of these tails under which there is no tournament; the stem is cut to fit."""
    slugs = [stem[: SLUG_LENGTH_MAX - len(tail)].rstrip("-") + tail for tail in tails]
    # Where all are taken the first is, and its conflict is said.
    found: str | None = await conn.fetchval(_SQL["free_slugs"], slugs)
    return found or slugs[0]


async def is_known(conn: Conn, tournament_id: int) -> bool:
    """Whether there is such a tournament, archived ones included."""
    return bool(await conn.fetchval(_SQL["is_known"], tournament_id))


async def shown(conn: Conn, tournament_ids: Sequence[int]) -> list[Row]:
    """These tournaments as the API shows them, newest first; unknown ones left out."""
    return list(await conn.fetch(_SQL["shown"], tournament_ids))


async def page(conn: Conn, *, before: int | None, limit: int) -> list[Row]:
    """Tournaments that are not archived, newest first."""
    rows = await conn.fetch(_SQL["page"], before, limit)
    return await shown(conn, [row["id"] for row in rows])


async def is_for_points(conn: Conn, tournament_id: int) -> bool:
    """Whether nobody is paid anything in it."""
    tournament = await conn.fetchrow(_SQL["look"], tournament_id)
    return tournament is not None and tournament["currency"] in POINTS


async def for_money(conn: Conn) -> str | None:
    """The name of a tournament for money that is not archived; None where there is none."""
    name: str | None = await conn.fetchval(_SQL["for_money"], sorted(POINTS))
    return name


async def knows_timezone(conn: Conn, name: str) -> bool:
    """Whether PostgreSQL knows the zone by this name."""
    return bool(await conn.fetchval(_SQL["knows_timezone"], name))


# Changing -----------------------------------------------------------------------------------------------------------


async def create_tournament(
    change: Change,
    *,
    slug: str,
    name: str,
    currency: str,
    timezone: str = "UTC",
    subtitle: str = "",
    kyc_provider: str = "desk",
    staff_may_bet: bool = False,
    starting_points: int = 0,
) -> int:
    """A new tournament with its feed and accounts; its maker becomes its organizer.

    Raises Refused: CONFLICT (the slug), STATE (points, or no identity check, where money is played for).
    """
    try:
        tournament_id: int | None = await change.conn.fetchval(
            _SQL["create"], slug, name, subtitle, currency, timezone, kyc_provider, staff_may_bet, starting_points
        )
    except asyncpg.CheckViolationError:
        raise _points_only() from None
    if tournament_id is None:
        raise _slug_taken(slug)
    await change.audit(
        "tournament.created",
        f"tournament:{tournament_id}",
        tournament_id,
        slug=slug,
        name=name,
        currency=currency,
        kyc_provider=kyc_provider,
        staff_may_bet=staff_may_bet,
        starting_points=starting_points,
    )
    if change.actor.user_id is not None:
        await put_member(change, tournament_id, change.actor.user_id, "organizer")
    await announce(change, tournament_id)
    return tournament_id


def _points_only() -> Refused:
    return Refused(
        Refusal.STATE,
        "Only a tournament for points (PTS, PTC) does without an identity check, or gives points at joining.",
    )


async def lock(change: Change, tournament_id: int) -> Row:
    """The tournament, locked. Raises Refused: NOT_FOUND, or STATE where it is archived."""
    return _open(await change.conn.fetchrow(_SQL["lock"], tournament_id))


async def edit(change: Change, tournament_id: int, given: dict[str, Any], *, is_admin: bool) -> None:
    """Changes what is given of EDITABLE; `deductions` as JSON text. Whom four eyes watch do not switch them off.

    Raises Refused: NOT_FOUND, STATE (archived), FORBIDDEN, CONFLICT (the slug is taken).
    """
    before = await lock(change, tournament_id)
    changed = {name: value for name, value in given.items() if value != before[name]}
    if not changed:
        return
    if changed.get("four_eyes") is False and not is_admin:
        raise Refused(
            Refusal.FORBIDDEN,
            "An administrator switches four eyes off.",
            tournament_id=tournament_id,
            field="four_eyes",
        )
    after = dict(before) | changed
    try:
        await change.conn.execute(_SQL["edit"], tournament_id, *(after[name] for name in EDITABLE))
    except asyncpg.UniqueViolationError:
        raise _slug_taken(after["slug"]) from None
    except asyncpg.CheckViolationError:
        raise _points_only() from None
    await change.audit(
        "tournament.edited",
        f"tournament:{tournament_id}",
        tournament_id,
        **{name: [_told(name, one) for one in (before[name], value)] for name, value in changed.items()},
    )
    await announce(change, tournament_id)


def _told(name: str, value: Any) -> Any:
    return json.loads(value) if name == "deductions" else value


async def discard(change: Change, tournament_id: int) -> None:
    """Throws it away: everybody is refunded, then it is archived (discarding.py). Once more does nothing. Raises Refused."""
    tournament = await change.conn.fetchrow(_SQL["lock"], tournament_id)
    if tournament is not None and tournament["discarded_at"] is not None:
        return
    _open(tournament)
    await change.conn.execute(_SQL["discard"], tournament_id)
    await change.audit("tournament.discarded", f"tournament:{tournament_id}", tournament_id)


async def archive(change: Change, tournament_id: int) -> None:
    """Puts the tournament away: read, no longer written or bet in. Once more does nothing. Raises Refused."""
    tournament = await change.conn.fetchrow(_SQL["lock"], tournament_id)
    if tournament is None:
        raise Refused(Refusal.NOT_FOUND)
    if tournament["archived_at"] is not None:
        return
    unfinished = await change.conn.fetchval(_SQL["unfinished"], tournament_id)
    if unfinished is not None:
        raise Refused(
            Refusal.STATE, f"The market {unfinished!r} is open, or has bets or a carried pool that are not settled yet."
        )
    await change.conn.execute(_SQL["archive"], tournament_id)
    await change.audit("tournament.archived", f"tournament:{tournament_id}", tournament_id)
    await announce(change, tournament_id)


async def announce(change: Change, tournament_id: int) -> None:
    """Tells the feed how the tournament is called now."""
    change.event(tournament_id, EventKind.TOURNAMENT, await change.conn.fetchval(_SQL["event"], tournament_id))


async def check_open(conn: Conn, tournament_id: int) -> Row:
    """The tournament, unlocked. Raises Refused: NOT_FOUND, or STATE where it is archived."""
    return _open(await conn.fetchrow(_SQL["look"], tournament_id))


def _open(tournament: Row | None) -> Row:
    if tournament is None:
        raise Refused(Refusal.NOT_FOUND)
    if tournament["archived_at"] is not None:
        raise Refused(Refusal.STATE, "The tournament is archived.")
    if tournament["discarded_at"] is not None:
        raise Refused(Refusal.STATE, "The tournament is being thrown away.")
    return tournament


# Members ------------------------------------------------------------------------------------------------------------


async def members(
    conn: Conn,
    tournament_id: int,
    *,
    after: int | None,
    limit: int,
    sought: str | None = None,
    role: Role | None = None,
    kyc: str | None = None,
) -> list[Row]:
    """Members with their wallets, in the order of their ids; those in whose name or address `sought` stands."""
    return list(await conn.fetch(_SQL["members"], tournament_id, after, limit, sought, role, kyc, None))


async def member(conn: Conn, tournament_id: int, user_id: int) -> Row | None:
    """The member with their role and wallet; None for a stranger."""
    return await conn.fetchrow(_SQL["members"], tournament_id, None, 1, None, None, None, user_id)


async def role_of(change: Change, tournament_id: int, user_id: int) -> str | None:
    """Their role, locked until the change ends; None for who is no member."""
    role: str | None = await change.conn.fetchval(_SQL["lock_member"], tournament_id, user_id)
    return role


async def join(change: Change, tournament_id: int, user_id: int) -> None:
    """Makes this person a bettor with a wallet. Who is one stays as they are, and so does staff that may bet.

    Raises Refused: NOT_FOUND, STATE (archived), STAFF.
    """
    tournament = await check_open(change.conn, tournament_id)
    await change.conn.execute(_SQL["lock_person"], user_id)
    role = await role_of(change, tournament_id, user_id)
    if role is None:
        await put_member(change, tournament_id, user_id, "bettor")
    elif role == "bettor" or tournament["staff_may_bet"]:
        await open_wallet(change, tournament_id, user_id)
    else:
        raise Refused(Refusal.STAFF)


async def put_member(change: Change, tournament_id: int, user_id: int, role: Role) -> None:
    """Gives a person a role, a bettor a wallet too. Raises Refused (NOT_FOUND) where there is no such person."""
    before = await role_of(change, tournament_id, user_id)
    if before != role:
        if await change.conn.fetchval(_SQL["put_member"], tournament_id, user_id, role) is None:
            raise Refused(Refusal.NOT_FOUND, "There is no such person.")
        if before is None:
            await change.audit("member.joined", f"user:{user_id}", tournament_id, role=role)
        else:
            await change.audit("member.role_changed", f"user:{user_id}", tournament_id, role=[before, role])
    if role == "bettor":
        await open_wallet(change, tournament_id, user_id)


async def change_role(change: Change, tournament_id: int, user_id: int, role: Role) -> None:
    """Gives a member another role; invitations they may no longer give end with the one they had.

    Raises Refused: NOT_FOUND for who is no member, FORBIDDEN for oneself.
    """
    await _lock_for_role(change, tournament_id, user_id)
    before = await role_of(change, tournament_id, user_id)
    if before is None:
        raise Refused(Refusal.NOT_FOUND, "They are no member here: invite them.")
    if before != role:
        check_another(change.actor, user_id, Affair.ROLE, tournament_id)
    await put_member(change, tournament_id, user_id, role)
    await end_unrightful(change, user_id, tournament_id)


async def _lock_for_role(change: Change, tournament_id: int, user_id: int) -> None:
    """Person, then organizers: of two who take each other's role one comes second, and may no longer."""
    await change.conn.execute(_SQL["lock_person"], user_id)
    await change.conn.execute(_SQL["lock_organizers"], tournament_id)
    actor = change.actor.user_id
    if actor is not None and not await change.conn.fetchval(_SQL["may_invite"], actor, tournament_id):
        raise Refused(
            Refusal.FORBIDDEN, "You are no organizer of this tournament any more.", tournament_id=tournament_id
        )


async def open_wallet(change: Change, tournament_id: int, user_id: int) -> None:
    """A wallet for this member, if there is none yet, with what everybody is given at joining."""
    opened = await change.conn.fetchrow(_SQL["open_wallet"], tournament_id, user_id)
    if opened is not None and opened["starting_points"]:
        await wallets.move(
            change,
            opened["id"],
            "deposit",
            key=uuid4(),
            amount=opened["starting_points"],
            currency=opened["currency"],
            note=STARTING_POINTS,
            given=True,
        )


async def remove_member(change: Change, tournament_id: int, user_id: int) -> None:
    """Takes their role away; the wallet stays, empty, and their invitations end.

    Raises Refused: NOT_FOUND, FORBIDDEN for oneself, CONFLICT while money hangs on it.
    """
    await _lock_for_role(change, tournament_id, user_id)
    role = await role_of(change, tournament_id, user_id)
    if role is None:
        raise Refused(Refusal.NOT_FOUND)
    check_another(change.actor, user_id, Affair.ROLE, tournament_id)
    await change.conn.execute(_SQL["lock_wallet"], tournament_id, user_id)
    wallet = await change.conn.fetchrow(_SQL["wallet"], tournament_id, user_id)
    if wallet is not None:
        if wallet["balance"] or wallet["owed"]:
            raise Refused(Refusal.CONFLICT, "Their wallet still holds money, or owes some.")
        if await change.conn.fetchval(_SQL["has_pending_bets"], wallet["id"]):
            raise Refused(Refusal.CONFLICT, "They have bets that are not settled yet.")
    await change.conn.execute(_SQL["remove_member"], tournament_id, user_id)
    await change.audit("member.removed", f"user:{user_id}", tournament_id, role=role)
    await end_unrightful(change, user_id, tournament_id)
