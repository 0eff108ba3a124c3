"""Identity checks: started, decided at the desk, told by a provider. Knows no SQL and no provider's way of speaking."""

import logging
import time
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request

from toteboard.api.caller import Caller, CurrentUser
from toteboard.api.money.wallets import DESK
from toteboard.api.openapi import problems
from toteboard.api.people.registration import ShortName
from toteboard.api.services import InServices, Services
from toteboard.api.throttle import network, slow_down
from toteboard.api.tournaments.tournaments import NO_CHECK
from toteboard.api.wire import Id, RequestModel, ResponseModel, utc
from toteboard.http.address import base_url, client_ip
from toteboard.kyc.provider import Forged, Person, Provider, Unavailable, UnknownReference, Unreadable
from toteboard.kyc.registry import THIRD_PARTIES
from toteboard.ledger.connection import Row
from toteboard.ledger.ledger import Actor
from toteboard.ledger.people import kyc, users
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.refusals import Refusal, Refused, invalid

# Where the provider's page leads back to.
RETURN_PATH = "/verify"
DAY_S = 86_400
# A check that is over; another may begin.
DECIDED = frozenset({"verified", "declined", "expired"})
log = logging.getLogger(__name__)


class IdentityCheckRequest(RequestModel):
    """Starts a check with the provider of this tournament."""

    tournament_id: Id


class IdentityDecisionRequest(RequestModel):
    """What document was seen, and what is decided."""

    document: ShortName
    decision: kyc.Decision


class DeskDecisionRequest(IdentityDecisionRequest):
    """What the desk of a tournament has seen, and what it decides there."""

    tournament_id: Id
    user_id: Id


class IdentityCheckStarted(ResponseModel):
    """`url` is the provider's page; null where the document is shown at the desk."""

    provider: str
    status: str
    url: str | None


class IdentityCheck(ResponseModel):
    """A check and what became of it."""

    provider: str
    status: str
    created_at: str | None
    changed_at: str | None


class IdentityStatus(ResponseModel):
    """The status that counts in the tournament, or without one on the server, and the checks behind it."""

    status: str
    checks: list[IdentityCheck]


class IdentityDecision(ResponseModel):
    """How the identity stands now: in the desk's tournament, or for an admin on the server."""

    user_id: int
    status: str


class WebhookResponse(ResponseModel):
    """What the message did: nothing, moved a check, or had the provider asked."""

    effect: Literal["none", "moved", "polled"]


InTournament = Annotated[int | None, Query(ge=1, le=ID_MAX, description="without: what the server knows")]


# A person's own checks ----------------------------------------------------------------------------------------------


router = APIRouter(tags=["identity"])


@router.get("/api/kyc")
async def status(services: InServices, caller: CurrentUser, tournament_id: InTournament = None) -> IdentityStatus:
    """How one's identity stands in a tournament, and one's last checks that count there."""
    async with services.ledger.snapshot() as conn:
        current = await kyc.status_in(conn, caller.user_id, tournament_id)
        rows = await kyc.checks(conn, caller.user_id, tournament_id)
    times = ("created_at", "changed_at")
    return IdentityStatus(
        status=current,
        checks=[IdentityCheck(**(dict(row) | {name: utc(row[name]) for name in times})) for row in rows],
    )


