"""An organizer with a spreadsheet: chosen, its columns said, looked at, mended, imported once, whatever the line does."""

from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

from openpyxl import Workbook
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from imports.tournaments import WORLD_CUP

from .answers import Answers, lost
from .axe import assert_accessible
from .browser import DESKTOP, PHONE, Size, page
from .fit import assert_fits
from .names import FAMILY, LONG, RIGHT_TO_LEFT
from .scenarios import BOSS, ServerScenario, sign_in

HEADER = ("Stage", "Home", "Away", "When", "Referee")


def organizer(scenario: ServerScenario, chromium: Browser, tournament: dict[str, Any], size: Size = DESKTOP) -> Page:
    someone = page(chromium, size=size)
    someone.emulate_media(color_scheme="dark")
    sign_in(someone, scenario.url, BOSS)
    someone.goto(f"{scenario.url}/org/t/{tournament['slug']}")
    return someone


def workbook(*rows: tuple[Any, ...]) -> FilePayload:
    made, written = Workbook(), BytesIO()
    for row in (HEADER, *rows):
        made["Sheet"].append(row)
    made.save(written)
    return FilePayload(name="fixtures.xlsx", mimeType="application/octet-stream", buffer=written.getvalue())


def csv(text: str, name: str = "races.csv") -> FilePayload:
    return FilePayload(name=name, mimeType="text/csv", buffer=text.encode())


def choose(desk: Page, file: FilePayload) -> None:
    desk.get_by_label("File to import").set_input_files(file)


def matches(scenario: ServerScenario, tournament: dict[str, Any]) -> list[Any]:
    return list(scenario.boss.pages("/api/match", tournament=tournament["id"]))


def test_a_workbook_becomes_a_tournament_and_a_newer_one_changes_it(
    scenario: ServerScenario, chromium: Browser
) -> None:
    cup = scenario.tournament("Import Cup")
    desk = organizer(scenario, chromium, cup)
    desk.get_by_test_id("empty").get_by_role("link", name="Import a spreadsheet").click()
    expect(desk.get_by_text("Drop a spreadsheet here")).to_be_visible()
    expect(desk.get_by_text("Nothing yet.")).to_be_visible()
    assert_accessible(desk, "nothing chosen")

    at = datetime(2031, 5, 1, 18, 30)
    wrong = workbook(("Semi-final", "Ada", "Bo", at, "Mo"), ("Semi-final", "Cy", "Cy", "soon", "Mo"))
    choose(desk, wrong)
    errors = desk.get_by_test_id("import-errors")
    expect(errors).to_contain_text("Fix 1 problem before importing.")
    expect(errors).to_contain_text("row 3")
    expect(errors).to_contain_text("'Cy v Cy' has the outcome 'Cy' already")
    expect(desk.get_by_role("button", name="Import")).to_have_count(0)
    assert_accessible(desk, "rows to mend")

    desk.get_by_role("button", name="Choose another").click()
    choose(desk, workbook(("Semi-final", "Ada", "Bo", at, "Mo"), ("Semi-final", "Cy", "Di", None, "Mo")))
    # "Stage" is a round and "When" a start; nobody bets on the referee.
    for column, meaning in (("Stage", "round"), ("Home", "outcome"), ("When", "starts_at"), ("Referee", "")):
        expect(desk.get_by_label(f"What {column} means")).to_have_value(meaning)
    desk.get_by_label("Between the two sides also").fill("Draw")
    first = desk.get_by_test_id("import-match").first
    expect(first).to_contain_text("Ada · Draw · Bo".replace(" · ", ""))
    desk.get_by_label("House share of new pools").fill("50.01")
    expect(desk.get_by_text("At most 50 %.")).to_be_visible()
    expect(desk.get_by_role("button", name="Import 2 new matches")).to_be_disabled()
    desk.get_by_label("House share of new pools").fill("10")
    assert_accessible(desk, "a file looked at")
    assert matches(scenario, cup) == []
    desk.get_by_label("Open for bets at once").check()
    desk.get_by_role("button", name="Import 2 new matches and open 2 markets").click()
    expect(desk.get_by_test_id("imported")).to_contain_text("New: 2, changed: 0, unchanged: 0, markets opened: 2.")
    expect(desk.get_by_test_id("past-import")).to_contain_text("fixtures.xlsx")
    assert_accessible(desk, "imported")
    desk.get_by_role("link", name="See the markets").click()
    expect(desk.get_by_test_id("desk-market")).to_have_count(2)
    ada, _ = matches(scenario, cup)
    assert (ada["name"], ada["round"], ada["starts_at"]) == ("Ada v Bo", "Semi-final", "2031-05-01T18:30:00Z")
    (market,) = scenario.boss.pages("/api/market", match=ada["id"])
    assert (market["status"], market["takeout_bps"]) == ("open", 1000)
    assert [outcome["name"] for outcome in market["outcomes"]] == ["Ada", "Draw", "Bo"]

    desk.get_by_role("link", name="Import", exact=True).click()
    choose(desk, workbook(("Semi-final", "Ada", "Bo", at.replace(hour=19), ""), ("Semi-final", "Cy", "Di", None, "")))
    desk.get_by_label("Between the two sides also").fill("Draw")
    desk.get_by_role("button", name="Change 1 match").click()
    expect(desk.get_by_test_id("imported")).to_contain_text("New: 0, changed: 1, unchanged: 1.")
    assert matches(scenario, cup)[0]["starts_at"] == "2031-05-01T19:30:00Z"
    assert desk.said == []  # type: ignore[attr-defined]


