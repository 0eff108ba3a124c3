"""Remembers what changed last, and when, by sequence number. Knows not what changed about it."""


class Changes:
    """Ids in the order of their last change: "since" costs what changed, not what there is."""

    __slots__ = ("_seq_of",)

    def __init__(self) -> None:
        # A dict keeps the order of insertion; a touched id is moved to the end.
        self._seq_of: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._seq_of)

    def touch(self, key: int, seq: int) -> None:
        """`key` changed at `seq`, which is never lower than one given before."""
        self._seq_of.pop(key, None)
        self._seq_of[key] = seq

    def forget(self, key: int) -> None:
        """It is gone: nobody is told of it any more."""
        self._seq_of.pop(key, None)

    def forget_oldest(self) -> int:
        """Drops the id that changed longest ago; returns when that was."""
        return self._seq_of.pop(next(iter(self._seq_of)))

    def since(self, seq: int) -> list[int]:
        """The ids changed after `seq`, the one changed longest ago first."""
        changed = []
        for key in reversed(self._seq_of):
            if self._seq_of[key] <= seq:
                break
            changed.append(key)
        changed.reverse()
        return changed
