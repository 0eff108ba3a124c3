"""The API on a fresh ledger, and people who use it. `records` looks behind it, as the database's owner."""

import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from databases import Slot, by_hand
from toteboard.api.services import Services
from toteboard.asgi import Application
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.ledger import Actor
from toteboard.ledger.money import paying
from toteboard.ledger.tournaments import tournaments
from toteboard.reconciliation.checks import audit
from toteboard.reconciliation.reading import opened_books
from toteboard.settings import Settings

from .clients import ApiClient
from .mail_sink import Sink
from .scenarios import PEOPLE, ApiScenario

SECRET = "a secret that only the tests know, and long enough"

SignUp = Callable[..., Awaitable[ApiClient]]


@pytest.fixture
def wanted() -> dict[str, Any]:
    """Settings that a module or a test wants otherwise: override this fixture."""
    return {}


def usual_settings(database: str, **wanted: Any) -> Settings:
    """Quick passwords, room for many sign-ups from one address, the sandbox on."""
    usual: dict[str, Any] = {
        "database_url": database,
        "demo": True,
        "password_memory_kib": 8,
        "register_tries_max": 10_000,
        "pool_max": 6,
        # Looked at once at the start: who tampers with the books in a test looks for themselves.
        "books_poll_s": 3600,
    }
    return Settings.read({}, **(usual | wanted))


@dataclass(frozen=True)
class Prepared:
    """A database with the scenario in it, and the people as they signed in there."""

    slot: Slot
    tournament_id: int
    people: dict[str, ApiClient]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def prepared(postgres: EmbeddedPostgres, template: str) -> AsyncIterator[Prepared]:
    """The scenario, played once a worker: each test gets its database back as it was then."""
    slot = Slot(postgres, template, "scenario")
    await slot.make()
    application = Application(usual_settings(slot.dsn))
    await application.start()
    conn = await by_hand(slot.dsn)
    records = Records(conn, application.services, slot.dsn)

    async def sign_up(name: str) -> ApiClient:
        return await ApiClient(application).sign_up(name)

    scenario = ApiScenario(sign_up, records, await records.make_admin(await sign_up("Admin")))
    await scenario.set_up()
    await conn.close()
    await application.stop()
    await slot.keep()
    people = {name: getattr(scenario, name) for name in ("admin", *PEOPLE)}
    yield Prepared(slot, scenario.tournament_id, people)
    await slot.close()


@pytest.fixture
def slot(request: pytest.FixtureRequest) -> Slot:
    """The one with the scenario in it for a test that asks for that, else the empty one."""
    if "prepared" not in request.fixturenames:
        slot: Slot = request.getfixturevalue("empty_slot")
        return slot
    prepared: Prepared = request.getfixturevalue("prepared")
    return prepared.slot


@pytest_asyncio.fixture(loop_scope="session")
async def database(slot: Slot) -> str:
    """The owner's DSN of this test's database."""
    return await slot.renewed()


@pytest.fixture
def settings(database: str, wanted: dict[str, Any]) -> Settings:
    return usual_settings(database, **wanted)


@pytest_asyncio.fixture(loop_scope="session")
async def app(settings: Settings) -> AsyncIterator[Application]:
    """The application that the clients ask, started as in service."""
    application = Application(settings)
    await application.start()
    yield application
    await application.stop()


@pytest.fixture
def services(app: Application) -> Services:
    return app.services


@pytest.fixture
def client(app: Any) -> ApiClient:
    """Nobody in particular."""
    return ApiClient(app)


@pytest.fixture
def sign_up(app: Any) -> SignUp:
    """`await sign_up("Ada")` is a browser in which Ada has just registered."""

    async def signed_up(name: str, *, address: str = "192.0.2.7") -> ApiClient:
        return await ApiClient(app, address=address).sign_up(name)

    return signed_up


