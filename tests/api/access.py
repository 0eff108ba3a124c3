"""Asks every operation of the OpenAPI in every role, in the asker's own tournament and in a foreign one, and undoes it.

What is asked for belongs to somebody else in that tournament: their wallet, their bet, their membership.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

from toteboard.api.description import API
from toteboard.api.examples import EXAMPLES
from toteboard.ledger.tournaments.tournaments import Role

from .clients import PASSWORD, ApiClient
from .scenarios import ApiScenario, taken

# Who asks. Those in the middle are members of one of the two tournaments.
ROLES = ("anybody", "signed in", "bettor", "cashier", "auditor", "organizer", "blocked organizer", "admin")
MEMBERS = ROLES[2:7]
REFUSED = frozenset(
    {"FORBIDDEN", "UNAUTHENTICATED", "NOT_FOUND", "NOT_A_MEMBER", "BLOCKED", "STAFF", "UNKNOWN_OUTCOME"}
)
# One row of docs/access.md: "POST /api/bet" and a cell for each role.
Row = tuple[str, tuple[str, ...]]
MATCHES = b"Round,Match,Outcome\nFinal,A v B,A\nFinal,A v B,B\n"


@dataclass(frozen=True)
class Place:
    """A tournament and what is in it, none of it the asker's."""

    tournament_id: int
    slug: str
    match_id: int
    market_id: int
    outcome_id: int
    bet_id: UUID
    wallet_id: int
    user_id: int
    invitation_id: int
    feedback_id: int
    code: str


async def place(scenario: ApiScenario, name: str) -> Place:
    """A tournament with a market that has a bet on it, an invitation, and a bettor whose they are."""
    made = await scenario.new_tournament(name)
    before, scenario.tournament_id = scenario.tournament_id, made["id"]
    organizer, scenario.organizer = scenario.organizer, scenario.admin
    await scenario.records.add_member(made["id"], scenario.admin, "organizer")
    victim = await scenario.add_member(f"Victim {made['id']}", "bettor")
    match = await scenario.new_match(starts_at="2099-06-11T19:00:00Z")
    market = await scenario.open_market("2.00", "3.00", match_id=match["id"])
    desk = await scenario.add_member(f"Desk {made['id']}", "cashier")
    cashier, scenario.cashier = scenario.cashier, desk
    wallet_id = await scenario.fund(victim, 100_000)
    outcome_id = market["outcomes"][0]["id"]
    assert await scenario.bet(victim, outcome_id, 300) == 0
    bet_id = await scenario.value("SELECT id FROM bets WHERE user_id = $1", victim.id)
    asked = {"role": "bettor", "uses": 100, "days": 1}
    invited = taken(await scenario.admin.post(f"/api/tournament/{made['id']}/invitation", json=asked))
    said = {"text": "I cannot bet.", "screen": "/", "tournament_id": made["id"], "picture": "/9j/"}
    feedback = taken(await victim.post("/api/feedback", json=said))
    await _report(scenario.admin, made["id"])
    scenario.tournament_id, scenario.organizer, scenario.cashier = before, organizer, cashier
    return Place(
        *(made["id"], made["slug"], market["match_id"], market["id"], outcome_id),
        *(bet_id, wallet_id, victim.id, invited["id"], feedback["id"], invited["code"]),
    )


async def _report(admin: ApiClient, tournament_id: int) -> None:
    """There is one whose tables can be taken away."""
    async with asyncio.timeout(30):
        while (await admin.get(f"/api/tournament/{tournament_id}/report")).json()["report"] is None:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def askers(scenario: ApiScenario, own: Place) -> dict[str, ApiClient]:
    """A person for each role, a member of that one tournament alone."""
    people = {"anybody": ApiClient(scenario.admin.app), "signed in": await scenario.sign_up("Asker")}
    roles: dict[str, Role] = {
        "bettor": "bettor",
        "cashier": "cashier",
        "auditor": "auditor",
        "organizer": "organizer",
        "blocked organizer": "organizer",
    }
    for number, (name, role) in enumerate(roles.items()):
        client = await scenario.sign_up(f"Asker {number}")
        people[name] = await scenario.records.add_member(own.tournament_id, client, role)
    await scenario.records.block(people["blocked organizer"])
    admin = await scenario.records.make_admin(await scenario.sign_up("Asker admin"))
    return people | {"admin": admin}


async def observed(scenario: ApiScenario) -> list[Row]:
    """Who may do what, as the API answers, in the order of the OpenAPI's paths."""
    own, foreign = await place(scenario, "Own"), await place(scenario, "Foreign")
    people = await askers(scenario, own)
    # The organizer's own tournaments would make the admin a member: only askers ask.
    rows = []
    async with undone(scenario):
        for operation in operations():
            cells = []
            for role in ROLES:
                here = await allowed(people[role], operation, own)
                there = await allowed(people[role], operation, foreign)
                cells.append(cell(role, here=here, there=there))
            rows.append((operation.name, tuple(cells)))
    return rows


def cell(role: str, *, here: bool, there: bool) -> str:
    """ "all": in any tournament; "own": in the asker's own alone; "elsewhere": in any but that."""
    if here and there:
        return "all" if role in MEMBERS else "yes"
    return "own" if here else "elsewhere" if there else ""


