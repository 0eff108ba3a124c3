"""What people say of a screen: sent from any of them, read, answered and closed at the desk. Knows no SQL."""

import json
import logging
from base64 import b64decode
from binascii import Error as NotBase64
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, BackgroundTasks, Path, Request, Response
from pydantic import AfterValidator, Field, model_validator

from toteboard.api.caller import READERS, Caller, CurrentUser, OptionalUser, actor_of
from toteboard.api.openapi import Responses, problems
from toteboard.api.paging import Paging
from toteboard.api.services import InServices, Services
from toteboard.api.throttle import network, slow_down
from toteboard.api.tournaments.tournaments import Which, known_id
from toteboard.api.wire import Id, Page, PatchModel, RequestModel, ResponseModel, UtcTime
from toteboard.http.address import base_url, client_ip
from toteboard.ledger.ledger import Change
from toteboard.ledger.people import feedback
from toteboard.ledger.tournaments import tournaments
from toteboard.notify.slack import SlackFailed, send_slack
from toteboard.rules.bounds import (
    FEEDBACK_LENGTH_MAX,
    ID_MAX,
    PICTURE_BYTES_MAX,
    SCREEN_LENGTH_MAX,
    STATE_BYTES_MAX,
)
from toteboard.rules.names import clean_text
from toteboard.rules.refusals import Refusal, Refused

log = logging.getLogger(__name__)

# A JPEG begins so, and nothing else is kept: it is shown as one whatever it holds.
JPEG = b"\xff\xd8\xff"
# What a screen said, and what was refused on it: the last few of each.
SAID_MAX = 5


def _jpeg(text: str) -> str:
    try:
        picture = b64decode(text, validate=True)
    except NotBase64:
        raise ValueError("is not Base64") from None
    if not picture.startswith(JPEG):
        raise ValueError("is no JPEG")
    if len(picture) > PICTURE_BYTES_MAX:
        raise ValueError(f"has more than {PICTURE_BYTES_MAX:,} bytes")
    return text


Said = Annotated[
    str,
    Field(min_length=1, max_length=FEEDBACK_LENGTH_MAX),
    AfterValidator(lambda text: clean_text(text, length_max=FEEDBACK_LENGTH_MAX)),
]
# What only shows; a page says it of itself, and nobody typed it.
Short = Annotated[
    str, Field(max_length=300), AfterValidator(lambda text: "".join(mark for mark in text if mark.isprintable()))
]
Plain = Annotated[str, Field(max_length=40, pattern="^[ -~]*$")]
FeedbackId = Annotated[int, Path(ge=1, le=ID_MAX)]


class Failed(RequestModel):
    """A request of the page that was refused, or that failed."""

    at: Plain = Field(description="by the page's clock")
    code: Plain
    status: int = Field(ge=100, le=599)
    title: Short


class ScreenState(RequestModel):
    """What the page knew of itself: nothing that somebody typed."""

    title: Short = ""
    said: list[Short] = Field(default=[], max_length=SAID_MAX, description="what it warned of at that moment")
    failed: list[Failed] = Field(
        default=[], max_length=SAID_MAX, description="what was refused just before, in that order"
    )
    width: int = Field(default=0, ge=0, le=100_000, description="CSS pixels")
    height: int = Field(default=0, ge=0, le=100_000)
    language: Plain = ""
    theme: Plain = ""
    odds: Plain = ""
    online: bool = True

    @model_validator(mode="after")
    def _small(self) -> "ScreenState":
        if len(json.dumps(self.model_dump(), ensure_ascii=False).encode()) > STATE_BYTES_MAX:
            raise ValueError(f"has more than {STATE_BYTES_MAX:,} bytes")
        return self


class FeedbackRequest(RequestModel):
    """What somebody says, and where they were."""

    text: Said
    tournament_id: Id | None = Field(None, description="whose screen it was; null where it was none's")
    screen: Annotated[str, Field(max_length=SCREEN_LENGTH_MAX, pattern="^/[!-~]*$")] = Field(
        description="the path of the page; codes are not part of it"
    )
    state: ScreenState = ScreenState()
    picture: Annotated[str, AfterValidator(_jpeg)] | None = Field(
        None, description="a JPEG of the screen in Base64, where they agreed to it"
    )
    may_ask: bool = Field(False, description="whether they may be asked about it")


class FeedbackGiven(ResponseModel):
    """Its number."""

    id: int


class FeedbackPatch(PatchModel):
    """An answer, and whether it is put away."""

    clearable: ClassVar[frozenset[str]] = frozenset()

    answer: Said | None = None
    closed: bool | None = None


class Feedback(ResponseModel):
    """What somebody said. `name` and `user_id` are null of who was not signed in."""

    id: int
    tournament_id: int | None
    user_id: int | None
    name: str | None
    text: str
    screen: str
    state: ScreenState
    has_picture: bool
    may_ask: bool
    created_at: UtcTime
    answer: str | None
    answered_by: str | None
    answered_at: UtcTime | None
    closed_at: UtcTime | None


class OwnFeedback(ResponseModel):
    """What one said oneself, and the answer."""

    id: int
    slug: str | None = Field(description="of the tournament")
    text: str
    screen: str
    created_at: UtcTime
    answer: str | None
    answered_at: UtcTime | None
    closed_at: UtcTime | None


def _shape(row: Any) -> Feedback:
    return Feedback(**(dict(row) | {"state": ScreenState(**json.loads(row["state"]))}))


