"""Who is a member of a tournament, and in which role. Knows no SQL."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from toteboard.api.caller import CurrentUser
from toteboard.api.money.wallets import Wallet
from toteboard.api.openapi import problems
from toteboard.api.paging import Paging
from toteboard.api.services import InServices
from toteboard.api.tournaments.tournaments import Which, known_id
from toteboard.api.wire import Page, RequestModel, ResponseModel, Text
from toteboard.ledger.money import wallets
from toteboard.ledger.people.kyc import Status
from toteboard.ledger.tournaments import tournaments
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.refusals import Refusal, Refused

MEMBER_READERS = frozenset({"organizer", "cashier", "auditor"})

UserId = Annotated[int, Path(ge=1, le=ID_MAX)]


class RoleRequest(RequestModel):
    """The role the member gets."""

    role: tournaments.Role


class Member(ResponseModel):
    """A member; `balance` and `owed` in minor units, null without a wallet. `email` is null of somebody without.

    `invitations` are those that they made and that are open: they end when their maker may no longer give that role.
    """

    user_id: int
    name: str
    email: str | None
    role: tournaments.Role
    kyc: str = Field(description="how their identity stands in this tournament")
    kyc_is_twin: bool = Field(description="it is to be reviewed since another account has the same identity")
    kyc_twin: int | None = Field(description="that account, where it is a member here too")
    wallet_id: int | None
    balance: int | None
    owed: int | None
    invitations: int


router = APIRouter(prefix="/api/tournament", tags=["tournaments"])


@router.post(
    "/{which}/join",
    status_code=201,
    responses=problems(Refusal.BLOCKED, Refusal.STAFF, Refusal.NOT_FOUND, Refusal.STATE),
)
async def join(services: InServices, which: Which, caller: CurrentUser) -> Wallet:
    """Become a bettor. Who is one already gets the same wallet again."""
    tournament_id = await known_id(services, which)
    if caller.identity.blocked:
        raise Refused(Refusal.BLOCKED)
    async with services.ledger.change(caller.actor) as change:
        await tournaments.join(change, tournament_id, caller.user_id)
        wallet = await wallets.of_member(change.conn, tournament_id, caller.user_id)
    services.ledger.wakeups.sessions(caller.user_id)
    assert wallet is not None
    return Wallet(**asdict(wallet))


@router.get("/{which}/member", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def members(
    services: InServices,
    which: Which,
    caller: CurrentUser,
    page: Paging,
    q: Annotated[Text, Query(description="in the name or the e-mail address, or the number of member or wallet")] = "",
    role: tournaments.Role | None = None,
    kyc: Annotated[
        Status | None, Query(description="how their identity stands here: 'review' is the desk's queue")
    ] = None,
) -> Page[Member]:
    """The members with their wallets, in the order of their ids."""
    tournament_id = await known_id(services, which)
    caller.need_role(tournament_id, MEMBER_READERS)
    async with services.ledger.read() as conn:
        rows = await tournaments.members(
            conn, tournament_id, after=page.after_id(), limit=page.rows, sought=q or None, role=role, kyc=kyc
        )
    shown, following = page.split(rows, lambda row: str(row["user_id"]))
    return Page(items=[Member(**row) for row in shown], next=following)


@router.get("/{which}/member/{user_id}", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def one_member(services: InServices, which: Which, user_id: UserId, caller: CurrentUser) -> Member:
    """One member, with their wallet."""
    tournament_id = await known_id(services, which)
    caller.need_role(tournament_id, MEMBER_READERS)
    async with services.ledger.read() as conn:
        row = await tournaments.member(conn, tournament_id, user_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    return Member(**row)


@router.put(
    "/{which}/member/{user_id}",
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE),
)
async def put_member(
    services: InServices, which: Which, user_id: UserId, body: RoleRequest, caller: CurrentUser
) -> Member:
    """Changes a member's role; a bettor gets a wallet too. 404 for who is no member: one becomes it by one's own act."""
    tournament_id = await known_id(services, which)
    caller.need_organizer(tournament_id)
    caller.need_session(tournament_id)
    async with services.ledger.change(caller.actor) as change:
        await tournaments.check_open(change.conn, tournament_id)
        await tournaments.change_role(change, tournament_id, user_id, body.role)
        row = await tournaments.member(change.conn, tournament_id, user_id)
    services.ledger.wakeups.sessions(user_id)
    assert row is not None
    return Member(**row)


@router.delete(
    "/{which}/member/{user_id}",
    status_code=204,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE),
)
async def remove_member(services: InServices, which: Which, user_id: UserId, caller: CurrentUser) -> None:
    """Takes somebody's role away, unless their wallet holds money or bets are open."""
    tournament_id = await known_id(services, which)
    caller.need_organizer(tournament_id)
    caller.need_session(tournament_id)
    async with services.ledger.change(caller.actor) as change:
        await tournaments.remove_member(change, tournament_id, user_id)
    services.ledger.wakeups.sessions(user_id)