@asynccontextmanager
async def undone(scenario: ApiScenario) -> AsyncIterator[None]:
    """Whatever a change does is rolled back: one request leaves nothing to the next."""
    ledger = scenario.records.services.ledger
    change = ledger.change
    ledger.change = ledger.rehearsal  # type: ignore[method-assign]
    try:
        yield
    finally:
        ledger.change = change  # type: ignore[method-assign]


@dataclass(frozen=True)
class Operation:
    """A method and path, with what it has to be asked with."""

    method: str
    path: str
    parameters: tuple[str, ...]
    schema: str | None
    is_file: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def operations() -> Iterator[Operation]:
    for path, methods in API.openapi()["paths"].items():
        for method, described in methods.items():
            content = described.get("requestBody", {}).get("content", {})
            yield Operation(
                method=method.upper(),
                path=path,
                parameters=tuple(one["name"] for one in described.get("parameters", ())),
                schema=_schema(content.get("application/json", {}).get("schema", {})),
                is_file="application/octet-stream" in content or len(content) > 1,
            )


def _schema(schema: dict[str, Any]) -> str | None:
    for one in (schema, *schema.get("anyOf", ())):
        if "$ref" in one:
            return str(one["$ref"]).rsplit("/", 1)[1]
    return None


async def allowed(who: ApiClient, operation: Operation, where: Place) -> bool:
    """Whether it was not refused for who asks; what is wrong or too late in other ways does not count."""
    cookies = dict(who.cookies)
    answer = await ask(who, operation, where)
    # Whoever was signed in anew was so only until it was undone.
    who.cookies.clear()
    who.cookies.update(cookies)
    assert answer.status_code < 500, (operation.name, answer.text)
    if answer.status_code in (400, 415, 422):
        # A request that is wrong proves nothing: neither was refused nor let in.
        raise AssertionError(f"{operation.name} was asked wrongly: {answer.text}")
    return answer.status_code < 400 or answer.json()["code"] not in REFUSED


async def ask(who: ApiClient, operation: Operation, where: Place) -> httpx.Response:
    values: dict[str, Any] = {
        "which": where.slug,
        "tournament": where.tournament_id,
        "tournament_id": where.tournament_id,
        "match": where.match_id,
        "match_id": where.match_id,
        "market": where.market_id,
        "market_id": where.market_id,
        "outcome_id": where.outcome_id,
        "bet_id": where.bet_id,
        "ref": str(where.bet_id),
        "wallet_id": where.wallet_id,
        "user_id": where.user_id,
        "invitation_id": where.invitation_id,
        "feedback_id": where.feedback_id,
        "code": where.code,
        "session_id": 1,
        "token_id": 1,
        "number": uuid4(),
        "provider": "sandbox",
        "sheet": "people",
        "table": "turnover",
        "file": "matches.csv",
        "dry_run": "true",
        "subject": f"market:{where.market_id}",
    }
    path = operation.path
    for name in operation.parameters:
        path = path.replace(f"{{{name}}}", quote(str(values.get(name, ""))))
    # A path's own name is no query, and what one may leave out is left out, but for where it is asked.
    asked = {
        name: values[name] for name in operation.parameters if name in values and f"{{{name}}}" not in operation.path
    }
    headers = {"Idempotency-Key": str(uuid4())} if "Idempotency-Key" in operation.parameters else {}
    if operation.is_file:
        headers["Content-Type"] = "text/csv"
        return await who.request(operation.method, path, params=asked, headers=headers, content=MATCHES)
    body = None if operation.schema is None else BODIES.get(operation.schema, EXAMPLES[operation.schema])
    if isinstance(body, dict):
        body = {name: values.get(name, value) for name, value in body.items()}
        if operation.schema in ("PreviewRequest", "ResultRequest", "ResettleRequest"):
            body["winners"] = [where.outcome_id]
    # The demo people and the way in by password: as whom does not matter.
    return await who.request(operation.method, path, params=asked, headers=headers, json=body)


# Where the example of the description does not fit what is there.
BODIES: dict[str, Any] = {
    "SignInRequest": {"email": "stranger@example.org", "password": PASSWORD},
    "MePatch": {"name": "Another"},
    "DeletionRequest": {"password": PASSWORD},
    "MatchPatch": {"venue": "Hall 2"},
    "MarketPatch": {"stake_max": 100_000},
    "OutcomePatch": {"odds": "2.40"},
    "AddOutcomeRequest": {"market_id": 1, "name": "Somebody else", "odds": "3.10"},
    "StartPreviewRequest": {"started_at": "2026-01-05T19:02:11Z"},
    "StartRequest": {"started_at": "2026-01-05T19:02:11Z", "reason": "the sheet"},
    "WithdrawalRequest": {"reason": "ill"},
    "WithdrawalPreviewRequest": {},
    "VoidRequest": {"reason": "abandoned"},
    "BetRequest": {"outcome_id": 1, "stake": 100, "currency": "EUR"},
    "ExclusionRequest": {"until": "2099-01-31T23:59:00Z"},
}
