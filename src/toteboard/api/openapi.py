"""The OpenAPI description, made true: who may ask, every refusal that can come, the feed's shapes. Answers no request.

A route names the refusals that are its own with `responses=problems(…)`. Those that every route of its kind shares (no body,
not signed in, another site's page, an outage) are added here, from the dependencies that the route has.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from toteboard.api.caller import SAFE, current_user, optional_user, signing_in
from toteboard.api.examples import EXAMPLES
from toteboard.api.people.sessions import COOKIE
from toteboard.feed.messages import schemas as feed_schemas
from toteboard.http.problems import MEDIA_TYPE, title_of
from toteboard.rules.refusals import Refusal

REF = "#/components/schemas/{name}"
Responses = dict[int | str, dict[str, Any]]

SECURITY = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE.decode(),
        "description": "A browser's session, from POST /api/session. Unsafe requests come from our own pages, with `csrf`.",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRF-Token",
        "description": "`csrf_token` of GET /api/me, with a session's unsafe requests.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A script's API token, from POST /api/token or `toteboard admin token`.",
    },
}

PROBLEM = {
    "title": "Problem",
    "description": "A refusal, as RFC 9457 has it. Further members say what would help: `odds`, `left`, `minimum`, `owed`, …",
    "type": "object",
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string", "description": "for people"},
        "status": {"type": "integer"},
        "code": {
            "type": "string",
            "description": "stable, for programs",
            "enum": [*(refusal.code for refusal in Refusal), "BUG"],
        },
        "retry": {"type": "boolean", "description": "whether asking again can help"},
        "detail": {"type": "string", "description": "what happened, for people"},
        "field": {"type": "string", "description": "what the refusal is about"},
        "errors": {
            "type": "array",
            "description": "of INVALID: what is wrong with which field",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
                "required": ["field", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "code", "retry"],
}


# Where a route leaves word of its own refusals until the description is made.
_OWN = "x-refusals"


def problems(*refusals: Refusal) -> Responses:
    """What `responses` of a route say of its own refusals."""
    by_status: dict[int, list[Refusal]] = {}
    for refusal in refusals:
        by_status.setdefault(refusal.http_status, []).append(refusal)
    return {status: {_OWN: [one.code for one in of_status]} for status, of_status in by_status.items()}


def describe(api: FastAPI, routers: Iterable[APIRouter]) -> dict[str, Any]:
    """The whole description of an API that has these routers."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    made = get_openapi(title=api.title, version=api.version, description=api.description, routes=routes)
    components = made["components"]
    components["securitySchemes"] = SECURITY
    for route in routes:
        for method in route.methods or ():
            _complete(made["paths"][route.path_format][method.lower()], route, method)
    shapes = components["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        shapes.pop(unused, None)
    for name, example in EXAMPLES.items():
        shapes[name]["examples"] = [example]
    shapes["Problem"] = PROBLEM
    for name, shape in feed_schemas(REF).items():
        shapes.setdefault(name, shape)
    return _with_plain_names(made)


# One operation ------------------------------------------------------------------------------------------------------


def _complete(operation: dict[str, Any], route: APIRoute, method: str) -> None:
    """Adds who may ask, and what every route of its kind may answer."""
    calls = set(_calls(route.dependant))
    is_signed_in = any(_is_of(call, current_user) for call in calls)
    is_maybe_signed_in = any(_is_of(call, optional_user) for call in calls)
    is_unsafe = method not in SAFE
    refusals: list[Refusal] = [Refusal.OUTAGE]
    if is_signed_in:
        operation["security"] = [{"session": [], "csrf": []} if is_unsafe else {"session": []}, {"token": []}]
        refusals += [Refusal.UNAUTHENTICATED]
    elif is_maybe_signed_in:
        operation["security"] = [{}, {"session": []}, {"token": []}]
    if is_maybe_signed_in or signing_in in calls:
        # A header that says who it is stands twice.
        refusals += [Refusal.MALFORMED]
        if is_unsafe:
            refusals += [Refusal.FORBIDDEN, Refusal.MEDIA_TYPE]
    if is_unsafe:
        refusals += [Refusal.MALFORMED, Refusal.TIMEOUT, Refusal.TOO_LARGE]
    if "requestBody" in operation or operation.get("parameters"):
        refusals += [Refusal.INVALID]
    responses = operation["responses"]
    responses.pop("422", None) if _is_fastapis(responses.get("422")) else None
    for answer in list(responses.values()):
        refusals += [Refusal[code] for code in answer.pop(_OWN, ())]
    for status, of_status in _by_status(refusals).items():
        responses[status] = _response(of_status, responses.get(status, {}))


def _calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    for one in dependant.dependencies:
        if one.call is not None:
            yield one.call
        yield from _calls(one)


def _is_of(call: Callable[..., Any], factory: Callable[..., Any]) -> bool:
    """Whether a dependency was made by this factory."""
    return call.__qualname__.startswith(f"{factory.__name__}.")


def _is_fastapis(response: dict[str, Any] | None) -> bool:
    return response is not None and "HTTPValidationError" in str(response.get("content"))


def _by_status(refusals: list[Refusal]) -> dict[str, list[Refusal]]:
    found: dict[str, list[Refusal]] = {}
    for refusal in sorted(set(refusals), key=lambda one: (one.http_status, one.number)):
        found.setdefault(str(refusal.http_status), []).append(refusal)
    return found


def _response(refusals: list[Refusal], known: dict[str, Any]) -> dict[str, Any]:
    lines = [f"{refusal.code}: {title_of(refusal)}" for refusal in refusals]
    examples = {
        refusal.code: {
            "value": {
                "type": "about:blank",
                "title": title_of(refusal),
                "status": refusal.http_status,
                "code": refusal.code,
                "retry": refusal.transient,
            }
        }
        for refusal in refusals
    }
    shape = {"schema": {"$ref": REF.format(name="Problem")}, "examples": examples}
    described: dict[str, Any] = {
        "description": known.get("description") or ". ".join(lines),
        "content": {MEDIA_TYPE: shape},
    }
    if refusals[0].http_status in (429, 503):
        described["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
    return described


# Names --------------------------------------------------------------------------------------------------------------

_PAGE = re.compile(r"\bPage_(\w+?)_(?=\"|$)")


def _with_plain_names(made: dict[str, Any]) -> dict[str, Any]:
    """ "MarketPage", where FastAPI calls a page of markets "Page_Market_"."""

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                _PAGE.sub(r"\1Page", key) if isinstance(key, str) else key: renamed(one) for key, one in value.items()
            }
        if isinstance(value, list):
            return [renamed(one) for one in value]
        return _PAGE.sub(r"\1Page", value) if isinstance(value, str) else value

    result: dict[str, Any] = renamed(made)
    return result
