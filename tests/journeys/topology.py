"""What deploy/compose.yaml says, run from binaries: its commands, environments, secrets and files as they stand there.

Only what a container would give is put in its place: names of services are ports of this machine, paths of volumes are
folders of the test. Of the services Grafana and NATS are not run, as their programs are nowhere to be had here.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import yaml

from ports import free_port
from toteboard.embedded.layout import ClusterLayout, find_layout

from .alerting import ALERTMANAGER, DEPLOY
from .prometheus import PROGRAMS, PROMETHEUS, until_ready

WAIT_S = 60
CADDY = PROGRAMS / "caddy" / "usr" / "bin" / "caddy"
# What each service listens on, as others and its own command say it.
LISTENS = (
    *("postgres:5432", "replica:5432", "toteboard-1:8000", "toteboard-1:9464", "toteboard-2:8000", "toteboard-2:9464"),
    *("prometheus:9090", "alertmanager:9093", "caddy:443", "caddy:80"),
)
PGDATA = "/var/lib/postgresql/18/docker"


class Topology:
    """Services by their names in the file. `start` one after what it depends on."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.deploy = folder / "deploy"
        shutil.copytree(DEPLOY, self.deploy)
        subprocess.run([self.deploy / "compose" / "up.sh", "secrets"], check=True, env=os.environ)
        self.services: dict[str, Any] = yaml.safe_load((self.deploy / "compose.yaml").read_text())["services"]
        self.secrets: dict[str, Any] = yaml.safe_load((self.deploy / "compose.yaml").read_text())["secrets"]
        self.ports = {place: free_port() for place in LISTENS}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._mounts: dict[str, list[tuple[Path, str]]] = {}
        # The PostgreSQL that we carry, and whom it runs as.
        self.postgres: ClusterLayout = find_layout(folder / "layout")
        self.url = f"https://localhost:{self.ports['caddy:443']}"

    # What stands in the file, for this machine -------------------------------------------------------------------

    def here(self, name: str, text: str) -> str:
        """A text of this service with what a container would have put in its place."""
        text = re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: os.environ.get(found[1], found[2]), text)
        return self._placed(name, text).replace("0.0.0.0", "127.0.0.1")

    def _placed(self, name: str, text: str) -> str:
        """Paths of its mounts are folders and files of the test, and names of services ports of this machine."""
        places = {target: str(source) for source, target in self.mounts(name)}
        for place, port in self.ports.items():
            host, _, inside = place.partition(":")
            places |= {place: f"127.0.0.1:{port}", f"host={host} port={inside}": f"host=127.0.0.1 port={port}"}
        wanted = "|".join(map(re.escape, sorted(places, key=len, reverse=True)))
        # A folder's name within a longer path is not it.
        return re.sub(rf"(?<!\w)(?:{wanted})", lambda found: places[found[0]], text)

    def mounts(self, name: str) -> list[tuple[Path, str]]:
        """What is where in its container: each file and folder, and the path there."""
        if name in self._mounts:
            return self._mounts[name]
        service, secrets = self.services[name], self.folder / "secrets" / name
        secrets.mkdir(parents=True, exist_ok=True)
        found = self._mounts[name] = [(secrets, "/run/secrets")]
        for secret in service.get("secrets", []):
            source, target = (secret, secret) if isinstance(secret, str) else (secret["source"], secret["target"])
            path = secrets / Path(target).name
            found.append((path, target if target.startswith("/") else f"/run/secrets/{target}"))
            path.write_text(self._placed(name, (self.deploy / self.secrets[source]["file"]).read_text()))
            path.chmod(0o644)
        volumes = [volume.split(":")[:2] for volume in service.get("volumes", [])]
        found += [(self._volume(source), target) for source, target in volumes if not source.startswith(".")]
        files = [((self.deploy / source).resolve(), target) for source, target in volumes if source.startswith(".")]
        beside = self.folder / "files" / name
        beside.mkdir(parents=True, exist_ok=True)
        found += [(beside / source.name if source.is_file() else source, target) for source, target in files]
        for source, _ in files:
            if source.is_file():
                (beside / source.name).write_text(self._placed(name, source.read_text()))
                (beside / source.name).chmod(0o755)
        return found

    def _volume(self, name: str) -> Path:
        path = self.folder / "volumes" / name
        if not path.exists():
            path.mkdir(parents=True)
            if name in ("postgres", "replica") and self.postgres.os_user.switch:
                os.chown(path, self.postgres.os_user.uid, self.postgres.os_user.gid)
        return path

    def environment(self, name: str) -> dict[str, str]:
        """Only what the file gives it, and where programs are."""
        given = self.services[name].get("environment", {})
        return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"} | {
            key: self.here(name, str(value)) for key, value in given.items()
        }

    def command(self, name: str) -> list[str]:
        words = [self.here(name, word) for word in self.services[name]["command"]]
        # Inside it always has the same ports.
        for flag, inside in (("--port", "8000"), ("--metrics-port", "9464")):
            if flag in words:
                words[words.index(flag) + 1] = str(self.ports[f"{name}:{inside}"])
        return words

    # Starting and stopping ------------------------------------------------------------------------------------

    def launch(
        self, name: str, command: list[Any], environment: dict[str, str], **more: Any
    ) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, **more,
            )  # fmt: skip
        self.processes[name] = process
        return process

    def toteboard(self, name: str, source: Path | None = None) -> "subprocess.Popen[bytes]":
        """One of its containers; of another release where its source is given. An image begins with `toteboard`."""
        more = {"PYTHONPATH": str(source)} if source else {}
        return self.launch(
            name, [sys.executable, "-m", "toteboard", *self.command(name)], self.environment(name) | more
        )

    def migrate(self, source: Path | None = None) -> None:
        assert self.toteboard("migrate", source).wait(WAIT_S) == 0, self.words("migrate")
        del self.processes["migrate"]

    def words(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def ready(self, name: str) -> None:
        """A Toteboard says that requests may come."""
        self.until(
            name, lambda: httpx.get(f"http://127.0.0.1:{self.ports[f'{name}:8000']}/readyz", trust_env=False).is_success
        )

    def until(self, name: str, what: Callable[[], Any]) -> None:
        ended = time.monotonic() + WAIT_S
        while time.monotonic() < ended:
            assert self.processes[name].poll() is None, self.words(name)
            with contextlib.suppress(httpx.HTTPError, OSError):
                if what():
                    return
            time.sleep(0.1)
        raise AssertionError(self.words(name))

    def stop(self, name: str, *, within_s: float) -> int:
        """As `docker stop`: SIGTERM, and its exit code; it has to be gone within its grace time."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(within_s)

    def grace_s(self, name: str) -> float:
        return float(self.services[name]["stop_grace_period"].removesuffix("s"))

    def start_postgres(self) -> None:
        """The image's way: initdb, our script on an empty database, then its command."""
        name, user = "postgres", self.postgres.os_user
        data = Path(self.here(name, PGDATA))
        environment = self.environment(name) | {"PGDATA": str(data), "PGHOST": str(self._sockets())}
        environment |= {
            "PGPORT": str(self.ports["postgres:5432"]),
            "PATH": f"{self.postgres.bin_dir}:{os.environ['PATH']}",
        }
        run: dict[str, Any] = {"check": True, "env": environment, "capture_output": True, **user.switch}
        superuser = environment["POSTGRES_USER"]
        subprocess.run(
            ["initdb", "--username", superuser, "--pwfile", environment["POSTGRES_PASSWORD_FILE"], "--pgdata", data,
             "--auth-local=trust", "--auth-host=scram-sha-256"], **run)  # fmt: skip
        self._postgres(name, data, environment)
        subprocess.run(["createdb", "--username", superuser, environment["POSTGRES_DB"]], **run)
        for source, target in self.mounts(name):
            if target.startswith("/docker-entrypoint-initdb.d/"):
                done = subprocess.run(["bash", source], **(run | {"check": False, "text": True}))
                assert done.returncode == 0, done.stdout + done.stderr
        # As the image does: the server that the script spoke to ends, and the one that stays begins.
        self.stop(name, within_s=30)
        self._postgres(name, data, environment)

    def start_replica(self) -> None:
        name = "replica"
        (script,) = [source for source, target in self.mounts(name) if target == "/replica.sh"]
        environment = self.environment(name) | {"PATH": f"{self.postgres.bin_dir}:{os.environ['PATH']}"}
        command = ["bash", script, *self._served(name)]
        self.launch(name, command, environment, **self.postgres.os_user.switch)
        self.until(name, lambda: listens(self.ports["replica:5432"]))

    def _sockets(self) -> Path:
        folder = Path("/tmp") / f"topology-{self.ports['postgres:5432']}"
        if not folder.exists():
            folder.mkdir(mode=0o700)
            if self.postgres.os_user.switch:
                os.chown(folder, self.postgres.os_user.uid, self.postgres.os_user.gid)
        return folder

    def _served(self, name: str) -> list[str]:
        where = {"listen_addresses": "127.0.0.1", "port": str(self.ports[f"{name}:5432"])}
        where["unix_socket_directories"] = str(self._sockets())
        return [*self.command(name), *(word for key, value in where.items() for word in ("-c", f"{key}={value}"))]

    def _postgres(self, name: str, data: Path, environment: dict[str, str]) -> None:
        command = [*self._served(name), "-D", str(data)]
        self.launch(name, command, environment, **self.postgres.os_user.switch)
        asked = ["pg_isready", "--quiet", "--username", environment["POSTGRES_USER"]]
        self.until(name, lambda: subprocess.run(asked, env=environment, check=False).returncode == 0)

    def start_caddy(self) -> None:
        name = "caddy"
        config = next(source for source, target in self.mounts(name) if target.endswith("Caddyfile"))
        ports = f"http_port {self.ports['caddy:80']}\n\thttps_port {self.ports['caddy:443']}"
        config.write_text(f"{{\n\tadmin off\n\tskip_install_trust\n\t{ports}\n}}\n" + config.read_text())
        words = self.command(name)
        assert words[0] == "caddy"
        home = str(self.folder)
        self.launch(name, [CADDY, *words[1:]], self.environment(name) | {"HOME": home, "XDG_DATA_HOME": home})
        self.until(name, self.authority.exists)

    @property
    def authority(self) -> Path:
        """Who vouches for the certificate that Caddy made for localhost."""
        return self.folder / "caddy" / "pki" / "authorities" / "local" / "root.crt"

    def start_watchers(self) -> None:
        """Prometheus and Alertmanager; what is scraped every quarter of a minute is so every second."""
        for name, program in (("alertmanager", ALERTMANAGER), ("prometheus", PROMETHEUS)):
            for source, _ in self.mounts(name):
                if source.suffix == ".yaml":
                    source.write_text(source.read_text().replace(": 15s", ": 1s"))
            place = next(place for place in LISTENS if place.startswith(name))
            words = [*self.command(name), f"--web.listen-address=127.0.0.1:{self.ports[place]}"]
            # Debian's Alertmanager finds its own templates below the folder that it runs in (scripts/packages.sh).
            more = {"cwd": ALERTMANAGER.parents[2]} if name == "alertmanager" else {}
            # What was said before it had found its Alertmanager is said again soon.
            words += ["--cluster.listen-address="] if name == "alertmanager" else ["--rules.alert.resend-delay=2s"]
            process = self.launch(name, [program, *words], self.environment(name), **more)
            until_ready(f"http://127.0.0.1:{self.ports[place]}", process)

    def end(self) -> None:
        for name, process in list(self.processes.items()):
            # PostgreSQL without waiting for its clients.
            process.send_signal(signal.SIGINT if name in ("postgres", "replica") else signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(WAIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
        shutil.rmtree(self._sockets(), ignore_errors=True)


def listens(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), 1):
        return True


@contextlib.contextmanager
def topology(folder: Path) -> Iterator[Topology]:
    """Nothing of it is started yet."""
    running = Topology(folder)
    try:
        yield running
    finally:
        running.end()
