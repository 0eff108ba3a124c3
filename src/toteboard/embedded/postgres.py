"""The PostgreSQL under `--data`: joined where it runs, started where not, stopped by whoever leaves last.

Three locks, all of them given back by the kernel whatever dies:
  start.lock   held while somebody starts or stops the server, so that one does at a time;
  users.lock   held, shared, by everybody who uses the server: who can take it alone is the last;
  server.lock  handed down to the server and all its children: while it is held, one of them lives.

Knows nothing of what is in the database. `layout.py` says where it lives, `cluster.py` makes it, `waiting.py` waits.
"""

import fcntl
import hashlib
import hmac
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from toteboard.embedded.cluster import (
    ENVIRONMENT,
    FIRM,
    OWNER,
    UNSYNCED,
    make_cluster,
    read_secret,
    refuse_other_version,
    write_settings,
)
from toteboard.embedded.layout import SOCKET_NAME, ClusterLayout, find_layout, private_folder
from toteboard.embedded.unavailable import DatabaseUnavailable, from_os_error, from_output, tail
from toteboard.embedded.waiting import Backoff, open_lock, runs_in, try_lock

__all__ = ["DatabaseUnavailable", "EmbeddedPostgres", "Endpoint"]

DATABASE = "toteboard"
PORT = 5432
# A server whose lock is held and whose postmaster is not seen from here is somebody else's, unless it is just stopping.
UNSEEN_S = 30.0
# A probe that hangs must not hang us.
PROBE_S = 10.0
# A log nobody wrote to for this long is of last week: the server would append to it when its weekday comes again.
LOG_DAYS_MAX = 6


@dataclass(frozen=True)
class Endpoint:
    """Where a database is reached. `host` is a host name or the folder of a unix socket."""

    host: str
    user: str
    password: str
    database: str
    port: int = PORT

    def dsn(self, *, role: str | None = None, database: str | None = None) -> str:
        """An address for asyncpg and libpq alike; with `role`, the connection works as that role from the start."""
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        options = f"&options={quote(f'-c role={role}', safe='')}" if role else ""
        name = quote(database or self.database, safe="")
        return f"postgresql://{login}@/{name}?host={quote(self.host, safe='/')}&port={self.port}{options}"


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")


class NotOurs(DatabaseUnavailable):
    """Somebody started the cluster by hand: it is refused, and left running."""


