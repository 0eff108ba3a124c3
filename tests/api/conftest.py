"""The API on a fresh ledger, and people who use it. `records` looks behind it, as the database's owner."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from toteboard.api.house import House
from toteboard.app import Toteboard
from toteboard.ledger import tournaments
from toteboard.ledger.ledger import Actor
from toteboard.settings import Settings

from .stage import Stage
from .visitors import Visitor

SECRET = "a secret that only the tests know, and long enough"

SignUp = Callable[..., Awaitable[Visitor]]


@pytest.fixture
def wanted() -> dict[str, Any]:
    """Settings that a module or a test wants otherwise: override this fixture."""
    return {}


@pytest.fixture
def settings(database: str, wanted: dict[str, Any]) -> Settings:
    """Quick passwords, room for many sign-ups from one address, the sandbox on."""
    usual: dict[str, Any] = {
        "database_url": database,
        "sandbox": True,
        "password_memory_kib": 8,
        "register_tries_max": 10_000,
        "pool_max": 6,
    }
    return Settings.read({}, **(usual | wanted))


@pytest_asyncio.fixture(loop_scope="session")
async def app(settings: Settings) -> AsyncIterator[Toteboard]:
    """The application that the visitors ask, started as in service."""
    toteboard = Toteboard(settings)
    await toteboard.start()
    yield toteboard
    await toteboard.stop()


@pytest.fixture
def house(app: Toteboard) -> House:
    return app.house


@pytest.fixture
def client(app: Any) -> Visitor:
    """Nobody in particular."""
    return Visitor(app)


@pytest.fixture
def sign_up(app: Any) -> SignUp:
    """`await sign_up("Ada")` is a browser in which Ada has just registered."""

    async def signed_up(name: str, *, address: str = "192.0.2.7") -> Visitor:
        return await Visitor(app, address=address).sign_up(name)

    return signed_up


@dataclass(frozen=True)
class Records:
    """What is really in the tables, and what the API has no route for."""

    conn: Any
    house: House

    async def audited(self, action: str) -> list[dict[str, Any]]:
        """The audit rows of an action, oldest first, with their details read."""
        rows = await self.conn.fetch("SELECT * FROM audit_log WHERE action = $1 ORDER BY id", action)
        return [dict(row) | {"details": json.loads(row["details"] or "{}")} for row in rows]

    async def make_admin(self, visitor: Visitor) -> Visitor:
        await self.conn.execute("UPDATE users SET admin = true WHERE id = $1", visitor.id)
        self.house.ledger.wakeups.sessions(visitor.id)
        return visitor

    async def block(self, visitor: Visitor) -> None:
        await self.conn.execute("UPDATE users SET blocked = true WHERE id = $1", visitor.id)
        self.house.ledger.wakeups.sessions(visitor.id)

    async def add_tournament(self, slug: str = "open", *, currency: str = "EUR", kyc_provider: str = "desk") -> int:
        async with self.house.ledger.change(Actor()) as change:
            return await tournaments.create_tournament(
                change, slug=slug, name=slug.title(), currency=currency, kyc_provider=kyc_provider
            )

    async def add_member(self, tournament_id: int, visitor: Visitor, role: tournaments.Role) -> Visitor:
        """Makes the visitor a member, a bettor with a wallet."""
        async with self.house.ledger.change(Actor()) as change:
            await tournaments.put_member(change, tournament_id, visitor.id, role)
        self.house.ledger.wakeups.sessions(visitor.id)
        return visitor


@pytest_asyncio.fixture(loop_scope="session")
async def records(database: str, house: House) -> AsyncIterator[Records]:
    conn = await asyncpg.connect(database)
    yield Records(conn, house)
    await conn.close()


@pytest_asyncio.fixture(loop_scope="session")
async def admin(sign_up: SignUp, records: Records) -> Visitor:
    return await records.make_admin(await sign_up("Admin"))


@pytest_asyncio.fixture(loop_scope="session")
async def cup(records: Records) -> int:
    """A tournament whose identity checks go to the sandbox provider."""
    return await records.add_tournament(kyc_provider="sandbox")


@pytest_asyncio.fixture(loop_scope="session")
async def ada(sign_up: SignUp, records: Records, cup: int) -> Visitor:
    """A bettor there whose identity nobody has checked yet."""
    return await records.add_member(cup, await sign_up("Ada"), "bettor")


@pytest_asyncio.fixture(loop_scope="session")
async def stage(sign_up: SignUp, records: Records, admin: Visitor) -> Stage:
    """A tournament with its people; matches and markets as the test wants them."""
    return await Stage(sign_up, records, admin).set_up()
