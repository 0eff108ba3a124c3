"""Identity checks: at the desk, by a provider's messages, and by whoever pretends to be it."""

import asyncio
import json
import socket
import time
from typing import Any

import httpx
import pytest
import pytest_asyncio

from toteboard.kyc import signature
from toteboard.kyc.provider import Answer, Started, Unavailable, UnknownReference
from toteboard.kyc.sandbox import SandboxProvider

from .clients import ApiClient, code
from .conftest import SECRET, Records, SignUp
from .identity import WEBHOOK, begin, kyc_of, sandbox_provider, signed


class FakeProvider(SandboxProvider):
    """Signs as the sandbox does, and says what the test wants."""

    def __init__(self) -> None:
        super().__init__("http://provider.test", SECRET, httpx.AsyncClient())
        self.says: str | Exception | None = None
        self.asked = 0
        self.started = 0

    async def start(self, person: Any, return_url: str) -> Started:
        self.started += 1
        reference = f"check-{self.started}"
        return Started(reference, f"http://provider.test/check/{reference}")

    async def answer(self, reference: str, person: Any) -> Answer | None:
        self.asked += 1
        if isinstance(self.says, Exception):
            raise self.says
        return Answer(status=self.says) if self.says else None  # type: ignore[arg-type]


@pytest.fixture
def provider(services: Any) -> FakeProvider:
    fake = FakeProvider()
    services.kyc.put(fake)
    return fake


async def tell(client: ApiClient, status: str, *, number: str = "m1", reference: str = "check-1") -> httpx.Response:
    body = json.dumps({"id": number, "reference": reference, "status": status}).encode()
    return await client.post(WEBHOOK, content=body, headers=signed(body))


# The provider's messages --------------------------------------------------------------------------------------------


async def test_a_check_goes_from_started_to_verified_and_opens_betting(
    client: ApiClient, ada: ApiClient, cup: int, provider: FakeProvider, records: Records
) -> None:
    assert (await ada.get("/api/kyc")).json() == {"status": "none", "checks": []}
    assert await begin(ada, cup) == {
        "provider": "sandbox",
        "status": "pending",
        "url": "http://provider.test/check/check-1",
    }
    assert await kyc_of(ada) == "pending"
    assert (await tell(client, "review")).json() == {"effect": "moved"}
    assert await kyc_of(ada) == "review"
    assert await records.conn.fetchval("SELECT eligibility FROM accounts WHERE kind = 'wallet'") == 8
    assert (await tell(client, "verified", number="m2")).json() == {"effect": "moved"}
    assert (await ada.get("/api/me")).json()["kyc"] == "verified"
    assert await records.conn.fetchval("SELECT eligibility FROM accounts WHERE kind = 'wallet'") == 0
    (listed,) = (await ada.get("/api/kyc")).json()["checks"]
    assert (listed["provider"], listed["status"]) == ("sandbox", "verified")
    # What counts everywhere is logged in every tournament they belong to, too.
    for action, where in (
        ("kyc.started", [None]),
        ("kyc.notified", [None, None]),
        ("kyc.review", [None, cup]),
        ("kyc.verified", [None, cup]),
    ):
        rows = await records.audited(action)
        assert [(row["subject"], row["tournament_id"]) for row in rows] == [(f"user:{ada.id}", one) for one in where]
    assert provider.asked == 0


async def test_a_forged_message_is_refused_and_on_record(
    client: ApiClient, ada: ApiClient, cup: int, provider: FakeProvider, records: Records
) -> None:
    await begin(ada, cup)
    body = json.dumps({"id": "m1", "reference": "check-1", "status": "verified"}).encode()
    right = signed(body)[signature.HEADER]
    for header in (
        {},
        {signature.HEADER: ""},
        {signature.HEADER: "t=1,v1=00"},
        {signature.HEADER: right.replace("v1=", "v1=0")},
        {signature.HEADER: right[:-1] + ("0" if right[-1] != "0" else "1")},
        {signature.HEADER: signed(body, secret="another secret, as long as the true one")[signature.HEADER]},
        {signature.HEADER: signed(b"{}")[signature.HEADER]},
        # An old one, taken from the wire; and one for later.
        {signature.HEADER: signed(body, at=time.time() - 301)[signature.HEADER]},
        {signature.HEADER: signed(body, at=time.time() + 400)[signature.HEADER]},
    ):
        answer = await client.post(WEBHOOK, content=body, headers={"Content-Type": "application/json", **header})
        assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    assert await kyc_of(ada) == "pending"
    assert len(await records.audited("kyc.forged")) == 9
    # Who goes on forging does not fill the log.
    for _ in range(20):
        assert (await client.post(WEBHOOK, content=body)).status_code == 401
    assert len(await records.audited("kyc.forged")) == 10


