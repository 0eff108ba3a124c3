"""A real nginx and a real Caddy with the configuration that we ship, on ports and a certificate of the test."""

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ports import free_port

from .alerting import DEPLOY
from .prometheus import PROGRAMS

NAME = "toteboard.example.org"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that nobody vouches for, and its key."""
    chain, key = folder / "fullchain.pem", folder / "privkey.pem"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", chain),
        ],
        check=True,
        capture_output=True,
    )
    return chain, key


def _nginx(folder: Path, upstream: int, plain: int, tls: int) -> list[str | Path]:
    chain, key = certificate(folder)
    ours = (DEPLOY / "proxy" / "nginx.conf").read_text()
    ours = re.sub(r"    listen \[::\].*\n", "", ours)
    for old, new in (
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl"),
        (NAME, "localhost"),
        ("/etc/ssl/toteboard/fullchain.pem", str(chain)),
        ("/etc/ssl/toteboard/privkey.pem", str(key)),
    ):
        assert old in ours
        ours = ours.replace(old, new)
    paths = "".join(
        f"{kind}_temp_path {folder / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        # Its workers would be nobody's, who may not write here.
        f"{'user root;' if os.getuid() == 0 else ''}\ndaemon off;\npid {folder / 'nginx.pid'};\n"
        f"error_log {folder / 'error.log'};\n"
        f"events {{ worker_connections 512; }}\nhttp {{\naccess_log off;\n{paths}{ours}\n}}\n"
    )
    return [PROGRAMS / "nginx" / "usr" / "sbin" / "nginx", "-c", whole, "-e", folder / "error.log"]


def _caddy(folder: Path, upstream: int, plain: int, tls: int) -> list[str | Path]:
    chain, key = certificate(folder)
    ours = (DEPLOY / "proxy" / "Caddyfile").read_text()
    for old, new in (
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        # The certificate is the test's: here nobody hands out one.
        (f"\n{NAME} {{\n", f"\n{{\n\tadmin off\n\thttp_port {plain}\n}}\n\nlocalhost:{tls} {{\n\ttls {chain} {key}\n"),
    ):
        assert old in ours
        ours = ours.replace(old, new)
    whole = folder / "Caddyfile"
    whole.write_text(ours)
    return [PROGRAMS / "caddy" / "usr" / "bin" / "caddy", "run", "--config", whole, "--adapter", "caddyfile"]


PROXIES = {"nginx": _nginx, "caddy": _caddy}


@contextlib.contextmanager
def proxied(name: str, folder: Path, upstream: int, tls: int) -> Iterator["subprocess.Popen[bytes]"]:
    """The proxy in front of a server's port, at another one with TLS."""
    plain = free_port()
    with (folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(
            PROXIES[name](folder, upstream, plain, tls),
            stdout=log,
            stderr=subprocess.STDOUT,
            env={"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)},
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)
