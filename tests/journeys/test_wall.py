"""The tote wall in the hall: it follows the bets, freezes when betting closes and shows who won, for all to read."""

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from .axe import assert_accessible
from .browser import WALL, page
from .scenarios import ServerScenario
from .walls import unreadable

DEPOSIT = 500_000
# The band on top grows for a last call.
GROWN_MS = 700
RESIZED_MS = 150
WIN = "rgb(94, 240, 181)"

# What comes in from a spreadsheet: as long as a name may be, right to left, and signs of more than one code point.
LONG = "Maximiliana-Theodora von und zu Hohenlohe-Waldenburg " * 3 + "of the Second Table, Hall Four, North Wing"
RIGHT_TO_LEFT = "الاتحاد العربي لكرة الطاولة في المدينة"
FAMILY = "👩‍👩‍👧‍👦 Team 🏓🇩🇪"


def pool(scenario: ServerScenario, tournament: Any, match: str, *outcomes: str, minutes: float = 30) -> Any:
    """A match of this name with an open pool that closes soon."""
    closes_at = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
    return scenario.market(tournament, match, outcomes, name="Winner", takeout_bps=1000, closes_at=closes_at)


def wall_of(chromium: Browser, scenario: ServerScenario, tournament: Any, query: str = "") -> Page:
    wall = page(chromium, size=WALL)
    wall.goto(f"{scenario.url}/t/{tournament['slug']}/tote{query}")
    expect(wall.get_by_test_id("link-status")).to_contain_text("Live")
    return wall


def looks_right(wall: Page, where: str) -> None:
    wall.wait_for_timeout(GROWN_MS)
    assert unreadable(wall) == [], where
    assert_accessible(wall, f"the wall, {where}")


def test_the_wall_follows_bets_freezes_at_the_close_and_shows_who_won(
    scenario: ServerScenario, chromium: Browser
) -> None:
    tournament = scenario.tournament("Riverside Open", slug="riverside")
    final = pool(scenario, tournament, "The final", "Amara Okafor", "Luis Cabrera")
    field = pool(scenario, tournament, "Tournament winner", *(f"Player {n}" for n in range(1, 13)), minutes=600)
    one, two = (outcome["id"] for outcome in final["outcomes"])
    bettor = scenario.bettor(tournament, "ida", funds=DEPOSIT).script
    wall = wall_of(chromium, scenario, tournament)
    sides = wall.get_by_test_id("side")
    expect(sides.first).to_contain_text("Amara Okafor")
    expect(wall.get_by_test_id("field")).to_contain_text("Tournament winner")
    expect(wall.get_by_test_id("field")).to_contain_text(re.compile(r"and \d more"))

    bettor.bet(one, 5000)
    bettor.bet(two, 10_000)
    bettor.bet(field["outcomes"][11]["id"], 1250)
    # 150.00 less a tenth is 135.00.
    expect(sides.nth(0).get_by_test_id("odds")).to_have_text("2.70")
    expect(sides.nth(1).get_by_test_id("odds")).to_have_text("1.35")
    expect(sides.nth(1).get_by_test_id("percent")).to_have_text("67%")
    expect(wall.get_by_test_id("total")).to_have_text("162.50")
    expect(wall.get_by_test_id("tape").get_by_role("listitem")).to_have_text(
        ["€12.50 Player 12", "€100 Luis Cabrera", "€50 Amara Okafor"]
    )
    expect(wall.get_by_test_id("ranked").get_by_role("listitem").first).to_contain_text("Player 12", timeout=10_000)
    said_of_pulse = re.compile("€50 on Amara Okafor, €100 on Luis Cabrera, €12 on other matches")
    expect(wall.get_by_test_id("side-pulse")).to_have_attribute("aria-label", said_of_pulse, timeout=15_000)
    # The server of a test listens on this machine alone, and says so instead of an address that no phone opens.
    expect(wall.locator(f"svg[aria-label$='/t/{tournament['slug']}/m/{final['match_id']}']")).to_be_visible()
    expect(wall.get_by_test_id("unreached")).to_contain_text("--host 0.0.0.0")
    looks_right(wall, "open")

    phase = wall.get_by_test_id("phase")
    soon = (datetime.now(UTC) + timedelta(seconds=50)).isoformat()
    scenario.boss.ask("PATCH", f"/api/market/{final['id']}", json={"closes_at": soon})
    expect(phase).to_have_text(re.compile(r"^Last call0:[45]\d$"))
    looks_right(wall, "last call")
    scenario.move(final, "suspend")
    expect(phase).to_contain_text("Betting suspended")
    looks_right(wall, "suspended")

    scenario.move(final, "close")
    expect(phase).to_contain_text("Betting closed")
    expect(wall.get_by_test_id("final-pool")).to_have_text(re.compile("Final pool€1502 bets"))
    expect(sides.first.get_by_test_id("odds")).to_have_text("2.70")
    looks_right(wall, "closed")

    scenario.move(final, "result", winners=[one])
    expect(phase).to_have_text("Payouts followAmara Okafor won")
    expect(sides.nth(0)).to_contain_text("Won")
    expect(sides.nth(1)).not_to_contain_text("Won")
    scenario.move(final, "settle")
    expect(phase).to_have_text("Winners are paidAmara Okafor won")
    expect(sides.first.get_by_test_id("dividend")).to_have_text("2.70")
    expect(sides.first.get_by_test_id("dividend")).to_have_css("color", WIN)
    looks_right(wall, "settled")
    wall.evaluate("localStorage.setItem('toteboard.theme', 'light')")
    wall.goto(f"{wall.url}?match={final['match_id']}")
    expect(phase).to_contain_text("Amara Okafor won")
    looks_right(wall, "settled, in the light")
    assert wall.said == []  # type: ignore[attr-defined]


