"""The wheel alone serves: installed into a bare environment, in an empty folder, without make and without Node."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest

from journeys.server import Served, Site

ROOT = Path(__file__).parents[1]


def run(*words: str | Path, where: Path) -> None:
    done = subprocess.run(words, cwd=where, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The Python of an environment with nothing but the wheel, and what it asks for, by the hashes of the lock."""
    run(
        *(
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--no-build-isolation",
            "--wheel-dir",
            tmp_path,
            ROOT,
        ),
        where=tmp_path,
    )
    (wheel,) = tmp_path.glob("toteboard-*.whl")
    home = tmp_path / "bare"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "run.txt", where=tmp_path)
    run(*pip, "--no-deps", wheel, where=tmp_path)
    # Nothing that it asks for is missing.
    run(python, "-m", "pip", "check", where=tmp_path)
    return python


@pytest.mark.timeout(900)
def test_the_wheel_alone_serves_a_sandbox_with_its_pages(installed: Path, tmp_path: Path) -> None:
    site = Site(tmp_path / "data", python=str(installed), where=tmp_path)
    alone = {"PATH": "/nowhere", "PYTHONPATH": "", "VIRTUAL_ENV": "", "HOME": os.environ.get("HOME", "/")}
    server = Served(site, command="sandbox", **alone)
    try:
        with httpx.Client(base_url=server.url, trust_env=False, headers={"Origin": server.url}) as browser:
            page = browser.get("/")
            assert page.headers["content-type"].startswith("text/html")
            script = page.text.split('<script type="module"')[1].split('src="')[1].split('"')[0]
            assert browser.get(script).headers["content-type"].startswith("text/javascript")
            assert browser.post("/api/sandbox/sign-in", json={"as": "bettor"}).status_code == 201
            board = browser.get("/api/tournament/riverside-open-2026/board").json()
            assert any(market["status"] == "open" for market in board["markets"])
    finally:
        assert server.stop() == 0
