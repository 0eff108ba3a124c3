"""`toteboard serve` as a process, as its operator runs it, and people who use it over HTTP."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from ports import free_port

START_S = 60
PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Site:
    """Where commands work: a folder, with its own embedded database or with one that is served already (`dsn`).

    `python` is the one that Toteboard is installed for, and `where` the folder it is started in.
    """

    folder: Path
    dsn: str = ""
    python: str = sys.executable
    where: Path | None = None
    # Of another release than this one.
    source: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        of_release = {"PYTHONPATH": str(self.source)} if self.source else {}
        return os.environ | of_release | ({"TOTEBOARD_DATABASE_URL": self.dsn} if self.dsn else {})


def toteboard(*words: str, site: Site, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """One command of the command line, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "toteboard", *words, "--data", str(site.folder)],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env=site.environment | environment,
    )


def said(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON a command answered with."""
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


class Served:
    """A running server. `kill` is kill -9; `stop` is Ctrl-C."""

    def __init__(self, site: Site, *words: str, command: str = "serve", **environment: str):
        self.site = site
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = (site.folder.parent / f"{site.folder.name}-{self.port}.log").open("w+")
        self.process = subprocess.Popen(
            [site.python, "-m", "toteboard", command, "--port", str(self.port), "--data", str(site.folder), *words],
            cwd=site.where,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            env=site.environment | environment,
            start_new_session=True,
        )
        self._wait()

    def _wait(self) -> None:
        began = time.monotonic()
        while time.monotonic() < began + START_S:
            assert self.process.poll() is None, self.words()
            with contextlib.suppress(httpx.HTTPError):
                # A role without the API answers that it has none.
                if httpx.get(f"{self.url}/api/server", trust_env=False).status_code in (200, 421):
                    return
            time.sleep(0.05)
        raise AssertionError(self.words())

    def words(self) -> str:
        """All it said."""
        self.log.seek(0)
        return self.log.read()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ctrl-C; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)


@contextlib.contextmanager
def served(site: Site, *words: str, command: str = "serve", **environment: str) -> Iterator[Served]:
    """A server for the length of the block, stopped in order."""
    server = Served(site, *words, command=command, **environment)
    try:
        yield server
    finally:
        server.stop()
        server.log.close()


class Script(httpx.Client):
    """Somebody with an API token; without one, whoever signs in."""

    def __init__(self, url: str, token: str | None):
        headers = {"Authorization": f"Bearer {token}"} if token else {"Origin": url}
        super().__init__(base_url=url, headers=headers, trust_env=False, timeout=60, transport=None)

    def ask(self, method: str, path: str, *, want: tuple[int, ...] = (200, 201, 202), **more: Any) -> Any:
        """The JSON of an answer that must have one of the wanted statuses."""
        answer = self.request(method, path, **more)
        assert answer.status_code in want, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def bet(self, outcome_id: int, stake: int, currency: str = "EUR") -> Any:
        body = {"outcome_id": outcome_id, "stake": stake, "currency": currency}
        return self.ask("POST", "/api/bet", json=body, headers={"Idempotency-Key": str(uuid4())})

    def pages(self, path: str, **query: Any) -> Iterator[Any]:
        """Every item of a list, page by page."""
        after = None
        while True:
            page = self.ask("GET", path, params={**query, "limit": 100, **({"after": after} if after else {})})
            yield from page["items"]
            after = page["next"]
            if after is None:
                return


def signed_in(url: str, email: str) -> Script:
    """Somebody in a session of their own, for what a token is not enough for."""
    person = Script(url, None)
    me = person.ask("POST", "/api/session", json={"email": email, "password": PASSWORD})
    person.headers["X-CSRF-Token"] = me["csrf_token"]
    return person


def register(url: str, name: str) -> Script:
    """A new bettor, through the API as a browser would, then with a token of their own."""
    with httpx.Client(base_url=url, trust_env=False, headers={"Origin": url}, timeout=60) as browser:
        person = {"email": f"{name}@example.org", "name": name, "password": PASSWORD}
        me = browser.post("/api/user", json=person)
        assert me.status_code == 201, me.text
        headers = {"X-CSRF-Token": me.json()["csrf_token"]}
        token = browser.post("/api/token", json={"label": "journey", "days": 1}, headers=headers)
        assert token.status_code == 201, token.text
    script = Script(url, token.json()["token"])
    script.headers["X-Who"] = str(me.json()["id"])
    return script