async def test_a_replayed_message_has_no_effect(
    client: ApiClient, ada: ApiClient, cup: int, provider: FakeProvider, records: Records
) -> None:
    await begin(ada, cup)
    assert (await tell(client, "review")).json() == {"effect": "moved"}
    # A replay is not even asked about, whatever it says.
    provider.says = "verified"
    answers = await asyncio.gather(*(tell(client, status) for status in ("review", "verified", "declined") * 3))
    assert [(a.status_code, a.json()) for a in answers] == [(200, {"effect": "none"})] * 9
    assert (await kyc_of(ada), provider.asked) == ("review", 0)
    assert len(await records.audited("kyc.notified")) == 1


async def test_a_message_that_comes_many_times_at_once_is_taken_once(
    client: ApiClient, ada: ApiClient, cup: int, provider: FakeProvider, records: Records
) -> None:
    await begin(ada, cup)
    answers = await asyncio.gather(*(tell(client, "verified") for _ in range(10)))
    assert {a.status_code for a in answers} == {200}
    assert sum(a.json()["effect"] == "moved" for a in answers) == 1
    assert len(await records.audited("kyc.verified")) == 2


async def test_approved_after_declined_is_polled_and_the_answer_counts(
    client: ApiClient, ada: ApiClient, cup: int, provider: FakeProvider, records: Records
) -> None:
    await begin(ada, cup)
    await tell(client, "declined")
    provider.says = "declined"
    assert (await tell(client, "verified", number="m2")).json() == {"effect": "polled"}
    assert (await kyc_of(ada), provider.asked) == ("declined", 1)
    provider.says = "verified"
    assert (await tell(client, "verified", number="m3")).json() == {"effect": "polled"}
    assert (await kyc_of(ada), provider.asked) == ("verified", 2)
    row, _ = await records.audited("kyc.verified")
    assert (row["details"]["before"], row["details"]["polled"]) == ("declined", True)


async def test_a_message_out_of_order_is_polled(
    client: ApiClient, ada: ApiClient, cup: int, provider: FakeProvider
) -> None:
    await begin(ada, cup)
    await tell(client, "verified", number="m2")
    provider.says = "verified"
    assert (await tell(client, "pending", number="m0")).json() == {"effect": "polled"}
    assert (await tell(client, "review", number="m1")).json() == {"effect": "polled"}
    assert await kyc_of(ada) == "verified"


async def test_while_the_provider_cannot_be_asked_the_message_is_not_taken(
    client: ApiClient, ada: ApiClient, cup: int, provider: FakeProvider
) -> None:
    await begin(ada, cup)
    await tell(client, "declined")
    provider.says = Unavailable("away")
    answer = await tell(client, "verified", number="m2")
    assert (answer.status_code, code(answer)) == (503, "OUTAGE")
    assert "Retry-After" in answer.headers
    provider.says = "verified"
    assert (await tell(client, "verified", number="m2")).json() == {"effect": "polled"}
    assert await kyc_of(ada) == "verified"


async def test_a_message_about_no_check_of_ours_can_be_told_again(
    client: ApiClient, ada: ApiClient, cup: int, provider: FakeProvider
) -> None:
    assert code(await tell(client, "verified")) == "NOT_FOUND"
    await begin(ada, cup)
    assert (await tell(client, "verified")).json() == {"effect": "moved"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"id": "m1"}',
        b'{"id": "m1", "reference": "check-1", "status": "admin"}',
        b'{"id": "", "reference": "check-1", "status": "verified"}',
        b'{"id": "m\\u0000", "reference": "check-1", "status": "verified"}',
        b'{"id": 1, "reference": "check-1", "status": "verified"}',
        b"\xff",
    ],
)
async def test_a_signed_message_that_says_nothing_is_refused(
    client: ApiClient, ada: ApiClient, cup: int, provider: FakeProvider, body: bytes
) -> None:
    await begin(ada, cup)
    headers = signed(body) | {"Content-Type": "application/octet-stream"}
    assert code(await client.post(WEBHOOK, content=body, headers=headers)) == "INVALID"
    assert await kyc_of(ada) == "pending"


