"""Makes every way out of a FastAPI route that is not an answer a problem. Knows no route."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from toteboard.api.services import services_of
from toteboard.http.problems import MEDIA_TYPE, problem_body, problem_headers
from toteboard.ledger.ledger import Outage, is_undone
from toteboard.rules.refusals import Refusal, Refused

AWAY = "The database cannot be reached now. Try again in a moment."
UNDONE = "The database could not do it now, and nothing was changed. Try again in a moment."

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


def install(app: FastAPI) -> None:
    """From now on each of them is a problem."""

    def respond(request: Request, refused: Refused) -> Response:
        wait_s = refused.retry_after_s
        if wait_s is None:
            wait_s = services_of(request).settings.retry_after_s
        answer = Response(
            problem_body(refused.refusal, refused.detail, **refused.extra),
            status_code=refused.refusal.http_status,
            media_type=MEDIA_TYPE,
        )
        answer.raw_headers.extend(problem_headers(refused.refusal, retry_after_s=wait_s))
        return answer

    @app.exception_handler(Refused)
    async def refused_by_us(request: Request, refused: Refused) -> Response:
        return respond(request, refused)

    @app.exception_handler(Outage)
    async def database_away(request: Request, outage: Outage) -> Response:
        return respond(request, Refused(Refusal.OUTAGE, UNDONE if is_undone(outage.__cause__) else AWAY))

    @app.exception_handler(RequestValidationError)
    async def invalid_request(request: Request, error: RequestValidationError) -> Response:
        errors = error.errors()
        if any(one["type"] == "json_invalid" for one in errors):
            return respond(request, Refused(Refusal.MALFORMED, "The body is not JSON."))
        fields = [
            {
                "field": ".".join(str(part) for part in one["loc"] if part not in ("body", "query", "path")),
                "detail": one["msg"].removeprefix("Value error, "),
            }
            for one in errors
        ]
        return respond(request, Refused(Refusal.INVALID, errors=fields))

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        return respond(request, Refused(_BY_STATUS.get(error.status_code, Refusal.MALFORMED), str(error.detail)))
