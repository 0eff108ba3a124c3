"""Who asks: from where, whether a browser meant it, and how often."""

from collections.abc import Mapping
from typing import Any

import pytest

from toteboard.api.caller import check_media
from toteboard.api.throttle import Throttle, slow_down
from toteboard.asgi import Application
from toteboard.http.address import client_ip
from toteboard.ledger.ledger import Actor
from toteboard.ledger.people import tries
from toteboard.rules.refusals import Refusal, Refused

from .clients import PASSWORD, ApiClient, code
from .conftest import Records, SignUp
from .test_people import ADA, TOKEN

# Whether a browser meant it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://tote.test.evil.example"},
        {"Origin": "http://tote.test:8080"},
        {"Origin": "http://eviltote.test"},
        {"X-CSRF-Token": "0" * 32},
        {"X-CSRF-Token": ""},
    ],
)
async def test_what_another_site_makes_a_browser_send_is_refused_and_on_record(
    sign_up: SignUp, records: Records, headers: dict[str, str]
) -> None:
    ada = await sign_up("Ada")
    answer = await ada.post("/api/token", json=TOKEN, headers=headers)
    assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")
    assert await records.conn.fetchval("SELECT count(*) FROM sessions WHERE kind = 'token'") == 0
    (row,) = await records.audited("access.denied")
    assert (row["user_id"], row["details"]["path"]) == (ada.id, "/api/token")


