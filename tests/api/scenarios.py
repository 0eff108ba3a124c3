"""A tournament to play in: its people, and short ways to what a test begins with. Bets alone go past the API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx

from toteboard.ledger.tournaments.tournaments import Role

from .clients import ApiClient

if TYPE_CHECKING:
    from .conftest import Records, SignUp

# Stored as it stands or refused; run by nobody.
SQL_TEXTS = (
    "'; DROP TABLE bets; --",
    "x' OR '1'='1",
    "$1; DELETE FROM transfers",
    '"; TRUNCATE audit_log; --',
    "Robert'); UPDATE accounts SET balance = 1000000; --",
)
# What no name may hold: NUL, a line end, a terminal's command, marks that reorder or hide.
FOUL_TEXTS = ("a\x00b", "a\r\nb", "a\x1b[31mb", "abc\u202edef", "a\u200bb", "\u2066a", "   ")
NUMBERS_OF_OTHER_KINDS: tuple[Any, ...] = (0, -1, 10.5, 10.0, "10", "１０", True, [10], 2**63, 10**11 + 1)


PEOPLE = ("organizer", "cashier", "auditor", "bettor", "stranger")


class ApiScenario:
    """`tournament_id` in EUR, and in it an organizer, a cashier, an auditor, a bettor and a stranger who is no member."""

    organizer: ApiClient
    cashier: ApiClient
    auditor: ApiClient
    bettor: ApiClient
    stranger: ApiClient
    tournament_id: int

    def __init__(self, sign_up: SignUp, records: Records, admin: ApiClient):
        self.sign_up = sign_up
        self.records = records
        self.admin = admin

    async def set_up(self) -> ApiScenario:
        self.tournament_id = (await self.new_tournament("World Cup"))["id"]
        roles: tuple[Role, ...] = ("organizer", "cashier", "auditor", "bettor")
        for role in roles:
            setattr(self, role, await self.add_member(role.title(), role))
        self.stranger = await self.sign_up("Stranger")
        return self

    async def new_tournament(self, name: str, **more: Any) -> dict[str, Any]:
        return taken(await self.admin.post("/api/tournament", json={"name": name, "currency": "EUR", **more}))

    async def add_member(self, name: str, role: Role) -> ApiClient:
        """Somebody new, in this role: as by an invitation."""
        client = await self.sign_up(name)
        return await self.records.add_member(self.tournament_id, client, role)

    async def new_match(self, name: str = "Mexico – Norway", **more: Any) -> dict[str, Any]:
        return taken(
            await self.organizer.post("/api/match", json={"tournament_id": self.tournament_id, "name": name, **more})
        )

    async def new_market(self, *odds: str | None, match_id: int | None = None, **more: Any) -> dict[str, Any]:
        """A draft: fixed where odds are given, otherwise a pool of three outcomes."""
        if match_id is None:
            match_id = (await self.new_match())["id"]
        kind = "fixed" if odds else "pool"
        names = ("Mexico", "Draw", "Norway")[: len(odds) or 3]
        outcomes = [
            {"name": name} | ({"odds": price} if price else {})
            for name, price in zip(names, odds or (None,) * 3, strict=True)
        ]
        asked = {"match_id": match_id, "name": "Match winner", "kind": kind, "outcomes": outcomes, **more}
        return taken(await self.organizer.post("/api/market", json=asked))

    async def open_market(self, *odds: str | None, **more: Any) -> dict[str, Any]:
        market = await self.new_market(*odds, **more)
        return await self.do(market, "open")

    async def do(self, market: dict[str, Any], action: str, **body: Any) -> dict[str, Any]:
        return taken(await self.organizer.post(f"/api/market/{market['id']}/{action}", json=body), 200)

    async def wallet_of(self, client: ApiClient) -> dict[str, Any]:
        wallets = (await client.get("/api/wallet")).json()["items"]
        (wallet,) = [wallet for wallet in wallets if wallet["tournament_id"] == self.tournament_id]
        return dict(wallet)

    async def fund(self, client: ApiClient, amount: int, currency: str = "EUR") -> int:
        """Pays in at the desk; the wallet's id. The client may bet from now on."""
        wallet_id = int((await self.wallet_of(client))["id"])
        taken(await self.move(wallet_id, "deposit", amount, currency=currency))
        await self.records.conn.execute("UPDATE users SET kyc = 'verified' WHERE id = $1", client.id)
        return wallet_id

    async def move(
        self,
        wallet_id: int,
        direction: str,
        amount: Any,
        *,
        by: ApiClient | None = None,
        key: str | None = None,
        currency: Any = "EUR",
        **more: Any,
    ) -> httpx.Response:
        return await (by or self.cashier).post(
            f"/api/wallet/{wallet_id}/{direction}",
            json={"amount": amount, "currency": currency, **more},
            headers={"Idempotency-Key": key or str(uuid4())},
        )

    async def bet(self, client: ApiClient, outcome_id: int, stake: int, currency: str = "EUR") -> int:
        """The verdict's number: 0 is taken."""
        async with self.records.services.ledger.read() as conn:
            verdicts = await conn.fetchval(
                "SELECT o_verdict FROM place_bets($1, $2, $3, $4, $5, $6, $7)",
                [uuid4()],
                [client.id],
                [outcome_id],
                [stake],
                [currency],
                [None],
                ["192.0.2.7"],
            )
        return int(verdicts[0])

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of a kind, oldest first."""
        rows = await self.records.conn.fetch(
            "SELECT payload FROM events WHERE tournament_id = $1 AND kind = $2 ORDER BY seq", self.tournament_id, kind
        )
        return [json.loads(row["payload"]) for row in rows]

    async def value(self, sql: str, *args: Any) -> Any:
        return await self.records.conn.fetchval(sql, *args)


def taken(answer: httpx.Response, status: int = 201) -> dict[str, Any]:
    """The body of an answer that went well."""
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def fields(answer: httpx.Response) -> list[str]:
    """The fields an INVALID answer complains of."""
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json().get("errors", [])]
