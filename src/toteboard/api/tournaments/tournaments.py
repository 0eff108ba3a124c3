"""Tournaments: listed, made, edited and put away. Knows no SQL; their members are members.py's."""

import json
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Path
from pydantic import AfterValidator, Field

from toteboard.api.caller import CurrentUser
from toteboard.api.openapi import problems
from toteboard.api.paging import Paging
from toteboard.api.services import InServices, Services
from toteboard.api.wire import Currency, Name, Odds, Page, PatchModel, RequestModel, ResponseModel, Text, utc
from toteboard.ledger.connection import Conn
from toteboard.ledger.ledger import Change
from toteboard.ledger.people import simulated_people
from toteboard.ledger.tournaments import tournaments
from toteboard.rules.bounds import AMOUNT_MAX, DEDUCTION_BPS_MAX, DEDUCTIONS_MAX, SIMULATED_PER_MIN_MAX
from toteboard.rules.money import CURRENCIES, POINTS
from toteboard.rules.names import clean_slug, slugify
from toteboard.rules.odds import format_odds, parse_odds
from toteboard.rules.refusals import Refusal, Refused, invalid

# An id, or a slug; a slug is never digits alone.
Which = Annotated[str, Path(min_length=1, max_length=80, description="id or slug")]
Slug = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(clean_slug)]
Timezone = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$", description="an IANA name")]
KycProvider = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{0,39}$",
        description="an identity provider of this server, or none",
    ),
]


class Deduction(RequestModel):
    """A line of the table: a runner withdrawn at odds up to these takes so much off winnings, in basis points."""

    up_to: Odds
    bps: Annotated[int, Field(ge=0, le=DEDUCTION_BPS_MAX)]


class DeductionShown(ResponseModel):
    """A line of the table of deductions."""

    up_to: str
    bps: int


def _ascending(table: list[Deduction]) -> list[Deduction]:
    odds = [parse_odds(line.up_to) for line in table]
    if odds != sorted(set(odds)):
        raise ValueError("each line has higher odds than the one before")
    return table


Deductions = Annotated[list[Deduction], Field(max_length=DEDUCTIONS_MAX), AfterValidator(_ascending)]


StartingPoints = Annotated[
    int, Field(strict=True, ge=0, le=AMOUNT_MAX, description="points given to everybody at joining")
]
# The identity check of a tournament that is played for points and makes none.
NO_CHECK = "none"


MinAge = Annotated[int, Field(strict=True, ge=1, le=99, description="in years; who is younger does not bet here")]


class TournamentRequest(RequestModel):
    """A new tournament; its currency stays for good."""

    name: Name
    slug: Slug | None = Field(None, description="made of the name where it is not given")
    subtitle: Text = ""
    currency: Currency
    timezone: Timezone = "UTC"
    kyc_provider: KycProvider = "desk"
    staff_may_bet: bool = False
    starting_points: StartingPoints = 0


class TournamentPatch(PatchModel):
    """What changes."""

    clearable: ClassVar[frozenset[str]] = frozenset({"min_age"})

    name: Name | None = None
    slug: Slug | None = None
    subtitle: Text | None = None
    timezone: Timezone | None = None
    kyc_provider: KycProvider | None = None
    staff_may_bet: bool | None = None
    min_age: MinAge | None = None
    four_eyes: bool | None = Field(
        None,
        description="who has bets on a market does not decide it, and who entered a result does not settle it",
    )
    starting_points: StartingPoints | None = None
    simulated_per_min: Annotated[int, Field(strict=True, ge=0, le=SIMULATED_PER_MIN_MAX)] | None = Field(
        None, description="in a sandbox: bets a minute by simulated bettors"
    )
    deductions: Deductions | None = Field(
        None,
        description="what a withdrawn runner takes off earlier bets' winnings at fixed odds; the British Rule 4 unless "
        "changed, empty: nothing",
    )


class Tournament(ResponseModel):
    """A tournament, and how much betting there is. `total` in minor units."""

    id: int
    slug: str
    name: str
    subtitle: str
    currency: str
    exponent: int
    timezone: str
    kyc_provider: KycProvider
    staff_may_bet: bool
    four_eyes: bool
    min_age: int | None = Field(description="in years; null: no age is asked for")
    starting_points: int = Field(description="what everybody is given at joining, in a tournament for points")
    simulated_per_min: int = Field(description="in a sandbox: bets a minute by simulated bettors")
    deductions: list[DeductionShown]
    discarded: bool = Field(description="thrown away: what is open is refunded, then it is archived")
    archived: bool
    markets_open: int
    closes_next: str | None = Field(description="when the next of its open markets closes")
    total: int
    bets: int


def _shape(row: Any) -> Tournament:
    table = [DeductionShown(up_to=format_odds(up_to), bps=bps) for up_to, bps in json.loads(row["deductions"])]
    return Tournament(**(dict(row) | {"closes_next": utc(row["closes_next"]), "deductions": table}))