async def test_a_provider_we_do_not_have_tells_nothing(client: ApiClient, provider: FakeProvider) -> None:
    body = b"{}"
    assert code(await client.post("/api/kyc/webhook/nobody", content=body, headers=signed(body))) == "NOT_FOUND"
    assert code(await client.post("/api/kyc/webhook/desk", content=body, headers=signed(body))) == "UNAUTHENTICATED"


# A person's own checks ----------------------------------------------------------------------------------------------


async def test_a_check_under_way_is_gone_on_with(
    ada: ApiClient, cup: int, provider: FakeProvider, records: Records
) -> None:
    first = await begin(ada, cup)
    provider.says = "pending"
    assert await begin(ada, cup) == first
    provider.says = Unavailable("away")
    assert await begin(ada, cup) == first
    assert provider.started == 1
    # The message was lost; the provider's answer makes up for it.
    provider.says = "verified"
    assert await begin(ada, cup) == {"provider": "sandbox", "status": "verified", "url": None}
    assert await kyc_of(ada) == "verified"
    assert code(await ada.post("/api/kyc", json={"tournament_id": cup})) == "CONFLICT"


async def test_a_check_the_provider_forgot_is_begun_anew(ada: ApiClient, cup: int, provider: FakeProvider) -> None:
    await begin(ada, cup)
    provider.says = UnknownReference("check-1")
    assert (await begin(ada, cup))["url"] == "http://provider.test/check/check-2"


async def test_a_declined_person_may_try_again_but_not_for_ever(
    client: ApiClient, ada: ApiClient, cup: int, provider: FakeProvider
) -> None:
    for n in range(1, 6):
        await begin(ada, cup)
        await tell(client, "declined", number=f"m{n}", reference=f"check-{n}")
    answer = await ada.post("/api/kyc", json={"tournament_id": cup})
    assert (answer.status_code, code(answer)) == (429, "TOO_MANY")
    assert "Retry-After" in answer.headers


async def test_two_checks_begun_at_once_are_one(
    ada: ApiClient, cup: int, provider: FakeProvider, records: Records
) -> None:
    answers = await asyncio.gather(*(ada.post("/api/kyc", json={"tournament_id": cup}) for _ in range(5)))
    assert {a.status_code for a in answers} <= {201, 409}
    assert await records.conn.fetchval("SELECT count(*) FROM kyc_checks") == 1


