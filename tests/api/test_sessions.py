"""Sessions: remembered, forgotten in time, bounded; and whose token a request holds."""

import asyncio
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

import pytest

from toteboard.api.people.sessions import Sessions, hash_of, new_token
from toteboard.api.services import Services
from toteboard.background import Loops
from toteboard.feed.wakeups import PostgresWakeups
from toteboard.ledger.ledger import Ledger, Outage
from toteboard.rules.refusals import Refusal, Refused
from toteboard.settings import Settings

from .clients import ApiClient
from .conftest import Records, SignUp


def token_of(client: ApiClient) -> bytes:
    return client.cookies["toteboard_session"].encode()


class Counted:
    """A ledger that counts how often it is asked, and can be held up or away."""

    def __init__(self, ledger: Ledger):
        self.wakeups = ledger.wakeups
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.away = False
        self._ledger = ledger

    @asynccontextmanager
    async def read(self) -> Any:
        self.asked += 1
        if self.away:
            raise Outage("away")
        async with self._ledger.read() as conn:
            yield Held(conn, self.gate)


class Held:
    """A connection whose answers arrive late."""

    def __init__(self, conn: Any, gate: asyncio.Event):
        self._conn = conn
        self._gate = gate

    async def fetch(self, *asked: Any) -> Any:
        rows = await self._conn.fetch(*asked)
        await self._gate.wait()
        return rows


@pytest.fixture
def counted(services: Services) -> Counted:
    return Counted(services.ledger)


@pytest.fixture
def sessions(counted: Counted, settings: Settings) -> Sessions:
    return Sessions(counted, settings)  # type: ignore[arg-type]


# Remembering --------------------------------------------------------------------------------------------------------


async def test_a_person_is_asked_for_once_and_then_known(sign_up: SignUp, sessions: Sessions, counted: Counted) -> None:
    ada = await sign_up("Ada")
    token = token_of(ada)
    assert sessions.known(token) is None
    identity = await sessions.identify(token)
    assert identity is not None
    assert (identity.user_id, identity.name, identity.kind, identity.roles) == (ada.id, "Ada", "session", {})
    assert identity.token_hash == hash_of(token)
    assert identity.csrf_token == ada.me["csrf_token"]
    assert sessions.known(token) is identity
    assert await sessions.identify(token) is identity
    assert counted.asked == 1


async def test_a_known_person_costs_little(sign_up: SignUp, sessions: Sessions) -> None:
    token = token_of(await sign_up("Ada"))
    await sessions.identify(token)
    headers = [
        (b"host", b"tote.test"),
        (b"origin", b"http://tote.test"),
        (b"content-type", b"application/json"),
        (b"cookie", b"toteboard_session=" + token),
        (b"content-length", b"99"),
    ]
    took = []
    for _ in range(5):
        began = perf_counter()
        for _ in range(2000):
            found = sessions.token_from(headers)
            assert found is not None
            sessions.known(found[0])
        took.append((perf_counter() - began) / 2000)
    # 1.5 µs where it was measured; this says only that nothing slow has crept in.
    assert min(took) < 20e-6


async def test_what_gathers_during_a_question_is_asked_in_one(
    sign_up: SignUp, sessions: Sessions, counted: Counted
) -> None:
    tokens = [token_of(await sign_up(name)) for name in ("Ada", "Bob", "Cid", "Dan", "Eve")]
    counted.gate.clear()
    asked = [asyncio.create_task(sessions.identify(token)) for token in [*tokens, *tokens, b"nobody"]]
    await asyncio.sleep(0.05)
    counted.gate.set()
    names = [identity.name if identity else None for identity in await asyncio.gather(*asked)]
    assert names == ["Ada", "Bob", "Cid", "Dan", "Eve"] * 2 + [None]
    assert counted.asked <= 2


async def test_what_was_revoked_while_it_was_asked_for_is_not_remembered(
    sign_up: SignUp, sessions: Sessions, counted: Counted
) -> None:
    ada = await sign_up("Ada")
    token = token_of(ada)
    counted.gate.clear()
    asked = asyncio.create_task(sessions.identify(token))
    await asyncio.sleep(0.05)
    await ada.delete("/api/session")
    counted.gate.set()
    await asked
    assert sessions.known(token) is None
    assert await sessions.identify(token) is None


@pytest.mark.parametrize("wanted", [{"session_cache_s": 1}])
async def test_without_any_wake_up_a_revocation_counts_when_the_memory_is_over(
    sign_up: SignUp, sessions: Sessions, records: Records
) -> None:
    token = token_of(await sign_up("Ada"))
    await sessions.identify(token)
    await records.conn.execute("UPDATE sessions SET revoked_at = clock_timestamp()")
    assert await sessions.identify(token) is not None
    await asyncio.sleep(1.05)
    assert sessions.known(token) is None
    assert await sessions.identify(token) is None


async def test_a_session_is_not_remembered_past_its_end(sign_up: SignUp, sessions: Sessions, records: Records) -> None:
    token = token_of(await sign_up("Ada"))
    await records.conn.execute("UPDATE sessions SET expires_at = clock_timestamp() + interval '0.3 s'")
    assert await sessions.identify(token) is not None
    await asyncio.sleep(0.35)
    assert sessions.known(token) is None
    assert await sessions.identify(token) is None


