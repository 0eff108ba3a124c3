"""Identity checks: started, decided at the desk, told by a provider. Knows no SQL and no provider's way of speaking."""

import time
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request

from toteboard.api.auth import Denied, actor_of, asker, base_url, client_ip, need_role
from toteboard.api.house import House
from toteboard.api.people import ShortName
from toteboard.api.problems import Problem, invalid
from toteboard.api.sessions import Identity
from toteboard.api.throttle import Throttle
from toteboard.api.wire import Asked, Id, Said, utc
from toteboard.kyc.provider import Forged, Message, Person, Provider, Unavailable, UnknownReference, Unreadable
from toteboard.ledger import kyc, people
from toteboard.ledger.ledger import Actor
from toteboard.rules.refusals import Refusal

# Where the provider's page leads back to.
RETURN_PATH = "/verify"
# Forged messages put on record, for one address in five minutes; more are refused all the same.
FORGED_AUDITED_MAX = 10
# Looking again where a check moved between the look and the lock.
LOOKS_MAX = 3
DAY_S = 86_400


class WantedCheck(Asked):
    tournament_id: Id


class DeskDecision(Asked):
    tournament_id: Id
    user_id: Id
    document: ShortName
    decision: Literal["verified", "declined"]


class Begun(Said):
    provider: str
    status: str
    url: str | None


class CheckSaid(Said):
    provider: str
    status: str
    created_at: str | None
    changed_at: str | None


class Standing(Said):
    status: str
    checks: list[CheckSaid]


class Decided(Said):
    user_id: int
    status: str


class Taken(Said):
    effect: Literal["none", "moved", "asked again"]


def routes(house: House) -> APIRouter:
    router = APIRouter(tags=["identity"])
    _add_mine(router, house)
    _add_desk(router, house)
    _add_webhook(router, house)
    return router


# A person's own checks ----------------------------------------------------------------------------------------------


def _add_mine(router: APIRouter, house: House) -> None:
    asking = asker(house)

    @router.get("/api/kyc")
    async def standing(identity: Annotated[Identity, Depends(asking)]) -> Standing:
        async with house.ledger.snapshot() as conn:
            status = await kyc.status_of(conn, identity.user_id)
            rows = await kyc.checks(conn, identity.user_id)
        times = ("created_at", "changed_at")
        return Standing(
            status=status, checks=[CheckSaid(**(dict(row) | {name: utc(row[name]) for name in times})) for row in rows]
        )

    @router.post("/api/kyc", status_code=201)
    async def start(body: WantedCheck, request: Request, identity: Annotated[Identity, Depends(asking)]) -> Begun:
        async with house.ledger.snapshot() as conn:
            name = await kyc.provider_of(conn, body.tournament_id)
            newest = await kyc.newest_check(conn, identity.user_id)
            begun = await kyc.count_checks(conn, identity.user_id)
        if name is None:
            raise Problem(Refusal.NOT_FOUND)
        provider = house.kyc.get(name)
        if provider is None:
            raise Problem(Refusal.CONFLICT, f"The identity provider {name} is not set up on this server.")
        actor = actor_of(request.scope, identity, house.settings)
        going_on = await _go_on(house, provider, newest, identity.user_id, actor)
        if going_on is not None:
            return going_on
        if begun >= house.settings.kyc_checks_max:
            raise Problem(Refusal.TOO_MANY, "Try again tomorrow.", headers={"Retry-After": str(DAY_S)})
        return await _begin(house, provider, newest, identity, actor, request)


async def _go_on(house: House, provider: Provider, newest: kyc.Row | None, user_id: int, actor: Actor) -> Begun | None:
    """The check that is under way with this provider; None where a new one may begin. Raises Problem where none may."""
    if newest is None:
        return None
    if newest["status"] == "verified":
        raise Problem(Refusal.CONFLICT, "Your identity is verified already.")
    if newest["status"] == "declined":
        if newest["provider"] == "desk":
            raise Problem(Refusal.CONFLICT, "It was declined at the desk. Ask there.")
        return None
    if newest["provider"] != provider.name:
        return None
    # A message may have been lost; the provider knows how the check stands.
    check = kyc.Check(newest["id"], user_id, newest["status"])
    try:
        status = await provider.ask(newest["reference"]) or check.status
    except UnknownReference:
        return None
    except Unavailable:
        status = check.status
    if status != check.status:
        try:
            async with house.ledger.change(actor) as change:
                await kyc.move_check(change, check, status, asked=True)
        except kyc.Overtaken:
            raise Problem(Refusal.CONFLICT, "The check went on meanwhile. Look again.") from None
        house.ledger.wakeups.sessions(user_id)
    open_still = status in ("pending", "review")
    return Begun(provider=provider.name, status=status, url=provider.page(newest["reference"]) if open_still else None)