async def shown(conn: Conn, tournament_id: int) -> Tournament:
    """One that is there, as the API shows it."""
    (row,) = await tournaments.shown(conn, [tournament_id])
    return _shape(row)


async def known_id(services: Services, which: str) -> int:
    """The id of a tournament asked for by id or slug. Raises Refused (NOT_FOUND)."""
    async with services.ledger.read() as conn:
        found = await tournaments.find(conn, which)
    if found is None:
        raise Refused(Refusal.NOT_FOUND, "There is no such tournament.")
    return found


async def check_given(services: Services, conn: Conn, given: dict[str, Any]) -> None:
    """What can only be looked up, or depends on this server. Raises Refused (INVALID)."""
    if "currency" in given and given["currency"] not in CURRENCIES:
        raise invalid("currency", "not a currency of the list")
    if "currency" in given and services.settings.sandbox and given["currency"] not in POINTS:
        raise invalid("currency", "a sandbox plays for points: PTS, or PTC with decimals")
    if "timezone" in given and not await tournaments.knows_timezone(conn, given["timezone"]):
        raise invalid("timezone", "not a time zone")
    if "kyc_provider" in given and given["kyc_provider"] not in (*services.kyc, NO_CHECK):
        raise invalid("kyc_provider", "not set up on this server")


router = APIRouter(prefix="/api/tournament", tags=["tournaments"])


@router.get("")
async def all_open(services: InServices, page: Paging) -> Page[Tournament]:
    """Tournaments that are not archived, newest first."""
    async with services.ledger.snapshot() as conn:
        rows = await tournaments.page(conn, before=page.after_id(), limit=page.rows)
    shown, following = page.split(rows, lambda row: str(row["id"]))
    return Page(items=[_shape(row) for row in shown], next=following)


@router.get("/{which}", responses=problems(Refusal.NOT_FOUND))
async def one(services: InServices, which: Which) -> Tournament:
    """One tournament, by id or slug."""
    tournament_id = await known_id(services, which)
    async with services.ledger.read() as conn:
        return await shown(conn, tournament_id)


@router.post("", status_code=201, responses=problems(Refusal.FORBIDDEN, Refusal.CONFLICT, Refusal.STATE))
async def create(services: InServices, body: TournamentRequest, caller: CurrentUser) -> Tournament:
    """A new tournament; who makes it becomes its organizer."""
    caller.need_admin()
    given = body.model_dump()
    given["slug"] = body.slug or slugify(body.name)
    async with services.ledger.change(caller.actor) as change:
        await check_given(services, change.conn, given)
        tournament_id = await tournaments.create_tournament(change, **given)
        answer = await shown(change.conn, tournament_id)
    services.ledger.wakeups.sessions(caller.user_id)
    return answer


# Settings that say who may bet, or decide alone.
WHO_MAY = frozenset({"kyc_provider", "min_age", "staff_may_bet", "four_eyes"})


@router.patch("/{which}", responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.CONFLICT, Refusal.STATE))
async def edit(services: InServices, which: Which, body: TournamentPatch, caller: CurrentUser) -> Tournament:
    """Edits what is given. The currency stays: amounts mean it."""
    tournament_id = await known_id(services, which)
    caller.need_organizer(tournament_id)
    given = body.given()
    if not WHO_MAY.isdisjoint(given):
        caller.need_session(tournament_id)
    if body.deductions is not None:
        # As jsonb writes it, so that the same table is no change.
        given["deductions"] = json.dumps([[parse_odds(line.up_to), line.bps] for line in body.deductions])
    desk = None
    async with services.ledger.change(caller.actor) as change:
        await check_given(services, change.conn, given)
        await tournaments.edit(change, tournament_id, given, is_admin=caller.identity.admin)
        if body.simulated_per_min:
            desk = await _simulated(services, change, tournament_id)
        answer = await shown(change.conn, tournament_id)
    if desk is not None:
        services.ledger.wakeups.sessions(desk)
    return answer


async def _simulated(services: Services, change: Change, tournament_id: int) -> int:
    """Lets the simulated desk in; whose rights changed by it. Raises Refused (STATE) where this is no sandbox."""
    if not services.settings.sandbox:
        raise Refused(Refusal.STATE, "Bets are simulated in a sandbox only.", field="simulated_per_min")
    return await simulated_people.let_in(change, tournament_id)


@router.delete("/{which}", status_code=204, responses=problems(Refusal.FORBIDDEN, Refusal.NOT_FOUND, Refusal.STATE))
async def archive(services: InServices, which: Which, caller: CurrentUser) -> None:
    """Archives it: nothing is deleted, nothing can be changed any more but withdrawals."""
    tournament_id = await known_id(services, which)
    caller.need_admin()
    async with services.ledger.change(caller.actor) as change:
        await tournaments.archive(change, tournament_id)