async def test_a_wake_up_of_another_process_is_heard(
    sign_up: SignUp, services: Services, settings: Settings, records: Records
) -> None:
    wakeups = PostgresWakeups(settings.database_url)
    async with Ledger.opened(settings.database_url, wakeups=wakeups) as elsewhere, wakeups.running(Loops()):
        ada = await sign_up("Ada")
        token = token_of(ada)
        there = Sessions(elsewhere, settings)
        assert await there.identify(token) is not None
        await asyncio.sleep(0.2)
        await ada.delete("/api/session")
        for _ in range(40):
            if there.known(token) is None:
                break
            await asyncio.sleep(0.05)
        assert await there.identify(token) is None


async def test_a_new_role_and_a_block_are_seen_at_once(sign_up: SignUp, sessions: Sessions, records: Records) -> None:
    cup = await records.add_tournament()
    ada = await sign_up("Ada")
    await sessions.identify(token_of(ada))
    await records.add_member(cup, ada, "organizer")
    identity = await sessions.identify(token_of(ada))
    assert identity is not None
    assert identity.roles == {cup: "organizer"}
    assert identity.has_role(cup, {"organizer", "cashier"})
    assert not identity.has_role(cup, {"auditor"})
    assert not identity.has_role(cup + 1, {"organizer"})
    await records.block(ada)
    identity = await sessions.identify(token_of(ada))
    assert identity is not None
    assert not identity.has_role(cup, {"organizer"})


async def test_an_admin_organizes_everywhere_and_is_no_bettor_for_it(admin: ApiClient, sessions: Sessions) -> None:
    identity = await sessions.identify(token_of(admin))
    assert identity is not None
    assert identity.has_role(77, {"organizer"})
    assert not identity.has_role(77, {"bettor"})


@pytest.mark.parametrize("wanted", [{"session_cache_max": 10}])
async def test_the_oldest_are_forgotten_where_memory_ends(sign_up: SignUp, sessions: Sessions) -> None:
    tokens = [token_of(await sign_up(f"Person {n}")) for n in range(13)]
    for token in tokens:
        await sessions.identify(token)
    assert [sessions.known(token) is not None for token in tokens] == [False] * 3 + [True] * 10


async def test_while_the_database_is_away_the_known_stay_known_and_others_hear_of_the_outage(
    sign_up: SignUp, sessions: Sessions, counted: Counted
) -> None:
    ada, bob = token_of(await sign_up("Ada")), token_of(await sign_up("Bob"))
    await sessions.identify(ada)
    counted.away = True
    assert await sessions.identify(ada) is not None
    with pytest.raises(Outage):
        await sessions.identify(bob)
    counted.away = False
    assert await sessions.identify(bob) is not None


async def test_who_goes_away_takes_nobody_elses_answer_along(
    sign_up: SignUp, sessions: Sessions, counted: Counted
) -> None:
    token = token_of(await sign_up("Ada"))
    counted.gate.clear()
    gone, stays = (asyncio.create_task(sessions.identify(token)) for _ in range(2))
    await asyncio.sleep(0.05)
    gone.cancel()
    counted.gate.set()
    assert await stays is not None


async def test_a_token_nobody_could_have_is_not_asked_about(sessions: Sessions, counted: Counted) -> None:
    assert await sessions.identify(b"") is None
    assert await sessions.identify(b"x" * 5000) is None
    assert counted.asked == 0
    assert await sessions.identify(new_token()) is None


# Whose token a request holds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ([], None),
        ([(b"cookie", b"toteboard_session=abc")], (b"abc", True)),
        ([(b"cookie", b"theme=dark; toteboard_session=abc; x=y")], (b"abc", True)),
        ([(b"cookie", b"xtoteboard_session=abc")], None),
        ([(b"cookie", b"toteboard_session=")], None),
        ([(b"cookie", b"theme=dark")], None),
        ([(b"authorization", b"Bearer tb_abc")], (b"tb_abc", False)),
        ([(b"authorization", b"bearer tb_abc")], (b"tb_abc", False)),
        ([(b"authorization", b"Basic YTpi"), (b"cookie", b"toteboard_session=abc")], (b"abc", True)),
        ([(b"cookie", b"toteboard_session=abc"), (b"authorization", b"Bearer tb_abc")], (b"tb_abc", False)),
    ],
)
def test_the_token_is_found_wherever_it_stands(headers: list[tuple[bytes, bytes]], found: Any) -> None:
    assert Sessions.token_from(headers) == found


@pytest.mark.parametrize(
    "headers",
    [
        [(b"cookie", b"toteboard_session=abc"), (b"cookie", b"toteboard_session=def")],
        [(b"cookie", b"toteboard_session=abc; toteboard_session=def")],
        [(b"authorization", b"Bearer tb_abc"), (b"authorization", b"Bearer tb_def")],
    ],
)
def test_a_token_that_comes_twice_is_refused(headers: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(Refused) as refused:
        Sessions.token_from(headers)
    assert refused.value.refusal is Refusal.MALFORMED
