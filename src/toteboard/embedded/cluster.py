"""The cluster on disk: made whole or not at all, checked for its version, given its settings. Starts no server."""

import os
import secrets
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from toteboard.embedded.layout import ClusterLayout, major_version, private_folder
from toteboard.embedded.unavailable import DatabaseUnavailable, from_output

OWNER = "toteboard_owner"
MIB = 1024 * 1024
SHARED_BUFFERS_MIN = 64 * MIB
SHARED_BUFFERS_MAX = 1024 * MIB
# Its messages are read by us, so they are to be in English.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

# Text is ordered by its bytes, and letters of any script have their small ones.
BUILTIN_SINCE = 17
BUILTIN_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
LIBC_LOCALE = ("--locale-provider=libc", "--lc-collate=C", "--lc-ctype=C.UTF-8")

# What must hold whatever a file of settings says: given on the command line, where nothing overrides it.
FIRM = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "listen_addresses": ""}

# Instead of that, for tests alone.
UNSYNCED = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}

# What is chosen for this ledger. An operator may override it with ALTER SYSTEM.
CHOSEN = {
    "unix_socket_permissions": "0700",
    "wal_level": "replica",
    "max_connections": "100",
    "max_wal_size": "4GB",
    # Kept for a backup or a replica that does not come; a full disk takes no bets.
    "max_slot_wal_keep_size": "4GB",
    "checkpoint_completion_target": "0.9",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "password_encryption": "scram-sha-256",
    # A client that died without a word must not hold its locks, and everybody else, for longer.
    "idle_in_transaction_session_timeout": "60s",
    # A file per weekday, begun anew when its day comes again: a week of log and no more.
    "logging_collector": "on",
    "log_filename": "postgres-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}


def read_secret(layout: ClusterLayout) -> str:
    """The owner's password; made, and safely on disk, before the cluster that knows it."""
    path = layout.folder / "secret"
    with suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8").strip()
    if layout.cluster.exists():
        raise DatabaseUnavailable(
            f"{path} is missing, without it nobody can open the database beside it: restore it from a backup"
        )
    password = secrets.token_urlsafe(24)
    new = path.with_name("secret.new")
    new.unlink(missing_ok=True)
    with open(new, "x", opener=lambda name, flags: os.open(name, flags, 0o600), encoding="utf-8") as file:
        file.write(password + "\n")
        file.flush()
        os.fsync(file.fileno())
    if os.geteuid() == 0:
        owner = layout.folder.stat()
        os.chown(new, owner.st_uid, owner.st_gid)
    new.rename(path)
    sync(path.parent)
    return password


def refuse_other_version(layout: ClusterLayout) -> None:
    """Compares what made the cluster with what we carry, before anything of ours touches it."""
    if not layout.cluster.exists():
        return
    try:
        made_by = (layout.cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise DatabaseUnavailable(
            f"{layout.cluster} holds no database (PG_VERSION is missing): restore a backup, or move the folder away"
        ) from None
    carried = str(major_version(layout.bin_dir))
    if made_by == carried:
        return
    older = int(made_by.split(".")[0]) < int(carried)
    way_out = (
        f"`toteboard upgrade --from {layout.folder} --from-postgres …` moves it into a new --data (docs/operating.md)"
        if older
        else "use the newer Toteboard or another --data"
    )
    raise DatabaseUnavailable(
        f"the database in {layout.folder} was made by PostgreSQL {made_by}, this Toteboard carries {carried}: {way_out}"
    )


def make_cluster(layout: ClusterLayout, password: str, *, keep_open: int) -> None:
    """initdb into pg.new, then a rename: whoever is killed in between leaves nothing that looks like a cluster.

    `keep_open` is the descriptor of the server's lock: an initdb that outlives us keeps others away.
    """
    new = layout.home / "pg.new"
    pwfile = layout.home / "pwfile"
    if new.exists():
        shutil.rmtree(new)
    pwfile.unlink(missing_ok=True)
    private_folder(new, layout.os_user)
    try:
        with open(pwfile, "x", opener=lambda name, flags: os.open(name, flags, 0o600), encoding="utf-8") as file:
            file.write(password + "\n")
            if os.geteuid() == 0:
                os.fchown(file.fileno(), layout.os_user.uid, layout.os_user.gid)
        _initdb(layout, keep_open)
        with (new / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude 'toteboard.conf'\n")
            conf.flush()
            os.fsync(conf.fileno())
        write_settings(new, layout)
        new.rename(layout.cluster)
        sync(layout.home)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    finally:
        pwfile.unlink(missing_ok=True)


def _initdb(layout: ClusterLayout, keep_open: int) -> None:
    made = subprocess.run(  # noqa: S603
        [
            layout.bin_dir / "initdb",
            # Relative names: initdb hands them through a shell.
            *("--pgdata=pg.new", "--pwfile=pwfile", f"--username={OWNER}", "--auth=scram-sha-256"),
            "--encoding=UTF8",
            *(BUILTIN_LOCALE if major_version(layout.bin_dir) >= BUILTIN_SINCE else LIBC_LOCALE),
            *("--data-checksums", "--no-instructions"),
        ],
        **layout.os_user.switch,  # type: ignore[call-overload]
        cwd=layout.home,
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=(keep_open,),
        # Ctrl-C in the terminal is for us; we then leave in order.
        start_new_session=True,
    )
    if made.returncode != 0:
        raise from_output(made.stdout, layout.folder)


def write_settings(cluster: Path, layout: ClusterLayout) -> None:
    """Writes toteboard.conf anew: memory, folders and our choices may have changed since the last start."""
    settings = CHOSEN | {
        # A list, so a name with a comma in it needs quotes of its own.
        "unix_socket_directories": '"{}"'.format(str(layout.sockets).replace('"', '""')),
        "log_directory": str(layout.logs),
        "shared_buffers": f"{_shared_buffers() // MIB}MB",
        "wal_compression": _wal_compression(layout.bin_dir),
    }
    lines = ["# Written by Toteboard at every start; your own settings: ALTER SYSTEM SET …"]
    lines += [f"{name} = '{value}'".replace("\\", "\\\\") for name, value in sorted(_quoted(settings).items())]
    new = cluster / "toteboard.conf.new"
    new.unlink(missing_ok=True)
    with open(new, "x", opener=lambda name, flags: os.open(name, flags, 0o600), encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        if os.geteuid() == 0:
            os.fchown(file.fileno(), layout.os_user.uid, layout.os_user.gid)
        file.flush()
        os.fsync(file.fileno())
    new.rename(cluster / "toteboard.conf")


def sync(path: Path) -> None:
    """Until a file is on disk, or the names in a folder: a rename is only safe once the folder that holds the name is."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _quoted(settings: dict[str, str]) -> dict[str, str]:
    return {name: value.replace("'", "''") for name, value in settings.items()}


def _shared_buffers() -> int:
    """A quarter of the memory we may use: the machine's, or less where a container says so."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        # "max" where there is no limit.
        with suppress(OSError, ValueError):
            memory = min(memory, int(Path(limit).read_text(encoding="utf-8")))
    return max(SHARED_BUFFERS_MIN, min(memory // 4, SHARED_BUFFERS_MAX))


def _wal_compression(bin_dir: Path) -> str:
    try:
        built = subprocess.run(  # noqa: S603
            [bin_dir / "pg_config", "--configure"], capture_output=True, text=True, check=False, env=ENVIRONMENT
        )
    except OSError:
        # Debian has it in a package of its own.
        return "pglz"
    return "lz4" if "--with-lz4" in built.stdout else "pglz"
