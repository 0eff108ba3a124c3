"""Refusals and failures as RFC 9457 problems, the same for the hot routes and for FastAPI's. Knows no route."""

from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from toteboard.ledger.ledger import Outage
from toteboard.rules.refusals import Refusal

MEDIA_TYPE = "application/problem+json"
_encode = msgspec.json.Encoder().encode


class Problem(Exception):
    """A refusal on its way out of a route. `extra` members stand beside the RFC's own ("odds", "left", …)."""

    def __init__(self, refusal: Refusal, detail: str = "", *, headers: dict[str, str] | None = None, **extra: Any):
        super().__init__(detail or refusal.title)
        self.refusal = refusal
        self.detail = detail
        self.extra = extra
        self.headers = headers or {}


def problem_body(refusal: Refusal, detail: str = "", **extra: Any) -> bytes:
    """The JSON of a problem, UTF-8."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": refusal.title,
        "status": refusal.http_status,
        "code": refusal.code,
        "retry": refusal.transient,
    }
    if detail:
        body["detail"] = detail
    return _encode(body | extra)


def invalid(field: str, detail: str) -> Problem:
    """One field is wrong: 422, said at the field."""
    return Problem(Refusal.INVALID, errors=[{"field": field, "detail": detail}])


_BY_STATUS = {
    400: Refusal.MALFORMED,
    401: Refusal.UNAUTHENTICATED,
    403: Refusal.FORBIDDEN,
    404: Refusal.NOT_FOUND,
    405: Refusal.NOT_FOUND,
    409: Refusal.CONFLICT,
    413: Refusal.TOO_LARGE,
    415: Refusal.MEDIA_TYPE,
    429: Refusal.TOO_MANY,
}


def install(app: FastAPI, *, retry_after_s: int) -> None:
    """Every way out of a FastAPI route that is not an answer becomes a problem."""

    def respond(refusal: Refusal, detail: str = "", headers: dict[str, str] | None = None, **extra: Any) -> Response:
        headers = dict(headers or {})
        if refusal.http_status == 503:
            headers.setdefault("Retry-After", str(retry_after_s))
        body = problem_body(refusal, detail, **extra)
        return Response(body, status_code=refusal.http_status, media_type=MEDIA_TYPE, headers=headers)

    @app.exception_handler(Problem)
    async def refused(_request: Request, problem: Problem) -> Response:
        return respond(problem.refusal, problem.detail, problem.headers, **problem.extra)

    @app.exception_handler(Outage)
    async def away(_request: Request, _outage: Outage) -> Response:
        return respond(Refusal.OUTAGE, "The database cannot be reached now. Try again in a moment.")

    @app.exception_handler(RequestValidationError)
    async def invalid_request(_request: Request, error: RequestValidationError) -> Response:
        errors = error.errors()
        if any(e["type"] == "json_invalid" for e in errors):
            return respond(Refusal.MALFORMED, "The body is not JSON.")
        return respond(
            Refusal.INVALID,
            errors=[
                {"field": ".".join(str(p) for p in e["loc"] if p not in ("body", "query", "path")), "detail": e["msg"]}
                for e in errors
            ],
        )

    @app.exception_handler(HTTPException)
    async def http_error(_request: Request, error: HTTPException) -> Response:
        refusal = _BY_STATUS.get(error.status_code, Refusal.MALFORMED)
        return respond(refusal, str(error.detail), dict(error.headers or {}))
