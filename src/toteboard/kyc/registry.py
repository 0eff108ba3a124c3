"""The identity providers of this process, by name, and the one HTTP client they share. Knows nothing of a check.

A new provider is a module with a `create`, and a line in `REGISTRY`.
"""

from collections.abc import Callable, Iterator, Mapping

import httpx

from toteboard.kyc import desk, sandbox
from toteboard.kyc.provider import Provider
from toteboard.settings import Settings

# What a provider is made by: None where the settings do not set it up. Raises SettingRefused for half a set-up.
Create = Callable[[Settings, httpx.AsyncClient], Provider | None]

REGISTRY: Mapping[str, Create] = {"desk": desk.create, "sandbox": sandbox.create}

# A provider that is slower is not waited for; what it says later comes by its webhook.
ANSWER_WAIT_S = 5.0
CONNECTIONS_MAX = 20


class KycProviders:
    """The providers that are set up. `close` it with the program."""

    def __init__(self, settings: Settings, registry: Mapping[str, Create] = REGISTRY):
        """Raises SettingRefused where a provider is set up wrongly."""
        self._client = httpx.AsyncClient(
            timeout=ANSWER_WAIT_S, limits=httpx.Limits(max_connections=CONNECTIONS_MAX), trust_env=False
        )
        made = {name: create(settings, self._client) for name, create in registry.items()}
        self._providers = {name: provider for name, provider in made.items() if provider is not None}

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

    async def close(self) -> None:
        """Closes the HTTP client that they share."""
        for provider in self._providers.values():
            await provider.close()
        await self._client.aclose()
