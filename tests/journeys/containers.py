"""The image in a container as deploy/compose.yaml runs it: an ordinary user, nothing to write to but its volume and /tmp."""

import os
import resource
import shutil
import subprocess
import time
from pathlib import Path

import httpx

from ports import free_port

START_S = 60
USER = 10001


def _engine() -> list[str]:
    if shutil.which("docker") and subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0:
        return ["docker"]
    return ["podman", "--cgroup-manager", "cgroupfs", "--runtime", "runc"]


class Container:
    """`toteboard serve` of an image, on a data folder that outlives it."""

    def __init__(self, image: str, data: Path):
        self.image = image
        self.data = data
        self.engine = _engine()
        self.port, self.metrics = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.name = f"toteboard-{self.port}"
        if not data.exists():
            data.mkdir()
            os.chown(data, USER, USER)

    def _run(self, *words: str, stdin: str = "", check: bool = True) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*self.engine, *words], input=stdin, capture_output=True, text=True, check=check, timeout=120
        )

    def start(self) -> None:
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        self._run(
            *("run", "--detach", "--rm=false", "--name", self.name, "--network", "host"),
            *(
                "--read-only",
                "--tmpfs",
                "/tmp:rw,mode=1777",
                "--cap-drop",
                "all",
                "--security-opt",
                "no-new-privileges",
            ),
            # Not more than this machine gives, which a container in another is not asked about.
            *("--ulimit", f"nofile={files}:{files}", "--ulimit", "nproc=4096:4096"),
            *(("--no-healthcheck",) if self.engine[0] == "podman" else ()),
            *(
                "--volume",
                f"{self.data}:/data:rw",
                self.image,
                "serve",
                "--host",
                "127.0.0.1",
                "--port",
                str(self.port),
            ),
            *("--metrics-port", str(self.metrics)),
        )
        ended = time.monotonic() + START_S
        while time.monotonic() < ended:
            try:
                if httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError(self.words())

    def words(self) -> str:
        """All it said."""
        said = self._run("logs", self.name, check=False)
        return said.stdout + said.stderr

    def inside(self, *words: str, stdin: str = "", check: bool = True) -> "subprocess.CompletedProcess[str]":
        """A command in the running container."""
        return self._run("exec", "--interactive", self.name, *words, stdin=stdin, check=check)

    def stop(self, *, grace_s: int = 10) -> tuple[float, int]:
        """As `docker stop`: seconds it took, and the exit code; 137 where it had to be killed."""
        began = time.monotonic()
        self._run("stop", "--time", str(grace_s), self.name)
        took = time.monotonic() - began
        code = int(self._run("inspect", "--format", "{{.State.ExitCode}}", self.name).stdout)
        self._run("rm", "--force", self.name)
        return took, code

    def remove(self) -> None:
        """Whatever became of it."""
        self._run("rm", "--force", "--volumes", self.name, check=False)
