"""A PostgreSQL on a host of its own, behind a router that can lose what it should pass on.

Hosts are network namespaces. Needs root and Linux, and `ip` of iproute2 (scripts/packages.sh).
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toteboard.embedded.cluster import FIRM
from toteboard.embedded.layout import find_layout

HERE, THERE = "10.199.7.1", "10.199.8.1"
ROUTER_NEAR, ROUTER_FAR = "10.199.7.2", "10.199.8.2"
WAIT_S = 20


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=WAIT_S)


def _on(host: str, *command: str) -> None:
    _run("ip", "netns", "exec", host, *command)


@dataclass(frozen=True)
class Router:
    """Between the application here and the database there; `near` and `far` are its devices towards them."""

    name: str
    host: str
    near: str
    far: str

    def lose(self, *, questions: bool = True, answers: bool = True) -> None:
        """Without a word to anybody: what the application sends, what the database sends, or both."""
        self._pass_on(questions=not questions, answers=not answers)

    def mend(self) -> None:
        self._pass_on(questions=True, answers=True)

    def _pass_on(self, *, questions: bool, answers: bool) -> None:
        for device, passes in ((self.near, questions), (self.far, answers)):
            _on(self.name, "sh", "-c", f"echo {int(passes)} > /proc/sys/net/ipv4/conf/{device}/forwarding")


@contextmanager
def routed() -> Iterator[Router]:
    """A network of three: here, the router, and the database's host."""
    mark = f"tb{os.getpid()}"
    router, here, there = Router(f"{mark}r", f"{mark}h", f"{mark}n", f"{mark}f"), f"{mark}a", f"{mark}b"
    _run("ip", "netns", "add", router.name)
    _run("ip", "netns", "add", router.host)
    try:
        _run("ip", "link", "add", here, "type", "veth", "peer", "name", router.near, "netns", router.name)
        _on(router.name, "ip", "link", "add", router.far, "type", "veth", "peer", "name", there, "netns", router.host)
        for at, device, address in (
            ((), here, HERE),
            (("ip", "netns", "exec", router.name), router.near, ROUTER_NEAR),
            (("ip", "netns", "exec", router.name), router.far, ROUTER_FAR),
            (("ip", "netns", "exec", router.host), there, THERE),
        ):
            _run(*at, "ip", "addr", "add", f"{address}/30", "dev", device)
            _run(*at, "ip", "link", "set", device, "up")
        _run("ip", "route", "add", f"{THERE}/32", "via", ROUTER_NEAR)
        _on(router.host, "ip", "route", "add", "default", "via", ROUTER_FAR)
        router.mend()
        yield router
    finally:
        # A host ends when the last process on it does; its cables are pulled out at once.
        _on(router.name, "ip", "link", "del", router.near)
        _on(router.name, "ip", "link", "del", router.far)
        _run("ip", "netns", "del", router.name)
        _run("ip", "netns", "del", router.host)


@contextmanager
def server_there(router: Router, folder: Path) -> Iterator[None]:
    """Runs the embedded server's cluster of `folder`, which is stopped, on the host behind the router.

    Its unix sockets are where they were: whoever looks on goes by these, beside the network.
    """
    layout = find_layout(folder)
    with (layout.cluster / "pg_hba.conf").open("a") as access:
        access.write(f"host all all {HERE}/32 scram-sha-256\n")
    given = FIRM | {"listen_addresses": THERE}
    process = subprocess.Popen(
        [
            *("ip", "netns", "exec", router.host, "setpriv"),
            *(f"--reuid={layout.os_user.uid}", f"--regid={layout.os_user.gid}", "--clear-groups"),
            *(layout.bin_dir / "postgres", "-D", layout.cluster),
            *(f"--{name}={value}" for name, value in given.items()),
        ],
        cwd=layout.home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        # The fast way to stop: whoever is connected is not waited for.
        process.send_signal(signal.SIGINT)
        process.wait(WAIT_S)