def test_columns_are_said_by_the_person_where_their_names_say_nothing(
    scenario: ServerScenario, chromium: Browser
) -> None:
    cup = scenario.tournament("Odd Columns")
    desk = organizer(scenario, chromium, cup)
    desk.goto(f"{scenario.url}/org/t/{cup['slug']}/import")
    choose(desk, csv("a,b,c\nDerby,Comet,2.5\nDerby,Duchess,3\n"))
    expect(desk.get_by_test_id("import-errors")).to_contain_text("choose which columns hold the players or runners")
    desk.get_by_label("What a means").select_option("Match")
    desk.get_by_label("What b means").select_option("Player or runner")
    expect(desk.get_by_test_id("import-match")).to_contain_text("Pool")
    desk.get_by_label("What c means").select_option("Odds")
    expect(desk.get_by_test_id("import-match")).to_contain_text("Duchess 3.00")
    desk.get_by_label("What b means").select_option("Odds")
    expect(desk.get_by_test_id("import-errors")).to_contain_text("columns")
    desk.get_by_label("What b means").select_option("Player or runner")
    desk.get_by_role("button", name="Import 1 new match").click()
    expect(desk.get_by_test_id("imported")).to_be_visible()
    assert [match["name"] for match in matches(scenario, cup)] == ["Derby"]
    desk.get_by_role("button", name="Import another file").click()
    choose(desk, csv("match,outcome,odds\nDerby,Comet,2.5\nDerby,Duchess,3\n"))
    expect(desk.get_by_text("Nothing to change.")).to_be_visible()


def test_a_file_can_be_dropped_and_a_world_cup_needs_no_columns(scenario: ServerScenario, chromium: Browser) -> None:
    cup = scenario.tournament("World Cup")
    desk = organizer(scenario, chromium, cup)
    desk.goto(f"{scenario.url}/org/t/{cup['slug']}/import")
    dropped = desk.evaluate_handle(
        """text => {
             const carried = new DataTransfer()
             carried.items.add(new File([text], 'worldcup.json', {type: 'application/json'}))
             return carried
           }""",
        WORLD_CUP.read_text(encoding="utf-8"),
    )
    desk.get_by_text("Drop a spreadsheet here").dispatch_event("drop", {"dataTransfer": dropped})
    expect(desk.get_by_test_id("import-effect")).to_contain_text("104 matches")
    expect(desk.get_by_label("Kind of the markets")).to_have_value("pool")
    expect(desk.get_by_test_id("import-match")).to_have_count(104)
    desk.get_by_role("button", name="Import 104 new matches").click()
    expect(desk.get_by_test_id("imported")).to_contain_text("New: 104")
    assert len(matches(scenario, cup)) == 104


