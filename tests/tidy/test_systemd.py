"""The unit for systemd: systemd understands it and finds it tight, and what it starts has the options that it names."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "deploy" / "systemd" / "toteboard.service"
# Of ten, where ten is a service that may do all; systemd calls up to 4.9 "ok" and up to 1.9 "safe".
EXPOSURE_MAX = 2.0
ANALYZE = shutil.which("systemd-analyze")


def test_it_serves_with_options_that_there_are() -> None:
    (line,) = re.findall(r"^ExecStart=(.+)$", UNIT.read_text(), re.MULTILINE)
    program, command, *rest = line.split()
    assert (program, command) == ("/opt/toteboard/bin/toteboard", "serve")
    asked = [sys.executable, "-m", "toteboard", "serve", "--help"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "200"}).stdout
    options = [word for word in rest if word.startswith("--")]
    assert options
    for option in options:
        assert option in said


@pytest.mark.skipif(ANALYZE is None, reason="this machine has no systemd to ask")
def test_systemd_understands_it_and_finds_it_tight(tmp_path: Path) -> None:
    assert ANALYZE is not None
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/toteboard/bin/toteboard", shutil.which("true") or ""))
    verified = subprocess.run([ANALYZE, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stderr
    assert UNIT.name not in verified.stderr, verified.stderr
    weighed = subprocess.run(
        [ANALYZE, "security", "--offline=true", "--no-pager", f"--threshold={int(EXPOSURE_MAX * 10)}", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    assert weighed.returncode == 0, weighed.stdout
