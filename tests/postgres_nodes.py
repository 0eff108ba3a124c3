"""Servers of PostgreSQL of their own, from the embedded binaries: a primary, and standbys that stream from it.

Durable, unlike the server of the other tests: what is killed here is killed as a machine that lost its power.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from ports import free_port
from toteboard.embedded.layout import ClusterLayout, find_layout

WAIT_S = 60
DATABASE = "toteboard"
PASSWORDS = {"postgres": "super", "toteboard_app": "app", "toteboard_replica": "copy"}
# With the ones that our own migration would make, as its login may not.
ROLES = """
CREATE ROLE toteboard_app LOGIN PASSWORD 'app';
CREATE ROLE toteboard_sealer;
CREATE ROLE toteboard_auditor;
CREATE ROLE toteboard_reporter;
CREATE ROLE toteboard_break_glass;
CREATE ROLE toteboard_replica LOGIN REPLICATION PASSWORD 'copy';
"""


def kill_postgres(pid: int) -> None:
    """A postmaster and all that it started, each of which is in a session of its own, with SIGKILL."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in (pid, *map(int, children)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)


class PostgresNode:
    """One server. Its name is what its primary knows it by."""

    def __init__(self, folder: Path, name: str):
        self.name = name
        self.port = free_port()
        self._layout: ClusterLayout = find_layout(folder / "layout")
        self.folder = folder / name
        self.folder.mkdir()
        self._own(self.folder)
        self.data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    def _own(self, path: Path) -> None:
        if self._layout.os_user.switch:
            os.chown(path, self._layout.os_user.uid, self._layout.os_user.gid)

    def run(self, program: str, *words: str | Path, stdin: str = "", **environment: str) -> str:
        """One of its programs, as the user that it runs as; what it said."""
        done = subprocess.run(
            [self._layout.bin_dir / program, *words],
            input=stdin, capture_output=True, text=True, check=False, cwd="/", timeout=WAIT_S,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PGPASSWORD": PASSWORDS["postgres"]} | environment,
            **self._switch,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        said: str = done.stdout
        return said

    def sql(self, text: str, database: str = DATABASE) -> str:
        """Statements, as its superuser."""
        where = f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"
        return self.run("psql", "--no-psqlrc", "-qtA", "-v", "ON_ERROR_STOP=1", "-d", where, stdin=text)

    def create(self, *settings: str) -> None:
        """A new cluster with our database and roles, running."""
        password = self.folder / "password"
        password.write_text(PASSWORDS["postgres"])
        password.chmod(0o644)
        self.run(
            *("initdb", "--username", "postgres", "--pwfile", password, "--pgdata", self.data),
            *("--auth-local=trust", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"),
        )
        with (self.data / "pg_hba.conf").open("a") as rules:
            rules.write("host replication toteboard_replica 127.0.0.1/32 scram-sha-256\n")
        self.start(*settings)
        self.sql(ROLES + f"CREATE DATABASE {DATABASE};", "postgres")

    def follow(self, primary: "PostgresNode", *settings: str) -> None:
        """A copy of the primary that streams from it, running."""
        where = f"host=127.0.0.1 port={primary.port} user=toteboard_replica password=copy application_name={self.name}"
        primary.sql(f"SELECT pg_create_physical_replication_slot('{self.name}', TRUE)")
        self.run(
            *("pg_basebackup", "--dbname", where, "--pgdata", self.data, "--slot", self.name, "--wal-method=stream"),
            *("--checkpoint=fast", "--write-recovery-conf"),
        )
        self.start(*settings)

    def start(self, *settings: str) -> None:
        words = [
            f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}",
            "max_connections=150", "shared_buffers=128MB", "jit=off", "hot_standby=on", *settings,
        ]  # fmt: skip
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._layout.bin_dir / "postgres", "-D", self.data, *(word for one in words for word in ("-c", one))],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd="/", start_new_session=True,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **self._switch,
            )  # fmt: skip
        until = time.monotonic() + WAIT_S
        while not self.answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.1)

    @property
    def _switch(self) -> dict[str, Any]:
        return dict(self._layout.os_user.switch)

    def answers(self) -> bool:
        where = ("--host", "127.0.0.1", "--port", str(self.port), "--quiet")
        return subprocess.run([self._layout.bin_dir / "pg_isready", *where], check=False).returncode == 0

    def promote(self) -> None:
        """The operator's step: from now on it is the primary."""
        self.run("pg_ctl", "promote", "--pgdata", self.data, "--wait")

    def kill(self) -> None:
        """All its processes at once."""
        assert self._process is not None
        kill_postgres(self._process.pid)
        self._process.wait(WAIT_S)
        self._process = None

    @property
    def is_gone(self) -> bool:
        return self._process is None

    @property
    def is_root(self) -> bool:
        """Whether we are: then it runs as somebody else."""
        return bool(self._layout.os_user.switch)

    def end_quietly(self) -> None:
        """In order, to be started again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        self._process.wait(WAIT_S)
        self._process = None

    def end(self) -> None:
        if self._process is not None:
            self.end_quietly()
        shutil.rmtree(self.folder, ignore_errors=True)


def dsn(*nodes: PostgresNode, user: str) -> str:
    """Reaches whichever of them takes changes."""
    hosts = ",".join(f"127.0.0.1:{node.port}" for node in nodes)
    return f"postgresql://{user}:{PASSWORDS[user]}@{hosts}/{DATABASE}?target_session_attrs=read-write"
