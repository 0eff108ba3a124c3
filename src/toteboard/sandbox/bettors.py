"""Simulated bettors: they register, are verified at the desk, get money and bet, through the real API like anybody.

What they like follows a hidden strength of each outcome and the odds, in surges, at a rate that is bounded.
"""

import asyncio
import contextlib
import hashlib
import hmac
import math
import random
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from uuid import uuid4

from toteboard.sandbox.api import Api, Refused, Unreachable

# Invented, like everything here. Fewer than may register from one address in five minutes.
# fmt: off
NAMES = (
    "Alba Moreno", "Bram de Wit", "Chiara Conti", "Dario Petrov", "Elif Kaya", "Finn Larsen", "Greta Vogel",
    "Hugo Martin", "Ines Duarte", "Jonas Weber", "Kira Novak", "Leo Rossi", "Mina Sato", "Nils Berg", "Olga Ivanova",
    "Paulo Reis", "Rosa Klein", "Sami Nieminen", "Tara Singh", "Umar Farouk", "Vera Horvat", "Willem Bos",
    "Yara Nassar", "Zoe Keller",
)
# fmt: on
IN_FLIGHT_MAX = 16
# So long at most before it is looked how many bets are asked for by now.
ASKED_S = 2.0
RATE_MAX = 200.0
LOOK_S = 2.0
PAUSE_S = 2.0
# In whole units of the currency: what the cashier hands out, and what one stakes.
DEPOSIT = 500
STAKES = (1, 2, 2, 5, 5, 5, 10, 10, 20, 25, 50, 100)
# A surge: the rate times this, for so many seconds, about so often.
SURGE_FACTOR = 3.5
SURGE_S = (4.0, 12.0)
SURGE_EVERY_S = 45.0
# Kept below its own mean, so that with its surges the rate is on average the one asked for.
CALM_FACTOR = 0.65


@dataclass(slots=True)
class Bettor:
    """A simulated bettor: who it is, and how it likes to bet."""

    name: str
    email: str
    password: str
    token: str = ""
    user_id: int = 0
    wallet_id: int = 0
    # What they have a soft spot for: one bettor's favourites are not another's.
    taste: random.Random = field(default_factory=random.Random)


def bettors(secret: str, count: int) -> list[Bettor]:
    """The same people with the same passwords for the same secret, so that a sandbox that starts again knows them."""
    people = []
    for name in NAMES[:count]:
        stem = name.lower().replace(" ", ".")
        mark = hashlib.sha256(secret.encode()).hexdigest()[:6]
        password = hmac.new(secret.encode(), name.encode(), "sha256").hexdigest()
        people.append(Bettor(name, f"{stem}.{mark}@sandbox.invalid", password, taste=random.Random(name)))  # noqa: S311
    return people


def strength(match: str, outcome: str) -> float:
    """How good an outcome is, from 1 to 10: hidden, and the same every time."""
    digest = hashlib.sha256(f"{match}|{outcome}".encode()).digest()
    return 1 + 9 * digest[0] / 255