async def _begin(
    house: House, provider: Provider, newest: kyc.Row | None, identity: Identity, actor: Actor, request: Request
) -> Begun:
    return_url = base_url(request.scope, house.settings) + RETURN_PATH
    try:
        started = await provider.start(Person(identity.user_id, identity.name), return_url)
    except Unavailable:
        raise Problem(Refusal.OUTAGE, "The identity provider cannot be reached now.") from None
    async with house.ledger.change(actor) as change:
        await people.lock(change, identity.user_id)
        now_newest = await kyc.newest_check(change.conn, identity.user_id)
        if (now_newest and now_newest["id"]) != (newest and newest["id"]):
            raise Problem(Refusal.CONFLICT, "Another check was started meanwhile. Look again.")
        await kyc.add_check(
            change, user_id=identity.user_id, provider=provider.name, reference=started.reference, status="pending"
        )
    house.ledger.wakeups.sessions(identity.user_id)
    return Begun(provider=provider.name, status="pending", url=started.url)


# The desk -----------------------------------------------------------------------------------------------------------


def _add_desk(router: APIRouter, house: House) -> None:
    asking = asker(house)

    @router.post("/api/kyc/desk", status_code=201)
    async def decide(body: DeskDecision, request: Request, identity: Annotated[Identity, Depends(asking)]) -> Decided:
        need_role(identity, body.tournament_id, {"organizer"})
        if body.user_id == identity.user_id:
            raise Denied("Nobody looks at their own document.", body.tournament_id)
        async with house.ledger.change(actor_of(request.scope, identity, house.settings)) as change:
            if not await people.is_member(change.conn, body.tournament_id, body.user_id):
                raise Problem(Refusal.NOT_FOUND)
            await people.lock(change, body.user_id)
            newest = await kyc.newest_check(change.conn, body.user_id)
            if newest and newest["provider"] == "desk" and newest["status"] in ("pending", "review"):
                check = kyc.Check(newest["id"], body.user_id, newest["status"])
                await kyc.move_check(
                    change,
                    check,
                    body.decision,
                    tournament_id=body.tournament_id,
                    note=body.document,
                    decided_by=identity.user_id,
                )
            else:
                started = await house.kyc["desk"].start(Person(body.user_id, ""), "")
                await kyc.add_check(
                    change,
                    user_id=body.user_id,
                    provider="desk",
                    reference=started.reference,
                    status=body.decision,
                    tournament_id=body.tournament_id,
                    note=body.document,
                    decided_by=identity.user_id,
                )
        house.ledger.wakeups.sessions(body.user_id)
        return Decided(user_id=body.user_id, status=body.decision)


# A provider's messages ----------------------------------------------------------------------------------------------


def _add_webhook(router: APIRouter, house: House) -> None:
    forged = Throttle(tries_max=FORGED_AUDITED_MAX, keys_max=house.settings.throttled_max)

    async def record_forged(actor: Actor, provider: str, why: str) -> None:
        if forged.take(actor.ip, time.monotonic()):
            return
        async with house.ledger.change(actor) as change:
            await change.audit("kyc.forged", f"provider:{provider}", why=why)

    @router.post("/api/kyc/webhook/{provider}")
    async def told(provider: str, request: Request) -> Taken:
        sender = house.kyc.get(provider)
        if sender is None:
            raise Problem(Refusal.NOT_FOUND)
        actor = Actor(None, client_ip(request.scope, house.settings.trusted_proxies))
        try:
            message = sender.verify_message(request.headers, await request.body(), time.time())
        except Forged as why:
            await record_forged(actor, provider, str(why))
            raise Problem(Refusal.UNAUTHENTICATED, "The message is not the provider's, or not of now.") from None
        except Unreadable as why:
            raise invalid("body", str(why)) from None
        for _ in range(LOOKS_MAX):
            try:
                return await _take(house, sender, message, actor)
            except kyc.Overtaken:
                continue
        raise Problem(Refusal.TOO_BUSY, "The check is moving; tell it again.")


async def _take(house: House, provider: Provider, message: Message, actor: Actor) -> Taken:
    """What the message changes, in one transaction with remembering it. Raises Overtaken."""
    async with house.ledger.read() as conn:
        if await kyc.knows_message(conn, provider.name, message.id):
            return Taken(effect="none")
        check = await kyc.check_by_reference(conn, provider.name, message.reference)
    if check is None:
        # Told again, it may be known by then.
        raise Problem(Refusal.NOT_FOUND)
    status, asked = message.status, False
    if status != check.status and not kyc.ripens(check.status, status):
        # Not with a transaction open: what the provider answers is compared with the check again, under its lock.
        asked = True
        try:
            status = await provider.ask(message.reference) or check.status
        except UnknownReference:
            status = check.status
        except Unavailable:
            raise Problem(Refusal.OUTAGE, "The provider cannot be asked now; tell it again.") from None
    async with house.ledger.change(actor) as change:
        if not await kyc.take_message(change, provider.name, message.id):
            return Taken(effect="none")
        await change.audit(
            "kyc.told",
            f"user:{check.user_id}",
            check_id=check.id,
            message=message.id,
            said=message.status,
            before=check.status,
            after=status,
            asked_again=asked,
        )
        if status != check.status:
            await kyc.move_check(change, check, status, asked=asked)
    house.ledger.wakeups.sessions(check.user_id)
    return Taken(effect="asked again" if asked else "moved" if status != check.status else "none")