async def test_without_an_origin_the_browser_must_say_it_is_the_same_site(sign_up: SignUp) -> None:
    ada = await sign_up("Ada")
    del ada.headers["Origin"]
    assert (await ada.post("/api/token", json=TOKEN)).status_code == 403
    for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 201), ("none", 201)):
        answer = await ada.post("/api/token", json=TOKEN, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == status, site


async def test_nobody_is_signed_in_from_another_site(client: ApiClient, sign_up: SignUp) -> None:
    await sign_up("Ada")
    login = {"email": "ada@example.org", "password": PASSWORD}
    for path, body in (("/api/session", login), ("/api/user", ADA), ("/api/sandbox/sign-in", {"as": "bettor"})):
        answer = await client.post(path, json=body, headers={"Origin": "https://evil.example"})
        assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")


@pytest.mark.parametrize("wanted", [{"origins": "https://pages.example, https://other.example/"}])
async def test_an_origin_that_the_operator_allows_may_ask(sign_up: SignUp) -> None:
    ada = await sign_up("Ada")
    for origin in ("https://pages.example", "https://other.example"):
        assert (await ada.post("/api/token", json=TOKEN, headers={"Origin": origin})).status_code == 201


async def test_a_forwarded_address_is_not_believed_unless_the_proxy_is_ours(sign_up: SignUp, records: Records) -> None:
    ada = await sign_up("Ada")
    await ada.post("/api/token", json=TOKEN, headers={"X-Forwarded-For": "10.0.0.1"})
    (row,) = await records.audited("token.created")
    assert str(row["ip"]) == "192.0.2.7"


# From where a request comes -----------------------------------------------------------------------------------------


def scope(peer: str | None, *forwarded: str, **headers: str) -> Mapping[str, Any]:
    return {
        "client": (peer, 40_000) if peer else None,
        "scheme": "http",
        "headers": [(b"x-forwarded-for", said.encode()) for said in forwarded]
        + [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }


@pytest.mark.parametrize(
    ("asked", "proxies", "address"),
    [
        (scope("192.0.2.1"), 0, "192.0.2.1"),
        (scope("192.0.2.1", "10.0.0.1"), 0, "192.0.2.1"),
        (scope("192.0.2.1", "10.9.9.9, 203.0.113.5"), 1, "203.0.113.5"),
        (scope("192.0.2.1", "10.9.9.9, 203.0.113.5, 192.0.2.2"), 2, "203.0.113.5"),
        (scope("192.0.2.1", "10.9.9.9", "203.0.113.5"), 1, "203.0.113.5"),
        (scope("192.0.2.1"), 1, "192.0.2.1"),
        (scope("192.0.2.1", "203.0.113.5"), 3, "203.0.113.5"),
        (scope("192.0.2.1", "rubbish'; --"), 1, "192.0.2.1"),
        (scope("192.0.2.1", "203.0.113.5:4711"), 1, "203.0.113.5"),
        (scope("::1", "[2001:db8::7]:4711"), 1, "2001:db8::7"),
        (scope("fe80::1%eth0"), 0, "fe80::1"),
        (scope("testclient"), 0, None),
        (scope(None), 0, None),
    ],
)
def test_an_address_is_believed_only_as_far_as_our_own_proxies_wrote_it(
    asked: Mapping[str, Any], proxies: int, address: str | None
) -> None:
    assert client_ip(asked, proxies) == address


@pytest.mark.parametrize(
    ("headers", "fits"),
    [
        ({}, True),
        ({"content_type": "application/json", "content_length": "2"}, True),
        ({"content_type": "application/json; charset=utf-8", "content_length": "2"}, True),
        ({"content_type": "text/plain", "content_length": "2"}, False),
        ({"content_length": "2"}, False),
        ({"transfer_encoding": "chunked"}, False),
        ({"content_length": "0"}, True),
        ({"content_type": "application/x-www-form-urlencoded"}, False),
    ],
)
def test_a_body_is_json_or_refused(headers: dict[str, str], fits: bool) -> None:
    asked = scope("192.0.2.1", **headers)
    if fits:
        check_media(asked)
        return
    with pytest.raises(Refused) as refused:
        check_media(asked)
    assert refused.value.refusal is Refusal.MEDIA_TYPE


# Slowing down -------------------------------------------------------------------------------------------------------


def test_a_throttle_lets_a_few_through_and_then_one_at_a_time() -> None:
    throttle = Throttle(tries_max=3, keys_max=10, window_s=300)
    assert [throttle.take("a", 0) for _ in range(3)] == [0, 0, 0]
    assert throttle.take("a", 0) == 100
    assert throttle.take("b", 0) == 0
    # Trying on while refused does not make the wait longer.
    assert [throttle.take("a", now) for now in (50, 99, 100, 100)] == [50, 1, 0, 100]
    assert throttle.take("a", 1000) == 0


def test_a_try_given_back_was_none() -> None:
    throttle = Throttle(tries_max=3, keys_max=10, window_s=300)
    for _ in range(20):
        assert throttle.take("a", 0) == 0
        throttle.give_back("a")
    throttle.give_back("unknown")


def test_a_throttle_forgets_the_oldest_rather_than_grow() -> None:
    throttle = Throttle(tries_max=1, keys_max=3, window_s=300)
    for key in range(1000):
        assert throttle.take(key, 0) == 0
    assert [throttle.take(key, 0) > 0 for key in (999, 998, 997)] == [True] * 3
    assert throttle.take(5, 0) == 0


async def test_tries_are_counted_across_processes_and_a_right_one_is_given_back(
    app: Any, settings: Any, sign_up: SignUp, records: Records
) -> None:
    """Two applications on one database are two worker processes, as far as a count in memory goes."""
    ada = await sign_up("Ada")
    other = Application(settings)
    await other.start()
    try:
        login = {"email": "ada@example.org", "password": "not it, surely"}
        doors = [ApiClient(app), ApiClient(other)]
        for number in range(settings.sign_in_tries_max - 1):
            assert (await doors[number % 2].post("/api/session", json=login)).status_code == 401
        # The right password does not count, at either.
        for door in (app, other):
            await ApiClient(door).sign_in("ada@example.org")
        assert (await doors[0].post("/api/session", json=login)).status_code == 401
        for door in doors:
            refused = await door.post("/api/session", json=login)
            assert (refused.status_code, code(refused)) == (429, "TOO_MANY")
            assert int(refused.headers["Retry-After"]) >= 1
        kept = await records.conn.fetch("SELECT key FROM tries")
        assert {len(row["key"]) for row in kept} == {16}
    finally:
        await other.stop()
    assert ada.id


async def test_rows_of_tries_that_are_forgotten_go(services: Any, records: Records) -> None:
    throttle = Throttle(name="test", tries_max=1, keys_max=10, window_s=300)
    await slow_down(services.ledger, throttle, "somebody")
    await records.conn.execute("UPDATE tries SET clear_at = now() - interval '1 second'")
    async with services.ledger.change(Actor()) as change:
        await tries.forget(change.conn)
    assert await records.conn.fetchval("SELECT count(*) FROM tries") == 0
