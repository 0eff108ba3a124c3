"""Folds events into the board of one tournament. Knows neither sockets nor SQL, nor what time it is.

The board remembers for each outcome, market and match when it last changed, so that "everything since N" is one update
for any N it reaches back to, and nothing has to be kept for replay.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from toteboard.feed import messages
from toteboard.feed.changes import Changes
from toteboard.feed.markets import MarketShown, OutcomeShown, milli, milli_of_text
from toteboard.feed.messages import (
    BoardUpdate,
    GoneFromBoard,
    MatchOnBoard,
    OutcomeRow,
    PulseRow,
    TapeRow,
    TournamentOnBoard,
)
from toteboard.rules.events import EventKind

PULSE_S = 120
TAPE_MAX = 12
# Deleted matches and markets remembered for those who resume; deleting is rare.
GONE_MAX = 500


class Unfoldable(Exception):
    """The event does not follow on this board: one is missing, or it speaks of what the board has never seen."""


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the table events, its payload parsed."""

    seq: int
    at: datetime
    kind: str
    payload: dict[str, Any]


@dataclass(slots=True)
class Second:
    """A second of the pulse: what was staked in it, altogether and by outcome, in minor units."""

    seq: int
    stakes: int
    by_outcome: dict[int, int]


class Board:
    """What the room sees of one tournament after the event `seq` of the history `epoch`."""

    def __init__(self, *, epoch: str, seq: int, tournament: dict[str, Any]):
        self.epoch = epoch
        self.seq = seq
        # The board knows what changed after `base`, and cannot say what had changed before it.
        self.base = seq
        # The last event that changed anything to be seen; a deposit, for one, does not.
        self.changed_seq = seq
        self.tournament = TournamentOnBoard(**tournament)
        self.tournament_seq = seq
        self.total = 0
        self.bets = 0
        self.matches: dict[int, MatchOnBoard] = {}
        self.markets: dict[int, MarketShown] = {}
        self.outcomes: dict[int, OutcomeShown] = {}
        self._pulse: dict[int, Second] = {}
        self._tape: deque[tuple[int, TapeRow]] = deque(maxlen=TAPE_MAX)
        self._changed_outcomes, self._changed_markets, self._changed_matches = Changes(), Changes(), Changes()
        self._gone_markets, self._gone_matches = Changes(), Changes()

    @property
    def id(self) -> int:
        return self.tournament.id

    @classmethod
    def from_snapshot(
        cls,
        *,
        epoch: str,
        seq: int,
        tournament: dict[str, Any],
        matches: list[dict[str, Any]],
        markets: list[dict[str, Any]],
        pulse: list[tuple[int, int, int]],
        tape: list[TapeRow],
    ) -> "Board":
        """A board as one moment of the database shows it.

        Matches and markets are as in their events, outcomes with `stakes` and `bets` besides; a row of `pulse` is
        (second, outcome, stakes), one of `tape` a TapeRow, oldest first.
        """
        board = cls(epoch=epoch, seq=seq, tournament=tournament)
        for match in matches:
            board._put_match(match)
        for market in markets:
            board._put_market(market)
        for second, outcome_id, stakes in pulse:
            board._beat(second, outcome_id, stakes)
        board._tape.extend((seq, row) for row in tape)
        return board

    # Folding

    def fold(self, event: Event) -> None:
        """Takes the next event. Raises Unfoldable, after which the board is not to be used again."""
        if event.seq != self.seq + 1:
            raise Unfoldable(f"event {event.seq} after {self.seq}")
        self.seq = event.seq
        try:
            match event.kind:
                case EventKind.BETS:
                    self._fold_bets(event)
                case EventKind.MARKET:
                    self._fold_market(event.payload)
                case EventKind.MATCH:
                    self._fold_match(event.payload)
                case EventKind.TOURNAMENT:
                    self._fold_tournament(event.payload["tournament"])
                case _:
                    # Wallets and settlements are told to whom they concern; nothing of them is on the board.
                    return
        except (KeyError, TypeError, ValueError) as wrong:
            raise Unfoldable(f"event {event.seq} ({event.kind}): {wrong!r}") from wrong
        self.changed_seq = self.seq

    def _fold_bets(self, event: Event) -> None:
        for outcome_id, stakes, bets, _returns in event.payload["o"]:
            outcome = self.outcomes[outcome_id]
            self._count(stakes - outcome.stakes, bets - outcome.bets)
            outcome.stakes, outcome.bets = stakes, bets
            market = self.markets[outcome.market_id]
            market.odds_changed()
            # In a pool a stake on one outcome moves the odds of all.
            for moved in market.outcomes if market.is_pool else (outcome_id,):
                self._changed_outcomes.touch(moved, self.seq)
        second, at_ms = int(event.at.timestamp()), milli(event.at)
        for _bet_id, _user_id, outcome_id, stake, odds_milli in event.payload["b"]:
            self._beat(second, outcome_id, stake)
            self._tape.append((self.seq, (outcome_id, stake, odds_milli, at_ms)))

    def _fold_market(self, payload: dict[str, Any]) -> None:
        if "gone" in payload:
            market = self.markets.pop(payload["gone"], None)
            if market is not None:
                self._take_off(market)
                self._changed_markets.forget(market.id)
                self._remember_gone(self._gone_markets, market.id)
        else:
            self._put_market(payload["market"])

    def _fold_match(self, payload: dict[str, Any]) -> None:
        if "gone" in payload:
            match_id = int(payload["gone"])
            if self.matches.pop(match_id, None) is not None:
                self._changed_matches.forget(match_id)
                self._remember_gone(self._gone_matches, match_id)
        else:
            self._put_match(payload["match"])

    def _fold_tournament(self, payload: dict[str, Any]) -> None:
        changed = {name: payload[name] for name in TournamentOnBoard.__struct_fields__ if name in payload}
        self.tournament = msgspec.structs.replace(self.tournament, **changed)
        self.tournament_seq = self.seq

    def _put_match(self, match: dict[str, Any]) -> None:
        fields = {name: match[name] for name in MatchOnBoard.__struct_fields__}
        self.matches[match["id"]] = MatchOnBoard(**fields | {"starts_at": milli_of_text(match["starts_at"])})
        self._changed_matches.touch(match["id"], self.seq)

    def _put_market(self, payload: dict[str, Any]) -> None:
        market = MarketShown(payload, before=self.outcomes)
        if market.id in self.markets:
            self._take_off(self.markets[market.id])
        self.markets[market.id] = market
        self.outcomes |= market.outcomes
        for outcome in market.outcomes.values():
            self._count(outcome.stakes, outcome.bets)
        self._changed_markets.touch(market.id, self.seq)

    def _take_off(self, market: MarketShown) -> None:
        for outcome in market.outcomes.values():
            del self.outcomes[outcome.id]
            self._changed_outcomes.forget(outcome.id)
            self._count(-outcome.stakes, -outcome.bets)

    def _remember_gone(self, gone: Changes, key: int) -> None:
        gone.touch(key, self.seq)
        if len(gone) > GONE_MAX:
            self.base = max(self.base, gone.forget_oldest())

    def _count(self, stakes: int, bets: int) -> None:
        self.total += stakes
        self.bets += bets

    def _beat(self, second: int, outcome_id: int, stake: int) -> None:
        row = self._pulse.get(second)
        if row is None:
            oldest = max(second, *self._pulse) - PULSE_S if self._pulse else second - PULSE_S
            if second <= oldest:
                return
            row = self._pulse[second] = Second(self.seq, 0, {})
            for old in [kept for kept in self._pulse if kept <= oldest]:
                del self._pulse[old]
        row.seq = self.seq
        row.stakes += stake
        row.by_outcome[outcome_id] = row.by_outcome.get(outcome_id, 0) + stake

    # Showing

    def snapshot(self) -> messages.Board:
        """All of it, as it is now."""
        return messages.Board(
            tournament=self.tournament,
            total=self.total,
            bets=self.bets,
            matches=[self.matches[key] for key in sorted(self.matches)],
            markets=[self.markets[key].shown() for key in sorted(self.markets)],
            pulse=self._pulse_since(-1),
            tape=[row for _, row in self._tape],
        )

    def reaches(self, after: int) -> bool:
        """Whether update_since(after) tells everything that happened since."""
        return self.base <= after <= self.seq

    def update_since(self, after: int, *, now_ms: int) -> BoardUpdate:
        """Everything that changed after the event `after`, each value as it is now."""
        assert self.reaches(after), f"the board reaches from {self.base} to {self.seq}, not to {after}"
        markets, matches = self._changed_markets.since(after), self._changed_matches.since(after)
        gone = GoneFromBoard(markets=self._gone_markets.since(after), matches=self._gone_matches.since(after))
        return BoardUpdate(
            seq=self.seq,
            now=now_ms,
            total=self.total,
            bets=self.bets,
            pulse=self._pulse_since(after),
            outcomes=[self._outcome_row(key) for key in self._changed_outcomes.since(after)],
            tape=[row for seq, row in self._tape if seq > after],
            markets=[self.markets[key].shown() for key in sorted(markets)] if markets else UNSET,
            matches=[self.matches[key] for key in sorted(matches)] if matches else UNSET,
            tournament=self.tournament if self.tournament_seq > after else UNSET,
            gone=gone if gone.markets or gone.matches else UNSET,
        )

    def _outcome_row(self, outcome_id: int) -> OutcomeRow:
        outcome = self.outcomes[outcome_id]
        return outcome_id, outcome.stakes, outcome.bets, self.markets[outcome.market_id].odds()[outcome_id]

    def _pulse_since(self, after: int) -> list[PulseRow]:
        rows = sorted((second, row) for second, row in self._pulse.items() if row.seq > after)
        return [(second, row.stakes, row.by_outcome) for second, row in rows]
