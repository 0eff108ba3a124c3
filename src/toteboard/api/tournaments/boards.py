"""The board, for the API's description. front.py answers it, from the feed's own ready-made snapshot."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from toteboard.api.openapi import REF, Responses, problems
from toteboard.rules.refusals import Refusal

Which = Annotated[str, Path(max_length=80, description="id or slug")]


router = APIRouter(prefix="/api/tournament", tags=["tournaments"])


_BOARD: Responses = {
    200: {"description": "The board", "content": {"application/json": {"schema": {"$ref": REF.format(name="Board")}}}}
}


@router.get(
    "/{which}/board",
    response_class=Response,
    responses=_BOARD | problems(Refusal.NOT_FOUND, Refusal.TOO_BUSY),
)
async def board(which: Which) -> None:
    """The board as it is now, for those who poll; the feed brings it and its changes."""
    raise AssertionError("front.py answers this before FastAPI; here it is only described")
