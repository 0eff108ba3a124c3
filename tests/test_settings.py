"""Settings from outside: a mistake is said in one line, and workers get exactly what their parent has."""

import os
from pathlib import Path

import pytest

from toteboard.settings import SECRETS_FOLDER, ProcessRole, SettingRefused, Settings


def test_a_folder_of_secrets_that_is_missing_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in (tmp_path / "nowhere", tmp_path / "file"):
        (tmp_path / "file").write_text("")
        monkeypatch.setenv(SECRETS_FOLDER, str(wrong))
        with pytest.raises(SettingRefused, match="there is no such folder"):
            Settings.read()


def test_a_secret_that_is_no_text_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "TOTEBOARD_KYC_SANDBOX_SECRET").write_bytes(b"\xff\xfe\xff")
    monkeypatch.setenv(SECRETS_FOLDER, str(tmp_path))
    with pytest.raises(SettingRefused, match=SECRETS_FOLDER):
        Settings.read()


def test_a_worker_has_its_parents_settings_whatever_the_environment_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOTEBOARD_ROLE", "api")
    monkeypatch.setenv("TOTEBOARD_LANES", "7")
    mine = Settings.read(role="all", lanes=2)
    for name, value in mine.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings.read() == mine
    assert (mine.role, os.environ["TOTEBOARD_ROLE"]) == (ProcessRole.ALL, "all")
