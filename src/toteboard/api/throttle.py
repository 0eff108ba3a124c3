"""Counts tries by key and says how long to wait. Knows no route.

Each process counts in bounded memory, so that a flood is refused without a question to the database; what passes there is
counted in the database, for all processes together.
"""

import hashlib
import math
import random
from collections.abc import Awaitable, Hashable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Self

from cachetools import LRUCache

from toteboard.http.connections import network_of
from toteboard.http.headers import counted
from toteboard.http.rate_limits import Limit
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.people import tries
from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings

WINDOW_S = 300.0
DAY_S = 86_400.0
# How often a try also takes away the rows of those that are forgotten.
FORGOTTEN_EVERY = 1 / 256


class Throttle:
    """At most `tries_max` tries in a row per key, and then one more each `window_s / tries_max` seconds.

    One number a key: the moment at which all its tries are forgotten (the generic cell rate algorithm). Nobody is
    locked out for good, and who tries on while refused does not wait longer for it.
    """

    def __init__(
        self, *, tries_max: int, keys_max: int, window_s: float = WINDOW_S, name: str = "", is_told: bool = True
    ):
        self.name = name
        # Whether who asks is told how it stands: not of what others tried.
        self.is_told = is_told
        self.tries_max = tries_max
        self._window_s = window_s
        self._step_s = window_s / tries_max
        # What was tried longest ago goes where there are too many.
        self._clear_at: LRUCache[Hashable, float] = LRUCache(keys_max)

    def take(self, key: Hashable, now: float) -> float:
        """Counts a try and answers 0.0, or does not count it and answers the seconds to wait."""
        clear_at = max(self._clear_at.get(key, now), now) + self._step_s
        wait_s = clear_at - now - self._window_s
        # Sums of steps are not exact; a wait too short to tell is none.
        if wait_s > 1e-6:
            return wait_s
        self._clear_at[key] = clear_at
        return 0.0

    def state(self, key: Hashable, now: float, *, wait_s: float = 0.0) -> Limit:
        """How a key stands in it, for whoever is told; `wait_s`: it has to wait so long."""
        used_s = max(self._clear_at.get(key, now) - now, 0.0)
        left = 0 if wait_s else max(0, int((self._window_s - used_s) / self._step_s + 1e-6))
        return Limit(self.name, self.tries_max, self._window_s, left, wait_s or used_s)

    @property
    def step(self) -> timedelta:
        """A try is forgotten after so long."""
        return timedelta(seconds=self._step_s)

    @property
    def window(self) -> timedelta:
        """All tries of a key are forgotten within so long."""
        return timedelta(seconds=self._window_s)

    def key_of(self, key: Hashable) -> bytes:
        """What the database counts under: nothing of an address or a name can be read in it."""
        return hashlib.blake2b(repr((self.name, key)).encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def give_back(self, key: Hashable) -> None:
        """The last try was a good one and does not count."""
        if key in self._clear_at:
            self._clear_at[key] -= self._step_s


# One address may try many accounts, as the people behind one hotel's router do.
ACCOUNTS_PER_ADDRESS = 10
# So many networks may use up their tries of one account before each has one alone.
NETWORKS_PER_ACCOUNT = 10
# New accounts by one invitation: a hall at the doors.
INVITED_MAX = 1000
DEMO_PER_ADDRESS = 10
# Forged messages of a provider put on record, for one address; more are refused all the same.
FORGED_AUDITED_MAX = 10
# Letters with a code to one address in five minutes.
MAILED_CODES_MAX = 3
# So many people or addresses use up what all of them may say in a day.
FEEDBACK_SHARES = 10
# Other addresses one person may try for their account in five minutes.
OTHER_ADDRESSES_MAX = 5


@dataclass(frozen=True, slots=True)
class Throttles:
    """Everything that is counted, by who or what tries. What proves right is given back: a hall shares one address."""

    # Wrong passwords: by network and account, by network alone, by account alone.
    accounts: Throttle
    addresses: Throttle
    everywhere: Throttle
    # Where the last two are used up: once by network and account.
    once: Throttle
    registrations: Throttle
    # Registrations with a good invitation, by that.
    invited: Throttle
    demo_sign_ins: Throttle
    # Wrong invitation codes, by person and by address.
    invitation_persons: Throttle
    invitation_addresses: Throttle
    forged_messages: Throttle
    # Codes for a new password, by the address they are sent to, and by the network that asks for them.
    mailed_codes: Throttle
    asked_codes: Throttle
    # Wrong codes for a new password, by network.
    used_codes: Throttle
    # Identity checks begun, by person.
    checks_begun: Throttle
    # Other addresses for one's account, by person: each try tells whether somebody has it.
    other_addresses: Throttle
    # What is said of a screen: by person or network, in minutes and in a day; in a day by all who are signed in, or are not.
    feedback: Throttle
    feedback_of_day: Throttle
    feedback_of_all: Throttle

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As many tries as the settings allow."""

        def throttle(name: str, tries_max: int, *, is_told: bool = True) -> Throttle:
            return Throttle(name=name, tries_max=tries_max, keys_max=settings.throttled_max, is_told=is_told)

        return cls(
            accounts=throttle("accounts", settings.sign_in_tries_max),
            addresses=throttle("addresses", settings.sign_in_tries_max * ACCOUNTS_PER_ADDRESS),
            everywhere=throttle("everywhere", settings.sign_in_tries_max * NETWORKS_PER_ACCOUNT, is_told=False),
            once=throttle("once", 1),
            registrations=throttle("registrations", settings.register_tries_max),
            invited=throttle("invited", INVITED_MAX),
            demo_sign_ins=throttle("demo_sign_ins", settings.register_tries_max * DEMO_PER_ADDRESS),
            invitation_persons=throttle("invitation_persons", settings.invitation_tries_max),
            invitation_addresses=throttle("invitation_addresses", settings.invitation_address_tries_max),
            forged_messages=throttle("forged_messages", FORGED_AUDITED_MAX),
            mailed_codes=throttle("mailed_codes", MAILED_CODES_MAX),
            asked_codes=throttle("asked_codes", settings.sign_in_tries_max * ACCOUNTS_PER_ADDRESS),
            used_codes=throttle("used_codes", settings.invitation_address_tries_max),
            checks_begun=throttle("checks_begun", settings.kyc_checks_max),
            other_addresses=throttle("other_addresses", OTHER_ADDRESSES_MAX),
            feedback=throttle("feedback", settings.feedback_tries_max),
            feedback_of_day=Throttle(
                name="feedback_of_day",
                tries_max=max(1, settings.feedback_day_max // FEEDBACK_SHARES),
                keys_max=settings.throttled_max,
                window_s=DAY_S,
            ),
            feedback_of_all=Throttle(
                name="feedback_of_all", tries_max=settings.feedback_day_max, keys_max=2, window_s=DAY_S, is_told=False
            ),
        )


def network(ip: str | None) -> str | None:
    """What an address counts as: all of an IPv6 /64 are one."""
    return network_of(ip) if ip else None


async def wait_of(ledger: Ledger, throttle: Throttle, *key: Hashable) -> float:
    """Counts a try of now and answers 0.0; or does not count it, and answers the seconds to wait."""
    now = monotonic()
    wait_s = throttle.take(key, now)
    if not wait_s:
        async with ledger.change(Actor()) as change:
            wait_s = await tries.take(change.conn, throttle.key_of(key), step=throttle.step, window=throttle.window)
            if random.random() < FORGOTTEN_EVERY:  # noqa: S311 nobody gains by guessing it
                await tries.forget(change.conn)
        if wait_s:
            throttle.give_back(key)
    limits = counted.get()
    if limits is not None and throttle.is_told:
        limits.append(throttle.state(key, now, wait_s=wait_s))
    return wait_s


def too_many(wait_s: float) -> Refused:
    """Said in whole seconds, upwards: who waits that long is let in."""
    return Refused(Refusal.TOO_MANY, retry_after_s=math.ceil(wait_s))


async def slow_down(ledger: Ledger, throttle: Throttle, *key: Hashable) -> None:
    """Counts a try of now. Raises Refused (TOO_MANY), with the seconds to wait, where it is one too many."""
    wait_s = await wait_of(ledger, throttle, *key)
    if wait_s:
        raise too_many(wait_s)


async def give_back(ledger: Ledger, throttle: Throttle, *key: Hashable) -> None:
    """The last try was a good one and does not count, here and in every other process."""
    throttle.give_back(key)
    async with ledger.change(Actor()) as change:
        await tries.give_back(change.conn, throttle.key_of(key), step=throttle.step)


class PasswordTry:
    """A try of an account's password from an address, in every count that it belongs to.

    An address or an account under attack does not lock anybody out: beyond their limits each account may still be tried once
    from each address in the time, one after the other (passwords.py), and whoever has the right password is in.
    """

    def __init__(self, ledger: Ledger, throttles: Throttles, ip: str | None, account: Hashable):
        self._ledger = ledger
        self._throttles = throttles
        self._network = network(ip)
        self._account = account
        self._counted: list[tuple[Throttle, tuple[Hashable, ...]]] = []
        # With whom it takes turns: what comes from its network, where the limits are used up.
        self.crowd: Hashable | None = None

    async def count(self) -> None:
        """Before the password is looked at. Raises Refused (TOO_MANY)."""
        by, network, account = self._throttles, self._network, self._account
        await self._need(by.accounts, network, account)
        is_open = [await self._take(by.addresses, network) == 0, await self._take(by.everywhere, account) == 0]
        if not all(is_open):
            await self._need(by.once, network, account)
            self.crowd = ("network", network)

    async def looked_at(self, look: Awaitable[bool]) -> bool:
        """What the look at the password says. Where too many were before it the account's one try is not spent."""
        try:
            return await look
        except Refused:
            for throttle, key in self._counted:
                if throttle is self._throttles.once:
                    await give_back(self._ledger, throttle, *key)
            raise

    async def was_right(self) -> None:
        """It was the right one, and counts nowhere."""
        for throttle, key in self._counted:
            await give_back(self._ledger, throttle, *key)

    async def _need(self, throttle: Throttle, *key: Hashable) -> None:
        wait_s = await self._take(throttle, *key)
        if wait_s:
            # What was counted before stays so: a flood of refused tries ends in memory.
            raise too_many(wait_s)

    async def _take(self, throttle: Throttle, *key: Hashable) -> float:
        wait_s = await wait_of(self._ledger, throttle, *key)
        if not wait_s:
            self._counted.append((throttle, key))
        return wait_s
