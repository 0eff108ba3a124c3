"""The Reports room as its organizer uses it, and the same report on the command line."""

import re
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from .scenarios import BOSS, ServerScenario, sign_in
from .server import Site, toteboard


def test_an_organizer_sees_what_the_night_came_to_and_takes_a_table_away(
    scenario: ServerScenario, chromium: Browser, site: Site, tmp_path: Path
) -> None:
    tournament = scenario.tournament("Night")
    market = scenario.market(tournament, "A v B", ["A", "B"], round="Final")
    for number, stake in enumerate((1000, 2500, 4000)):
        scenario.bettor(tournament, f"bettor-{number}").script.bet(market["outcomes"][number % 2]["id"], stake)
    desk = chromium.new_page()
    sign_in(desk, scenario.url, BOSS)
    desk.goto(f"{scenario.url}/org/t/{tournament['slug']}/reports")
    expect(desk.get_by_test_id("as-of")).to_contain_text("As of")
    expect(desk.get_by_text("€75.00").first).to_be_visible()
    bettors = desk.get_by_role("region", name="Bettors", exact=True)
    expect(bettors.locator("canvas")).to_be_visible()
    rows = bettors.get_by_role("region", name="Bettors, the table").locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("bettor-2")
    with desk.expect_download() as taken:
        bettors.get_by_role("link", name="Bettors as XLSX").click()
    taken.value.save_as(tmp_path / "bettors.xlsx")
    head, *lines = load_workbook(tmp_path / "bettors.xlsx").active.iter_rows(values_only=True)
    assert head[0] == "Bettor"
    assert len(lines) == 3
    scenario.bettor(tournament, "late").script.bet(market["outcomes"][0]["id"], 500)
    desk.get_by_role("button", name="Make it anew").click()
    expect(desk.get_by_text("€80.00").first).to_be_visible()
    desk.close()
    told = toteboard("report", tournament["slug"], "rounds", site=site)
    assert told.returncode == 0, told.stderr
    assert re.search(r"Final\s+1\s+4\s+80\.00", told.stdout), told.stdout
    file = tmp_path / "matches.csv"
    assert toteboard("report", tournament["slug"], "matches", "--output", str(file), site=site).returncode == 0
    assert "Final,A v B,4,80.00" in file.read_text()
    assert toteboard("report", tournament["slug"], "horses", site=site).returncode == 2
    assert toteboard("report", "nowhere", site=site).returncode == 2
