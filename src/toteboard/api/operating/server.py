"""What anybody may know of this server: its name, version, whether it is a sandbox, and its clock."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import Field

from toteboard.api.people.registration import confirms_addresses
from toteboard.api.services import InServices
from toteboard.api.wire import ResponseModel, utc
from toteboard.http.address import proxies_of, public_address


class ServerInfo(ResponseModel):
    """What anybody may know; `time` is its clock, in UTC."""

    name: str
    version: str
    sandbox: bool = Field(description="a server to try things on: points only, accounts by invitation")
    demo: bool = Field(description="anybody may sign in as anybody of its demo")
    mail: bool = Field(description="whether codes for a new password are sent by e-mail")
    confirms_addresses: bool = Field(description="whether whoever registers gets a code by e-mail first")
    limits_everywhere: bool = Field(description="whether own limits count all tournaments of a currency together")
    addresses: list[str] = Field(description="how other devices reach this server, the best first")
    reached: bool = Field(
        description="false: it listens on this computer alone; `addresses` are those that would lead here"
    )
    proxies: Literal["none", "trusted", "untrusted", "missing"] = Field(
        description="of this request: forwarded by a proxy that is trusted or not, or none where one is trusted"
    )
    kyc_providers: list[str] = Field(description="identity providers that are set up here")
    time: str


router = APIRouter(prefix="/api/server", tags=["server"])


@router.get("")
async def server(services: InServices, request: Request) -> ServerInfo:
    """The pages ask this first: the sandbox has other doors, and a wrong clock is said."""
    now = utc(datetime.now(UTC))
    assert now is not None
    public = public_address(request.scope, services.settings)
    return ServerInfo(
        name="Toteboard",
        version=version("toteboard"),
        sandbox=services.settings.sandbox,
        demo=services.settings.demo,
        mail=bool(services.settings.smtp_url),
        confirms_addresses=confirms_addresses(services.settings),
        limits_everywhere=services.settings.limits_everywhere,
        addresses=public.urls,
        reached=public.reached,
        proxies=proxies_of(request.scope, services.settings),
        kyc_providers=list(services.kyc),
        time=now,
    )
