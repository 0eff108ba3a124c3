"""The simulated organizer: results, settlements, moving odds and new rounds, through the real API like anybody.

Markets close by the clock; when a match has been played for PLAY_S, the winner is entered, looked at and settled.
"""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from toteboard.sandbox.api import Api, Refused, Unreachable
from toteboard.sandbox.bettors import strength
from toteboard.sandbox.demo import result_key

LOOK_S = 2.0
PLAY_S = 45
# Fewer matches than this still to come, and the next round is called, one match after the other.
UPCOMING_MIN = 4
SPACING = timedelta(minutes=4)
# Settled at one look, so that a tournament whose matches are all over does not fill the queue at once.
SETTLED_AT_ONCE_MAX = 3
# The odds of one fixed market move about this often, by this much.
ODDS_EVERY_S = 20.0
ODDS_STEP = 0.04
MATCHES_MAX = 400


class Desk:
    """`results` knows who really won, by result_key; all other matches are drawn."""

    def __init__(self, api: Api, tournament: dict[str, Any], token: str, results: dict[str, dict[str, Any]]):
        self._api = api
        self._tournament_id: int = tournament["id"]
        self._token = token
        self._results = results
        self._dice = random.Random()  # noqa: S311 nothing secret is drawn
        # Matches a next round was called for: the ids of those it repeats.
        self._repeated: set[int] = set()

    async def live(self) -> None:
        """Keeps the tournament going until it is cancelled."""
        while True:
            try:
                board = await self._api.ask("GET", f"/api/tournament/{self._tournament_id}/board")
                await self._finish(board)
                await self._call_next(board)
                if self._dice.random() < LOOK_S / ODDS_EVERY_S:
                    await self._move_odds(board)
            except (Unreachable, Refused):
                # Somebody else was quicker, or the server is away for a moment: look again.
                pass
            await asyncio.sleep(LOOK_S)

    async def _ask(self, method: str, path: str, body: dict[str, Any]) -> Any:
        return await self._api.ask(method, path, body, token=self._token)

    async def _finish(self, board: dict[str, Any]) -> None:
        now_ms = datetime.now(UTC).timestamp() * 1000
        played = [
            market
            for market in board["markets"]
            if market["status"] in ("closed", "resulted") and (market["closes_at"] or 0) + PLAY_S * 1000 < now_ms
        ]
        matches = {match["id"]: match for match in board["matches"]}
        for market in played[:SETTLED_AT_ONCE_MAX]:
            path = f"/api/market/{market['id']}"
            match = matches[market["match_id"]]
            known = self._results.get(result_key(match["round"], match["name"]), {})
            if known.get("score") and match["score"] is None:
                await self._ask("PATCH", f"/api/match/{match['id']}", {"score": known["score"]})
            if market["status"] == "closed":
                winner = self._winner(match["name"], market, known.get("winner"))
                await self._ask("POST", f"{path}/result", {"winners": [winner]})
            # First looked at, then decided: with the preview's digest nothing else is settled than was seen.
            preview = await self._ask("POST", f"{path}/preview", {})
            await self._ask("POST", f"{path}/settle", {"digest": preview["digest"]})

    def _winner(self, match: str, market: dict[str, Any], known_winner: str | None) -> int:
        """By the file's result where there is one, else drawn by how good they are."""
        outcomes = [outcome for outcome in market["outcomes"] if not outcome["withdrawn"]]
        known = [outcome["id"] for outcome in outcomes if outcome["name"] == known_winner]
        if known:
            return int(known[0])
        weights = [strength(match, outcome["name"]) for outcome in outcomes]
        return int(self._dice.choices(outcomes, weights=weights)[0]["id"])

    async def _call_next(self, board: dict[str, Any]) -> None:
        """One match of the next round, where few are still to come: a settled one, played again."""
        by_match: dict[int, list[dict[str, Any]]] = {}
        for market in board["markets"]:
            by_match.setdefault(market["match_id"], []).append(market)
        upcoming = [
            match for match in board["matches"] if any(m["status"] == "open" for m in by_match.get(match["id"], []))
        ]
        over = [
            match
            for match in board["matches"]
            if match["id"] not in self._repeated
            and by_match.get(match["id"])
            and all(m["status"] in ("settled", "void") for m in by_match[match["id"]])
        ]
        if len(upcoming) >= UPCOMING_MIN or not over or len(board["matches"]) >= MATCHES_MAX:
            return
        now = datetime.now(UTC).replace(microsecond=0)
        latest = max((match["starts_at"] or 0 for match in upcoming), default=0) / 1000
        starts_at = max(now, datetime.fromtimestamp(latest, UTC)) + SPACING
        # Taken off the list first: if this fails half-way, the same match is not called over and over.
        self._repeated.add(over[0]["id"])
        await self._play_again(over[0], by_match[over[0]["id"]], starts_at)

    async def _play_again(self, match: dict[str, Any], markets: list[dict[str, Any]], starts_at: datetime) -> None:
        again = await self._ask(
            "POST",
            "/api/match",
            {
                "tournament_id": self._tournament_id,
                "name": match["name"],
                "round": _next_round(match["round"]),
                "venue": match["venue"],
                "starts_at": starts_at.isoformat(),
            },
        )
        for market in markets:
            outcomes = [
                {"name": outcome["name"]}
                | (
                    {"odds": _odds(outcome["odds_milli"])}
                    if market["kind"] == "fixed" and outcome["odds_milli"]
                    else {}
                )
                for outcome in market["outcomes"]
            ]
            body = {
                "match_id": again["id"],
                "name": market["name"],
                "kind": market["kind"],
                "closes_at": starts_at.isoformat(),
                "takeout_bps": market["takeout_bps"],
                "outcomes": outcomes,
            }
            added = await self._ask("POST", "/api/market", body)
            await self._ask("POST", f"/api/market/{added['id']}/open", {})

    async def _move_odds(self, board: dict[str, Any]) -> None:
        """The house shortens what is backed and lengthens what is not."""
        fixed = [market for market in board["markets"] if market["kind"] == "fixed" and market["status"] == "open"]
        if not fixed:
            return
        market = self._dice.choice(fixed)
        outcome = self._dice.choice(market["outcomes"])
        if not outcome["odds_milli"]:
            return
        staked = sum(other["stakes"] for other in market["outcomes"])
        share = outcome["stakes"] / staked if staked else 0
        step = -ODDS_STEP if share > 1 / len(market["outcomes"]) else ODDS_STEP
        odds_milli = min(max(round(outcome["odds_milli"] * (1 + step) / 10) * 10, 1100), 20_000)
        await self._ask("PATCH", f"/api/outcome/{outcome['id']}", {"odds": _odds(odds_milli)})


def _odds(odds_milli: int) -> str:
    return f"{odds_milli // 1000}.{odds_milli % 1000:03}"


def _next_round(name: str) -> str:
    """ "Round 1" becomes "Round 2"; any other name gets "again" behind it, once."""
    word, _, number = name.rpartition(" ")
    if word and number.isascii() and number.isdigit():
        return f"{word} {int(number) + 1}"
    return name if name.endswith("again") else f"{name}, again".lstrip(", ")
