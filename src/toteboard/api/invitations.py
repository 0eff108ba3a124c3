"""Invitations: made and ended by the organizer, looked at and taken by whoever has the code. Knows no SQL."""

import secrets
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field

from toteboard.api.auth import actor, asker, client_ip, need_role, visitor
from toteboard.api.changing import changing
from toteboard.api.house import House
from toteboard.api.paging import PageAsked, paging
from toteboard.api.people import Membership
from toteboard.api.problems import Problem
from toteboard.api.sessions import Identity, hash_of
from toteboard.api.throttle import Throttle, slow_down
from toteboard.api.tournaments import ORGANIZER, Which, known_id
from toteboard.api.wire import ID_MAX, Asked, Page, Said, utc
from toteboard.ledger import invitations, people, tournaments
from toteboard.ledger.ledger import Actor
from toteboard.rules.codes import LENGTH, LETTERS, folded_code, shown_code
from toteboard.rules.refusals import Refusal

# A hall full of bettors by one poster, for a season.
USES_MAX = 10_000
DAYS_MAX = 366

Code = Annotated[str, Path(max_length=100, description="as it is read: small letters, gaps and hyphens do not matter")]
Id = Annotated[int, Path(ge=1, le=ID_MAX)]


class NewInvitation(Asked):
    role: tournaments.Role
    uses: int = Field(ge=1, le=USES_MAX, description="how many people may take it")
    days: int = Field(ge=1, le=DAYS_MAX)


class FreshInvitation(Said):
    id: int
    code: str = Field(description="shown this once")
    role: tournaments.Role
    uses_left: int
    expires_at: str


class Invitation(Said):
    id: int
    role: tournaments.Role
    state: Literal["open", "used_up", "expired", "ended"]
    uses_left: int
    taken: int
    expires_at: str
    created_at: str
    created_by: str


class Invited(Said):
    """What a code is for; `taken` says that who asks took it before."""

    tournament_id: int
    slug: str
    name: str
    subtitle: str
    currency: str
    staff_may_bet: bool
    role: tournaments.Role
    taken: bool


@dataclass(slots=True)
class _Gate:
    """How often wrong codes may be tried. A right one does not count: a whole hall joins from behind one router."""

    persons: Throttle
    addresses: Throttle

    def slow_down(self, address: str | None, user_id: int | None) -> None:
        if user_id is not None:
            slow_down(self.persons, user_id)
        slow_down(self.addresses, address)

    def was_right(self, address: str | None, user_id: int | None) -> None:
        if user_id is not None:
            self.persons.give_back((user_id,))
        self.addresses.give_back((address,))


def _refused() -> Problem:
    """The same for a code that never was, is used up, over or ended: nobody learns which."""
    return Problem(Refusal.NOT_FOUND, "No invitation has this code now. It may be mistyped, used up or over.")


def _hash_of(code: str) -> bytes:
    return hash_of(folded_code(code).encode("utf-8", "surrogatepass"))


def routes(house: House) -> APIRouter:
    router = APIRouter(tags=["invitations"])
    _add_making(router, house)
    _add_taking(router, house)
    return router


def _add_making(router: APIRouter, house: House) -> None:
    Asker = Annotated[Identity, Depends(asker(house))]
    By = Annotated[Actor, Depends(actor(house))]
    Asking = Annotated[PageAsked, Depends(paging(house.settings))]

    @router.post("/api/tournament/{which}/invitation", status_code=201)
    async def create(which: Which, body: NewInvitation, who: Asker, by: By, out: Response) -> FreshInvitation:
        """A code that makes whoever brings it a member, said this once."""
        tournament_id = await known_id(house, which)
        need_role(who, tournament_id, ORGANIZER)
        code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        async with changing(house, by) as change:
            made = await invitations.create(
                change,
                tournament_id,
                code_hash=_hash_of(code),
                role=body.role,
                uses=body.uses,
                days=body.days,
                by=who.user_id,
            )
            row = await invitations.one(change.conn, tournament_id, made)
        assert row is not None
        out.headers["Cache-Control"] = "no-store"
        return FreshInvitation(
            id=made, code=shown_code(code), role=body.role, uses_left=body.uses, expires_at=utc(row["expires_at"]) or ""
        )

    @router.get("/api/tournament/{which}/invitation")
    async def made_here(which: Which, who: Asker, asked: Asking) -> Page[Invitation]:
        """A tournament's invitations, newest first. Their codes are nowhere."""
        tournament_id = await known_id(house, which)
        need_role(who, tournament_id, ORGANIZER)
        async with house.ledger.read() as conn:
            rows = await invitations.page(conn, tournament_id, before=asked.after_id(), limit=asked.rows)
        shown, following = asked.split(rows, lambda row: str(row["id"]))
        times = ("expires_at", "created_at")
        return Page(
            items=[Invitation(**(dict(row) | {name: utc(row[name]) for name in times})) for row in shown],
            next=following,
        )

    @router.delete("/api/tournament/{which}/invitation/{invitation_id}", status_code=204)
    async def end(which: Which, invitation_id: Id, who: Asker, by: By) -> None:
        """Nobody takes it any more. Who took it stays."""
        tournament_id = await known_id(house, which)
        need_role(who, tournament_id, ORGANIZER)
        async with changing(house, by) as change:
            await invitations.end(change, tournament_id, invitation_id)


def _add_taking(router: APIRouter, house: House) -> None:
    Asker = Annotated[Identity, Depends(asker(house))]
    Visitor = Annotated[Identity | None, Depends(visitor(house))]
    By = Annotated[Actor, Depends(actor(house))]
    settings = house.settings
    gate = _Gate(
        persons=Throttle(tries_max=settings.invitation_tries_max, keys_max=settings.throttled_max),
        addresses=Throttle(tries_max=settings.invitation_address_tries_max, keys_max=settings.throttled_max),
    )

    @router.get("/api/invitation/{code}")
    async def what_for(code: Code, who: Visitor, request: Request, out: Response) -> Invited:
        """What a code is for. 404 for one that opens nothing, whatever the reason."""
        address, user_id = client_ip(request.scope, settings.trusted_proxies), who.user_id if who else None
        gate.slow_down(address, user_id)
        async with house.ledger.read() as conn:
            found = await invitations.look(conn, _hash_of(code), user_id)
        if found is None:
            raise _refused()
        gate.was_right(address, user_id)
        out.headers["Cache-Control"] = "no-store"
        same = {name: found[name] for name in Invited.model_fields if name != "taken"}
        return Invited(**same, taken=found["is_theirs"])

    @router.post("/api/invitation/{code}", status_code=201)
    async def take(code: Code, who: Asker, by: By, out: Response) -> Membership:
        """Become a member, or more than one was; never less. Again: 200, as one is by now, and nothing is used up."""
        if who.blocked:
            raise Problem(Refusal.BLOCKED)
        gate.slow_down(by.ip, who.user_id)
        async with changing(house, by) as change:
            taken = await invitations.take(change, _hash_of(code), who.user_id)
            memberships = [] if taken is None else (await people.me(change.conn, who.user_id))[1]
        if taken is None:
            raise _refused()
        gate.was_right(by.ip, who.user_id)
        house.ledger.wakeups.sessions(who.user_id)
        out.status_code = 201 if taken.fresh else 200
        return next(Membership(**row) for row in memberships if row["tournament_id"] == taken.tournament_id)
