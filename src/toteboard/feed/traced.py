"""The hub with spans: from a bet's commit to the frame that shows it. Built in its place only where bets are traced."""

import time
from collections import deque
from typing import Any
from uuid import UUID

from toteboard.feed.board import Board, Event
from toteboard.feed.channel import Channel
from toteboard.feed.hub import Hub
from toteboard.feed.personal import bets_of
from toteboard.rules.events import EventKind
from toteboard.tracing.traces import Traces

# Bets of one tournament that wait to be shown.
EXPECTED_MAX = 10_000


class TracedChannel(Channel):
    """A channel that tells when what it expects was sent."""

    def __init__(self, *given: Any, traces: Traces, **named: Any):
        super().__init__(*given, **named)
        self._traces = traces
        # Event, bet, and when it was on the board.
        self._expected: deque[tuple[int, UUID, int]] = deque(maxlen=EXPECTED_MAX)

    def expect(self, seq: int, bet_id: UUID, folded_ns: int) -> None:
        """The bet is in an event that is sent with the next update."""
        self._expected.append((seq, bet_id, folded_ns))

    async def _send_news(self, now: float) -> None:
        await super()._send_news(now)
        sent_ns, readers = time.time_ns(), len(self.subscribers)
        while self._expected and self._expected[0][0] <= self._sent_seq:
            _, bet_id, folded_ns = self._expected.popleft()
            self._traces.record(bet_id, "frame", folded_ns, sent_ns, {"toteboard.feed.readers": readers})


class TracedHub(Hub):
    """The hub of a process that traces bets."""

    def __init__(self, *given: Any, traces: Traces, **named: Any):
        super().__init__(*given, **named)
        self._traces = traces

    def new_channel(self, board: Board) -> Channel:
        return TracedChannel(board, self._settings, now=self._clock(), wall_ms=self._wall_ms, traces=self._traces)

    def followed(self, board: Board, events: list[Event]) -> None:
        now_ns = time.time_ns()
        channel = self._channels.get(board.id)
        for event in events:
            if event.kind != EventKind.BETS:
                continue
            for row in bets_of(event):
                bet_id = UUID(row[0])
                if not self._traces.takes(bet_id):
                    continue
                committed_ns = int(event.at.timestamp() * 1e9)
                self._traces.record(bet_id, "fold", committed_ns, now_ns, {"toteboard.feed.seq": event.seq})
                if isinstance(channel, TracedChannel) and channel.subscribers:
                    channel.expect(event.seq, bet_id, now_ns)
        super().followed(board, events)
