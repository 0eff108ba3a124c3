"""Invitations: made and ended by the organizer, looked at and taken by whoever has the code. Knows no SQL."""

from typing import Annotated, Literal, Self

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field, model_validator

from toteboard.api.caller import CurrentUser, OptionalUser
from toteboard.api.openapi import Responses, problems
from toteboard.api.paging import Paging
from toteboard.api.people.letters import new_code
from toteboard.api.people.sessions import invitation_hash_of
from toteboard.api.people.users import Membership
from toteboard.api.services import InServices, Services
from toteboard.api.throttle import give_back, network, slow_down, too_many, wait_of
from toteboard.api.tournaments.tournaments import Which, known_id
from toteboard.api.wire import Page, RequestModel, ResponseModel, utc
from toteboard.http.address import client_ip
from toteboard.ledger.people import invitations, users
from toteboard.ledger.tournaments import tournaments
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.codes import shown_code
from toteboard.rules.refusals import Refusal, Refused

# A hall full of bettors by one poster, for a season; a code that makes staff is for a few, and for days.
USES_MAX = 10_000
DAYS_MAX = 92
STAFF_USES_MAX = 20
STAFF_DAYS_MAX = 14

Code = Annotated[str, Path(max_length=100, description="as it is read: small letters, gaps and hyphens do not matter")]
Id = Annotated[int, Path(ge=1, le=ID_MAX)]


class InvitationRequest(RequestModel):
    """An invitation for `uses` people, good for `days`."""

    role: tournaments.Role
    uses: int = Field(ge=1, le=USES_MAX, description="how many people may take it")
    days: int = Field(ge=1, le=DAYS_MAX)

    @model_validator(mode="after")
    def _few_staff(self) -> Self:
        if self.role != "bettor" and (self.uses > STAFF_USES_MAX or self.days > STAFF_DAYS_MAX):
            raise ValueError(
                f"an invitation for staff is for {STAFF_USES_MAX} people and {STAFF_DAYS_MAX} days at most"
            )
        return self


class InvitationCreated(ResponseModel):
    """The code is said this once; only its hash is kept."""

    id: int
    code: str = Field(description="shown this once")
    role: tournaments.Role
    uses_left: int
    expires_at: str


class Invitation(ResponseModel):
    """An invitation without its code; `taken` is how many people used it."""

    id: int
    role: tournaments.Role
    state: Literal["open", "used_up", "expired", "ended"]
    uses_left: int
    taken: int
    expires_at: str
    created_at: str
    created_by: str


class InvitationOffer(ResponseModel):
    """What a code is for; `taken` says that who asks took it before."""

    tournament_id: int
    slug: str
    name: str
    subtitle: str
    currency: str
    staff_may_bet: bool
    role: tournaments.Role
    taken: bool


class _CodeTry:
    """A try of a code, counted by person and by network; a right one does not count: a hall joins from behind one router.

    Beyond the network's limit a code is still looked at, so that a right one is taken: 50 bits are not guessed by asking on.
    """

    def __init__(self, services: Services, address: str | None, user_id: int | None):
        self._ledger, self._throttles = services.ledger, services.throttles
        self._network, self._user_id = network(address), user_id
        self._wait_s = 0.0

    async def count(self) -> None:
        """Before the code is looked at. Raises Refused (TOO_MANY) for a person who tried too many."""
        if self._user_id is not None:
            await slow_down(self._ledger, self._throttles.invitation_persons, self._user_id)
        self._wait_s = await wait_of(self._ledger, self._throttles.invitation_addresses, self._network)

    async def was_right(self) -> None:
        if self._user_id is not None:
            await give_back(self._ledger, self._throttles.invitation_persons, self._user_id)
        if not self._wait_s:
            await give_back(self._ledger, self._throttles.invitation_addresses, self._network)

    def was_wrong(self) -> Refused:
        """The same for a code that never was, is used up, over or ended: nobody learns which."""
        if self._wait_s:
            return too_many(self._wait_s)
        return Refused(Refusal.NOT_FOUND, "No invitation has this code now. It may be mistyped, used up or over.")


router = APIRouter(tags=["invitations"])


