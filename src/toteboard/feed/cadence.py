"""When the next message may go. Knows only the times it is given, in seconds of a clock that never goes back."""


class Cadence:
    """The first news after a quiet moment at once, then at most `hz` a second; a beat after `beat_s` of silence."""

    __slots__ = ("_beat_s", "_gap_s", "_sent_at")

    def __init__(self, *, hz: int, beat_s: float, now: float):
        self._gap_s = 1 / hz
        self._beat_s = beat_s
        # As if the last message had gone a gap ago: the first one waits for nothing.
        self._sent_at = now - self._gap_s

    @property
    def news_at(self) -> float:
        """From then on news may go."""
        return self._sent_at + self._gap_s

    @property
    def beat_at(self) -> float:
        """Then a beat goes, if nothing else did."""
        return self._sent_at + self._beat_s

    def sent(self, now: float) -> None:
        """A frame went out at `now` (monotonic seconds)."""
        self._sent_at = now
