"""The morning after: an organizer takes the sheets away in a browser and opens them; an auditor does, a cashier may not."""

import csv
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Download, Locator, Page, Route, expect

from .answers import Answers
from .axe import assert_accessible
from .browser import PHONE, page
from .fit import assert_fits
from .scenarios import BOSS, ServerScenario, sign_in

PROGRESS = re.compile(r"/api/export/")
# The log of the evening is longer than this; the rest of the sheets are not.
ROWS_MAX = 10
EVIL = "=1+1"


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    return {"TOTEBOARD_EXPORT_ROWS_MAX": str(ROWS_MAX)}


@pytest.fixture(scope="module")
def cup(scenario: ServerScenario) -> dict[str, Any]:
    """A pool with three bets, settled, and a bettor called like a formula."""
    cup = scenario.tournament("Cup", "KWD")
    market = scenario.market(cup, f"{EVIL} – مباراة", ["Żółć", "Draw"])
    for name, stake in (("ada", 1_250), ("eve", 777)):
        bettor = scenario.bettor(cup, name)
        bettor.script.bet(market["outcomes"][0]["id"], stake, "KWD")
        bettor.script.bet(market["outcomes"][1]["id"], stake + 1, "KWD")
    return cup


def row_of(someone: Page, sheet: str) -> Locator:
    return someone.locator(f'[data-sheet="{sheet}"]')


def fetched(someone: Page, title: str, name: str, folder: Path, *, by_key: bool = False) -> Path:
    """The file behind a link, as the browser saved it."""
    link = someone.get_by_role("link", name=f"{title} as {name}")
    with someone.expect_download() as downloading:
        if by_key:
            link.focus()
            someone.keyboard.press("Enter")
        else:
            link.click()
    download: Download = downloading.value
    assert re.fullmatch(rf"cup-{title.lower()}-\d{{8}}T\d{{6}}Z\.{name.lower()}", download.suggested_filename)
    file = folder / download.suggested_filename
    download.save_as(file)
    return file


def test_an_organizer_takes_sheets_away_and_opens_them(
    scenario: ServerScenario, chromium: Browser, cup: dict[str, Any], tmp_path: Path
) -> None:
    boss = page(chromium)
    sign_in(boss, scenario.url, BOSS)
    boss.goto(f"{scenario.url}/org/t/cup")
    boss.get_by_role("link", name="Exports").click()
    expect(row_of(boss, "bets").get_by_test_id("rows")).to_have_text("4 rows")
    assert_accessible(boss, "the exports")

    file = fetched(boss, "Bets", "CSV", tmp_path)
    expect(row_of(boss, "bets").get_by_test_id("download")).to_contain_text("CSV downloaded")
    expect(row_of(boss, "bets").get_by_test_id("download")).to_contain_text("4 rows")
    rows = list(csv.DictReader(StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))
    assert [(row["bettor"], row["stake"], row["currency"]) for row in rows] == [
        ("ada", "1.250", "KWD"),
        ("ada", "1.251", "KWD"),
        ("eve", "0.777", "KWD"),
        ("eve", "0.778", "KWD"),
    ]
    assert {row["match"] for row in rows} == {f"'{EVIL} – مباراة"}

    book = fetched(boss, "Bets", "XLSX", tmp_path, by_key=True)
    expect(row_of(boss, "bets").get_by_test_id("download")).to_contain_text("XLSX downloaded")
    sheet = load_workbook(book).active
    assert sheet is not None
    head, *cells = sheet.iter_rows()
    stake, match = (
        next(position for position, cell in enumerate(head) if cell.value == name) for name in ("Stake", "Match")
    )
    assert [row[stake].value for row in cells] == [1.25, 1.251, 0.777, 0.778]
    assert {(row[match].value, row[match].data_type) for row in cells} == {(f"{EVIL} – مباراة", "s")}
    assert_accessible(boss, "the exports, something downloaded")

    # What was downloaded is still said after another room was looked at.
    boss.get_by_role("link", name="Settings").click()
    boss.get_by_role("link", name="Exports").click()
    expect(row_of(boss, "bets").get_by_test_id("download")).to_contain_text("XLSX downloaded")
    assert boss.said == []  # type: ignore[attr-defined]