def test_the_wall_says_when_it_is_not_current_and_comes_back_by_itself(
    scenario: ServerScenario, chromium: Browser
) -> None:
    tournament = scenario.tournament("Away", slug="away")
    first = pool(scenario, tournament, "First", "One", "Two", minutes=5)
    pool(scenario, tournament, "Second", "Three", "Four", minutes=50)
    bettor = scenario.bettor(tournament, "noor", funds=DEPOSIT).script
    bettor.bet(first["outcomes"][0]["id"], 1000)
    wall = wall_of(chromium, scenario, tournament)
    wall.context.set_offline(True)
    band = wall.get_by_test_id("link-band")
    expect(band).to_have_text(re.compile(r"^Odds as of \d\d:\d\d:\d\dReconnecting$"))
    looks_right(wall, "without a link")
    bettor.bet(first["outcomes"][0]["id"], 2500)
    expect(wall.get_by_test_id("total")).to_have_text("10")
    wall.context.set_offline(False)
    expect(wall.get_by_test_id("total")).to_have_text("35")
    expect(band).to_have_count(0)


def test_after_a_long_sleep_the_wall_is_current_again_and_takes_up_new_pages(
    scenario: ServerScenario, chromium: Browser
) -> None:
    tournament = scenario.tournament("Sleep", slug="sleep")
    market = pool(scenario, tournament, "First", "One", "Two", minutes=600)
    bettor = scenario.bettor(tournament, "sol", funds=DEPOSIT).script
    wall = page(chromium, size=WALL)
    wall.clock.install()
    loads: list[str] = []
    wall.on("request", lambda request: loads.append(request.url) if request.resource_type == "document" else None)
    wall.goto(f"{scenario.url}/t/sleep/tote")
    expect(wall.get_by_test_id("link-status")).to_contain_text("Live")

    wall.clock.fast_forward("08:00")
    bettor.bet(market["outcomes"][0]["id"], 1000)
    expect(wall.get_by_test_id("total")).to_have_text("10")
    expect(wall.get_by_test_id("link-status")).to_contain_text("Live")
    assert len(loads) == 1, "the pages are the same: nothing to load again"

    # The server was updated: its page names another script.
    newer = httpx.get(f"{scenario.url}/t/sleep/tote", trust_env=False).text.replace("/assets/index-", "/assets/newer-")
    asked_by_script = lambda url: url.endswith("/t/sleep/tote")  # noqa: E731
    wall.route(
        asked_by_script,
        lambda route: route.fulfill(body=newer) if route.request.resource_type == "fetch" else route.continue_(),
    )
    wall.clock.fast_forward("08:00")
    expect(wall.get_by_test_id("link-status")).to_contain_text("Live")
    until = time.monotonic() + 30
    while len(loads) < 2:
        assert time.monotonic() < until, "the new pages were not taken up"
        wall.wait_for_timeout(50)


