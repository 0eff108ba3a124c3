"""Refusals and failures as RFC 9457 problems, the same for every door. Knows no route and no framework."""

from typing import Any

import msgspec

from toteboard.rules.refusals import Refusal, Refused
from toteboard.words import CATALOGUE, word

MEDIA_TYPE = "application/problem+json"
_JSON, _PROBLEM = b"application/json", MEDIA_TYPE.encode()
_encode = msgspec.json.Encoder().encode

# Whoever sent too much, or too slowly, is not read any further.
_CLOSING = frozenset({408, 413})

RawHeaders = tuple[tuple[bytes, bytes], ...]


def title_of(refusal: Refusal) -> str:
    """What people read of it."""
    return word("refusal", refusal.code)


def text_of(refused: Refused) -> str:
    """A refusal in one line for people, where there is no form to say it at its field: "House share: at most 50 %"."""
    labels = CATALOGUE["field"]
    wrong = [
        f"{labels.get(error['field'].partition('.')[0], error['field'])}: {error['detail']}"
        for error in refused.extra.get("errors", ())
    ]
    return refused.detail or "; ".join(wrong) or title_of(refused.refusal)


def problem_body(refusal: Refusal, detail: str = "", **extra: Any) -> bytes:
    """The JSON of a problem, UTF-8. `extra` members stand beside the RFC's own ("odds", "left", …)."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title_of(refusal),
        "status": refusal.http_status,
        "code": refusal.code,
        "retry": refusal.transient,
    }
    if detail:
        body["detail"] = detail
    return _encode(body | extra)


def problem_headers(refusal: Refusal, *, retry_after_s: int) -> RawHeaders:
    """What goes with a problem besides its body: when to come again, and that the connection ends."""
    headers: RawHeaders = ()
    if refusal.http_status in (429, 503):
        headers += ((b"retry-after", b"%d" % retry_after_s),)
    if refusal.http_status in _CLOSING:
        headers += ((b"connection", b"close"),)
    return headers


async def respond(
    send: Any, status: int, body: bytes, headers: RawHeaders = (), *, is_problem: bool | None = None
) -> None:
    """One JSON answer by ASGI: a problem from status 300 on, unless it is said to be none."""
    is_problem = status >= 300 if is_problem is None else is_problem
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", _PROBLEM if is_problem else _JSON),
                (b"content-length", b"%d" % len(body)),
                *headers,
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def refuse(send: Any, refused: Refused, *, retry_after_s: int) -> None:
    """A refusal as an answer by ASGI."""
    body = problem_body(refused.refusal, refused.detail, **refused.extra)
    wait_s = retry_after_s if refused.retry_after_s is None else refused.retry_after_s
    await respond(send, refused.refusal.http_status, body, problem_headers(refused.refusal, retry_after_s=wait_s))
