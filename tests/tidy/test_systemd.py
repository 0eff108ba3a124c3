"""The units for systemd: it understands them and finds them tight, and what they start has the options that they name."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNITS = sorted((Path(__file__).parents[2] / "deploy" / "systemd").glob("*.service"))
# Of ten, where ten is a service that may do all; systemd calls up to 4.9 "ok" and up to 1.9 "safe".
EXPOSURE_MAX = 2.0
ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_it_runs_with_options_that_there_are(unit: Path) -> None:
    (line,) = re.findall(r"^ExecStart=(.+)$", unit.read_text(), re.MULTILINE)
    program, command, *rest = line.split()
    assert program == "/opt/toteboard/bin/toteboard"
    asked = [sys.executable, "-m", "toteboard", command, "--help"]
    said = subprocess.run(asked, capture_output=True, text=True, check=True, env=os.environ | {"COLUMNS": "200"}).stdout
    options = [word for word in rest if word.startswith("--")]
    assert options
    for option in options:
        assert option in said


@pytest.mark.skipif(ANALYZE is None, reason="this machine has no systemd to ask")
@pytest.mark.parametrize("source", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_it_and_finds_it_tight(source: Path, tmp_path: Path) -> None:
    assert ANALYZE is not None
    for one in UNITS:
        # Each looks for the others that it names.
        text = one.read_text().replace("/opt/toteboard/bin/toteboard", shutil.which("true") or "")
        (tmp_path / one.name).write_text(text)
    unit = tmp_path / source.name
    verified = subprocess.run([ANALYZE, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stderr
    assert source.name not in verified.stderr, verified.stderr
    weighed = subprocess.run(
        [ANALYZE, "security", "--offline=true", "--no-pager", f"--threshold={int(EXPOSURE_MAX * 10)}", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    assert weighed.returncode == 0, weighed.stdout
