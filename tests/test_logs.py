"""Lines of the log: one for each thing, with its fields, for people and for machines, and never a secret."""

import json
import logging
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from toteboard.embedded.following import LogFollower
from toteboard.logs import Lines, LogFormat, about, redacted


def line(form: LogFormat, message: str, *args: Any, error: BaseException | None = None, **fields: Any) -> str:
    record = logging.LogRecord("toteboard.intake", logging.ERROR, "", 0, message, args, None)
    record.__dict__ |= fields
    if error is not None:
        record.exc_info = (type(error), error, error.__traceback__)
    return Lines(form).format(record)


def test_a_line_for_machines_is_one_json_object_with_what_it_is_about() -> None:
    token = about.set({"request": "abcdef0123456789", "user": 7})
    try:
        said = json.loads(line(LogFormat.JSON, "a bet of %s could not be placed", "7", bet="b-1"))
    finally:
        about.reset(token)
    assert datetime.fromisoformat(said.pop("time")).utcoffset() is not None
    assert said == {
        "level": "error",
        "logger": "toteboard.intake",
        "message": "a bet of 7 could not be placed",
        "request": "abcdef0123456789",
        "bet": "b-1",
        "user": 7,
    }


def test_a_line_for_people_says_the_same() -> None:
    token = about.set(None)
    try:
        text = line(LogFormat.TEXT, "a bet could not be placed", bet="b-1", user=7)
    finally:
        about.reset(token)
    assert text.endswith(" ERROR   toteboard.intake: a bet could not be placed bet=b-1 user=7")
    assert text[10] == "T"
    assert text[23] == "Z"


@pytest.mark.parametrize("form", list(LogFormat))
def test_what_somebody_sent_begins_no_line_and_commands_no_terminal(form: LogFormat) -> None:
    text = line(form, "a name: %s", "Eve\n2026-01-01T00:00:00Z ERROR toteboard: paid\x1b[2J\u202e", bet="x\ny")
    assert len(text.splitlines()) == 1
    assert "\x1b" not in text
    if form is LogFormat.TEXT:
        assert "\u202e" not in text


@pytest.mark.parametrize("form", list(LogFormat))
@pytest.mark.parametrize(
    "secret",
    [
        "postgresql://toteboard:hunter22@db/x",
        "Authorization: Bearer tb_0123456789abcdef",
        "{'password': 'hunter22'}",
        "token=hunter22",
        "tb_hunter22hunter22",
    ],
)
def test_no_line_has_a_secret(form: LogFormat, secret: str) -> None:
    try:
        raise ValueError(secret)
    except ValueError as error:
        text = line(form, "it failed: %s", secret, error=error)
    assert "hunter22" not in text
    assert "0123456789abcdef" not in text
    assert len(text.splitlines()) == 1
    assert "ValueError" in text


def test_what_was_given_does_not_fit_the_message_and_is_said_all_the_same() -> None:
    assert "of %d bets" in line(LogFormat.TEXT, "of %d bets", "many")


def test_postgresql_is_heard_as_it_writes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    today, tomorrow = tmp_path / "postgres-Sat.log", tmp_path / "postgres-Sun.log"
    before = "2026-11-28 02:00:00.000 UTC [9] PANIC:  of yesterday\n"
    today.write_text(before)
    follower = LogFollower(today)
    with today.open("a") as log:
        log.write("2026-11-28 02:10:00.123 UTC [12] LOG:  checkpoint starting: time\n")
        log.write('2026-11-28 02:10:01.000 UTC [13] toteboard_app@toteboard ERROR:  relation "x" does not exist\n')
        log.write("\tat character 15\n")
    follower.step(today)
    follower.step(today)
    tomorrow.write_text("2026-11-29 00:00:00.001 UTC [12] FATAL:  no space left on device\n")
    follower.step(tomorrow)
    tomorrow.write_text("2026-12-06 00:00:00.001 UTC [12] PANIC:  x\n")
    follower.step(tomorrow)
    follower.step(tmp_path / "gone.log")
    assert [(one.levelname, one.getMessage(), one.__dict__["pid"]) for one in caplog.records] == [
        ("WARNING", 'error: relation "x" does not exist', 13),
        ("ERROR", "fatal: no space left on device", 12),
        ("CRITICAL", "panic: x", 12),
    ]
    assert {one.name for one in caplog.records} == {"postgres"}


def test_an_address_without_a_password_stays_whole() -> None:
    text = "its metrics are at http://127.0.0.1:9464/metrics, not at postgresql://ada:p/w:d@db:5432/tote"
    assert redacted(text) == "its metrics are at http://127.0.0.1:9464/metrics, not at postgresql://ada:…@db:5432/tote"