@router.post(
    "/api/kyc",
    status_code=201,
    responses=problems(
        Refusal.BLOCKED, Refusal.NOT_A_MEMBER, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE, Refusal.TOO_MANY
    ),
)
async def start(
    services: InServices, body: IdentityCheckRequest, request: Request, caller: CurrentUser
) -> IdentityCheckStarted:
    """Starts a check with the tournament's provider, or goes on with the one under way; `url` is its hosted page.

    For its members: a check costs whoever runs the server money.
    """
    if caller.identity.blocked:
        raise Refused(Refusal.BLOCKED)
    async with services.ledger.snapshot() as conn:
        name = await kyc.provider_of(conn, body.tournament_id)
        standing = await kyc.status_in(conn, caller.user_id, body.tournament_id)
        at_desk = await kyc.newest_check(conn, caller.user_id, body.tournament_id)
        elsewhere = await kyc.newest_check(conn, caller.user_id)
        newest = at_desk if name == kyc.DESK else elsewhere
        begun = await kyc.count_checks(conn, caller.user_id)
        is_member = await users.is_member(conn, body.tournament_id, caller.user_id)
    if name is None:
        raise Refused(Refusal.NOT_FOUND)
    if not is_member:
        raise Refused(Refusal.NOT_A_MEMBER)
    if name == NO_CHECK:
        raise Refused(Refusal.STATE, "This tournament is played for points and checks no identity.")
    provider = services.kyc.get(name)
    if provider is None:
        raise Refused(Refusal.CONFLICT, f"The identity provider {name} is not set up on this server.")
    if standing == "verified":
        raise Refused(Refusal.CONFLICT, "Your identity is verified already.")
    if standing == "declined" and elsewhere is not None and elsewhere["provider"] == kyc.ADMIN:
        raise Refused(Refusal.CONFLICT, "It was declined by an administrator. Ask whoever runs this server.")
    if at_desk is not None and at_desk["status"] == "declined":
        raise Refused(Refusal.CONFLICT, "It was declined at the desk. Ask there.")
    going_on = await _go_on(services, provider, newest, caller)
    if going_on is not None:
        return going_on
    if begun >= services.settings.kyc_checks_max:
        raise Refused(Refusal.TOO_MANY, "Try again tomorrow.", retry_after_s=DAY_S)
    if provider.name in THIRD_PARTIES:
        await _check_costs(services, provider)
    return await _begin(services, provider, newest, caller, request, body.tournament_id)


async def _check_costs(services: Services, provider: Provider) -> None:
    """Each check costs money: goes on below what the server allows in a day. Raises Refused (TOO_MANY)."""
    async with services.ledger.read() as conn:
        begun = await kyc.count_all_checks(conn, provider.name)
    if begun >= services.settings.kyc_checks_day_max:
        log.error("no more checks of %s today: %s were begun (TOTEBOARD_KYC_CHECKS_DAY_MAX)", provider.name, begun)
        raise Refused(
            Refusal.TOO_MANY, "No more identity checks can begin today. Ask at the desk.", retry_after_s=DAY_S
        )


async def _go_on(
    services: Services, provider: Provider, newest: Row | None, caller: Caller
) -> IdentityCheckStarted | None:
    """The check that is under way with this provider; None where a new one may begin. Raises Refused where none may."""
    if newest is None or newest["status"] in DECIDED or newest["provider"] != provider.name:
        return None
    # A message may have been lost; the provider knows how the check stands.
    check = kyc.Check(newest["id"], caller.user_id, newest["status"], newest["reference"])
    try:
        status = await services.checking.go_on(provider, check, caller.actor)
    except kyc.Overtaken:
        raise Refused(Refusal.CONFLICT, "The check has moved on. Reload the page.") from None
    except UnknownReference:
        return None
    except Unavailable:
        status = check.status
    if status == "expired":
        return None
    open_still = status in ("pending", "review")
    return IdentityCheckStarted(provider=provider.name, status=status, url=newest["page_url"] if open_still else None)


