"""The house stays tidy: nothing of a registry in lock files, SQL in .sql files, no money as float."""

import ast
import gc
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "toteboard"
BEFORE_THE_SCHEMA = ("src/toteboard/embedded/postgres.py", "src/toteboard/ledger/migrate.py")
# The text of a wake-up, and how a cursor is read on: no question about rows of ours.
PLUMBING = ("src/toteboard/feed/wakeups.py", "src/toteboard/reconciliation/reading.py")
SQL_WORD = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM)\s", re.MULTILINE)


def _parsed(path: Path) -> ast.Module:
    """Without the collector meanwhile: what it runs in the middle of a parse is a SystemError of some Pythons 3.11."""
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        gc.enable()


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    for name in ("run", "dev", "node"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
    lock = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity"' in lock
    assert '"resolved"' not in lock


def test_no_registry_is_named_in_the_project() -> None:
    hosts = re.compile(
        "|".join((r"pypi\.or" + "g", r"pythonhosted\.or" + "g", r"npmjs\.or" + "g", r"debian\.or" + "g"))
    )
    naming = []
    for path in _tracked():
        if path.suffix in {".png", ".woff2", ".ico"}:
            continue
        if hosts.search(path.read_text(encoding="utf-8", errors="replace")):
            naming.append(path.name)
    assert naming == []


def test_sql_lives_in_sql_files() -> None:
    strings = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(_parsed(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL_WORD.match(node.value.strip()):
                strings.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    # These two work before there is a schema: is the server up, and the way out of a half migration, in words.
    assert [where for where in strings if not where.startswith(BEFORE_THE_SCHEMA + PLUMBING)] == []


def test_every_statement_begins_with_its_contract() -> None:
    """One line of SQL may be its own."""
    lost = []
    for path in (SOURCE / "ledger" / "sql").rglob("*.sql"):
        lines = path.read_text(encoding="utf-8").splitlines()
        if path.parent.name == "functions":
            if not lines[0].startswith("-- "):
                lost.append(path.name)
            continue
        for number, line in enumerate(lines):
            following = lines[number + 1] if line.startswith("-- name: ") else "-- "
            if not following.startswith("-- ") and not following.endswith(";"):
                lost.append(f"{path.name}: {line}")
    assert lost == []


def test_rules_and_ledger_know_no_float() -> None:
    floats = []
    for room in ("rules", "intake"):
        for path in (SOURCE / room).rglob("*.py"):
            for node in ast.walk(_parsed(path)):
                if room == "rules" and isinstance(node, ast.Constant) and isinstance(node.value, float):
                    floats.append(f"{path.name}:{node.lineno}")
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
                    floats.append(f"{path.name}:{node.lineno}")
    assert floats == []


def test_pages_load_nothing_from_a_foreign_host() -> None:
    foreign = re.compile(r"""(?:src|href)=["'](?:https?:)?//""")
    pages = [ROOT / "web" / "index.html", *SOURCE.rglob("*.html"), *SOURCE.rglob("pages.py")]
    assert [page.name for page in pages if page.is_file() and foreign.search(page.read_text(encoding="utf-8"))] == []
