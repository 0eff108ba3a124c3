"""The processes that run beside a sandbox server: the identity provider, and the people who bet.

They end with us, whatever ends us: they read a pipe that only we hold open.
"""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

from toteboard.sandbox.preparing import SandboxCompany, Scene

STOP_S = 5.0


class IdentityProvider:
    """The sandbox's identity provider. `url` is how a browser reaches it, `webhook` where it tells its decisions."""

    def __init__(self, host: str, port: int, *, url: str, webhook: str):
        self.secret = secrets.token_urlsafe(32)
        self.url = url
        self._arguments = ("--host", host, "--port", str(port), "--webhook", webhook)

    @contextmanager
    def running(self) -> Iterator[None]:
        """The provider runs as a process of its own while the block does."""
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "toteboard.sandbox.identity_provider", "--until-stdin-ends", *self._arguments],
            env=os.environ | {"TOTEBOARD_KYC_SANDBOX_SECRET": self.secret},
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        with _ending(child):
            yield


class SimulatedPeople:
    """Bettors, and of a demo its organizer: a process of its own that only knows the API."""

    def __init__(self, given: dict[str, Any]):
        self._given = given

    @classmethod
    def of_demo(cls, scene: Scene, *, url: str, secret: str, rate: float, bettors: int) -> Self:
        """Those of a scene: they play it."""
        return cls(
            {
                "url": url,
                "tournament": scene.slug,
                "token": scene.token,
                "results": scene.results,
                "secret": secret,
                "rate": rate,
                "bettors": bettors,
            }
        )

    @classmethod
    def of_sandbox(cls, company: SandboxCompany, *, url: str) -> Self:
        """Those who bet wherever an organizer asks for them."""
        return cls({"url": url, "token": company.desk, "people": company.people})

    @contextmanager
    def running(self) -> Iterator[None]:
        """The bettors and the desk run as a process of their own while the block does."""
        child = subprocess.Popen(
            [sys.executable, "-m", "toteboard.sandbox"], stdin=subprocess.PIPE, start_new_session=True
        )
        with _ending(child):
            assert child.stdin is not None
            child.stdin.write(json.dumps(self._given).encode() + b"\n")
            child.stdin.flush()
            yield


@contextmanager
def _ending(child: subprocess.Popen[bytes]) -> Iterator[None]:
    """The child reads a pipe that nobody else holds: it ends when we do, also when we are killed.

    It is in a session of its own, so that Ctrl-C on the terminal reaches us alone.
    """
    try:
        yield
    finally:
        assert child.stdin is not None
        with suppress(OSError):
            child.stdin.close()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        except KeyboardInterrupt:
            # Ctrl-C again: no more waiting.
            child.kill()
            child.wait()
            raise
