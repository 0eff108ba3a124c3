"""feed/socket.py stands on the inside of uvicorn. When that changes, this says where, before a socket does."""

import inspect
import re
from importlib.metadata import version
from pathlib import Path

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from toteboard.feed.socket import TRANSPORT, FeedProtocol, uvicorn_options
from toteboard.settings import Settings

PINNED = "0.54.0"


def _source(of: object) -> str:
    return inspect.getsource(of)  # type: ignore[arg-type]


def test_uvicorn_is_the_version_that_was_read() -> None:
    assert version("uvicorn") == PINNED, (
        "read its WebSocket protocol again, then move PINNED here and in pyproject.toml"
    )
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    assert f'"uvicorn=={PINNED}"' in pyproject.read_text(encoding="utf-8")


def test_the_application_is_run_by_a_method_we_can_stand_before() -> None:
    assert inspect.iscoroutinefunction(WebSocketsSansIOProtocol.run_asgi)
    assert list(inspect.signature(WebSocketsSansIOProtocol.run_asgi).parameters) == ["self"]
    assert "self.app(self.scope, self.receive, self.send)" in _source(WebSocketsSansIOProtocol.run_asgi)
    # The scope is there before the application runs, and its extensions are a dict of the connection's own.
    connecting = _source(WebSocketsSansIOProtocol.handle_connect)
    assert '"extensions": {"websocket.http.response": {}}' in connecting
    assert connecting.index("self.scope") < connecting.index("self.run_asgi()")


async def test_the_protocol_keeps_its_transport_and_makes_room_for_our_frames() -> None:
    config = uvicorn.Config(_nobody, log_config=None, **uvicorn_options(Settings()))
    config.load()
    protocol = WebSocketsSansIOProtocol(config, ServerState(), {})
    assert protocol.transport is None
    assert "self.transport = transport" in _source(WebSocketsSansIOProtocol.connection_made)
    # No compression, or our frames would not be what the client agreed to; and no message larger than a ping.
    assert protocol.conn.available_extensions == []
    assert protocol.ping_interval is None
    assert Settings().socket_message_max == protocol.config.ws_max_size


def test_whatever_ends_a_connection_tells_the_application() -> None:
    for method in ("connection_lost", "handle_close", "shutdown"):
        assert '"type": "websocket.disconnect"' in _source(getattr(WebSocketsSansIOProtocol, method))


def test_our_protocol_changes_one_method_only() -> None:
    own = [name for name in vars(FeedProtocol) if not re.fullmatch(r"__\w+__", name)]
    assert own == ["run_asgi"]
    assert TRANSPORT not in _source(WebSocketsSansIOProtocol)


def test_uvicorn_takes_our_class_and_options() -> None:
    config = uvicorn.Config(_nobody, log_config=None, **uvicorn_options(Settings()))
    config.load()
    assert config.ws_protocol_class is FeedProtocol
    for protocol in ("httptools_impl", "h11_impl"):
        module = __import__(f"uvicorn.protocols.http.{protocol}", fromlist=["x"])
        assert "self.ws_protocol_class(" in _source(module)


async def _nobody(_scope: object, _receive: object, _send: object) -> None:
    """An application that is never asked."""
