"""An organizer with a spreadsheet: chosen, its columns said, looked at, mended, imported once, whatever the line does."""

import json
import re
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from imports.tournaments import WORLD_CUP

from .answers import Answers, lost
from .axe import assert_accessible
from .browser import DESKTOP, PHONE, Size, page
from .fit import assert_fits
from .names import FAMILY, LONG, RIGHT_TO_LEFT
from .scenarios import BOSS, ServerScenario, sign_in

PEOPLE = WORLD_CUP.parent / "cases" / "people-balances-bets.xlsx"
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


def cup_file(*matches: tuple[str, str, str]) -> FilePayload:
    rows = [
        {"round": "Final", "date": day, "time": "18:00 UTC", "team1": one, "team2": two} for one, two, day in matches
    ]
    content = json.dumps({"name": "Cup", "matches": rows}).encode()
    return FilePayload(name="cup.json", mimeType="application/json", buffer=content)


def test_a_newer_file_says_what_it_recognises_and_asks_what_is_in_doubt(
    scenario: ServerScenario, chromium: Browser
) -> None:
    cup = scenario.tournament("Doubt Cup")
    desk = organizer(scenario, chromium, cup)
    desk.goto(f"{scenario.url}/org/t/{cup['slug']}/import")
    choose(desk, cup_file(("Alder", "Birch", "2031-05-01"), ("Cedar", "Dogwood", "2031-05-02")))
    desk.get_by_label("Open for bets at once").check()
    desk.get_by_role("button", name="Import 2 new matches and open 2 markets").click()
    expect(desk.get_by_test_id("imported")).to_be_visible()
    amara = scenario.bettor(cup, "amara", funds=10_000)
    alder, _ = matches(scenario, cup)
    (market,) = scenario.boss.pages("/api/market", match=alder["id"])
    amara.script.bet(market["outcomes"][0]["id"], 500)

    desk.get_by_role("button", name="Import another file").click()
    # One side of the match with the bet has quite another name; the other match is later, with its sides turned.
    choose(desk, cup_file(("Dogwood", "Cedar", "2031-05-02"), ("Alder", "Zephyr", "2031-05-01")))
    doubt = desk.get_by_test_id("import-doubt")
    expect(doubt).to_contain_text("Alder v Zephyr")
    expect(doubt).to_contain_text("Alder v Birch")
    expect(doubt).to_contain_text("1 bet")
    expect(desk.get_by_test_id("import-match").filter(has_text="Dogwood")).to_contain_text("the other way round")
    expect(desk.get_by_role("button", name=re.compile("^(Import|Change)"))).to_have_count(0)
    assert_accessible(desk, "a match in doubt")
    doubt.get_by_text("Skip").click()
    expect(desk.get_by_text("Nothing to change.")).to_be_visible()
    desk.get_by_role("button", name="Ask again").click()
    doubt.get_by_text("The same", exact=True).click()
    expect(desk.get_by_test_id("import-match").filter(has_text="Zephyr")).to_contain_text("recognised as you said")
    desk.get_by_role("button", name="Change 1 match").click()
    expect(desk.get_by_test_id("imported")).to_contain_text("New: 0, changed: 1, unchanged: 1.")
    assert [match["name"] for match in matches(scenario, cup)] == ["Alder v Zephyr", "Cedar v Dogwood"]
    assert desk.said == []  # type: ignore[attr-defined]


def test_a_sheet_is_mended_at_the_desk(scenario: ServerScenario, chromium: Browser) -> None:
    cup = scenario.tournament("Mended Cup")
    desk = organizer(scenario, chromium, cup)
    desk.goto(f"{scenario.url}/org/t/{cup['slug']}/import")
    choose(desk, csv("Our race night\n\nRunner,Date,Odds\nDawn,03/04/2031,2\nElm,,#N/A\nFable,,3\n", name="race.csv"))
    expect(desk.get_by_label("Row of the header")).to_have_value("3")
    desk.get_by_label("Dates such as 03/04/2027").select_option("3 April: the day first")
    errors = desk.get_by_test_id("import-errors")
    expect(errors).to_contain_text("C5")
    expect(errors).to_contain_text("#N/A is an error of the spreadsheet")
    with desk.expect_download() as downloaded:
        desk.get_by_role("button", name="Download the sheet with these cells marked").click()
    page_of_problems = load_workbook(BytesIO(downloaded.value.path().read_bytes())).worksheets[1]
    assert [cell.value for cell in page_of_problems["A"]] == ["Cell", "C5"]
    desk.get_by_role("button", name="Leave row 5 out").click()
    desk.get_by_label("Name of the match").fill("The derby")
    found = desk.get_by_test_id("import-match")
    expect(found).to_contain_text("The derby")
    expect(found).to_contain_text("Fable 3.00")
    assert_accessible(desk, "a sheet of one market")
    desk.get_by_role("button", name="Import 1 new match").click()
    expect(desk.get_by_test_id("imported")).to_be_visible()
    (derby,) = matches(scenario, cup)
    assert (derby["name"], derby["starts_at"]) == ("The derby", "2031-04-03T12:00:00Z")
    assert desk.said == []  # type: ignore[attr-defined]