router = APIRouter(tags=["feedback"])


@router.post("/api/feedback", status_code=201, responses=problems(Refusal.NOT_FOUND, Refusal.TOO_MANY))
async def give(
    services: InServices, body: FeedbackRequest, caller: OptionalUser, request: Request, background: BackgroundTasks
) -> FeedbackGiven:
    """Say something of a screen, signed in or not. Few in five minutes, and so many a day from everybody together."""
    ip = client_ip(request.scope, services.settings.trusted_proxies)
    who = ("user", caller.user_id) if caller else ("network", network(ip))
    await slow_down(services.ledger, services.throttles.feedback, *who)
    await slow_down(services.ledger, services.throttles.feedback_of_day, *who)
    await slow_down(services.ledger, services.throttles.feedback_of_all, who[0])
    actor = caller.actor if caller else actor_of(request.scope, None, services.settings)
    async with services.ledger.change(actor) as change:
        tournament = await _tournament_of(change, body.tournament_id)
        added = await feedback.add(
            change,
            tournament_id=body.tournament_id,
            text=body.text,
            screen=body.screen,
            state=body.state.model_dump(),
            picture=None if body.picture is None else b64decode(body.picture),
            may_ask=body.may_ask,
        )
    if services.settings.feedback_slack_url:
        url = base_url(request.scope, services.settings)
        where = f"{url}/org/t/{tournament['slug']}/feedback" if tournament else url
        place = tournament["name"] if tournament else "Toteboard"
        title = f"{added['name'] or 'Somebody'} says in {place}, on {body.screen}:"
        background.add_task(_tell, services, title, body.text, where)
    return FeedbackGiven(id=added["id"])


async def _tournament_of(change: Change, tournament_id: int | None) -> Any | None:
    if tournament_id is None:
        return None
    shown = await tournaments.shown(change.conn, [tournament_id])
    if not shown:
        raise Refused(Refusal.NOT_FOUND, "There is no such tournament.")
    return shown[0]


async def _tell(services: Services, title: str, text: str, where: str) -> None:
    try:
        await send_slack(services.settings.feedback_slack_url, title, text, where)
    except SlackFailed as failed:
        log.warning("Slack could not be told of feedback: %s", failed)


@router.get("/api/feedback")
async def own(services: InServices, caller: CurrentUser, page: Paging) -> Page[OwnFeedback]:
    """What one said oneself, the newest first, with the answers."""
    async with services.ledger.read() as conn:
        rows = await feedback.own(conn, caller.user_id, before=page.after_id(), limit=page.rows)
    shown, following = page.split(rows, lambda row: str(row["id"]))
    return Page(items=[OwnFeedback(**row) for row in shown], next=following)


@router.get("/api/tournament/{which}/feedback", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def said_here(
    services: InServices, which: Which, caller: CurrentUser, page: Paging, open: bool | None = None
) -> Page[Feedback]:
    """What was said in a tournament, the newest first; an admin also sees what was said where no tournament was."""
    tournament_id = await known_id(services, which)
    caller.need_role(tournament_id, READERS)
    async with services.ledger.read() as conn:
        rows = await feedback.page(
            conn,
            tournament_id,
            or_of_none=caller.identity.admin,
            before=page.after_id(),
            is_open=open,
            limit=page.rows,
        )
    shown, following = page.split(rows, lambda row: str(row["id"]))
    return Page(items=[_shape(row) for row in shown], next=following)


def _need(caller: Caller, tournament_id: int | None, wanted: frozenset[str]) -> None:
    """Who may see or answer it: the tournament's own people, an admin where it is of none. Raises Refused."""
    if tournament_id is None:
        caller.need_admin()
    else:
        caller.need_role(tournament_id, wanted)


@router.patch("/api/feedback/{feedback_id}", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND))
async def answer(services: InServices, feedback_id: FeedbackId, body: FeedbackPatch, caller: CurrentUser) -> Feedback:
    """Answers it, and closes it or takes it up again. Who said it reads the answer beside what they said."""
    async with services.ledger.change(caller.actor) as change:
        before = await feedback.lock(change, feedback_id)
        _need(caller, before["tournament_id"], frozenset({"organizer"}))
        if body.answer is not None and body.answer != before["answer"]:
            await feedback.answer(change, feedback_id, body.answer)
        if body.closed is not None and body.closed != (before["closed_at"] is not None):
            await feedback.close(change, feedback_id, closed=body.closed)
        row = await feedback.one(change.conn, feedback_id)
    return _shape(row)


_PICTURE: Responses = {200: {"description": "The picture", "content": {"image/jpeg": {}}}}


@router.get(
    "/api/feedback/{feedback_id}/picture",
    response_class=Response,
    responses=_PICTURE | problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND),
)
async def picture(services: InServices, feedback_id: FeedbackId, caller: CurrentUser) -> Response:
    """The picture of the screen, where there is one."""
    async with services.ledger.read() as conn:
        row = await feedback.picture(conn, feedback_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    _need(caller, row["tournament_id"], READERS)
    if row["picture"] is None:
        raise Refused(Refusal.NOT_FOUND)
    # Whatever it holds, it is an image and nothing runs in it.
    return Response(
        row["picture"],
        media_type="image/jpeg",
        headers={"content-security-policy": "default-src 'none'; sandbox", "content-disposition": "inline"},
    )