class Crowd:
    """All bettors of one tournament. `organizer` is a token that may deposit, and verify where that is asked for.

    `rate`, in bets a second, may be changed while they bet.
    """

    def __init__(self, api: Api, tournament: dict[str, Any], organizer: str, people: list[Bettor], rate: float):
        self._api = api
        self._tournament = tournament
        self._organizer = organizer
        self._people = people
        self.rate = min(rate, RATE_MAX)
        self._ready: list[Bettor] = []
        self._board: dict[str, Any] = {"matches": [], "markets": []}
        self._dice = random.Random()  # noqa: S311 nothing secret is drawn
        self._flights = asyncio.Semaphore(IN_FLIGHT_MAX)
        self._surge_until = 0.0

    async def live(self) -> None:
        """Bets until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look())
            tasks.create_task(self._arrive())
            await self._bet(tasks)

    async def _look(self) -> None:
        while True:
            with contextlib.suppress(Unreachable, Refused):
                self._board = await self._api.ask("GET", f"/api/tournament/{self._tournament['id']}/board")
            await asyncio.sleep(LOOK_S)

    async def _arrive(self) -> None:
        """One after the other, as people come into a room; who cannot come in now comes again later."""
        waiting = list(self._people)
        while waiting:
            bettor = waiting.pop(0)
            try:
                await self._welcome(bettor)
                self._ready.append(bettor)
            except Unreachable:
                waiting.append(bettor)
                await asyncio.sleep(PAUSE_S)
            except Refused as refused:
                waiting.append(bettor)
                await asyncio.sleep(PAUSE_S if refused.status != 429 else 10 * PAUSE_S)

    async def _welcome(self, bettor: Bettor) -> None:
        tournament_id = self._tournament["id"]
        if not bettor.token:
            bettor.token = await self._api.token_of(bettor.email, bettor.name, bettor.password)
        me = await self._api.ask("GET", "/api/me", token=bettor.token)
        bettor.user_id = me["id"]
        mine = [m for m in me["memberships"] if m["tournament_id"] == tournament_id and m["wallet_id"]]
        if mine:
            bettor.wallet_id = mine[0]["wallet_id"]
        else:
            wallet = await self._api.ask("POST", f"/api/tournament/{tournament_id}/join", {}, token=bettor.token)
            bettor.wallet_id = wallet["id"]
        standing = await self._api.ask("GET", f"/api/kyc?tournament_id={tournament_id}", token=bettor.token)
        if standing["status"] != "verified":
            shown = {"tournament_id": tournament_id, "user_id": bettor.user_id, "document": "specimen passport"}
            await self._api.ask("POST", "/api/kyc/desk", shown | {"decision": "verified"}, token=self._organizer)
        if not mine:
            await self._deposit(bettor)

    async def _deposit(self, bettor: Bettor) -> None:
        amount = DEPOSIT * self._unit
        body = {"amount": amount, "currency": self._tournament["currency"], "note": "sandbox"}
        path = f"/api/wallet/{bettor.wallet_id}/deposit"
        await self._api.ask("POST", path, body, token=self._organizer, key=str(uuid4()))

    @property
    def _unit(self) -> int:
        return int(10 ** self._tournament["exponent"])

    async def _bet(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            wait_s = self._dice.expovariate(self._rate_now())
            slept_s = min(wait_s, ASKED_S)
            await asyncio.sleep(slept_s)
            self._surge(slept_s)
            if wait_s > ASKED_S:
                # Waiting has no memory: what is drawn anew is as likely, at the rate of now.
                continue
            pick = self._pick()
            if pick is None or self._flights.locked():
                continue
            await self._flights.acquire()
            tasks.create_task(self._place(*pick))

    def _surge(self, passed_s: float) -> None:
        """One may have begun in the time that passed."""
        now = monotonic()
        if now > self._surge_until and self._dice.random() < passed_s / SURGE_EVERY_S:
            self._surge_until = now + self._dice.uniform(*SURGE_S)

    def _rate_now(self) -> float:
        now = monotonic()
        tide = 1 + 0.3 * math.sin(now / 17)
        factor = SURGE_FACTOR if now < self._surge_until else CALM_FACTOR
        return max(self.rate * factor * tide, 0.01)

    def _pick(self) -> tuple[Bettor, dict[str, Any], int] | None:
        """Who bets, on what, and how much in minor units; None while nobody or nothing is there."""
        markets = [market for market in self._board["markets"] if market["status"] == "open"]
        if not self._ready or not markets:
            return None
        # What closes soonest draws most.
        markets.sort(key=lambda market: (market["closes_at"] is None, market["closes_at"] or 0, market["id"]))
        market = self._dice.choices(markets, weights=[1 / (1 + rank) for rank in range(len(markets))])[0]
        outcomes = [outcome for outcome in market["outcomes"] if not outcome["withdrawn"]]
        if not outcomes:
            return None
        bettor = self._dice.choice(self._ready)
        weights = [self._appeal(market, outcome, bettor) for outcome in outcomes]
        outcome = self._dice.choices(outcomes, weights=weights)[0]
        stake = self._dice.choice(STAKES) * self._unit
        return bettor, outcome, min(max(stake, market["stake_min"]), market["stake_max"])

    def _appeal(self, market: dict[str, Any], outcome: dict[str, Any], bettor: Bettor) -> float:
        """A favourite draws, and so do long odds: what is thought likely, times what it would pay, softened."""
        match = next((m["name"] for m in self._board["matches"] if m["id"] == market["match_id"]), "")
        odds = (outcome["odds_milli"] or 2000) / 1000
        return float(strength(match, outcome["name"]) * bettor.taste.uniform(0.6, 1.6) * min(odds, 8) ** 0.5)

    async def _place(self, bettor: Bettor, outcome: dict[str, Any], stake: int) -> None:
        body = {"outcome_id": outcome["id"], "stake": stake, "currency": self._tournament["currency"]}
        try:
            await self._api.ask("POST", "/api/bet", body, token=bettor.token, key=str(uuid4()))
        except Unreachable:
            await asyncio.sleep(PAUSE_S)
        except Refused as refused:
            await self._refused(bettor, refused)
        finally:
            self._flights.release()

    async def _refused(self, bettor: Bettor, refused: Refused) -> None:
        if refused.status in (401, 403):
            # Signed out or excluded: they go, and come in again if they may.
            if bettor in self._ready:
                self._ready.remove(bettor)
        elif refused.status == 503:
            await asyncio.sleep(PAUSE_S)
        elif refused.code == "FUNDS":
            with contextlib.suppress(Unreachable, Refused):
                await self._deposit(bettor)
