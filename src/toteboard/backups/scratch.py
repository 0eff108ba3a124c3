"""A PostgreSQL on a restored data folder, for as long as somebody looks at it, on a socket that others cannot reach.

Its own settings and passwords are left aside: a backup of any server can be tried without its secrets.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toteboard.backups.place import BackupFailed, Base
from toteboard.backups.tools import run
from toteboard.embedded.layout import ClusterLayout, private_folder
from toteboard.embedded.postgres import Endpoint

# As long as it may take to recover.
START_S = 24 * 3600
_CONF = """
listen_addresses = ''
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
hba_file = '{home}/hba.conf'
logging_collector = off
archive_mode = off
shared_buffers = 128MB
max_connections = 100
fsync = off
jit = off
timezone = 'UTC'
"""


@contextmanager
def started(layout: ClusterLayout, base: Base) -> Iterator[str]:
    """The DSN, while the block runs. Raises BackupFailed where it does not start."""
    home, cluster = layout.home, layout.cluster
    private_folder(layout.sockets, layout.os_user)
    # Nobody but its user enters the folder of the socket.
    _write(home / "hba.conf", "local all all trust\n", layout)
    _write(home / "scratch.conf", _CONF.format(sockets=layout.sockets, home=home), layout)
    log = home / "scratch.log"
    _write(log, "", layout)
    control = (layout.bin_dir / "pg_ctl", "--pgdata", str(cluster), "--silent")
    try:
        run(
            *control,
            *("start", "--wait", "--timeout", str(START_S), "--log", str(log)),
            *("--options", f"-c config_file={home}/scratch.conf"),
            switch=layout.os_user.switch,
        )
    except BackupFailed as failed:
        fatal = [line for line in log.read_text(errors="replace").splitlines() if "FATAL" in line or "PANIC" in line]
        raise BackupFailed(f"the restored database does not start: {(fatal or [str(failed)])[-1]}") from None
    try:
        yield Endpoint(str(layout.sockets), base.user, "", base.database).dsn().replace(":@", "@", 1)
    finally:
        run(*control, *("stop", "--wait", "--mode", "immediate"), switch=layout.os_user.switch)


def _write(path: Path, text: str, layout: ClusterLayout) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    if layout.os_user.switch:
        os.chown(path, layout.os_user.uid, layout.os_user.gid)