async def test_while_the_provider_is_away_nothing_is_begun(
    ada: ApiClient, cup: int, services: Any, records: Records
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        services.kyc.put(sandbox_provider(f"http://127.0.0.1:{unused.getsockname()[1]}", SECRET))
        answer = await ada.post("/api/kyc", json={"tournament_id": cup})
    assert (answer.status_code, code(answer)) == (503, "OUTAGE")
    assert await records.conn.fetchval("SELECT count(*) FROM kyc_checks") == 0


async def test_a_check_needs_a_tournament_and_its_provider(ada: ApiClient, cup: int) -> None:
    assert code(await ada.post("/api/kyc", json={"tournament_id": cup + 1})) == "NOT_FOUND"
    assert code(await ada.post("/api/kyc", json={"tournament_id": cup})) == "CONFLICT"
    for body in ({}, {"tournament_id": "1"}, {"tournament_id": cup, "status": "verified"}):
        assert code(await ada.post("/api/kyc", json=body)) == "INVALID"


# The desk -----------------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(loop_scope="session")
async def olga(sign_up: SignUp, records: Records, cup: int) -> ApiClient:
    """The organizer."""
    return await records.add_member(cup, await sign_up("Olga"), "organizer")


def seen(cup: int, client: ApiClient, decision: str = "verified") -> dict[str, Any]:
    return {"tournament_id": cup, "user_id": client.id, "document": "passport", "decision": decision}


async def test_the_desk_verifies_who_showed_a_document(ada: ApiClient, olga: ApiClient, records: Records) -> None:
    desk_cup = await records.add_tournament("desk", kyc_provider="desk")
    await records.add_member(desk_cup, ada, "bettor")
    await records.add_member(desk_cup, olga, "organizer")
    assert await begin(ada, desk_cup) == {"provider": "desk", "status": "pending", "url": None}
    assert await begin(ada, desk_cup) == {"provider": "desk", "status": "pending", "url": None}
    answer = await olga.post("/api/kyc/desk", json=seen(desk_cup, ada))
    assert (answer.status_code, answer.json()) == (201, {"user_id": ada.id, "status": "verified"})
    assert (await kyc_of(ada, desk_cup), await kyc_of(ada)) == ("verified", "none")
    (check,) = await records.conn.fetch("SELECT * FROM kyc_checks")
    assert (check["status"], check["note"], check["decided_by"]) == ("verified", "passport", olga.id)
    (row,) = await records.audited("kyc.verified")
    assert (row["user_id"], row["subject"], row["tournament_id"]) == (olga.id, f"user:{ada.id}", desk_cup)
    # The log keeps for good what it is told: not the document.
    assert row["details"] == {"check_id": check["id"], "before": "pending", "polled": False}


async def test_what_the_desk_withdraws_blocks_betting_and_stays_withdrawn(
    client: ApiClient, ada: ApiClient, olga: ApiClient, cup: int, provider: FakeProvider, records: Records
) -> None:
    await begin(ada, cup)
    await tell(client, "review")
    await olga.post("/api/kyc/desk", json=seen(cup, ada))
    eligibility = "SELECT eligibility FROM accounts WHERE kind = 'wallet'"
    assert await records.conn.fetchval(eligibility) == 0
    await olga.post("/api/kyc/desk", json=seen(cup, ada, "declined"))
    assert await kyc_of(ada, cup) == "declined"
    assert await records.conn.fetchval(eligibility) == 8
    # Neither a late message about an older check nor a new one goes round the desk.
    assert (await tell(client, "verified", number="m2")).json() == {"effect": "moved"}
    assert await kyc_of(ada, cup) == "declined"
    assert code(await ada.post("/api/kyc", json={"tournament_id": cup})) == "CONFLICT"
    await olga.post("/api/kyc/desk", json=seen(cup, ada))
    assert await kyc_of(ada, cup) == "verified"


async def test_only_the_desk_of_a_tournament_decides_about_its_members(
    ada: ApiClient, olga: ApiClient, cup: int, sign_up: SignUp, records: Records
) -> None:
    auditor = await records.add_member(cup, await sign_up("Aud"), "auditor")
    stranger = await sign_up("Sam")
    for who in (ada, auditor, stranger):
        answer = await who.post("/api/kyc/desk", json=seen(cup, olga))
        assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")
    assert code(await olga.post("/api/kyc/desk", json=seen(cup, olga))) == "FORBIDDEN"
    assert code(await olga.post("/api/kyc/desk", json=seen(cup + 1, ada))) == "FORBIDDEN"
    assert code(await olga.post("/api/kyc/desk", json=seen(cup, stranger))) == "NOT_FOUND"
    rows = await records.audited("access.denied")
    assert [row["user_id"] for row in rows] == [ada.id, auditor.id, stranger.id, olga.id, olga.id]
    assert {row["tournament_id"] for row in rows} == {cup, cup + 1}
    assert await records.conn.fetchval("SELECT count(*) FROM kyc_checks") == 0
    cashier = await records.add_member(cup, await sign_up("Carl"), "cashier")
    assert code(await cashier.post("/api/kyc/desk", json=seen(cup, cashier))) == "FORBIDDEN"
    assert (await cashier.post("/api/kyc/desk", json=seen(cup, ada))).status_code == 201
    assert await kyc_of(ada, cup) == "verified"


async def test_a_blocked_organizer_decides_nothing(ada: ApiClient, olga: ApiClient, cup: int, records: Records) -> None:
    await records.block(olga)
    assert code(await olga.post("/api/kyc/desk", json=seen(cup, ada))) == "FORBIDDEN"


async def test_an_admin_is_an_organizer_everywhere(ada: ApiClient, admin: ApiClient, cup: int) -> None:
    assert (await admin.post("/api/kyc/desk", json=seen(cup, ada))).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [{"decision": "review"}, {"decision": None}, {"document": ""}, {"document": "x\r\n"}, {"user_id": "1"}, {"x": 1}],
)
async def test_a_wrong_decision_is_refused(olga: ApiClient, ada: ApiClient, cup: int, wrong: dict[str, Any]) -> None:
    if wrong == {"document": "x\r\n"}:
        wrong = {"document": "x\r\ny"}
    assert code(await olga.post("/api/kyc/desk", json=seen(cup, ada) | wrong)) == "INVALID"
