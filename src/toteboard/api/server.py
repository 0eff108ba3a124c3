"""What anybody may know of this server: its name, version, whether it is a sandbox, and its clock."""

from datetime import UTC, datetime
from importlib.metadata import version

from fastapi import APIRouter

from toteboard.api.house import House
from toteboard.api.wire import Said, utc


class Server(Said):
    name: str
    version: str
    sandbox: bool
    time: str


def routes(house: House) -> APIRouter:
    router = APIRouter(prefix="/api/server", tags=["server"])

    @router.get("")
    async def server() -> Server:
        """The pages ask this first: the sandbox has other doors, and a wrong clock is said."""
        now = utc(datetime.now(UTC))
        assert now is not None
        return Server(name="Toteboard", version=version("toteboard"), sandbox=house.settings.sandbox, time=now)

    return router
