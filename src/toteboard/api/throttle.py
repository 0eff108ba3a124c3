"""Counts tries by key and says how long to wait. Knows no route.

Each process counts in bounded memory, so that a flood is refused without a question to the database; what passes there is
counted in the database, for all processes together.
"""

import hashlib
import math
import random
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Self

from cachetools import LRUCache

from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.people import tries
from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings

WINDOW_S = 300.0
# How often a try also takes away the rows of those that are forgotten.
FORGOTTEN_EVERY = 1 / 256


class Throttle:
    """At most `tries_max` tries in a row per key, and then one more each `window_s / tries_max` seconds.

    One number a key: the moment at which all its tries are forgotten (the generic cell rate algorithm). Nobody is
    locked out for good, and who tries on while refused does not wait longer for it.
    """

    def __init__(self, *, tries_max: int, keys_max: int, window_s: float = WINDOW_S, name: str = ""):
        self.name = name
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


# One address may try many accounts, as the people behind one hotel's router do, but not a list of them.
ACCOUNTS_PER_ADDRESS = 10
DEMO_PER_ADDRESS = 10
# Forged messages of a provider put on record, for one address; more are refused all the same.
FORGED_AUDITED_MAX = 10
# Letters with a code to one address in five minutes.
MAILED_CODES_MAX = 3
# Other addresses one person may try for their account in five minutes.
OTHER_ADDRESSES_MAX = 5


@dataclass(frozen=True, slots=True)
class Throttles:
    """Everything that is counted, by who or what tries. What proves right is given back: a hall shares one address."""

    # Wrong passwords, by address and account, and by address alone.
    accounts: Throttle
    addresses: Throttle
    registrations: Throttle
    demo_sign_ins: Throttle
    # Wrong invitation codes, by person and by address.
    invitation_persons: Throttle
    invitation_addresses: Throttle
    forged_messages: Throttle
    # Codes for a new password, by the address they are sent to.
    mailed_codes: Throttle
    # Identity checks begun, by person.
    checks_begun: Throttle
    # Other addresses for one's account, by person: each try tells whether somebody has it.
    other_addresses: Throttle

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """As many tries as the settings allow."""

        def throttle(name: str, tries_max: int) -> Throttle:
            return Throttle(name=name, tries_max=tries_max, keys_max=settings.throttled_max)

        return cls(
            accounts=throttle("accounts", settings.sign_in_tries_max),
            addresses=throttle("addresses", settings.sign_in_tries_max * ACCOUNTS_PER_ADDRESS),
            registrations=throttle("registrations", settings.register_tries_max),
            demo_sign_ins=throttle("demo_sign_ins", settings.register_tries_max * DEMO_PER_ADDRESS),
            invitation_persons=throttle("invitation_persons", settings.invitation_tries_max),
            invitation_addresses=throttle("invitation_addresses", settings.invitation_address_tries_max),
            forged_messages=throttle("forged_messages", FORGED_AUDITED_MAX),
            mailed_codes=throttle("mailed_codes", MAILED_CODES_MAX),
            checks_begun=throttle("checks_begun", settings.kyc_checks_max),
            other_addresses=throttle("other_addresses", OTHER_ADDRESSES_MAX),
        )


async def slow_down(ledger: Ledger, throttle: Throttle, *key: Hashable) -> None:
    """Counts a try of now. Raises Refused (TOO_MANY), with the seconds to wait, where it is one too many."""
    wait_s = throttle.take(key, monotonic())
    if not wait_s:
        async with ledger.change(Actor()) as change:
            wait_s = await tries.take(change.conn, throttle.key_of(key), step=throttle.step, window=throttle.window)
            if random.random() < FORGOTTEN_EVERY:  # noqa: S311 nobody gains by guessing it
                await tries.forget(change.conn)
        if wait_s:
            throttle.give_back(key)
    if wait_s:
        # Said in whole seconds, upwards: who waits that long is let in.
        raise Refused(Refusal.TOO_MANY, retry_after_s=math.ceil(wait_s))


async def give_back(ledger: Ledger, throttle: Throttle, *key: Hashable) -> None:
    """The last try was a good one and does not count, here and in every other process."""
    throttle.give_back(key)
    async with ledger.change(Actor()) as change:
        await tries.give_back(change.conn, throttle.key_of(key), step=throttle.step)
