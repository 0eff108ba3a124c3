"""What an admin sees of everybody and decides about them: rights, blocks, identity for the whole server. Knows no SQL."""

from typing import Annotated, ClassVar

from fastapi import APIRouter, Path, Query

from toteboard.api.caller import CurrentUser
from toteboard.api.openapi import problems
from toteboard.api.paging import Paging
from toteboard.api.people.kyc import IdentityDecision, IdentityDecisionRequest
from toteboard.api.services import InServices
from toteboard.api.wire import Page, PatchModel, Reason, ResponseModel, Text, UtcTime
from toteboard.ledger.people import admins, kyc
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.refusals import Refusal

UserId = Annotated[int, Path(ge=1, le=ID_MAX)]


class Person(ResponseModel):
    """Somebody with an account, as an admin sees them. `kyc` is what the server knows; a desk's decision is its own."""

    id: int
    name: str
    email: str | None
    admin: bool
    blocked: bool
    kyc: str
    excluded_until: UtcTime | None
    created_at: UtcTime
    tournaments: int


class RightsPatch(PatchModel):
    """What changes, and why; it is logged."""

    clearable: ClassVar[frozenset[str]] = frozenset()

    reason: Reason
    admin: bool | None = None
    blocked: bool | None = None


router = APIRouter(prefix="/api/user", tags=["people"])


@router.get("", responses=problems(Refusal.FORBIDDEN))
async def people(
    services: InServices,
    caller: CurrentUser,
    page: Paging,
    q: Annotated[Text, Query(description="in the name or the e-mail address, or the number")] = "",
) -> Page[Person]:
    """Everybody with an account here, the newest first. For admins."""
    caller.need_admin()
    async with services.ledger.read() as conn:
        rows = await admins.people(conn, before=page.after_id(), limit=page.rows, sought=q or None)
    shown, following = page.split(rows, lambda row: str(row["id"]))
    return Page(items=[Person(**row) for row in shown], next=following)


@router.patch("/{user_id}", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def edit(services: InServices, user_id: UserId, body: RightsPatch, caller: CurrentUser) -> Person:
    """Blocks somebody or lifts that; makes them an admin or no longer. Never oneself."""
    caller.need_admin()
    caller.need_session()
    async with services.ledger.change(caller.actor) as change:
        await admins.set_rights(change, user_id, admin=body.admin, blocked=body.blocked, reason=body.reason)
        row = await admins.one(change.conn, user_id)
    services.ledger.wakeups.sessions(user_id)
    return Person(**row)


@router.post("/{user_id}/kyc", status_code=201, responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def decide(
    services: InServices, user_id: UserId, body: IdentityDecisionRequest, caller: CurrentUser
) -> IdentityDecision:
    """An admin decides for the whole server. It is logged in every tournament that the person belongs to."""
    caller.need_admin()
    caller.need_session()
    async with services.ledger.change(caller.actor) as change:
        await admins.one(change.conn, user_id)
        await kyc.decide(change, user_id, body.decision, tournament_id=None, document=body.document, by=caller.user_id)
    services.ledger.wakeups.sessions(user_id)
    return IdentityDecision(user_id=user_id, status=body.decision)