@dataclass(frozen=True)
class Records:
    """What is really in the tables, and what the API has no route for."""

    conn: Any
    services: Services
    dsn: str

    async def audited(self, action: str) -> list[dict[str, Any]]:
        """The audit rows of an action, oldest first, with their details read."""
        rows = await self.conn.fetch("SELECT * FROM audit_log WHERE action = $1 ORDER BY id", action)
        return [dict(row) | {"details": json.loads(row["details"] or "{}")} for row in rows]

    async def assert_balanced(self) -> None:
        """`toteboard audit` finds no difference, but that these people are verified by nobody."""
        async with opened_books(self.dsn) as books:
            report = await audit(books)
        assert not [check for check in report.checks if check.found and check.name != "kyc"]

    async def make_admin(self, client: ApiClient) -> ApiClient:
        await self.conn.execute("UPDATE users SET admin = true WHERE id = $1", client.id)
        self.services.ledger.wakeups.sessions(client.id)
        return client

    async def pay(self) -> None:
        """Pays what was decided, as a worker does."""
        payer = paying.Payer(self.services.ledger, 3)
        await payer.step()

    async def call_settled(self, market_id: int) -> None:
        """As if the market had been settled."""
        await self.conn.execute("UPDATE markets SET status = 'settled' WHERE id = $1", market_id)
        await self.conn.execute(
            "SELECT add_event(tournament_id, 'market', market_event(id)::json) FROM markets WHERE id = $1", market_id
        )

    async def block(self, client: ApiClient) -> None:
        await self.conn.execute("UPDATE users SET blocked = true WHERE id = $1", client.id)
        self.services.ledger.wakeups.sessions(client.id)

    async def add_tournament(self, slug: str = "open", *, currency: str = "EUR", kyc_provider: str = "desk") -> int:
        async with self.services.ledger.change(Actor()) as change:
            return await tournaments.create_tournament(
                change, slug=slug, name=slug.title(), currency=currency, kyc_provider=kyc_provider
            )

    async def add_member(self, tournament_id: int, client: ApiClient, role: tournaments.Role) -> ApiClient:
        """Makes the client a member, a bettor with a wallet."""
        async with self.services.ledger.change(Actor()) as change:
            await tournaments.put_member(change, tournament_id, client.id, role)
        self.services.ledger.wakeups.sessions(client.id)
        return client


@pytest_asyncio.fixture(loop_scope="session")
async def records(database: str, services: Services) -> AsyncIterator[Records]:
    conn = await by_hand(database)
    yield Records(conn, services, database)
    await conn.close()
    # Whatever a test had done: no request changes what matters without saying so in the log.
    async with opened_books(database) as books:
        for check in ("as_said", "as_done", "dated", "taken_over", "told"):
            _, differences = await books.differences(check, most=9)
            assert not differences, "; ".join(f"{one.subject}: {one.stored}, not {one.derived}" for one in differences)


@pytest_asyncio.fixture(loop_scope="session")
async def admin(request: pytest.FixtureRequest, app: Application, sign_up: SignUp, records: Records) -> ApiClient:
    if "scenario" in request.fixturenames:
        return request.getfixturevalue("prepared").people["admin"].at(app)  # type: ignore[no-any-return]
    return await records.make_admin(await sign_up("Admin"))


@pytest_asyncio.fixture(loop_scope="session")
async def cup(records: Records) -> int:
    """A tournament whose identity checks go to the sandbox provider."""
    return await records.add_tournament(kyc_provider="sandbox")


@pytest_asyncio.fixture(loop_scope="session")
async def ada(sign_up: SignUp, records: Records, cup: int) -> ApiClient:
    """A bettor there whose identity nobody has checked yet."""
    return await records.add_member(cup, await sign_up("Ada"), "bettor")


@pytest_asyncio.fixture(loop_scope="session")
async def scenario(
    prepared: Prepared, app: Application, sign_up: SignUp, records: Records, admin: ApiClient
) -> ApiScenario:
    """A tournament with its people; matches and markets as the test wants them."""
    scenario = ApiScenario(sign_up, records, admin)
    scenario.tournament_id = prepared.tournament_id
    for name in PEOPLE:
        setattr(scenario, name, prepared.people[name].at(app))
    return scenario


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def mail_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
