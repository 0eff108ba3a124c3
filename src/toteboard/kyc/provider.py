"""What an identity provider is to us: it starts checks, sends signed messages, can be asked. Knows none of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from toteboard.ledger.people.kyc import Status


class Forged(Exception):
    """The message is not signed by the provider, or was not lately."""


class Unreadable(Exception):
    """The message is the provider's and cannot be read."""


class Unavailable(Exception):
    """The provider cannot be asked now."""


class UnknownReference(Exception):
    """The provider does not know the check (any more)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who is to be checked, as far as a provider has to know."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Started:
    """The provider's own number for the check, and its hosted page, if it has one."""

    reference: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """What a provider said: about which check, and the number of the message: the same for the same news."""

    id: str
    reference: str
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a check stands. `traits` are what two checks of one person have in common, such as a document's country and number.

    They are never kept: kyc/marks.py makes keyed hashes of them.
    """

    status: Status
    born_on: date | None = None
    traits: tuple[str, ...] = field(default=(), repr=False)


class Provider(Protocol):
    """What every identity provider can do. Raises Unavailable where it cannot be reached."""

    @property
    def name(self) -> str: ...

    @property
    def asked_again(self) -> bool:
        """Whether its messages only say that there is news: how the check stands is asked, and then counts."""

    async def start(self, person: Person, return_url: str) -> Started:
        """A new check; the hosted page leads back to `return_url`. Raises Unavailable."""

    def verify_message(self, headers: Mapping[str, str], body: bytes, now: float) -> Message | None:
        """The provider's message, None for news of no check; `now` in seconds since 1970. Raises Forged, Unreadable."""

    async def answer(self, reference: str, person: Person) -> Answer | None:
        """How this person's check stands; None where only the ledger knows. Raises Unavailable, UnknownReference."""

    async def close(self) -> None:
        """Lets go of what it holds open; the HTTP client is the registry's."""
