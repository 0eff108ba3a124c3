"""feed/socket.py and api/front.py stand on the inside of uvicorn. When that changes, this says where, before a user does."""

import inspect
import re
from importlib.metadata import version
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from toteboard.api.front import FrontProtocol, _BetCycle
from toteboard.feed.socket import TRANSPORT, FeedProtocol, uvicorn_options
from toteboard.http.bounded import BoundedProtocol
from toteboard.settings import Settings

PINNED = "0.54.0"


def _source(of: object) -> str:
    return inspect.getsource(of)  # type: ignore[arg-type]


def test_uvicorn_is_the_version_that_was_read() -> None:
    assert version("uvicorn") == PINNED, (
        "read its WebSocket and HTTP protocols again, then move PINNED here and in pyproject.toml"
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


def test_our_protocol_stands_before_what_it_bounds_and_adds_nothing_that_is_there() -> None:
    own = {name for name in vars(FeedProtocol) if not re.fullmatch(r"__\w+__", name)}
    bounded = {"connection_lost", "data_received", "handle_ping", "handle_pong", "handle_cont"}
    assert own == {"run_asgi", *bounded, "take_seat", "end", "why", "_is_heard"}
    for name in bounded:
        assert hasattr(WebSocketsSansIOProtocol, name)
    for name in ("take_seat", "end", "why", "why_ended", "_is_heard", "bounds", "seat"):
        assert not re.search(rf"\b{name}\b", _source(WebSocketsSansIOProtocol)), name
    # Every frame of a client comes through one of these or the messages that FeedSocket counts.
    handled = set(
        re.findall(
            r"self\.(handle_\w+)\(event\)|self\.(handle_ping)\(", _source(WebSocketsSansIOProtocol.handle_events)
        )
    )
    assert {one or other for one, other in handled} == {
        *("handle_connect", "handle_cont", "handle_text", "handle_bytes", "handle_ping", "handle_pong", "handle_close"),
    }
    assert "self.handshake_initiated = True" in _source(WebSocketsSansIOProtocol.handle_connect)
    assert TRANSPORT not in _source(WebSocketsSansIOProtocol)


def test_uvicorn_takes_our_class_and_options() -> None:
    config = uvicorn.Config(_nobody, log_config=None, **uvicorn_options(Settings()))
    config.load()
    assert config.ws_protocol_class is FeedProtocol
    for protocol in ("httptools_impl", "h11_impl"):
        module = __import__(f"uvicorn.protocols.http.{protocol}", fromlist=["x"])
        assert "self.ws_protocol_class(" in _source(module)


# The HTTP protocol, for bets ------------------------------------------------------------------------------------------


def test_our_http_protocol_changes_three_methods_only() -> None:
    own = [name for name in vars(FrontProtocol) if not re.fullmatch(r"__\w+__", name)]
    assert own == ["on_headers_complete", "data_received", "default_headers"]
    assert not hasattr(HttpToolsProtocol, "default_headers")
    assert "placing" not in _source(HttpToolsProtocol)


def test_what_bounds_a_connection_stands_before_what_uvicorn_does() -> None:
    own = {name for name in vars(BoundedProtocol) if not re.fullmatch(r"__\w+__", name)}
    callbacks = {"on_message_begin", "on_header", "on_headers_complete", "on_body"}
    connection = {"connection_made", "connection_lost", "data_received", "pause_writing", "resume_writing"}
    added = {"end", "check_head", "_head_size", "_refuse", "_close", "_stop", "_upgrade"}
    added |= {"make_last", "close_in_peace", "on_new_cycle", "_hear_no_more"}
    assert own == callbacks | connection | added | {"on_response_complete", "shutdown"}
    uvicorns = _source(HttpToolsProtocol)
    for name in (*callbacks, *connection, "on_response_complete", "shutdown"):
        assert f"def {name}(" in uvicorns
    for name in (*added, "seat", "bounds", "_held", "_ending", "_began", "_in_head"):
        assert f"self.{name}" not in uvicorns, name
    # What data_received does in its place is what uvicorn's does, but for the answer to what cannot be read.
    received = _source(HttpToolsProtocol.data_received)
    for done in ("self.parser.feed_data(data)", "self.handle_websocket_upgrade()"):
        assert done in received
    # And on_response_complete, but for the timer of a connection that is kept, which nothing of ours starts.
    complete = _source(HttpToolsProtocol.on_response_complete).partition("-> None:")[2]
    steps = [line.strip() for line in complete.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert steps == [
        *("self.server_state.total_requests += 1", "if self.transport.is_closing():", "return"),
        *("self._unset_keepalive_if_required()", "self.flow.resume_reading()", "if self.pipeline:"),
        *("cycle, app = self.pipeline.pop()", "self._start_asgi_task(cycle, app)", "else:"),
        *("self.timeout_keep_alive_task = self.loop.call_later(",),
        *("self.timeout_keep_alive, self.timeout_keep_alive_handler", ")"),
    ]
    # Headers and trailers come by the same callback; the list is the one that the scope has.
    plain = " ".join(_source(HttpToolsProtocol.on_header).partition("-> None:")[2].split())
    assert plain == (
        'name = name.lower() if name == b"expect" and value.lower() == b"100-continue": self.expect_100_continue = True'
        " self.headers.append((name, value))"
    )
    assert '"headers": self.headers' in _source(HttpToolsProtocol.on_message_begin)


def test_a_cycle_closes_what_it_writes_to_and_nothing_else() -> None:
    """So a cycle that is its connection's last can be given another thing to close."""
    cycle = _source(RequestResponseCycle)
    assert set(re.findall(r"self\.transport\.(\w+)", cycle)) == {"write", "close", "is_closing"}
    assert "if not self.keep_alive:\n                    self.transport.close()" in cycle
    assert "self.cycle.keep_alive = False" in _source(HttpToolsProtocol.shutdown)
    # Pipelined requests wait in this queue, and go on from here.
    assert "self.pipeline.appendleft(" in _source(HttpToolsProtocol.on_headers_complete)
    assert "self.transport.set_protocol(protocol)" in _source(HttpToolsProtocol.handle_websocket_upgrade)


def test_a_request_becomes_a_cycle_when_its_headers_are_complete() -> None:
    complete = _source(HttpToolsProtocol.on_headers_complete)
    # What FrontProtocol decides by is there before, and what it sets is what uvicorn would set.
    for used in ("self.parser.get_method()", "self.parser.get_http_version()", "self.parser.should_keep_alive()"):
        assert used in complete
    assert "self.cycle = RequestResponseCycle(" in complete
    assert "existing_cycle is None or existing_cycle.response_complete" in complete
    assert "self.url += url" in _source(HttpToolsProtocol.on_url)
    assert "self.expect_100_continue = True" in _source(HttpToolsProtocol.on_header)


def test_our_cycle_is_told_all_that_uvicorns_is() -> None:
    assert "self.cycle.body += body" in _source(HttpToolsProtocol.on_body)
    assert "self.cycle.more_body = False" in _source(HttpToolsProtocol.on_message_complete)
    for told in (HttpToolsProtocol.on_body, HttpToolsProtocol.on_message_complete, HttpToolsProtocol.connection_lost):
        assert "self.cycle.message_event.set()" in _source(told)
    lost = _source(HttpToolsProtocol.connection_lost)
    assert "if self.cycle and not self.cycle.response_complete:" in lost
    assert "self.cycle.disconnected = True" in lost
    shutdown = _source(HttpToolsProtocol.shutdown)
    assert "self.cycle is None or self.cycle.response_complete" in shutdown
    assert "self.cycle.keep_alive = False" in shutdown
    # Every name of the cycle that uvicorn's protocol touches is one that ours has.
    touched = set(re.findall(r"self\.cycle\.(\w+)", _source(HttpToolsProtocol)))
    assert touched == {"body", "more_body", "message_event", "response_complete", "disconnected", "keep_alive"}
    ours = set(_BetCycle.__slots__) | {"message_event"} | set(vars(_BetCycle))
    assert touched <= ours


def test_an_answered_request_lets_the_next_one_begin() -> None:
    answered = _source(HttpToolsProtocol.on_response_complete)
    assert "self.flow.resume_reading()" in answered
    assert "self.pipeline.pop()" in answered
    assert "self.timeout_keep_alive_handler" in answered


async def _nobody(_scope: object, _receive: object, _send: object) -> None:
    """An application that is never asked."""