def test_a_lost_answer_is_asked_for_again_and_nothing_is_imported_twice(
    scenario: ServerScenario, chromium: Browser
) -> None:
    cup = scenario.tournament("Lost Line")
    desk = organizer(scenario, chromium, cup)
    desk.goto(f"{scenario.url}/org/t/{cup['slug']}/import")
    answers = Answers(desk, "**/import?*")

    def lose_the_writing(route: Route) -> None:
        if parse_qs(urlsplit(route.request.url).query).get("dry_run") != ["false"]:
            route.continue_()
            return
        assert route.fetch().status == 200
        lost(route)

    answers.told = lose_the_writing
    choose(desk, csv("match,outcome\nDerby,Comet\nDerby,Duchess\n"))
    desk.get_by_role("button", name="Import 1 new match").click()
    expect(desk.get_by_role("alert")).to_contain_text("It may have been imported or not.")
    assert_accessible(desk, "the answer was lost")
    # It stands below by now, whoever looks.
    expect(desk.get_by_test_id("past-import")).to_have_count(1)
    answers.told = None
    desk.get_by_role("button", name="Send it again").click()
    expect(desk.get_by_test_id("imported")).to_contain_text("New: 0, changed: 0, unchanged: 1.")
    expect(desk.get_by_test_id("past-import")).to_have_count(1)
    assert len(matches(scenario, cup)) == 1
    answers.told = lost
    desk.get_by_role("button", name="Import another file").click()
    choose(desk, csv("match,outcome\nOaks,Echo\nOaks,Fable\n"))
    expect(desk.get_by_test_id("import-refused")).to_contain_text("The server cannot be reached.")
    answers.told = None
    desk.get_by_role("button", name="Try again").click()
    expect(desk.get_by_role("button", name="Import 1 new match")).to_be_enabled()


def test_what_cannot_be_read_is_said_and_any_name_fits_a_phone(scenario: ServerScenario, chromium: Browser) -> None:
    cup = scenario.tournament("Small Screen")
    desk = organizer(scenario, chromium, cup, size=PHONE)
    desk.goto(f"{scenario.url}/org/t/{cup['slug']}/import")
    assert_fits(desk, "nothing chosen")
    choose(desk, csv("x" * 4_000_001, name=f"{LONG}.csv"))
    expect(desk.get_by_role("alert")).to_contain_text("at most 4 MB are taken")
    assert_fits(desk, "a file that is too large")
    choose(desk, csv("PK\x03\x04", name="broken.xlsx"))
    expect(desk.get_by_test_id("import-refused")).to_contain_text("the workbook cannot be read")
    assert_accessible(desk, "a file that cannot be read")
    desk.get_by_role("button", name="Choose another").click()

    rows = [f'"{LONG[:150]}","{name}",{odds}' for name, odds in ((LONG, "1.001"), (FAMILY, "1000"))]
    rows += [f'"{RIGHT_TO_LEFT}","Runner {no}",40' for no in range(1, 41)]
    choose(desk, csv("\n".join([f"Race,Runner,{LONG}", *rows])))
    desk.get_by_label(f"What {LONG} means").select_option("Odds")
    expect(desk.get_by_test_id("import-match")).to_have_count(2)
    expect(desk.get_by_test_id("import-match").last).to_contain_text("and 34 more")
    assert_fits(desk, "long names")
    assert_accessible(desk, "a file on a phone")
    desk.get_by_role("button", name="Import 2 new matches").click()
    expect(desk.get_by_test_id("imported")).to_be_visible()
    assert_fits(desk, "imported")
    assert desk.said == []  # type: ignore[attr-defined]