def test_progress_is_shown_and_a_failure_is_said_with_a_way_to_try_again(
    scenario: ServerScenario, chromium: Browser, cup: dict[str, Any], tmp_path: Path
) -> None:
    boss = page(chromium)
    sign_in(boss, scenario.url, BOSS)
    boss.goto(f"{scenario.url}/org/t/cup/exports")
    people = row_of(boss, "people").get_by_test_id("download")

    # As the server would tell it of a sheet that takes its time.
    far: dict[str, Any] = {"rows": 1500, "rows_of": 6000, "bytes": 0, "bytes_of": None, "detail": "", "retry": True}
    answers = Answers(boss, PROGRESS)

    def making(route: Route) -> None:
        route.fulfill(json=far | {"state": "making"})

    def broken(route: Route) -> None:
        route.fulfill(json=far | {"state": "failed", "detail": "The database cannot be reached now."})

    answers.told = making
    fetched(boss, "People", "XLSX", tmp_path)
    expect(people).to_contain_text("Making the file: 1,500 of 6,000 rows.")
    expect(people).to_contain_text("goes on when you leave this page")
    assert_accessible(boss, "a sheet being made")
    answers.told = broken
    expect(people.get_by_role("alert")).to_contain_text("XLSX not downloaded. The database cannot be reached now.")
    assert_accessible(boss, "a sheet that failed")
    answers.told = None
    with boss.expect_download():
        people.get_by_role("link", name="Try again").click()
    expect(people).to_contain_text("XLSX downloaded")

    # One that the server really refuses.
    boss.get_by_role("link", name="Audit log as CSV").click()
    log = row_of(boss, "audit").get_by_test_id("download")
    expect(log.get_by_role("alert")).to_contain_text(f"this server sends at most {ROWS_MAX}")
    expect(log.get_by_role("link", name="Try again")).to_have_count(0)


def test_the_exports_fit_a_phone_in_both_themes_and_an_empty_sheet_says_so(
    scenario: ServerScenario, chromium: Browser
) -> None:
    scenario.tournament("Empty")
    boss = page(chromium, size=PHONE)
    sign_in(boss, scenario.url, BOSS)
    boss.goto(f"{scenario.url}/org/t/empty/exports")
    expect(row_of(boss, "bets").get_by_test_id("rows")).to_have_text("No bets yet.")
    expect(row_of(boss, "matches").get_by_test_id("rows")).to_have_text("No match has a market yet.")
    row_of(boss, "people").get_by_text(re.compile("^15 columns")).click()
    for theme in ("dark", "light"):
        boss.emulate_media(color_scheme=theme)
        assert_fits(boss)
        assert_accessible(boss, f"the exports on a phone, {theme}")


def test_an_auditor_takes_sheets_away_and_a_cashier_does_not(
    scenario: ServerScenario, chromium: Browser, cup: dict[str, Any], tmp_path: Path
) -> None:
    for role, rooms in (
        ("auditor", ["Bets", "People", "Exports", "Reports", "Feedback"]),
        ("cashier", ["Bets", "People"]),
    ):
        scenario.staff(cup, f"{role}-of-cup", role)
        at = page(chromium)
        sign_in(at, scenario.url, f"{role}-of-cup@example.org")
        at.goto(f"{scenario.url}/org/t/cup/exports")
        desk = at.get_by_role("navigation", name="The desk")
        expect(desk.get_by_role("link")).to_have_text(rooms)
        if role == "auditor":
            file = fetched(at, "Transfers", "CSV", tmp_path)
            assert len(file.read_text("utf-8-sig").splitlines()) == 1 + 4 + 2
        else:
            expect(at).to_have_url(re.compile("/org/t/cup/people$"))