async def _begin(
    services: Services, provider: Provider, newest: Row | None, caller: Caller, request: Request, tournament_id: int
) -> IdentityCheckStarted:
    desk_of = tournament_id if provider.name == kyc.DESK else None
    if desk_of is None:
        # Counted before the provider is asked: what many taps at once begin costs many times.
        await slow_down(services.ledger, services.throttles.checks_begun, caller.user_id)
    return_url = base_url(request.scope, services.settings) + RETURN_PATH
    try:
        with services.kyc.watched(provider.name):
            started = await provider.start(Person(caller.user_id, caller.identity.name), return_url)
    except (Unavailable, UnknownReference):
        raise Refused(Refusal.OUTAGE, "The identity provider cannot be reached now.") from None
    async with services.ledger.change(caller.actor) as change:
        await users.lock(change, caller.user_id)
        now_newest = await kyc.newest_check(change.conn, caller.user_id, desk_of)
        if (now_newest and now_newest["id"]) != (newest and newest["id"]):
            raise Refused(Refusal.CONFLICT, "Another check was started in the meantime. Reload the page.")
        await kyc.add_check(
            change,
            user_id=caller.user_id,
            provider=provider.name,
            reference=started.reference,
            status="pending",
            tournament_id=desk_of,
            page_url=started.url,
        )
    services.ledger.wakeups.sessions(caller.user_id)
    return IdentityCheckStarted(provider=provider.name, status="pending", url=started.url)


# The desk -----------------------------------------------------------------------------------------------------------


@router.post("/api/kyc/desk", status_code=201, responses=problems(Refusal.NOT_FOUND, Refusal.FORBIDDEN))
async def decide(services: InServices, body: DeskDecisionRequest, caller: CurrentUser) -> IdentityDecision:
    """A cashier or organizer has seen the document of a member: it counts in their tournament. Never one's own."""
    caller.need_role(body.tournament_id, DESK)
    async with services.ledger.change(caller.actor) as change:
        if not await users.is_member(change.conn, body.tournament_id, body.user_id):
            raise Refused(Refusal.NOT_FOUND)
        await kyc.decide(
            change,
            body.user_id,
            body.decision,
            tournament_id=body.tournament_id,
            document=body.document,
            by=caller.user_id,
        )
    services.ledger.wakeups.sessions(body.user_id)
    return IdentityDecision(user_id=body.user_id, status=body.decision)


# A provider's messages ----------------------------------------------------------------------------------------------


async def _record_forged(services: Services, actor: Actor, provider: str, why: str) -> None:
    if services.throttles.forged_messages.take(network(actor.ip), time.monotonic()):
        return
    async with services.ledger.change(actor) as change:
        await change.audit("kyc.forged", f"provider:{provider}", why=why)


@router.post(
    "/api/kyc/webhook/{provider}", responses=problems(Refusal.UNAUTHENTICATED, Refusal.NOT_FOUND, Refusal.TOO_BUSY)
)
async def webhook(services: InServices, provider: str, request: Request) -> WebhookResponse:
    """A provider's signed message. Told twice, or out of order, it has no effect that the provider does not confirm."""
    sender = services.kyc.get(provider)
    if sender is None:
        raise Refused(Refusal.NOT_FOUND)
    actor = Actor(None, client_ip(request.scope, services.settings.trusted_proxies))
    try:
        message = sender.verify_message(request.headers, await request.body(), time.time())
    except Forged as why:
        services.kyc.messages[provider, "forged"] += 1
        await _record_forged(services, actor, provider, str(why))
        raise Refused(Refusal.UNAUTHENTICATED, "The message is not the provider's, or not of now.") from None
    except Unreadable as why:
        services.kyc.messages[provider, "unreadable"] += 1
        raise invalid("body", str(why)) from None
    if message is None:
        services.kyc.messages[provider, "none"] += 1
        return WebhookResponse(effect="none")
    try:
        effect = await services.checking.hear(sender, message, actor)
    except kyc.Overtaken:
        services.kyc.messages[provider, "overtaken"] += 1
        raise Refused(Refusal.TOO_BUSY, "The check is changing; send the message again.") from None
    except Unavailable:
        services.kyc.messages[provider, "unavailable"] += 1
        raise Refused(Refusal.OUTAGE, "The provider cannot be reached now; send the message again.") from None
    services.kyc.messages[provider, effect or "unknown"] += 1
    if effect is None:
        # Told again, it may be known by then.
        raise Refused(Refusal.NOT_FOUND)
    return WebhookResponse(effect=effect)
