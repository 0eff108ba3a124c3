"""A real Prometheus that scrapes a server, and what it is asked. Its programs are Debian's (scripts/packages.sh)."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from ports import free_port

PROGRAMS = Path(__file__).parents[2] / "var" / "debian"
PROMETHEUS = PROGRAMS / "prometheus" / "usr" / "bin" / "prometheus"
PROMTOOL = PROMETHEUS.with_name("promtool")
WAIT_S = 30


def until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    """Waits until Prometheus or Alertmanager answers: before that its port seems free to whoever looks for one."""
    ended = time.monotonic() + WAIT_S
    while time.monotonic() < ended:
        assert process.poll() is None, "it has ended"
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/-/ready", trust_env=False).status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"{url} is not ready")


class Prometheus:
    """One that scrapes every second."""

    def __init__(self, folder: Path, targets: dict[str, int], more: str = ""):
        folder.mkdir(parents=True, exist_ok=True)
        jobs = "".join(
            f"  - job_name: {job}\n    static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
            for job, port in targets.items()
        )
        config = folder / "prometheus.yml"
        config.write_text(f"global: {{scrape_interval: 1s, evaluation_interval: 1s}}\n{more}scrape_configs:\n{jobs}")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = (folder / "prometheus.log").open("w+")
        self.process = subprocess.Popen(
            [
                PROMETHEUS,
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                # What it had to say before it found its Alertmanager is said again soon.
                "--rules.alert.resend-delay=2s",
            ],
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        until_ready(self.url, self.process)

    def ask(self, query: str) -> list[Any]:
        """The samples of a query as of now: metric and value."""
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": query}, trust_env=False).json()
        assert answer["status"] == "success", answer
        return [(sample["metric"], float(sample["value"][1])) for sample in answer["data"]["result"]]

    def value(self, query: str) -> float | None:
        """The one value of a query; None where it has none."""
        found = self.ask(query)
        assert len(found) < 2, found
        return found[0][1] if found else None

    def until(self, query: str, wanted: float) -> None:
        """Waits until the query's one value is the wanted one."""
        seen: float | None = None
        ended = time.monotonic() + WAIT_S
        while time.monotonic() < ended:
            with contextlib.suppress(httpx.HTTPError):
                if (seen := self.value(query)) == wanted:
                    return
            time.sleep(0.2)
        raise AssertionError(f"{query} is {seen}, not {wanted}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(WAIT_S)
        self.log.close()


@contextlib.contextmanager
def prometheus(folder: Path, targets: dict[str, int], more: str = "") -> Iterator[Prometheus]:
    """A Prometheus for the length of the block."""
    running = Prometheus(folder, targets, more)
    try:
        yield running
    finally:
        running.stop()


def lint(text: str) -> str:
    """What promtool has to say of metrics; empty where they are as they should be."""
    done = subprocess.run(
        [PROMTOOL, "check", "metrics"], input=text, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout + done.stderr
