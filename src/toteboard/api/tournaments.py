"""Tournaments, and who is a member of one. Knows no SQL."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AfterValidator, Field

from toteboard.api.auth import actor, asker, need_admin, need_role
from toteboard.api.changing import changing
from toteboard.api.house import House
from toteboard.api.paging import PageAsked, paging
from toteboard.api.problems import Problem, invalid
from toteboard.api.sessions import Identity
from toteboard.api.wallets import Wallet
from toteboard.api.wire import ID_MAX, Asked, Currency, Edited, Name, Page, Said, Text, utc
from toteboard.ledger import tournaments, wallets
from toteboard.ledger.ledger import Actor
from toteboard.rules.money import CURRENCIES
from toteboard.rules.names import clean_slug, slugify
from toteboard.rules.refusals import Refusal

ORGANIZER = frozenset({"organizer"})
MEMBER_READERS = frozenset({"organizer", "cashier", "auditor"})

# An id, or a slug; a slug is never digits alone.
Which = Annotated[str, Path(min_length=1, max_length=80, description="id or slug")]
UserId = Annotated[int, Path(ge=1, le=ID_MAX)]
Slug = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(clean_slug)]
Timezone = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$", description="an IANA name")]
KycProvider = Literal["desk", "sandbox"]


class NewTournament(Asked):
    name: Name
    slug: Slug | None = Field(None, description="made of the name where it is not given")
    subtitle: Text = ""
    currency: Currency
    timezone: Timezone = "UTC"
    kyc_provider: KycProvider = "desk"
    staff_may_bet: bool = False


class EditedTournament(Edited):
    name: Name | None = None
    slug: Slug | None = None
    subtitle: Text | None = None
    timezone: Timezone | None = None
    kyc_provider: KycProvider | None = None
    staff_may_bet: bool | None = None


class Tournament(Said):
    id: int
    slug: str
    name: str
    subtitle: str
    currency: str
    exponent: int
    timezone: str
    kyc_provider: KycProvider
    staff_may_bet: bool
    archived: bool
    markets_open: int
    closes_next: str | None = Field(description="when the next of its open markets closes")
    total: int
    bets: int


class RoleGiven(Asked):
    role: tournaments.Role


class Member(Said):
    user_id: int
    name: str
    email: str
    role: tournaments.Role
    kyc: str
    wallet_id: int | None
    balance: int | None
    owed: int | None


def _said(row: Any) -> Tournament:
    return Tournament(**(dict(row) | {"closes_next": utc(row["closes_next"])}))


async def _shown(conn: Any, tournament_id: int) -> Tournament:
    (row,) = await tournaments.shown(conn, [tournament_id])
    return _said(row)


async def known_id(house: House, which: str) -> int:
    """The id of a tournament asked for by id or slug. Raises Problem (404)."""
    async with house.ledger.read() as conn:
        found = await tournaments.find(conn, which)
    if found is None:
        raise Problem(Refusal.NOT_FOUND, "There is no such tournament.")
    return found


async def _check(house: House, conn: Any, given: dict[str, Any]) -> None:
    """What can only be looked up. Raises Problem (422)."""
    if "currency" in given and given["currency"] not in CURRENCIES:
        raise invalid("currency", "not a currency of the list")
    if "timezone" in given and not await tournaments.knows_timezone(conn, given["timezone"]):
        raise invalid("timezone", "not a time zone")
    if "kyc_provider" in given and given["kyc_provider"] not in house.kyc:
        raise invalid("kyc_provider", "not set up on this server")


def routes(house: House) -> APIRouter:
    router = APIRouter(prefix="/api/tournament", tags=["tournaments"])
    _add_looks(router, house)
    _add_changes(router, house)
    _add_members(router, house)
    return router


def _add_looks(router: APIRouter, house: House) -> None:
    Asking = Annotated[PageAsked, Depends(paging(house.settings))]

    @router.get("")
    async def all_open(asked: Asking) -> Page[Tournament]:
        """Tournaments that are not archived, newest first."""
        async with house.ledger.snapshot() as conn:
            rows = await tournaments.page(conn, before=asked.after_id(), limit=asked.rows)
        shown, following = asked.split(rows, lambda row: str(row["id"]))
        return Page(items=[_said(row) for row in shown], next=following)

    @router.get("/{which}")
    async def one(which: Which) -> Tournament:
        tournament_id = await known_id(house, which)
        async with house.ledger.read() as conn:
            return await _shown(conn, tournament_id)


def _add_changes(router: APIRouter, house: House) -> None:
    Asker = Annotated[Identity, Depends(asker(house))]
    By = Annotated[Actor, Depends(actor(house))]

    @router.post("", status_code=201)
    async def create(body: NewTournament, who: Asker, by: By) -> Tournament:
        """A new tournament; who makes it becomes its organizer."""
        need_admin(who)
        given = body.model_dump()
        given["slug"] = body.slug or slugify(body.name)
        async with changing(house, by) as change:
            await _check(house, change.conn, given)
            tournament_id = await tournaments.create_tournament(change, **given)
            answer = await _shown(change.conn, tournament_id)
        house.ledger.wakeups.sessions(who.user_id)
        return answer

    @router.patch("/{which}")
    async def edit(which: Which, body: EditedTournament, who: Asker, by: By) -> Tournament:
        tournament_id = await known_id(house, which)
        need_role(who, tournament_id, ORGANIZER)
        async with changing(house, by) as change:
            await _check(house, change.conn, body.given())
            await tournaments.edit(change, tournament_id, body.given())
            return await _shown(change.conn, tournament_id)

    @router.delete("/{which}", status_code=204)
    async def archive(which: Which, who: Asker, by: By) -> None:
        """Archives it: nothing is deleted, nothing can be changed any more but withdrawals."""
        tournament_id = await known_id(house, which)
        need_admin(who)
        async with changing(house, by) as change:
            await tournaments.archive(change, tournament_id)


def _add_members(router: APIRouter, house: House) -> None:
    Asker = Annotated[Identity, Depends(asker(house))]
    By = Annotated[Actor, Depends(actor(house))]
    Asking = Annotated[PageAsked, Depends(paging(house.settings))]

    @router.post("/{which}/join", status_code=201)
    async def join(which: Which, who: Asker, by: By) -> Wallet:
        """Become a bettor. Who is one already gets the same wallet again."""
        tournament_id = await known_id(house, which)
        if who.blocked:
            raise Problem(Refusal.BLOCKED)
        async with changing(house, by) as change:
            await tournaments.join(change, tournament_id, who.user_id)
            wallet = await wallets.of_member(change.conn, tournament_id, who.user_id)
        house.ledger.wakeups.sessions(who.user_id)
        assert wallet is not None
        return Wallet(**wallet)

    @router.get("/{which}/member")
    async def members(
        which: Which,
        who: Asker,
        asked: Asking,
        q: Annotated[Text, Query(description="stands in the name or the e-mail address")] = "",
        role: tournaments.Role | None = None,
    ) -> Page[Member]:
        """The members with their wallets, in the order of their ids."""
        tournament_id = await known_id(house, which)
        need_role(who, tournament_id, MEMBER_READERS)
        async with house.ledger.read() as conn:
            rows = await tournaments.members(
                conn, tournament_id, after=asked.after_id(), limit=asked.rows, sought=q or None, role=role
            )
        shown, following = asked.split(rows, lambda row: str(row["user_id"]))
        return Page(items=[Member(**row) for row in shown], next=following)

    @router.get("/{which}/member/{user_id}")
    async def one_member(which: Which, user_id: UserId, who: Asker) -> Member:
        tournament_id = await known_id(house, which)
        need_role(who, tournament_id, MEMBER_READERS)
        async with house.ledger.read() as conn:
            row = await tournaments.member(conn, tournament_id, user_id)
        if row is None:
            raise Problem(Refusal.NOT_FOUND)
        return Member(**row)

    @router.put("/{which}/member/{user_id}")
    async def put_member(which: Which, user_id: UserId, body: RoleGiven, who: Asker, by: By) -> Member:
        """Gives somebody a role; a bettor gets a wallet too."""
        tournament_id = await known_id(house, which)
        need_role(who, tournament_id, ORGANIZER)
        async with changing(house, by) as change:
            await tournaments.check_open(change.conn, tournament_id)
            await tournaments.put_member(change, tournament_id, user_id, body.role)
            row = await tournaments.member(change.conn, tournament_id, user_id)
        house.ledger.wakeups.sessions(user_id)
        assert row is not None
        return Member(**row)

    @router.delete("/{which}/member/{user_id}", status_code=204)
    async def remove_member(which: Which, user_id: UserId, who: Asker, by: By) -> None:
        """Takes somebody's role away, unless their wallet holds money or bets are open."""
        tournament_id = await known_id(house, which)
        need_role(who, tournament_id, ORGANIZER)
        async with changing(house, by) as change:
            await tournaments.remove_member(change, tournament_id, user_id)
        house.ledger.wakeups.sessions(user_id)