@router.post(
    "/api/tournament/{which}/invitation",
    status_code=201,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE),
)
async def create(services: InServices, which: Which, body: InvitationRequest, caller: CurrentUser) -> InvitationCreated:
    """A code that makes whoever brings it a member, said this once."""
    tournament_id = await known_id(services, which)
    caller.need_organizer(tournament_id)
    if body.role != "bettor":
        caller.need_session(tournament_id)
    code = new_code()
    async with services.ledger.change(caller.actor) as change:
        made = await invitations.create(
            change,
            tournament_id,
            code_hash=invitation_hash_of(code),
            role=body.role,
            uses=body.uses,
            days=body.days,
            by=caller.user_id,
        )
        row = await invitations.one(change.conn, tournament_id, made)
    assert row is not None
    return InvitationCreated(
        id=made, code=shown_code(code), role=body.role, uses_left=body.uses, expires_at=utc(row["expires_at"]) or ""
    )


@router.get("/api/tournament/{which}/invitation", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def made_here(services: InServices, which: Which, caller: CurrentUser, page: Paging) -> Page[Invitation]:
    """A tournament's invitations, newest first. Their codes are nowhere."""
    tournament_id = await known_id(services, which)
    caller.need_organizer(tournament_id)
    async with services.ledger.read() as conn:
        rows = await invitations.page(conn, tournament_id, before=page.after_id(), limit=page.rows)
    shown, following = page.split(rows, lambda row: str(row["id"]))
    times = ("expires_at", "created_at")
    return Page(
        items=[Invitation(**(dict(row) | {name: utc(row[name]) for name in times})) for row in shown],
        next=following,
    )


@router.delete(
    "/api/tournament/{which}/invitation/{invitation_id}",
    status_code=204,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND),
)
async def end(services: InServices, which: Which, invitation_id: Id, caller: CurrentUser) -> None:
    """Nobody takes it any more. Who took it stays."""
    tournament_id = await known_id(services, which)
    caller.need_organizer(tournament_id)
    async with services.ledger.change(caller.actor) as change:
        await invitations.end(change, tournament_id, invitation_id)


@router.get("/api/invitation/{code}", responses=problems(Refusal.NOT_FOUND, Refusal.TOO_MANY))
async def what_for(services: InServices, code: Code, caller: OptionalUser, request: Request) -> InvitationOffer:
    """What a code is for. 404 for one that opens nothing, whatever the reason."""
    address, user_id = client_ip(request.scope, services.settings.trusted_proxies), caller.user_id if caller else None
    tried = _CodeTry(services, address, user_id)
    await tried.count()
    async with services.ledger.read() as conn:
        found = await invitations.look(conn, invitation_hash_of(code), user_id)
    if found is None:
        raise tried.was_wrong()
    await tried.was_right()
    same = {name: found[name] for name in InvitationOffer.model_fields if name != "taken"}
    return InvitationOffer(**same, taken=found["is_theirs"])


_ALREADY: Responses = {200: {"model": Membership, "description": "Taken before, or as much already: as one is by now"}}


@router.post(
    "/api/invitation/{code}",
    status_code=201,
    responses=_ALREADY | problems(Refusal.BLOCKED, Refusal.STAFF, Refusal.NOT_FOUND, Refusal.STATE, Refusal.TOO_MANY),
)
async def take(services: InServices, code: Code, caller: CurrentUser, out: Response) -> Membership:
    """Become a member, or more than one was; never less. Again: 200, as one is by now, and nothing is used up."""
    if caller.identity.blocked:
        raise Refused(Refusal.BLOCKED)
    tried = _CodeTry(services, caller.actor.ip, caller.user_id)
    await tried.count()
    async with services.ledger.change(caller.actor) as change:
        taken = await invitations.take(change, invitation_hash_of(code), caller.user_id)
        memberships = [] if taken is None else (await users.me(change.conn, caller.user_id))[1]
    if taken is None:
        raise tried.was_wrong()
    await tried.was_right()
    services.ledger.wakeups.sessions(caller.user_id)
    out.status_code = 201 if taken.fresh else 200
    return next(Membership(**row) for row in memberships if row["tournament_id"] == taken.tournament_id)
