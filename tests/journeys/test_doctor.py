"""`toteboard doctor` on real installations: what is not well is named, with what to do."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from ports import free_port

from .conftest import WithAdmin
from .proxies import proxied
from .server import Served, Site, said, toteboard


def found(site: Site, *words: str) -> dict[str, dict[str, Any]]:
    """What it finds, by what it looked at."""
    done = toteboard("doctor", "--json", *words, site=site)
    told = json.loads(done.stdout)
    assert done.returncode == any(one["verdict"] == "bad" for one in told), done.stderr
    for one in told:
        assert bool(one["do"]) == (one["verdict"] != "ok"), one
    return {one["what"]: one for one in told}


def verdicts(told: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {what: one["verdict"] for what, one in told.items()}


def test_an_installation_is_looked_at_as_a_whole(data_folder: Path, tmp_path: Path) -> None:
    site = Site(data_folder / "data")
    assert verdicts(found(site, "--port", str(free_port())))["Database"] == "warn", "there is none yet"
    server = Served(site)
    try:
        told = found(site, "--port", str(server.port))
        assert told["Port"]["text"].startswith("Toteboard ")
        assert verdicts(told) | {"Phones": "", "Disk": "", "Disk speed": "", "Open files": ""} == {
            **dict.fromkeys(("Database", "Clock", "Schema", "Port"), "ok"),
            "Backup": "bad",
            "Drill": "warn",
            **dict.fromkeys(("Phones", "Disk", "Disk speed", "Open files"), ""),
        }
        said(toteboard("backup", "--to", str(tmp_path / "place"), "--json", site=site))
        said(toteboard("drill", "--from", str(tmp_path / "place"), "--json", site=site))
        (site.folder / "secret").chmod(0o644)
        told = found(site, "--port", str(server.port))
        assert verdicts(told) | {"Backup": "ok", "Drill": "ok", "Secret": "bad"} == verdicts(told)
    finally:
        server.stop()
    shown = toteboard("doctor", "--port", str(free_port()), site=site)
    assert shown.returncode == 1
    assert (
        f"BAD   Secret: others on this machine may read it\n      → chmod 600 {site.folder / 'secret'}" in shown.stdout
    )


def test_what_keeps_people_out_is_named(site: Site, with_admin: WithAdmin, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as other:
        port = other.getsockname()[1]
        assert found(site, "--port", str(port))["Port"]["verdict"] == "bad"
        monkeypatch.setenv("TOTEBOARD_PUBLIC_URL", f"http://127.0.0.1:{port}")
        assert found(site, "--port", str(free_port()))["Public address"]["verdict"] == "bad"
    monkeypatch.setenv("TOTEBOARD_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    told = found(Site(site.folder), "--port", str(free_port()))
    assert told["Database"]["verdict"] == "bad"


@pytest.mark.parametrize(("trusted", "verdict"), [("0", "bad"), ("1", "ok")])
def test_a_proxy_that_is_not_counted_is_named(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: str, verdict: str
) -> None:
    tls = free_port()
    url = f"https://localhost:{tls}"
    monkeypatch.setenv("TOTEBOARD_PUBLIC_URL", url)
    server = Served(site, TOTEBOARD_TRUSTED_PROXIES=trusted)
    try:
        with proxied("caddy", tmp_path, server.port, tls):
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "fullchain.pem"))
            told = _answering(site, server)
    finally:
        server.stop()
    assert told["Public address"]["verdict"] == "ok"
    assert told["Proxy"]["verdict"] == verdict
    # The test's certificate is good for two days.
    assert told["Certificate"]["verdict"] == "warn"


def test_a_proxy_that_is_trusted_and_is_not_there_is_named(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    server = Served(site, TOTEBOARD_TRUSTED_PROXIES="1")
    try:
        monkeypatch.setenv("TOTEBOARD_PUBLIC_URL", server.url)
        told = found(site, "--port", str(server.port))
    finally:
        server.stop()
    assert (told["Proxy"]["verdict"], told["TLS"]["verdict"]) == ("bad", "warn")


def _answering(site: Site, server: Served) -> dict[str, dict[str, Any]]:
    """Once the proxy has begun."""
    for _ in range(20):
        told = found(site, "--port", str(server.port))
        if told["Public address"]["verdict"] == "ok":
            break
    return told
