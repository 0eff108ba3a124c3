"""FastAPI with every route, and the description that the OpenAPI is. Built once: what a route uses comes with the request."""

from importlib.metadata import version
from typing import Any

from fastapi import FastAPI

from toteboard.api import error_handlers
from toteboard.api.files import exports, imports
from toteboard.api.money import bet_life, bets, corrections, settlements, tournament_bets, wallets
from toteboard.api.openapi import describe
from toteboard.api.operating import audit, ops, reports, server
from toteboard.api.people import accounts, admin, feedback, invitations, kyc, own_limits, users
from toteboard.api.tournaments import boards, copies, markets, matches, members, outcomes, tournaments

RESOURCES = (
    *(
        server,
        users,
        admin,
        accounts,
        own_limits,
        kyc,
        tournaments,
        copies,
        members,
        matches,
        markets,
        outcomes,
        feedback,
    ),
    *(
        wallets,
        boards,
        bets,
        settlements,
        corrections,
        audit,
        ops,
        invitations,
        tournament_bets,
        bet_life,
        imports,
        exports,
        reports,
    ),
)


def _described() -> FastAPI:
    api = FastAPI(
        title="Toteboard",
        version=version("toteboard"),
        description="The live betting ledger for tournaments. See docs/api.md for what a description cannot say.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    error_handlers.install(api)
    for resource in RESOURCES:
        api.include_router(resource.router)
    described: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not described:
            described.update(describe(api, [resource.router for resource in RESOURCES]))
        return described

    api.openapi = openapi  # type: ignore[method-assign]
    return api


# Everything behind /api/ but what front.py answers. asgi.py puts the services of the process into each request's scope.
API = _described()
