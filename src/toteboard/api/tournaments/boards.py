"""The board's shape, for the API's description. front.py answers it, from the feed's own ready-made snapshot."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from toteboard.api.wire import ResponseModel

Which = Annotated[str, Path(max_length=80, description="id or slug")]


class TournamentOnBoard(ResponseModel):
    id: int
    slug: str
    name: str
    subtitle: str
    currency: str
    exponent: int
    timezone: str


class MatchOnBoard(ResponseModel):
    id: int
    name: str
    round: str
    venue: str
    starts_at: int | None
    score: Any


class OutcomeOnBoard(ResponseModel):
    id: int
    name: str
    lane_no: int
    stakes: int
    bets: int
    odds_milli: int | None
    withdrawn: bool


class MarketOnBoard(ResponseModel):
    id: int
    match_id: int
    name: str
    kind: str
    status: str
    closes_at: int | None
    takeout_bps: int
    break_to_milli: int
    minimum_milli: int
    stake_min: int
    stake_max: int
    result: dict[str, list[int]] | None
    version: int
    outcomes: list[OutcomeOnBoard]


class Board(ResponseModel):
    """Times in milliseconds since 1970. `pulse` and `tape`: see docs/api.md."""

    tournament: TournamentOnBoard
    total: int
    bets: int
    matches: list[MatchOnBoard]
    markets: list[MarketOnBoard]
    pulse: list[Any]
    tape: list[Any]


router = APIRouter(prefix="/api/tournament", tags=["tournaments"])


@router.get("/{which}/board")
async def board(which: Which) -> Board:
    """The board as it is now, for those who poll; the feed brings it and its changes."""
    raise AssertionError("front.py answers this before FastAPI; here it is only described")