class EmbeddedPostgres:
    """One user of the server under `folder`. `say` gets a line when something is worth knowing or takes long.

    `durable` False is for tests that try no crash: nothing is synced to disk. `programs` is where another PostgreSQL's
    are, which is run instead of the one that we carry.
    """

    def __init__(
        self,
        folder: Path,
        *,
        say: Callable[[str], None] = _to_stderr,
        durable: bool = True,
        programs: Path | None = None,
    ):
        self._folder = Path(folder)
        self._programs = programs
        self._say = say
        self._firm = FIRM if durable else FIRM | UNSYNCED
        self._found: ClusterLayout | None = None
        self._password = ""
        self._users_lock: int | None = None
        # The server's log and its size when we launched it.
        self._launch_mark = (self._folder, 0)

    def join_or_start(self) -> str:
        """Joins the server or starts it, and returns the owner's DSN. Waits for as long as a recovery takes.

        Raises DatabaseUnavailable, one line that names the way out.
        """
        assert self._users_lock is None, "joined already"
        try:
            layout = self._found = find_layout(self._folder, self._programs)
            if layout.note:
                self._say(layout.note)
            refuse_other_version(layout)
            with self._start_lock():
                refuse_other_version(layout)
                self._password = read_secret(layout)
                self._users_lock = open_lock(layout.home, "users.lock")
                fcntl.flock(self._users_lock, fcntl.LOCK_SH)
                try:
                    self._start_or_wait()
                except BaseException as error:
                    self._give_up(stop=not isinstance(error, NotOurs))
                    raise
        except OSError as error:
            raise from_os_error(error, self._folder) from error
        return self.endpoint.dsn()

    def start_again(self) -> bool:
        """Starts the server that we use, where it died. False where it lives, or we have left. Never makes a new one.

        Raises DatabaseUnavailable.
        """
        try:
            with self._start_lock():
                if self._users_lock is None:
                    return False
                server_lock = try_lock(self._layout.home, "server.lock")
                if server_lock is None:
                    return False
                os.close(server_lock)
                if not self._layout.cluster.exists():
                    raise DatabaseUnavailable(
                        f"the database in {self._folder} is gone: put {self._layout.cluster} back"
                    )
                self._start_or_wait()
        except OSError as error:
            raise from_os_error(error, self._folder) from error
        return True

    def leave(self) -> None:
        """Gives the server back. The last to leave stops it and waits until it has written everything down."""
        if self._users_lock is None:
            return
        with self._start_lock():
            if self._is_last():
                self._stop()
            os.close(self._users_lock)
            self._users_lock = None

    def __enter__(self) -> Self:
        self.join_or_start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    @property
    def endpoint(self) -> Endpoint:
        """Where the server is reached: its folder of sockets, and the port."""
        return Endpoint(str(self._layout.sockets), OWNER, self._password, DATABASE)

    def endpoint_for(self, login: str) -> Endpoint:
        """The same for another login than the owner, whose password follows from the secret and does not tell it."""
        password = hmac.digest(self._password.encode(), login.encode(), hashlib.sha256).hex()
        return replace(self.endpoint, user=login, password=password)

    @property
    def bin_dir(self) -> Path:
        """Where psql, pg_dump, pg_ctl, pgbench and the others are."""
        return self._layout.bin_dir

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder."""
        return self._layout.cluster

    @property
    def secret(self) -> Path:
        """The file that opens the database."""
        return self._layout.folder / "secret"

    @property
    def log_path(self) -> Path:
        """The log that is written to now."""
        logs = sorted(self._layout.logs.glob("*.log"), key=lambda path: path.stat().st_mtime)
        return logs[-1] if logs else self._start_log

    @property
    def pid(self) -> int | None:
        """The postmaster's process, or None where none is seen from here."""
        with suppress(OSError, ValueError, IndexError):
            pid = int((self._layout.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
            return pid if runs_in(pid, self._layout.cluster) else None
        return None

    @property
    def _layout(self) -> ClusterLayout:
        assert self._found is not None, "ask after join_or_start()"
        return self._found

    @property
    def _start_log(self) -> Path:
        return self._layout.logs / "start.log"

    def _start_or_wait(self) -> None:
        wait = Backoff(self._say)
        launched = False
        while True:
            server_lock = try_lock(self._layout.home, "server.lock")
            if server_lock is not None:
                # Nobody lives there: not yet, or not any more. Ours died; another may have been on its way out.
                try:
                    if launched:
                        raise from_output(self._last_words(), self._folder, self.log_path)
                    self._prepare(server_lock)
                    self._launch(server_lock)
                    launched = True
                finally:
                    os.close(server_lock)
                continue
            answer = self._probe()
            if not answer:
                return
            if "password authentication failed" in answer:
                raise DatabaseUnavailable(
                    f"the secret in {self._folder} does not open its database: restore the file `secret` from a backup"
                )
            if self.pid is not None:
                wait.alive()
            elif wait.unseen_for() > UNSEEN_S:
                raise DatabaseUnavailable(
                    f"another PostgreSQL, perhaps in another container, already uses {self._folder}:"
                    " stop that one or choose another --data"
                )
            wait.a_while(f"the database in {self._folder} is not ready yet ({answer})")

    def _prepare(self, server_lock: int) -> None:
        layout = self._layout
        if not layout.cluster.exists():
            self._say(f"making a new database in {self._folder}")
            make_cluster(layout, self._password, keep_open=server_lock)
        else:
            self._refuse_running_without_lock()
            write_settings(layout.cluster, layout)
        private_folder(layout.sockets, layout.os_user)
        private_folder(layout.logs, layout.os_user)
        week_ago = time.time() - LOG_DAYS_MAX * 86_400
        for log in layout.logs.glob("postgres-*.log"):
            if log.stat().st_mtime < week_ago:
                log.unlink()

    def _refuse_running_without_lock(self) -> None:
        """Somebody may have started this cluster by hand. Lock files that only look alive are taken away.

        PostgreSQL would not start while any process has the pid they name: after a kill that may be a zombie, or, in a
        container, where the same small pids come again, we ourselves.
        """
        if self.pid is not None:
            raise NotOurs(
                f"a PostgreSQL that Toteboard did not start (pid {self.pid}) uses {self._folder}:"
                f" stop it with `kill -INT {self.pid}` or choose another --data"
            )
        if Path("/proc/self").exists():
            (self._layout.cluster / "postmaster.pid").unlink(missing_ok=True)
            for left in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
                (self._layout.sockets / left).unlink(missing_ok=True)

    def _launch(self, server_lock: int) -> None:
        """Through pg_ctl, which leaves the postmaster in a session of its own and nobody's child."""
        layout = self._layout
        self._start_log.unlink(missing_ok=True)
        log = layout.logs / f"postgres-{datetime.now(UTC):%a}.log"
        self._launch_mark = (log, log.stat().st_size if log.exists() else 0)
        launched = subprocess.run(  # noqa: S603
            [
                layout.bin_dir / "pg_ctl",
                # Relative names and plain words: pg_ctl hands them through a shell.
                *("start", "--no-wait", "--silent", "-D", "pg", "-l", "log/start.log"),
                *("-o", " ".join(f"-c {name}={value}" for name, value in self._firm.items())),
            ],
            **layout.os_user.switch,  # type: ignore[call-overload]
            cwd=layout.home,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            pass_fds=(server_lock,),
            start_new_session=True,
        )
        if launched.returncode != 0:
            raise from_output(launched.stderr + tail(self._start_log), self._folder)

    def _last_words(self) -> str:
        """What the server we launched answer since, before its log was open and after."""
        return tail(self._start_log) + tail(*self._launch_mark)

    def _probe(self) -> str:
        """Empty when the server answers and our database is there; else what it answer."""
        answer = self._psql("postgres", f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}'")  # noqa: S608
        if answer == "0":
            answer = self._psql("postgres", f"CREATE DATABASE {DATABASE}")
            return "" if "already exists" in answer else answer
        return "" if answer == "1" else answer

    def _psql(self, database: str, sql: str) -> str:
        dsn = Endpoint(str(self._layout.sockets), OWNER, "", database).dsn().replace(":@", "@")
        try:
            ran = subprocess.run(  # noqa: S603
                [self._layout.bin_dir / "psql", "-XAtqw", "-d", dsn, "-c", sql],
                capture_output=True,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                timeout=PROBE_S,
                env=ENVIRONMENT | {"PGPASSWORD": self._password, "PGCONNECT_TIMEOUT": "5"},
            )
        except subprocess.TimeoutExpired:
            return "it takes long to answer"
        if ran.returncode == 0:
            return ran.stdout.strip()
        lines = ran.stderr.strip().splitlines() or [f"psql ended with {ran.returncode}"]
        return lines[0].rpartition("FATAL:")[2].strip()

    @contextmanager
    def _start_lock(self) -> Iterator[None]:
        wait = Backoff(self._say)
        while (lock := try_lock(self._layout.home, "start.lock")) is None:
            wait.a_while(f"another Toteboard is starting or stopping the database in {self._folder}")
        try:
            yield
        finally:
            os.close(lock)

    def _is_last(self) -> bool:
        assert self._users_lock is not None
        try:
            fcntl.flock(self._users_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _interrupt(self) -> bool:
        """A fast shutdown: clients are cut off, what is committed is written down. False where none is seen."""
        pid = self.pid
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        return True

    def _stop(self) -> None:
        if not self._interrupt():
            return
        wait = Backoff(self._say)
        while (lock := try_lock(self._layout.home, "server.lock")) is None:
            wait.a_while(f"the database in {self._folder} is writing everything down before it stops")
        os.close(lock)

    def _give_up(self, *, stop: bool) -> None:
        """Ctrl-C or an error while starting: a server of ours that nobody else uses is told to stop, and not waited for."""
        assert self._users_lock is not None
        if stop and self._is_last():
            self._interrupt()
        os.close(self._users_lock)
        self._users_lock = None
