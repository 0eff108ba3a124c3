"""The Dockerfile and compose.yaml as they stand: what they name is there. `make image` builds and runs the image."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCKERFILE = DEPLOY / "Dockerfile"


def test_hadolint_finds_nothing() -> None:
    linted = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), DOCKERFILE], capture_output=True, text=True, check=False
    )
    assert (linted.returncode, linted.stdout + linted.stderr) == (0, "")


def test_what_is_copied_is_there_and_not_left_out() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for words in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE.read_text(), re.MULTILINE):
        for source in words.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignored, source


def test_the_last_stage_is_an_ordinary_user_with_one_folder() -> None:
    last = DOCKERFILE.read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER (\d+):\1$", last, re.MULTILINE)
    assert re.findall(r"^VOLUME (.+)$", last, re.MULTILINE) == ["/data"]
    for wanted in ("HEALTHCHECK", "ENTRYPOINT", "STOPSIGNAL SIGTERM", "org.opencontainers.image.revision"):
        assert wanted in last
    assert "apt-get" not in last


def test_compose_names_files_secrets_and_volumes_that_there_are() -> None:
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    made = (DEPLOY / "compose" / "up.sh").read_text()
    for name in told["secrets"]:
        assert re.search(rf"\b{name}\b", made), name
    for name, service in told["services"].items():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in told["volumes"], (name, source)
        for secret in service.get("secrets", []):
            assert (secret if isinstance(secret, str) else secret["source"]) in told["secrets"], name
        assert ":" in service["image"], "an image without a version is another one tomorrow"