def test_everything_from_here_is_delayed_at_the_desk(scenario: ServerScenario, chromium: Browser) -> None:
    cup = scenario.tournament("Late Cup")
    desk = organizer(scenario, chromium, cup)
    desk.goto(f"{scenario.url}/org/t/{cup['slug']}/import")
    choose(desk, cup_file(("Alder", "Birch", "2031-05-01"), ("Cedar", "Dogwood", "2031-05-02")))
    desk.get_by_role("button", name="Import 2 new matches").click()
    desk.get_by_role("link", name="See the markets").click()
    expect(desk.get_by_test_id("starts").first).to_contain_text("starts 1 May")
    desk.get_by_role("button", name="Delay…").click()
    expect(desk.get_by_test_id("delay-effect")).to_contain_text("Cedar v Dogwood starts Fri 2 May 2031, 18:15")
    desk.get_by_label("By how many minutes").fill("30")
    assert_accessible(desk, "a delay looked at")
    desk.get_by_role("button", name="Delay 2 matches by 30 minutes").click()
    expect(desk.get_by_test_id("starts").first).to_contain_text("18:30")
    assert [match["starts_at"][11:16] for match in matches(scenario, cup)] == ["18:30", "18:30"]

    # A market with a closing time of its own says by how much it differs before the start is moved.
    (market,) = scenario.boss.pages("/api/market", match=matches(scenario, cup)[0]["id"])
    scenario.boss.ask("PATCH", f"/api/market/{market['id']}", json={"closes_at": "2031-05-01T18:30:00Z"})
    row = desk.get_by_test_id("desk-market").filter(has_text="Alder")
    row.get_by_role("button", name=re.compile("^Edit")).click()
    row.get_by_role("radio", name="The match").check(force=True)
    row.get_by_label("Start", exact=True).fill("2031-04-30T18:30")
    expect(row).to_contain_text("Result after 90 minutes keeps closing 1 day after the new start.")
    assert desk.said == []  # type: ignore[attr-defined]


def test_people_and_their_bets_come_in_and_are_there(scenario: ServerScenario, chromium: Browser) -> None:
    night = scenario.tournament("Paper Night", timezone="Europe/Berlin")
    scenario.market(night, "Müller v Größler", [("Müller", "1.80"), ("Größler", "2.05")], kind="fixed")
    desk = organizer(scenario, chromium, night)
    desk.get_by_role("link", name="Import", exact=True).click()
    choose(desk, FilePayload(name="night.xlsx", mimeType="application/octet-stream", buffer=PEOPLE.read_bytes()))
    people = desk.get_by_test_id("import-person")
    expect(people).to_have_count(3)
    expect(people.nth(1)).to_contain_text("Lea Lund")
    expect(people.nth(1)).to_contain_text("€12.50 paid in")
    expect(people.nth(1)).to_contain_text("€10.00 in the wallet afterwards")
    expect(people.nth(2)).to_contain_text("no e-mail")
    bets = desk.get_by_test_id("import-bet")
    expect(bets).to_have_count(2)
    expect(bets.first).to_contain_text("€5.00 at 1.80")
    expect(bets.nth(1)).to_contain_text("new match: a draft to complete")
    assert_accessible(desk, "people")
    assert_fits(desk, "people")
    desk.get_by_role("button", name="Add 3 people, pay in €47.50 and take over 2 bets").click()
    expect(desk.get_by_test_id("imported")).to_contain_text("New people: 3, paid in: €47.50, bets taken over: 2.")
    expect(desk.get_by_test_id("past-import").first).to_contain_text("3 people, 2 bets")
    desk.get_by_role("link", name="People", exact=True).click()
    expect(desk.get_by_text("Oma Erna")).to_be_visible()
    assert_accessible(desk, "a member without an address")