def test_the_wall_stays_with_a_pinned_match_and_has_words_where_there_is_none(
    scenario: ServerScenario, chromium: Browser
) -> None:
    tournament = scenario.tournament("Quiet", slug="quiet")
    wall = wall_of(chromium, scenario, tournament)
    expect(wall.get_by_test_id("empty")).to_contain_text("No matches yet")
    looks_right(wall, "empty")
    match = scenario.boss.ask("POST", "/api/match", json={"tournament_id": tournament["id"], "name": "To come"})
    expect(wall.get_by_test_id("next")).to_contain_text("To come")
    looks_right(wall, "before the first match")
    assert scenario.boss.delete(f"/api/match/{match['id']}").status_code == 204
    first = pool(scenario, tournament, "First", "One", "Two", minutes=5)
    second = pool(scenario, tournament, "Second", "Three", "Four", minutes=50)
    expect(wall.get_by_test_id("side").first).to_contain_text("One")
    pinned = wall_of(chromium, scenario, tournament, f"?match={second['match_id']}")
    expect(pinned.get_by_test_id("side").first).to_contain_text("Three")
    for market in (first, second):
        scenario.move(market, "void", reason="rain")
    expect(pinned.get_by_test_id("phase")).to_contain_text("Every stake is refunded")
    wall.reload()
    expect(wall.get_by_test_id("over")).to_contain_text("All betting is over")
    looks_right(wall, "when all is over")


SIZES = ((1920, 1080), (1280, 720), (3840, 2160), (1024, 768), (390, 844), (1080, 1920))


@pytest.mark.parametrize(
    "outcomes", [(LONG, RIGHT_TO_LEFT), (FAMILY, LONG, RIGHT_TO_LEFT), tuple(f"{n} {LONG}" for n in range(40))]
)
def test_any_name_and_currency_fits_any_screen(
    scenario: ServerScenario, chromium: Browser, outcomes: tuple[str, ...]
) -> None:
    tournament = scenario.tournament(LONG[:200], "KWD", slug=f"long-{len(outcomes)}")
    market = pool(scenario, tournament, LONG[:200], *(outcome[:200] for outcome in outcomes), minutes=0.9)
    pool(scenario, tournament, RIGHT_TO_LEFT, *(f"{FAMILY} {no} {LONG}"[:200] for no in range(9)), minutes=90)
    bettor = scenario.bettor(tournament, f"kim-{len(outcomes)}", funds=DEPOSIT).script
    bettor.bet(market["outcomes"][0]["id"], 400_000, "KWD")
    # A long shot: odds of four figures before the point.
    bettor.bet(market["outcomes"][1]["id"], 7, "KWD")
    wall = wall_of(chromium, scenario, tournament)
    wall.wait_for_timeout(GROWN_MS)
    for width, height in SIZES:
        wall.set_viewport_size({"width": width, "height": height})
        wall.wait_for_timeout(RESIZED_MS)
        assert unreadable(wall) == [], f"{width} × {height}"
        rows = wall.get_by_test_id("ranked").evaluate_all(
            "lists => lists.map(list => [...list.children].map(row => Math.round(row.getBoundingClientRect().width)))"
        )
        assert all(max(each) - min(each) <= 1 for each in rows), f"{width} × {height}: columns of one width"
    scenario.move(market, "close")
    scenario.move(market, "result", winners=[market["outcomes"][0]["id"]])
    for width, height in SIZES:
        wall.set_viewport_size({"width": width, "height": height})
        wall.wait_for_timeout(RESIZED_MS)
        assert unreadable(wall) == [], f"{width} × {height}, with its result"
