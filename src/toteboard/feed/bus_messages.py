"""What processes tell each other on the bus, as bytes and back. Does no I/O.

Whoever may publish on the bus can make a board show what is not so; the ledger reads nothing from there.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from toteboard.feed.board import Event
from toteboard.ledger.feeds import Head

# Bytes of one message: a server takes a megabyte unless told otherwise. An event that alone is longer is not told; who
# finds it missing reads it from the database.
MESSAGE_MAX = 900_000
# Events of a board are told in the order of their numbers: number, microseconds since 1970, kind, payload.
_Row = tuple[int, int, str, msgspec.Raw]


class Told(msgspec.Struct):
    """Events of one tournament, in order and without a hole."""

    epoch: str
    events: list[_Row]


class Beat(msgspec.Struct):
    """The relay lives: `n` counts its beats; `heads` are how far it told the tournaments of the last moments."""

    n: int
    heads: dict[int, tuple[str, int]]


class Unreadable(ValueError):
    """A message that is none of ours."""


encode = msgspec.json.encode
_told = msgspec.json.Decoder(Told)
_payload = msgspec.json.Decoder(dict[str, Any])
_beat = msgspec.json.Decoder(Beat)
_numbers = msgspec.json.Decoder(list[int])


def told(epoch: str, rows: list[Any]) -> Iterator[bytes]:
    """The messages that tell these rows (seq, at, kind, payload text) of one tournament, in order."""
    events: list[_Row] = []
    size = 0
    for row in rows:
        text = row["payload"].encode()
        if len(text) > MESSAGE_MAX or size + len(text) > MESSAGE_MAX:
            if events:
                yield encode(Told(epoch, events))
            events, size = [], 0
        if len(text) <= MESSAGE_MAX:
            events.append((row["seq"], round(row["at"].timestamp() * 1_000_000), row["kind"], msgspec.Raw(text)))
            size += len(text)
    if events:
        yield encode(Told(epoch, events))


def events_of(message: bytes) -> tuple[str, list[Event]]:
    """The epoch and the events of such a message. Raises Unreadable."""
    try:
        read = _told.decode(message)
        return read.epoch, [
            Event(seq, datetime.fromtimestamp(at / 1_000_000, UTC), kind, _payload.decode(payload))
            for seq, at, kind, payload in read.events
        ]
    except (msgspec.MsgspecError, ValueError, OverflowError, OSError) as why:
        raise Unreadable(str(why)) from None


def heads_of(message: bytes) -> dict[int, Head]:
    """How far the relay told, of a beat. Raises Unreadable."""
    try:
        return {key: Head(epoch, seq) for key, (epoch, seq) in _beat.decode(message).heads.items()}
    except (msgspec.MsgspecError, ValueError) as why:
        raise Unreadable(str(why)) from None


def numbers_of(message: bytes) -> list[int]:
    """The tournaments with something new, or the people who changed. Raises Unreadable."""
    try:
        return _numbers.decode(message)
    except (msgspec.MsgspecError, ValueError) as why:
        raise Unreadable(str(why)) from None


def number_of(text: str) -> int:
    """A tournament's id, of a subject. Raises Unreadable."""
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Unreadable("not a number")
    return int(text)
