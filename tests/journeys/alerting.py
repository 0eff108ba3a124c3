"""A real Alertmanager with our configuration, and whoever it writes to: a receiver that keeps what Slack would get."""

import contextlib
import json
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ports import free_port

from .prometheus import PROGRAMS, until_ready

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTMANAGER = PROGRAMS / "prometheus-alertmanager" / "usr" / "bin" / "prometheus-alertmanager"


class Received(ThreadingHTTPServer):
    """Keeps each request's path and JSON, and answers as Slack does."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, Any]]] = []
        super().__init__(("127.0.0.1", free_port()), _Kept)

    def messages(self, path: str) -> list[dict[str, Any]]:
        return [body for at, body in list(self.got) if at == path]

    def until(self, fits: Callable[[dict[str, Any]], bool], wait_s: float, path: str = "/slack") -> dict[str, Any]:
        """Waits for a message that fits."""
        ended = time.monotonic() + wait_s
        while time.monotonic() < ended:
            for body in self.messages(path):
                if fits(body):
                    return body
            time.sleep(0.1)
        raise AssertionError(json.dumps(self.got, indent=1))


class _Kept(BaseHTTPRequestHandler):
    server: Received

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.got.append((self.path, body))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextlib.contextmanager
def receiver() -> Iterator[Received]:
    server = Received()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def quick(text: str) -> str:
    """The same rules or routes in a sixtieth of their time: minutes are seconds, and hours minutes."""
    text = re.sub(r"(?<=[\[ ])(\d+)m(?=[\]\s,)])", r"\1s", text)
    return re.sub(r"(?<=[\[ ])(\d+)h(?=[\]\s,)])", r"\1m", text)


def rules(folder: Path) -> Path:
    """Our rules, quick."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "rules.yaml"
    path.write_text(quick((DEPLOY / "prometheus" / "rules.yaml").read_text()))
    return path


@contextlib.contextmanager
def alertmanager(folder: Path, received: Received) -> Iterator[int]:
    """Alertmanager with our configuration, quick, its secrets in the folder and everybody it writes to the receiver."""
    folder.mkdir(parents=True, exist_ok=True)
    url = f"http://127.0.0.1:{received.server_port}"
    (folder / "slack_url").write_text(f"{url}/slack")
    config = (DEPLOY / "alertmanager" / "alertmanager.yaml").read_text()
    for old, new in (
        ("/etc/alertmanager/secrets", str(folder)),
        ("/etc/alertmanager/toteboard.tmpl", str(DEPLOY / "alertmanager" / "toteboard.tmpl")),
        ("http://127.0.0.1:9099/watchdog", f"{url}/watchdog"),
        ("group_wait: 10s", "group_wait: 1s"),
    ):
        assert old in config
        config = config.replace(old, new)
    (folder / "alertmanager.yaml").write_text(quick(config))
    port = free_port()
    with (folder / "alertmanager.log").open("w") as log:
        process = subprocess.Popen(
            [
                ALERTMANAGER,
                f"--config.file={folder / 'alertmanager.yaml'}",
                f"--storage.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--web.external-url=https://alerts.example.org",
                "--cluster.listen-address=",
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=ALERTMANAGER.parents[2],
        )
    try:
        until_ready(f"http://127.0.0.1:{port}", process)
        yield port
    finally:
        process.terminate()
        process.wait(30)
