"""Third parties that check identities, as doubles of theirs, and what a test does with them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from .clients import ApiClient
from .conftest import Records
from .doubles import onfido, veriff
from .doubles.http import serving
from .identity import begin, kyc_of

KEY = "a key of identities that only the tests know"
Double = veriff.VeriffDouble | onfido.OnfidoDouble


@dataclass(frozen=True)
class Third:
    """A third party: its double, and how it says what is with us verified, declined, to be reviewed, over."""

    name: str
    double: Double
    url: str
    approved: str = "approved"
    declined: str = "declined"

    @property
    def settings(self) -> dict[str, Any]:
        common = {"kyc_identity_key": KEY}
        if self.name == "veriff":
            return common | {
                "kyc_veriff_url": self.url,
                "kyc_veriff_key": veriff.KEY,
                "kyc_veriff_secret": veriff.SECRET,
            }
        return common | {
            "kyc_onfido_url": self.url,
            "kyc_onfido_token": onfido.TOKEN,
            "kyc_onfido_webhook_token": onfido.WEBHOOK_TOKEN,
            "kyc_onfido_workflow": onfido.WORKFLOW,
        }


@pytest_asyncio.fixture(loop_scope="session", params=["veriff", "onfido"])
async def third(request: pytest.FixtureRequest) -> AsyncIterator[Third]:
    double = veriff.VeriffDouble() if request.param == "veriff" else onfido.OnfidoDouble()
    async with serving(double.answer) as url:
        yield Third(request.param, double, url)


@pytest.fixture
def wanted(third: Third) -> dict[str, Any]:
    return third.settings


@pytest_asyncio.fixture(loop_scope="session")
async def cup(third: Third, records: Records) -> int:
    return await records.add_tournament(kyc_provider=third.name)


async def tell(client: ApiClient, third: Third, session: str, *, status: str | None = None) -> Any:
    body, headers = third.double.message(session, status=status)
    return await client.post(f"/api/kyc/webhook/{third.name}", content=body, headers=headers)


async def begun(who: ApiClient, cup: int, third: Third) -> str:
    """A check begun; the third party's number of it."""
    before = set(third.double.sessions)
    started = await begin(who, cup)
    assert started["status"] == "pending"
    (session,) = set(third.double.sessions) - before
    return session


async def verified(
    client: ApiClient, who: ApiClient, cup: int, third: Third, *, number: str, born: str | None = "1990-01-01"
) -> str:
    """Somebody whom the third party has approved; how their identity stands then."""
    session = await begun(who, cup, third)
    third.double.decide(session, "approved", number=number, born=born)
    assert (await tell(client, third, session)).status_code == 200
    return await kyc_of(who, cup)


async def twins(
    client: ApiClient, ada: ApiClient, cup: int, third: Third, records: Records
) -> tuple[ApiClient, ApiClient]:
    """A second account with the document of the first, and the organizer."""
    assert await verified(client, ada, cup, third, number="A-1 77") == "verified"
    twin = await records.add_member(cup, await ApiClient(ada.app).sign_up("Twin"), "bettor")
    assert await verified(client, twin, cup, third, number="a1 77") == "review"
    olga = await records.add_member(cup, await ApiClient(ada.app).sign_up("Olga"), "organizer")
    return twin, olga
