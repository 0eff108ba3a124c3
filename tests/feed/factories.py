"""A small tournament that makes the events a ledger would, and the client that reads them as docs/api.md says."""

from datetime import UTC, datetime, timedelta
from typing import Any

from toteboard.feed.board import PULSE_S, TAPE_MAX, Board, Event

START = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
EPOCH = "0f9d3c1e-0000-4000-8000-000000000001"
TOURNAMENT = {
    "id": 7,
    "slug": "cup",
    "name": "Cup",
    "subtitle": "",
    "currency": "EUR",
    "exponent": 2,
    "timezone": "UTC",
}


class EventFactory:
    """Matches, markets and bets; each call is a committed change and returns its event."""

    def __init__(self, *, matches: int = 1, outcomes: int = 3) -> None:
        self.seq = 0
        self.now = START
        self.events: list[Event] = []
        self.matches: dict[int, dict[str, Any]] = {}
        self.markets: dict[int, dict[str, Any]] = {}
        self.totals: dict[int, list[int]] = {}
        self._outcomes = outcomes
        self._bet_no = 0
        self._market_no = 99
        for _ in range(matches):
            match_id = self.add_match()
            self.add_market(match_id, "pool")
            self.add_market(match_id, "fixed")

    def board(self) -> Board:
        """A board as if read from the database now."""
        markets = [
            market
            | {"opens_at": None, "closes_at": None}
            | {
                "outcomes": [
                    o | dict(zip(("stakes", "bets"), self.totals[o["id"]], strict=True)) for o in market["outcomes"]
                ]
            }
            for market in self.markets.values()
        ]
        matches = [match | {"starts_at": None} for match in self.matches.values()]
        return Board.from_snapshot(
            epoch=EPOCH, seq=self.seq, tournament=TOURNAMENT, matches=matches, markets=markets, pulse=[], tape=[]
        )

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def event(self, kind: str, payload: dict[str, Any]) -> Event:
        self.seq += 1
        event = Event(self.seq, self.now, kind, payload)
        self.events.append(event)
        return event

    def add_match(self) -> int:
        match_id = len(self.matches) + 1
        self.change_match(match_id, name=f"Match {match_id}")
        return match_id

    def change_match(self, match_id: int, **fields: Any) -> Event:
        blank = {
            "id": match_id,
            "name": "",
            "round": "",
            "venue": "",
            "starts_at": None,
            "score": None,
            "not_played": None,
        }
        match = self.matches[match_id] = self.matches.get(match_id, blank) | fields
        return self.event("match", {"match": match})

    def add_market(self, match_id: int, kind: str) -> int:
        market_id = self._market_no = self._market_no + 1
        outcomes: list[dict[str, Any]] = [
            {
                "id": market_id * 100 + lane_no,
                "name": f"Outcome {lane_no}",
                "lane_no": lane_no,
                "odds_milli": None if kind == "pool" else 2000 + lane_no,
                "withdrawn": False,
            }
            for lane_no in range(1, self._outcomes + 1)
        ]
        for outcome in outcomes:
            self.totals[outcome["id"]] = [0, 0]
        self.markets[market_id] = {
            "id": market_id,
            "match_id": match_id,
            "name": f"Market {market_id}",
            "kind": kind,
            "status": "open",
            "opens_at": None,
            "closes_at": None,
            "closes_offset_s": None,
            "takeout_bps": 1000,
            "break_to_milli": 10,
            "minimum_milli": 1000,
            "minimum_tiers": "",
            "started_with": 0,
            "guaranteed": 0,
            "carry_to": None,
            "carry": "net",
            "carried": 0,
            "carried_gross": 0,
            "places": 1,
            "division": "profit",
            "stake_min": 1,
            "stake_max": 10**9,
            "result": None,
            "version": 1,
            "outcomes": outcomes,
        }
        self.event("market", {"market": self.markets[market_id]})
        return market_id

    def change_market(self, market_id: int, **fields: Any) -> Event:
        market = self.markets[market_id] = self.markets[market_id] | fields
        market["version"] += 1
        return self.event("market", {"market": market})

    def withdraw(self, market_id: int, lane_no: int) -> Event:
        rows = [
            o | {"withdrawn": o["withdrawn"] or o["lane_no"] == lane_no} for o in self.markets[market_id]["outcomes"]
        ]
        return self.change_market(market_id, outcomes=rows)

    def set_odds(self, market_id: int, lane_no: int, odds_milli: int) -> Event:
        rows = [
            o | {"odds_milli": odds_milli if o["lane_no"] == lane_no else o["odds_milli"]}
            for o in self.markets[market_id]["outcomes"]
        ]
        return self.change_market(market_id, outcomes=rows)

    def drop_market(self, market_id: int) -> Event:
        market = self.markets.pop(market_id)
        for outcome in market["outcomes"]:
            del self.totals[outcome["id"]]
        return self.event("market", {"gone": market_id})

    def bet(self, *bets: tuple[int, int], user_id: int = 1) -> Event:
        """One batch of (outcome, stake)."""
        rows = []
        for outcome_id, stake in bets:
            self._bet_no += 1
            total = self.totals[outcome_id]
            total[0] += stake
            total[1] += 1
            rows.append([f"bet-{self._bet_no}", user_id, outcome_id, stake, 2000])
        touched = dict.fromkeys(outcome_id for outcome_id, _ in bets)
        return self.event("bets", {"o": [[key, *self.totals[key], 0] for key in touched], "b": rows})

    def wallet(self, user_id: int, balance: int) -> Event:
        return self.event("wallet", {"user_id": user_id, "wallet_id": user_id, "balance": balance, "owed": 0})

    def settlement(self, market_id: int, *, done: int, bets: int, paid: list[Any] | None = None) -> Event:
        payload = {
            "settlement_id": 1,
            "market_id": market_id,
            "version": 1,
            "kind": "settle",
            "status": "paid" if done == bets else "paying",
            "bets": bets,
            "bets_done": done,
            "paid": paid or [],
        }
        return self.event("settlement", payload)


class Client:
    """What a page keeps: the snapshot, with updates laid over it."""

    def __init__(self) -> None:
        self.seq = -1
        self.board: dict[str, Any] = {}

    def take(self, message: dict[str, Any]) -> None:
        if message["t"] == "snapshot":
            self.board = message["board"]
        elif message["t"] == "update":
            assert message["seq"] >= self.seq, "a feed never goes back"
            self._lay_over(message)
        else:
            return
        self.seq = message["seq"]

    def _lay_over(self, update: dict[str, Any]) -> None:
        board = self.board
        board["total"], board["bets"] = update["total"], update["bets"]
        board["tournament"] = update.get("tournament", board["tournament"])
        gone = update.get("gone", {"markets": [], "matches": []})
        for name in ("matches", "markets"):
            rows = {row["id"]: row for row in board[name]} | {row["id"]: row for row in update.get(name, [])}
            board[name] = [rows[key] for key in sorted(rows) if key not in gone[name]]
        outcomes = {row["id"]: row for market in board["markets"] for row in market["outcomes"]}
        for outcome_id, stakes, bets, odds_milli in update["outcomes"]:
            outcomes[outcome_id] |= {"stakes": stakes, "bets": bets, "odds_milli": odds_milli}
        pulse = {row[0]: row for row in board["pulse"]} | {row[0]: row for row in update["pulse"]}
        board["pulse"] = [pulse[second] for second in sorted(pulse) if second > max(pulse) - PULSE_S]
        board["tape"] = (board["tape"] + update["tape"])[-TAPE_MAX:]
