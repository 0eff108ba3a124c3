"""The identity providers of this process, by name, the one HTTP client they share, and which of them is down.

Knows nothing of a check. A new provider is a module with a `create`, and a line in `REGISTRY`.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from toteboard.kyc import desk, marks, onfido, sandbox, veriff
from toteboard.kyc.provider import Provider, Unavailable, UnknownReference
from toteboard.settings import SettingRefused, Settings

# What a provider is made by: None where the settings do not set it up. Raises SettingRefused for half a set-up.
Create = Callable[[Settings, httpx.AsyncClient], Provider | None]

REGISTRY: Mapping[str, Create] = {
    "desk": desk.create,
    "sandbox": sandbox.create,
    "veriff": veriff.create,
    "onfido": onfido.create,
}
# Whose checks cost money and read documents.
THIRD_PARTIES = frozenset({"veriff", "onfido"})

# A provider that is slower is not waited for; what it says later comes by its webhook.
ANSWER_WAIT_S = 5.0
CONNECTIONS_MAX = 20
WHY_MAX = 200


@dataclass(slots=True)
class Health:
    """How a provider answered last: `down_since` while it does not, and why."""

    name: str
    asked: int = 0
    failed: int = 0
    down_since: datetime | None = None
    why: str = ""


class KycProviders:
    """The providers that are set up. `close` it with the program."""

    def __init__(self, settings: Settings, registry: Mapping[str, Create] = REGISTRY):
        """Raises SettingRefused where a provider is set up wrongly."""
        # Their lines of DEBUG hold headers, with keys among them.
        for name in ("httpcore", "httpx"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._client = httpx.AsyncClient(
            timeout=ANSWER_WAIT_S, limits=httpx.Limits(max_connections=CONNECTIONS_MAX), trust_env=False
        )
        made = {name: create(settings, self._client) for name, create in registry.items()}
        self._providers = {name: provider for name, provider in made.items() if provider is not None}
        self._health: dict[str, Health] = {}
        # Messages of providers since the start, by name and what became of them (api/people/kyc.py).
        self.messages: Counter[tuple[str, str]] = Counter()
        self.identity_key = settings.kyc_identity_key
        if THIRD_PARTIES & self._providers.keys() and len(self.identity_key) < marks.KEY_MIN:
            raise SettingRefused(
                f"TOTEBOARD_KYC_IDENTITY_KEY has to have at least {marks.KEY_MIN} characters where a third party checks"
            )

    def __iter__(self) -> Iterator[str]:
        return iter(self._providers)

    def __contains__(self, name: object) -> bool:
        return name in self._providers

    def get(self, name: str) -> Provider | None:
        """The provider of this name, if it is set up."""
        return self._providers.get(name)

    def put(self, provider: Provider) -> None:
        """Sets this one up, instead of another one of its name."""
        self._providers[provider.name] = provider

    @property
    def health(self) -> list[Health]:
        """Of those that were asked: how they answered last."""
        return list(self._health.values())

    @contextmanager
    def watched(self, name: str) -> Iterator[None]:
        """Around every question to a provider: one that cannot be reached is down until it answers again."""
        health = self._health.setdefault(name, Health(name))
        health.asked += 1
        try:
            yield
        except Unavailable as away:
            health.failed += 1
            health.down_since = health.down_since or datetime.now(UTC)
            health.why = str(away)[:WHY_MAX]
            raise
        except UnknownReference:
            health.down_since, health.why = None, ""
            raise
        else:
            health.down_since, health.why = None, ""

    async def close(self) -> None:
        """Closes the HTTP client that they share."""
        for provider in self._providers.values():
            await provider.close()
        await self._client.aclose()
