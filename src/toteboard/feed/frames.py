"""WebSocket frames of a server (RFC 6455), made once and written to everybody. Unmasked, whole, not compressed."""

import msgspec

from toteboard.feed.messages import CloseCode, Message

encode = msgspec.json.Encoder().encode

_TEXT, _CLOSE = 0x81, 0x88


def header(length: int, first: int = _TEXT) -> bytes:
    """The bytes before a payload of `length` bytes."""
    if length < 126:
        return bytes((first, length))
    if length < 65_536:
        return bytes((first, 126)) + length.to_bytes(2, "big")
    return bytes((first, 127)) + length.to_bytes(8, "big")


def text_frame(body: bytes) -> bytes:
    """A whole text message; `body` is UTF-8."""
    return header(len(body)) + body


def message_frame(message: Message) -> bytes:
    """The message as one WebSocket text frame, encoded once for everybody."""
    return text_frame(encode(message))


def close_frame(code: CloseCode, reason: str) -> bytes:
    """The last frame. `reason` is short: a control frame holds 125 bytes."""
    body = code.to_bytes(2, "big") + reason.encode()
    return header(len(body), _CLOSE) + body
