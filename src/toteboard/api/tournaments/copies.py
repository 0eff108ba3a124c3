"""A tournament once more without what happened in it: as a real one, or in a sandbox anew; and thrown away. Knows no SQL."""

import logging
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Request
from pydantic import Field

from toteboard.api.caller import Caller, CurrentUser
from toteboard.api.openapi import problems
from toteboard.api.people.letters import new_code
from toteboard.api.people.sessions import invitation_hash_of
from toteboard.api.services import InServices, Services
from toteboard.api.tournaments.tournaments import (
    Slug,
    Tournament,
    Which,
    check_given,
    known_id,
    shown,
)
from toteboard.api.wire import Currency, Moment, Name, RequestModel, ResponseModel
from toteboard.http.address import base_url
from toteboard.ledger.ledger import Change
from toteboard.ledger.people import invitations
from toteboard.ledger.tournaments import copying, tournaments
from toteboard.ledger.tournaments.copying import SLUGS_TRIED_MAX, Copied, CopyOrder
from toteboard.notify.mail import MailFailed, send_mail
from toteboard.rules.codes import shown_code
from toteboard.rules.names import slugify
from toteboard.rules.refusals import Refusal, Refused

log = logging.getLogger(__name__)

# An invitation to come along is good for so many days.
INVITED_DAYS = 30
# Letters of one copy; more people get the code from who has it.
LETTERS_MAX = 500
# Of a tournament that starts anew: whose session is looked up again at once; anybody else's within session_cache_s.
MEMBERS_TOLD_MAX = 1000

FirstAt = Annotated[Moment | None, Field(description="when its first match begins; null: as in the original")]


class CopyRequest(RequestModel):
    """A copy. Its markets are drafts, with no bet and no money; its organizer is who asks."""

    name: Name
    slug: Slug | None = Field(
        None, description="made of the name where it is not given, with a number where that is taken"
    )
    currency: Currency = Field(description="amounts stay as many whole units in another one")
    starts_at: FirstAt = None
    invite: bool = Field(
        False,
        description="makes a code for as many bettors as there were, and writes to them where the server sends mail",
    )


class ResetRequest(RequestModel):
    """When the first match begins anew."""

    starts_at: FirstAt = None


class CopiedShown(ResponseModel):
    """The copy, and what came along."""

    tournament: Tournament
    matches: int
    markets: int
    opened: int = Field(description="markets that take bets at once")
    promises_left: int = Field(description="markets whose house promise, in another currency, was not copied")
    code: str | None = Field(description="of the invitation, shown this once")
    invited: int = Field(description="for how many it is")
    letters: int = Field(description="to how many of them it is sent by e-mail")


router = APIRouter(prefix="/api/tournament", tags=["tournaments"])


@router.post(
    "/{which}/copy",
    status_code=201,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE),
)
async def copy(
    services: InServices,
    which: Which,
    body: CopyRequest,
    caller: CurrentUser,
    request: Request,
    background: BackgroundTasks,
) -> CopiedShown:
    """A tournament with the matches, markets and settings of another. By it what was tried in a sandbox becomes real."""
    tournament_id = await known_id(services, which)
    caller.need_admin()
    caller.need_session()
    async with services.ledger.change(caller.actor) as change:
        await check_given(services, change.conn, {"currency": body.currency})
        tails = ["", *(f"-{number}" for number in range(2, SLUGS_TRIED_MAX))]
        order = CopyOrder(
            slug=body.slug or await tournaments.free_slug(change.conn, slugify(body.name), tails),
            providers=tuple(services.kyc),
            name=body.name,
            currency=body.currency,
            starts_at=body.starts_at,
        )
        copied = await copying.copy(change, tournament_id, order)
        code, people = await _invite(change, tournament_id, copied, caller) if body.invite else (None, [])
        answer = await _told(change, copied, code, people, services)
    services.ledger.wakeups.sessions(caller.user_id)
    if code is not None and answer.letters:
        link = f"{base_url(request.scope, services.settings)}/join/{code}"
        background.add_task(_write, services, people[:LETTERS_MAX], body.name, link)
    return answer


async def _invite(change: Change, tournament_id: int, copied: Copied, caller: Caller) -> tuple[str | None, list[str]]:
    """A code for as many bettors as there were, and their addresses. The staff is invited by name, at the desk."""
    people = await copying.invited(change.conn, tournament_id, caller.user_id)
    bettors = [row["email"] for row in people if row["role"] == "bettor"]
    if not bettors:
        return None, []
    code = new_code()
    await invitations.create(
        change,
        copied.tournament_id,
        code_hash=invitation_hash_of(code),
        role="bettor",
        uses=len(bettors),
        days=INVITED_DAYS,
        by=caller.user_id,
    )
    return shown_code(code), bettors


async def _told(change: Change, copied: Copied, code: str | None, people: list[str], services: Services) -> CopiedShown:
    return CopiedShown(
        tournament=await shown(change.conn, copied.tournament_id),
        **copying.told(copied),
        code=code,
        invited=len(people),
        letters=min(len(people), LETTERS_MAX) if services.settings.smtp_url else 0,
    )


async def _write(services: Services, addresses: list[str], name: str, link: str) -> None:
    """One letter after the other; what could not be sent is logged, without the address."""
    text = f"You are invited to {name}.\n\nJoin it at {link}\n"
    failed = 0
    for address in addresses:
        try:
            await send_mail(services.settings, to=address, subject=f"You are invited: {name}", text=text)
        except MailFailed:
            failed += 1
    if failed:
        log.error("%s of %s invitations could not be sent by e-mail", failed, len(addresses))


@router.post(
    "/{which}/reset",
    status_code=201,
    responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE),
)
async def reset(services: InServices, which: Which, body: ResetRequest, caller: CurrentUser) -> CopiedShown:
    """In a sandbox: the same tournament anew under the same address, with the points of joining; the old one goes."""
    tournament_id = await known_id(services, which)
    _need_sandbox(services, caller, tournament_id)
    async with services.ledger.change(caller.actor) as change:
        copied = await copying.start_anew(
            change, tournament_id, starts_at=body.starts_at, providers=tuple(services.kyc)
        )
        answer = await _told(change, copied, None, [], services)
        everybody = await tournaments.members(change.conn, copied.tournament_id, after=None, limit=MEMBERS_TOLD_MAX)
    for member in everybody:
        services.ledger.wakeups.sessions(member["user_id"])
    return answer


@router.post(
    "/{which}/discard", status_code=202, responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE)
)
async def discard(services: InServices, which: Which, caller: CurrentUser) -> Tournament:
    """In a sandbox, or by an admin where it is for points: throws the tournament away. What is open is refunded, then it is
    archived; nothing is deleted.
    """
    tournament_id = await known_id(services, which)
    async with services.ledger.change(caller.actor) as change:
        # After a trial an administrator throws its points away, also where this is no sandbox any more.
        if not (caller.identity.admin and await tournaments.is_for_points(change.conn, tournament_id)):
            _need_sandbox(services, caller, tournament_id)
        caller.need_session(tournament_id)
        await tournaments.discard(change, tournament_id)
        return await shown(change.conn, tournament_id)


def _need_sandbox(services: Services, caller: Caller, tournament_id: int) -> None:
    caller.need_organizer(tournament_id)
    caller.need_session(tournament_id)
    if not services.settings.sandbox:
        raise Refused(Refusal.STATE, "Only what is in a sandbox starts anew, or is thrown away.")
