"""A proxy on 127.0.0.1 that drops every connection when it is told to, and lets nobody in until it is told otherwise."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

CHUNK = 65_536


class DroppingProxy:
    """Bytes through to a server, both ways; `drop` cuts all of them at once."""

    def __init__(self, target: tuple[str, int]):
        self._target = target
        self._is_open = True
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._let_in, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def drop(self) -> None:
        """Cuts every connection, and refuses new ones."""
        self._is_open = False
        with self._lock:
            cut, self._pairs = self._pairs, []
        for pair in cut:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def let_in(self) -> None:
        self._is_open = True

    def close(self) -> None:
        self.drop()
        self._door.close()

    def _let_in(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            if not self._is_open:
                near.close()
                continue
            far = socket.create_connection(self._target)
            with self._lock:
                self._pairs.append((near, far))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    source.close()


@contextmanager
def dropping_proxy(url: str) -> Iterator[DroppingProxy]:
    """One in front of this server."""
    host, _, port = url.removeprefix("http://").partition(":")
    proxy = DroppingProxy((host, int(port)))
    try:
        yield proxy
    finally:
        proxy.close()
