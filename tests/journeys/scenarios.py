"""A served database with its admin, and what a journey needs in it: tournaments, markets, bettors with money."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from playwright.sync_api import Page

from .server import PASSWORD, Script, Served, Site, register, said, served, signed_in, toteboard

BOSS = "boss@example.org"


@dataclass(frozen=True, slots=True)
class Bettor:
    """Somebody with a wallet, a script to bet with, and an address to sign in with."""

    script: Script
    email: str
    wallet: dict[str, Any]

    @property
    def balance(self) -> int:
        (wallet,) = [w for w in self.script.ask("GET", "/api/wallet")["items"] if w["id"] == self.wallet["id"]]
        return int(wallet["balance"])

    @property
    def bets(self) -> list[Any]:
        return list(self.script.pages("/api/bet", tournament=self.wallet["tournament_id"]))


class ServerScenario:
    """The server's admin at work."""

    def __init__(self, server: Served, boss: Script):
        self.server = server
        self.boss = boss
        self.url = server.url

    def tournament(self, name: str, currency: str = "EUR", **more: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.boss.ask(
            "POST", "/api/tournament", json={"name": name, "currency": currency, **more}
        )
        return made

    def market(
        self,
        tournament: dict[str, Any],
        match: str,
        outcomes: Sequence[str | tuple[str, str]],
        *,
        kind: str = "pool",
        name: str = "Match winner",
        round: str = "",
        **more: Any,
    ) -> dict[str, Any]:
        """An open market of a match of its own. An outcome of a fixed market comes with its odds."""
        made = self.boss.ask(
            "POST", "/api/match", json={"tournament_id": tournament["id"], "name": match, "round": round}
        )
        named = [{"name": one} if isinstance(one, str) else {"name": one[0], "odds": one[1]} for one in outcomes]
        body = {"match_id": made["id"], "name": name, "kind": kind, "outcomes": named, **more}
        market = self.boss.ask("POST", "/api/market", json=body)
        return self.move(market, "open")

    def move(self, market: dict[str, Any], action: str, **body: Any) -> dict[str, Any]:
        moved: dict[str, Any] = self.boss.ask("POST", f"/api/market/{market['id']}/{action}", json=body or None)
        return moved

    def price(self, outcome: dict[str, Any], odds: str) -> None:
        self.boss.ask("PATCH", f"/api/outcome/{outcome['id']}", json={"odds": odds})

    def cash(self, wallet: dict[str, Any], amount: int, direction: str = "deposit") -> None:
        self.boss.ask(
            "POST",
            f"/api/wallet/{wallet['id']}/{direction}",
            json={"amount": amount, "currency": wallet["currency"]},
            headers={"Idempotency-Key": str(uuid4())},
        )

    def staff(self, tournament: dict[str, Any], name: str, role: str) -> Script:
        """Somebody who has taken an invitation to this role."""
        asked = {"role": role, "uses": 1, "days": 1}
        boss = signed_in(self.url, BOSS)
        made = boss.ask("POST", f"/api/tournament/{tournament['id']}/invitation", json=asked)
        boss.close()
        script = register(self.url, name)
        script.ask("POST", f"/api/invitation/{made['code']}")
        return script

    def verify(self, tournament: dict[str, Any], user_id: int) -> None:
        """Their document was seen at this tournament's desk."""
        seen = {"tournament_id": tournament["id"], "user_id": user_id, "document": "passport", "decision": "verified"}
        self.boss.ask("POST", "/api/kyc/desk", json=seen)

    def bettor(self, tournament: dict[str, Any], name: str, *, funds: int = 400_00, is_verified: bool = True) -> Bettor:
        script = register(self.url, name)
        wallet = script.ask("POST", f"/api/tournament/{tournament['id']}/join")
        if is_verified:
            self.verify(tournament, wallet["user_id"])
        if funds:
            self.cash(wallet, funds)
        return Bettor(script, f"{name}@example.org", wallet)


def add_admin(site: Site) -> str:
    """The first admin of a server, by its command line; their API token."""
    asked = ("admin", "create", "--email", BOSS, "--name", "Boss", "--password-stdin")
    made = toteboard(*asked, site=site, stdin=f"{PASSWORD}\n")
    assert made.returncode == 0, made.stderr
    token: str = said(toteboard("admin", "token", "--email", BOSS, "--json", site=site))["token"]
    return token


@contextlib.contextmanager
def server_scenario(site: Site, token: str, **environment: str) -> Iterator[ServerScenario]:
    """A server with an admin, whose token this is, and nothing else in it."""
    with served(site, **environment) as server:
        yield ServerScenario(server, Script(server.url, token))


def sign_in(page: Page, url: str, email: str) -> None:
    """Signed in without the form; the journeys of the form itself fill it in."""
    answer = page.request.post(
        f"{url}/api/session", data={"email": email, "password": PASSWORD}, headers={"Origin": url}
    )
    assert answer.ok, answer.text()
