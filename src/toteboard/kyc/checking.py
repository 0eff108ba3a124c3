"""A check from its start to its decision: begun, gone on with, told by a message, asked about when the message is lost.

What a provider answers is taken in one transaction with the check's lock; nothing is asked while one is open. Knows no HTTP
of ours and no provider's way of speaking.
"""

import hashlib
import logging
from dataclasses import dataclass
from typing import Literal

from toteboard.kyc.marks import marks_of
from toteboard.kyc.provider import Answer, Message, Person, Provider, Unavailable, UnknownReference
from toteboard.kyc.registry import KycProviders
from toteboard.ledger.ledger import Actor, Change, Ledger
from toteboard.ledger.people import kyc
from toteboard.ledger.people.kyc import Check, Overtaken

log = logging.getLogger(__name__)

PROGRAM = Actor()
# Checks asked about in one turn of the loop.
ASKED_AT_ONCE_MAX = 20
# Looking again where a check moved between the look and the lock.
LOOKS_MAX = 3

Effect = Literal["none", "moved", "polled"]


@dataclass(frozen=True, slots=True)
class Checking:
    """Takes checks on. `providers` are those that are set up."""

    ledger: Ledger
    providers: KycProviders

    async def ask(self, provider: Provider, check: Check) -> Answer:
        """How the check stands, as the provider says now; a desk's as it is. Raises Unavailable, UnknownReference."""
        with self.providers.watched(provider.name):
            answer = await provider.answer(check.reference, Person(check.user_id, ""))
        return answer or Answer(status=check.status)

    async def take(self, change: Change, check: Check, answer: Answer, *, asked: bool) -> kyc.Status:
        """What the answer makes of the check, within the change; its status then. Raises Overtaken."""
        marks = marks_of(self.providers.identity_key, answer.traits) if answer.traits else []
        return await kyc.take_answer(change, check, answer.status, born_on=answer.born_on, marks=marks, asked=asked)

    async def go_on(self, provider: Provider, check: Check, actor: Actor) -> kyc.Status:
        """Asks about a check that is under way and takes the answer; its status then.

        Raises Overtaken, Unavailable, UnknownReference.
        """
        answer = await self.ask(provider, check)
        if answer.status == check.status:
            return check.status
        async with self.ledger.change(actor) as change:
            status = await self.take(change, check, answer, asked=True)
        self.ledger.wakeups.sessions(check.user_id)
        return status

    # A provider's messages ------------------------------------------------------------------------------------------

    async def hear(self, provider: Provider, message: Message, actor: Actor) -> Effect | None:
        """What a message does, in one transaction with remembering it; None where nobody knows the check.

        Raises Unavailable where the provider has to be asked and is away, Overtaken where the check keeps changing.
        """
        for look in range(LOOKS_MAX):
            try:
                return await self._hear(provider, message, actor)
            except Overtaken:
                if look == LOOKS_MAX - 1:
                    raise
        raise AssertionError("the last look returns or raises")

    async def _hear(self, provider: Provider, message: Message, actor: Actor) -> Effect | None:
        # By a hash: the provider's own number goes with the account that it is of.
        number = hashlib.sha256(message.id.encode()).hexdigest()
        async with self.ledger.read() as conn:
            if await kyc.knows_message(conn, provider.name, number):
                return "none"
            check = await kyc.check_by_reference(conn, provider.name, message.reference)
        if check is None:
            return None
        asked = provider.asked_again or (
            message.status != check.status and not kyc.ripens(check.status, message.status)
        )
        answer = Answer(status=message.status)
        if asked:
            try:
                answer = await self.ask(provider, check)
            except UnknownReference:
                # They sent news of what they do not know: nothing moves.
                answer = Answer(status=check.status)
        async with self.ledger.change(actor) as change:
            # One that the provider does not confirm is not remembered: the true one may still come.
            is_confirmed = not asked or answer.status == message.status
            if is_confirmed and not await kyc.take_message(change, provider.name, number):
                return "none"
            status = check.status
            if answer.status != check.status:
                status = await self.take(change, check, answer, asked=asked)
            if not is_confirmed and status == check.status:
                return "polled"
            await change.audit(
                "kyc.notified",
                f"user:{check.user_id}",
                check_id=check.id,
                message=number[:16],
                reported=message.status,
                before=check.status,
                after=status,
                polled=asked,
            )
        self.ledger.wakeups.sessions(check.user_id)
        return "polled" if asked else "moved" if status != check.status else "none"

    # When messages are lost -----------------------------------------------------------------------------------------

    async def ask_due(self) -> int:
        """Asks about checks that have waited for a message long enough, each with a pause that grows; how many moved.

        One provider that is away keeps the others' checks from nothing. Raises Outage.
        """
        async with self.ledger.change(PROGRAM) as change:
            due = await kyc.claim_due(change, ASKED_AT_ONCE_MAX)
        moved, away = 0, set()
        for name, check in due:
            provider = self.providers.get(name)
            if provider is None or name in away:
                continue
            try:
                moved += await self.go_on(provider, check, PROGRAM) != check.status
            except Overtaken:
                continue
            except UnknownReference:
                moved += await self._end(check)
            except Unavailable as why:
                away.add(name)
                log.warning("checks of %s are asked about later: %s", name, why)
        return moved

    async def _end(self, check: Check) -> int:
        """A check is over: too old, or the provider does not know it any more. 0 where it moved on meanwhile."""
        try:
            async with self.ledger.change(PROGRAM) as change:
                await kyc.move_check(change, check, "expired", asked=True)
        except Overtaken:
            return 0
        self.ledger.wakeups.sessions(check.user_id)
        return 1

    async def expire_old(self, valid_days: int) -> int:
        """Ends checks that are older than they are good for, and those nobody finished; how many. Raises Outage.

        Each in a transaction of its own: several people's wallets are never locked in another order than bets lock them.
        """
        async with self.ledger.read() as conn:
            over = await kyc.expired(conn, valid_days)
        ended = [await self._end(check) for check in over]
        async with self.ledger.change(PROGRAM) as change:
            cleared = await kyc.refresh_cleared(change)
        for user_id in cleared:
            self.ledger.wakeups.sessions(user_id)
        return sum(ended)
