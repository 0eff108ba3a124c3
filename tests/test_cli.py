"""The command line as people and scripts use it: real processes, a real embedded database, nothing left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest

from imports.tournaments import WORLD_CUP
from ports import free_port
from toteboard.cli.database import reached
from toteboard.cli.terminal import Failed

CUP = Path(__file__).parent / "imports" / "samples" / "cup.json"
START_S = 90
STOP_S = 30
ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("TOTEBOARD_")}


def run(*asked: str | Path, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "toteboard", *map(str, asked)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=START_S,
        env=ENVIRONMENT | env,
    )


def done(*asked: str | Path, **more: Any) -> str:
    """The answer of a command that has to succeed."""
    ran = run(*asked, **more)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def failed(*asked: str | Path, code: int = 1, **more: Any) -> str:
    """What a command that has to fail says: on stderr, without a traceback."""
    ran = run(*asked, **more)
    assert ran.returncode == code, ran.stderr
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr
    return ran.stderr


def until(what: Callable[[], Any], *, within_s: float = START_S) -> Any:
    """What is returned as soon as it is true."""
    end = time.monotonic() + within_s
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to it in time"
        time.sleep(0.1)
    return found


def answers(url: str) -> Callable[[], Any]:
    def ask() -> Any:
        try:
            answer = httpx.get(url, trust_env=False)
        except httpx.HTTPError:
            return None
        return answer.json() if answer.is_success else None

    return ask


def lives_of(folder: Path) -> list[psutil.Process]:
    """Whatever works in this folder or names it: server, database, and what they started."""
    found = []
    for process in psutil.process_iter():
        try:
            words = " ".join(process.cmdline())
            if str(folder) in words or process.cwd().startswith(str(folder.resolve())):
                found.append(process)
        except psutil.Error:
            continue
    return found


@contextmanager
def serving(*asked: str | Path, ignores: tuple[int, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    """A server; `ignores` are signals it inherits as ignored, as a background job of a script does SIGINT."""
    inherited = {number: signal.signal(number, signal.SIG_IGN) for number in ignores}
    process = subprocess.Popen(
        [sys.executable, "-m", "toteboard", *map(str, asked)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        start_new_session=True,
    )
    for number, before in inherited.items():
        signal.signal(number, before)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (["import", "/no/such/file.json"], 1, "toteboard: /no/such/file.json: No such file or directory\n"),
        (["import", CUP, "--currency", "XXX"], 2, "toteboard: 'XXX' is not a currency of the list"),
        (["import", CUP, "--timezone", "Mars/Olympus"], 2, "toteboard: --timezone 'Mars/Olympus' is not a zone"),
        (["import", CUP, "--kind", "tote"], 2, "toteboard: --kind is 'tote'; it is pool or fixed\n"),
        (["import", CUP, "--slug", "A B"], 2, "toteboard: --slug: a slug is small letters"),
        (["import", CUP, "--first-match-at", "soon"], 2, "toteboard: --first-match-at 'soon' is neither"),
        (
            ["import", CUP, "--first-match-at", "now+300000d"],
            2,
            "toteboard: --first-match-at 'now+300000d': the year is",
        ),
        (["import", CUP, "--first-match-at", "now-999999d"], 2, "toteboard: --first-match-at 'now-999999d' is outside"),
        (["import", CUP, "--every", "10"], 2, "toteboard: '10' is not a span of time"),
        (["import", Path(__file__), "--name", "x"], 1, "toteboard: test_cli.py: columns: choose which columns"),
        (["export", "cup", "passwords"], 2, "toteboard: 'passwords' is not a sheet: bets, matches, "),
        (["serve", "--host", "nowhere.invalid"], 2, "toteboard: 'nowhere.invalid' is not an address of this machine"),
        (["serve", "--port", "70000"], 2, "Usage:"),
        (["audit", "--nonsense"], 2, "Usage:"),
    ],
)
def test_what_was_asked_wrongly_is_said_in_a_line(asked: list[str | Path], code: int, says: str) -> None:
    assert failed(*asked, code=code).startswith(says)


def test_a_database_that_cannot_be_reached_is_said_in_a_line() -> None:
    for url in ("postgresql://nobody@127.0.0.1:1/none", "nonsense"):
        said = failed("audit", TOTEBOARD_DATABASE_URL=url)
        assert said.startswith("toteboard: the database cannot be reached: ")
        assert said.count("\n") == 1


def test_a_setting_out_of_bounds_is_said_in_a_line() -> None:
    assert failed("audit", TOTEBOARD_LANES="99") == "toteboard: TOTEBOARD_LANES is '99': less than or equal to 16\n"


def test_every_wrong_row_of_a_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "races.csv"
    file.write_text("match,outcome,odds\nDerby,Comet,x\nDerby,,2\n")
    lines = failed("import", file).splitlines()
    assert [line.split(": ")[:3] for line in lines] == [
        ["toteboard", "races.csv", "C2"],
        ["toteboard", "races.csv", "B3"],
    ]


def test_the_openapi_is_written_without_a_database(tmp_path: Path) -> None:
    description = json.loads(done("openapi"))
    assert "/api/bet" in description["paths"]
    done("openapi", tmp_path / "openapi.json")
    assert json.loads((tmp_path / "openapi.json").read_text()) == description


def test_a_taken_port_is_said_before_anything_is_started(data_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = failed("serve", "--port", str(port), "--data", data_folder)
    assert said == f"toteboard: Port {port} is taken; choose another with --port\n"
    assert list(data_folder.iterdir()) == []


def test_the_commands_work_one_after_the_other_and_leave_nothing_running(data_folder: Path) -> None:
    data = ("--data", data_folder)
    assert json.loads(done("migrate", *data, "--json"))["applied"][0] == "0001_ledger.sql"
    assert json.loads(done("migrate", *data, "--json")) == {"applied": [], "functions": []}

    ada = ("--email", "Ada@example.org", "--name", "Ada", "--password-stdin")
    assert done("admin", "create", *ada, *data, stdin="a long password\n").startswith("Ada <ada@example.org>")
    assert "is registered already" in failed("admin", "create", *ada, *data, stdin="a long password\n")
    assert "8 characters" in failed("admin", "create", *ada, *data, code=2, stdin="short\n")
    assert "no terminal" in failed("admin", "create", *ada[:-1], *data, code=2)
    code = json.loads(done("admin", "reset", "--email", "ada@example.org", *data, "--json"))
    assert len(code["code"]) == 11
    assert "sets a new password for ada@example.org" in done("admin", "reset", "--email", "ada@example.org", *data)
    assert "nobody is registered" in failed("admin", "reset", "--email", "eve@example.org", *data)
    token = json.loads(done("admin", "token", "--email", "ada@example.org", *data, "--json"))
    assert token["token"].startswith("tb_")
    assert "nobody is registered" in failed("admin", "token", "--email", "eve@example.org", *data)

    first = json.loads(done("import", CUP, *data, "--json", "--first-match-at", "now+1h", "--open"))
    assert (first["matches"], first["outcomes"], first["new"], first["markets_opened"]) == (7, 21, 7, 4)
    again = done("import", CUP, *data)
    assert again.startswith("Nothing to change in harbour-cup-2026")
    assert "7 matches, 21 outcomes (new: 0, changed: 0, unchanged: 7, results entered: 0)" in again
    assert "2 results waiting: their markets are not closed yet (2 open)" in again

    sheet, book = data_folder.parent / f"{data_folder.name}.csv", data_folder.parent / f"{data_folder.name}.xlsx"
    slug = "harbour-cup-2026"
    try:
        assert len(done("export", slug, "matches", *data).splitlines()) == 22
        for file in (sheet, book):
            assert done("export", slug, "matches", "-o", file, *data) == ""
        assert sheet.read_bytes().startswith(b"\xef\xbb\xbfmatch,round,starts_at,outcome,odds\r\n")
        assert book.read_bytes().startswith(b"PK")
        assert "No such file" in failed("export", slug, "bets", "-o", "/no/such/folder/bets.csv", *data)
        assert "there is no tournament 'none'" in failed("export", "none", "bets", "-o", sheet, *data, code=2)
        assert sheet.read_bytes().startswith(b"\xef\xbb\xbfmatch")
    finally:
        sheet.unlink(missing_ok=True)
        book.unlink(missing_ok=True)

    assert "The books balance." in done("audit", *data)
    report = json.loads(done("audit", *data, "--json"))
    assert (report["balanced"], report["differences"]) == (True, 0)
    assert lives_of(data_folder) == []


def test_the_real_world_cup_is_imported_and_again_changes_nothing(data_folder: Path) -> None:
    asked = ("import", WORLD_CUP, "--data", data_folder, "--first-match-at", "now+1h", "--every", "10m", "--open")
    assert "104 matches, 312 outcomes (new: 104, changed: 0, unchanged: 0, results entered: 0)" in done(*asked)
    assert "104 matches, 312 outcomes (new: 0, changed: 0, unchanged: 104, results entered: 0)" in done(*asked)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_answers_lets_others_join_and_stops_in_order(data_folder: Path, workers: int, number: int) -> None:
    port = free_port()
    asked = ("serve", "--port", str(port), "--data", data_folder, "--workers", str(workers))
    with serving(*asked) as server:
        until(answers(f"http://127.0.0.1:{port}/api/server"))
        # Beside the running server, in its database.
        done("import", CUP, "--data", data_folder)
        listed = until(answers(f"http://127.0.0.1:{port}/api/tournament"))
        assert [tournament["slug"] for tournament in listed["items"]] == ["harbour-cup-2026"]
        server.send_signal(number)
        said = server.communicate(timeout=STOP_S)[1]
    assert server.returncode == 0
    assert f"Toteboard is at http://127.0.0.1:{port}" in said
    assert "toteboard admin create --data" in said
    assert "Traceback" not in said
    until(lambda: lives_of(data_folder) == [], within_s=STOP_S)


def _titled(process: psutil.Process) -> str:
    """What `ps` shows: the kernel fills up what the command line left."""
    return " ".join(process.cmdline()).strip()


def test_workers_end_with_a_parent_that_is_killed_and_the_port_is_taken_again(data_folder: Path) -> None:
    port = free_port()
    asked = ("serve", "--port", str(port), "--data", data_folder, "--workers", "2")
    with serving(*asked) as server:
        until(answers(f"http://127.0.0.1:{port}/api/server"))
        parent = psutil.Process(server.pid)
        # Whoever looks for them in `ps` finds them by name. The first may answer before the second is there.
        assert _titled(parent) == f"toteboard serve all, port {port}"
        until(lambda: len(_workers_of(parent)) == 2)
        workers = _workers_of(parent)
        server.kill()
        server.wait()
    until(lambda: not any(w.is_running() and w.status() != psutil.STATUS_ZOMBIE for w in workers), within_s=STOP_S)
    with serving(*asked) as server:
        until(answers(f"http://127.0.0.1:{port}/api/server"))
        server.send_signal(signal.SIGTERM)
        assert "is taken" not in server.communicate(timeout=STOP_S)[1]


def _workers_of(parent: psutil.Process) -> list[psutil.Process]:
    return [child for child in parent.children(recursive=True) if _titled(child) == "toteboard worker"]


def test_a_server_that_was_started_with_ctrl_c_ignored_stops_in_order_too(data_folder: Path) -> None:
    port = free_port()
    with serving("serve", "--port", str(port), "--data", data_folder, ignores=(signal.SIGINT,)) as server:
        until(answers(f"http://127.0.0.1:{port}/api/server"))
        server.send_signal(signal.SIGINT)
        said = server.communicate(timeout=STOP_S)[1]
    assert (server.returncode, "Stopping." in said) == (0, True), said


def _bets(port: int) -> Any:
    return lambda: (
        ((answers(f"http://127.0.0.1:{port}/api/tournament")() or {"items": [{"bets": 0}]})["items"][0])["bets"] > 20
    )


def test_the_sandbox_is_alive_and_leaves_nothing_behind(data_folder: Path) -> None:
    port = free_port()
    with serving("sandbox", "--port", str(port), "--data", data_folder, "--rate", "30", "--bettors", "6") as server:
        until(_bets(port))
        listed = httpx.get(f"http://127.0.0.1:{port}/api/tournament", trust_env=False).json()
        assert listed["items"][0]["slug"] == "riverside-open-2026"
        children = psutil.Process(server.pid).children(recursive=True)
        assert len([child for child in children if "toteboard sandbox" in " ".join(child.cmdline())]) == 2
        server.send_signal(signal.SIGTERM)
        assert "Traceback" not in server.communicate(timeout=STOP_S)[1]
    assert server.returncode == 0
    until(lambda: lives_of(data_folder) == [], within_s=STOP_S)
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)
    assert "The books balance." in done("audit", "--data", data_folder)


def test_a_sandbox_that_is_killed_takes_its_people_with_it_and_goes_on_next_time(data_folder: Path) -> None:
    port = free_port()
    asked = ("sandbox", "--port", str(port), "--data", data_folder, "--rate", "30", "--bettors", "4")
    with serving(*asked) as server:
        until(_bets(port))
        children = psutil.Process(server.pid).children(recursive=True)
        server.kill()
        server.wait()
    until(lambda: not any(c.is_running() and c.status() != psutil.STATUS_ZOMBIE for c in children), within_s=STOP_S)
    # The database outlives us and is joined; whoever leaves last stops it.
    before = json.loads(done("audit", "--data", data_folder, "--json"))
    assert before["balanced"]
    with serving(*asked):
        until(
            lambda: (
                json.loads(done("audit", "--data", data_folder, "--json"))["counted"]["bets"]
                > before["counted"]["bets"]
            )
        )
    after = json.loads(done("audit", "--data", data_folder, "--json"))
    assert (after["balanced"], after["counted"]["tournaments"]) == (True, 1)
    assert lives_of(data_folder) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals there")
def test_a_second_ctrl_c_hurries(data_folder: Path) -> None:
    port = free_port()
    with serving("serve", "--port", str(port), "--data", data_folder) as server:
        until(answers(f"http://127.0.0.1:{port}/api/server"))
        with socket.create_connection(("127.0.0.1", port)) as slow:
            # A request that never ends would keep an orderly stop waiting.
            slow.sendall(
                b"POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
            )
            time.sleep(0.3)
            server.send_signal(signal.SIGINT)
            time.sleep(0.3)
            began = time.monotonic()
            server.send_signal(signal.SIGINT)
            server.wait(STOP_S)
        assert time.monotonic() - began < 4
    until(lambda: lives_of(data_folder) == [], within_s=STOP_S)


@pytest.mark.parametrize("error", [OSError("gone"), asyncpg.InternalClientError("cannot switch to state 12")])
def test_a_database_that_goes_within_a_question_is_said_in_a_line(error: Exception) -> None:
    """asyncpg says the second where a server is killed between two messages; a backup that follows ended by it."""

    async def question() -> None:
        raise error

    with pytest.raises(Failed, match="the database cannot be reached"):
        reached(question())
