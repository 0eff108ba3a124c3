"""The docs say what is so: their links resolve, every setting stands in them, the README's commands exist."""

import re
import runpy
from pathlib import Path

import pytest

from toteboard.spreadsheets.sheets import SHEETS, Sheet

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bench/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = [target for target in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    lost = [target for target in targets if not (page.parent / target).exists()]
    assert lost == []


def test_the_page_of_settings_is_the_settings() -> None:
    written = runpy.run_path(str(ROOT / "scripts" / "settings_page.py"))["page"]()
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == written


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"^make (\w+)|`make (\w+)`", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    targets = {one or other for one, other in named}
    assert {"run", "test", "install"} <= targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_ci_calls_the_readmes_test_command() -> None:
    assert re.search(r"^make test$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.MULTILINE)


def test_decisions_are_numbered_once_and_without_a_gap() -> None:
    numbers = [int(page.name[:4]) for page in sorted((ROOT / "docs" / "adr").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(("page", "least"), [("hostile.md", 100), ("asvs.md", 50)])
def test_every_test_that_a_page_names_exists(page: str, least: int) -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / page).read_text(encoding="utf-8")))
    written = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        written |= set(re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert len(named) > least
    assert named - written == set()


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.name)
def test_every_column_of_an_export_stands_in_its_page_in_order(sheet: Sheet) -> None:
    text = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    paragraph = text.partition(f"\n**{sheet.name}**")[2].partition("\n\n")[0]
    named = re.findall(r"`([a-z_]+)`", paragraph)
    assert named == [column.name for column in sheet.columns]
