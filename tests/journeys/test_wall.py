"""The tote wall in the hall: it follows the bets, freezes when betting closes and shows who won, for all to read."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from .axe import assert_accessible
from .browser import browser, page
from .server import PASSWORD, Script, register, said, served, toteboard
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


class Hall:
    """A server with an organizer; what the tests do to tournaments goes through the API."""

    def __init__(self, url: str, boss: Script):
        self.url = url
        self.boss = boss

    def tournament(self, slug: str, name: str, currency: str = "EUR") -> Any:
        return self.boss.ask("POST", "/api/tournament", json={"slug": slug, "name": name, "currency": currency})

    def market(self, tournament: Any, name: str, *outcomes: str, minutes: float = 30) -> Any:
        """A match of this name with an open pool."""
        match = self.boss.ask("POST", "/api/match", json={"tournament_id": tournament["id"], "name": name})
        closes_at = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
        asked = {
            "match_id": match["id"],
            "name": "Winner",
            "kind": "pool",
            "takeout_bps": 1000,
            "closes_at": closes_at,
            "outcomes": [{"name": outcome} for outcome in outcomes],
        }
        market = self.boss.ask("POST", "/api/market", json=asked)
        return self.do(market, "open")

    def do(self, market: Any, action: str, **asked: Any) -> Any:
        return self.boss.ask("POST", f"/api/market/{market['id']}/{action}", json=asked or None)

    def bettor(self, tournament: Any, name: str) -> Script:
        """Somebody with money, seen at the desk."""
        person = register(self.url, name)
        wallet = person.ask("POST", f"/api/tournament/{tournament['id']}/join")
        who = {"tournament_id": tournament["id"], "user_id": wallet["user_id"]}
        self.boss.ask("POST", "/api/kyc/desk", json={**who, "document": "passport", "decision": "verified"})
        deposit = {"amount": DEPOSIT, "currency": tournament["currency"]}
        key = {"Idempotency-Key": f"00000000-0000-7000-8000-{wallet['id']:012}"}
        self.boss.ask("POST", f"/api/wallet/{wallet['id']}/deposit", json=deposit, headers=key)
        return person


@pytest.fixture(scope="module")
def hall(module_folder: Path) -> Iterator[Hall]:
    data = module_folder / "data"
    asked = ("admin", "create", "--email", "boss@example.org", "--name", "Boss", "--password-stdin")
    made = toteboard(*asked, data=data, stdin=PASSWORD)
    assert made.returncode == 0, made.stderr
    token = said(toteboard("admin", "token", "--email", "boss@example.org", "--json", data=data))["token"]
    with served(data) as server:
        yield Hall(server.url, Script(server.url, token))


@pytest.fixture(scope="module")
def opened() -> Iterator[Browser]:
    with browser() as one:
        yield one


def wall_of(opened: Browser, hall: Hall, tournament: Any, query: str = "") -> Page:
    wall = page(opened, width=1920, height=1080)
    wall.goto(f"{hall.url}/t/{tournament['slug']}/tote{query}")
    expect(wall.get_by_test_id("link-status")).to_contain_text("Live")
    return wall


def looks_right(wall: Page, where: str) -> None:
    wall.wait_for_timeout(GROWN_MS)
    assert unreadable(wall) == [], where
    assert_accessible(wall, f"the wall, {where}")


def test_the_wall_follows_bets_freezes_at_the_close_and_shows_who_won(hall: Hall, opened: Browser) -> None:
    tournament = hall.tournament("riverside", "Riverside Open")
    final = hall.market(tournament, "The final", "Amara Okafor", "Luis Cabrera")
    field = hall.market(tournament, "Tournament winner", *(f"Player {n}" for n in range(1, 13)), minutes=600)
    one, two = (outcome["id"] for outcome in final["outcomes"])
    bettor = hall.bettor(tournament, "ida")
    wall = wall_of(opened, hall, tournament)
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
    expect(wall.get_by_test_id("total")).to_have_text("162")
    expect(wall.get_by_test_id("tape").get_by_role("listitem")).to_have_text(
        ["€12.50 Player 12", "€100 Luis Cabrera", "€50 Amara Okafor"]
    )
    expect(wall.get_by_test_id("ranked").get_by_role("listitem").first).to_contain_text("Player 12", timeout=10_000)
    said_of_pulse = re.compile("€50 on Amara Okafor, €100 on Luis Cabrera, €12 on other matches")
    expect(wall.get_by_test_id("side-pulse")).to_have_attribute("aria-label", said_of_pulse, timeout=15_000)
    expect(wall.get_by_text(f"/t/{tournament['slug']}/m/{final['match_id']}")).to_be_visible()
    looks_right(wall, "open")

    standing = wall.get_by_test_id("standing")
    soon = (datetime.now(UTC) + timedelta(seconds=50)).isoformat()
    hall.boss.ask("PATCH", f"/api/market/{final['id']}", json={"closes_at": soon})
    expect(standing).to_have_text(re.compile(r"^Last call0:[45]\d$"))
    looks_right(wall, "last call")
    hall.do(final, "suspend")
    expect(standing).to_contain_text("Betting suspended")
    looks_right(wall, "suspended")

    hall.do(final, "close")
    expect(standing).to_contain_text("Betting closed")
    expect(wall.get_by_test_id("final-pool")).to_have_text(re.compile("Final pool€1502 bets"))
    expect(sides.first.get_by_test_id("odds")).to_have_text("2.70")
    looks_right(wall, "closed")

    hall.do(final, "result", winners=[one])
    expect(standing).to_have_text("Payouts followAmara Okafor won")
    expect(sides.nth(0)).to_contain_text("Won")
    expect(sides.nth(1)).not_to_contain_text("Won")
    hall.do(final, "settle")
    expect(standing).to_have_text("Winners are paidAmara Okafor won")
    expect(sides.first.get_by_test_id("dividend")).to_have_text("2.70")
    expect(sides.first.get_by_test_id("dividend")).to_have_css("color", WIN)
    looks_right(wall, "settled")
    wall.evaluate("localStorage.setItem('toteboard.theme', 'light')")
    wall.goto(f"{wall.url}?match={final['match_id']}")
    expect(standing).to_contain_text("Amara Okafor won")
    looks_right(wall, "settled, in the light")
    assert wall.said == []  # type: ignore[attr-defined]


def test_the_wall_says_when_it_is_not_current_and_comes_back_by_itself(hall: Hall, opened: Browser) -> None:
    tournament = hall.tournament("away", "Away")
    first = hall.market(tournament, "First", "One", "Two", minutes=5)
    hall.market(tournament, "Second", "Three", "Four", minutes=50)
    bettor = hall.bettor(tournament, "noor")
    bettor.bet(first["outcomes"][0]["id"], 1000)
    wall = wall_of(opened, hall, tournament)
    wall.context.set_offline(True)
    band = wall.get_by_test_id("link-band")
    expect(band).to_have_text(re.compile(r"^Odds as of \d\d:\d\d:\d\dReconnecting$"))
    looks_right(wall, "without a link")
    bettor.bet(first["outcomes"][0]["id"], 2500)
    expect(wall.get_by_test_id("total")).to_have_text("10")
    wall.context.set_offline(False)
    expect(wall.get_by_test_id("total")).to_have_text("35")
    expect(band).to_have_count(0)


def test_after_a_long_sleep_the_wall_is_current_again_and_takes_up_new_pages(hall: Hall, opened: Browser) -> None:
    tournament = hall.tournament("sleep", "Sleep")
    market = hall.market(tournament, "First", "One", "Two", minutes=600)
    bettor = hall.bettor(tournament, "sol")
    wall = page(opened, width=1920, height=1080)
    wall.clock.install()
    loads: list[str] = []
    wall.on("request", lambda request: loads.append(request.url) if request.resource_type == "document" else None)
    wall.goto(f"{hall.url}/t/sleep/tote")
    expect(wall.get_by_test_id("link-status")).to_contain_text("Live")

    wall.clock.fast_forward("08:00")
    bettor.bet(market["outcomes"][0]["id"], 1000)
    expect(wall.get_by_test_id("total")).to_have_text("10")
    expect(wall.get_by_test_id("link-status")).to_contain_text("Live")
    assert len(loads) == 1, "the pages are the same: nothing to load again"

    # The server was updated: its page names another script.
    newer = httpx.get(f"{hall.url}/t/sleep/tote", trust_env=False).text.replace("/assets/index-", "/assets/newer-")
    asked_by_script = lambda url: url.endswith("/t/sleep/tote")  # noqa: E731
    wall.route(
        asked_by_script,
        lambda route: route.fulfill(body=newer) if route.request.resource_type == "fetch" else route.continue_(),
    )
    wall.clock.fast_forward("08:00")
    expect(wall.get_by_test_id("link-status")).to_contain_text("Live")
    until = time.monotonic() + 10
    while len(loads) < 2:
        assert time.monotonic() < until, "the new pages were not taken up"
        wall.wait_for_timeout(50)


def test_the_wall_stays_with_a_pinned_match_and_has_words_where_there_is_none(hall: Hall, opened: Browser) -> None:
    tournament = hall.tournament("quiet", "Quiet")
    wall = wall_of(opened, hall, tournament)
    expect(wall.get_by_test_id("empty")).to_contain_text("No matches yet")
    looks_right(wall, "empty")
    match = hall.boss.ask("POST", "/api/match", json={"tournament_id": tournament["id"], "name": "To come"})
    expect(wall.get_by_test_id("next")).to_contain_text("To come")
    looks_right(wall, "before the first match")
    assert hall.boss.delete(f"/api/match/{match['id']}").status_code == 204
    first = hall.market(tournament, "First", "One", "Two", minutes=5)
    second = hall.market(tournament, "Second", "Three", "Four", minutes=50)
    expect(wall.get_by_test_id("side").first).to_contain_text("One")
    pinned = wall_of(opened, hall, tournament, f"?match={second['match_id']}")
    expect(pinned.get_by_test_id("side").first).to_contain_text("Three")
    for market in (first, second):
        hall.do(market, "void", reason="rain")
    expect(pinned.get_by_test_id("standing")).to_contain_text("Every stake is refunded")
    wall.reload()
    expect(wall.get_by_test_id("over")).to_contain_text("All betting is over")
    looks_right(wall, "when all is over")


SIZES = ((1920, 1080), (1280, 720), (3840, 2160), (1024, 768), (390, 844), (1080, 1920))


@pytest.mark.parametrize(
    "outcomes", [(LONG, RIGHT_TO_LEFT), (FAMILY, LONG, RIGHT_TO_LEFT), tuple(f"{n} {LONG}" for n in range(40))]
)
def test_any_name_and_currency_fits_any_screen(hall: Hall, opened: Browser, outcomes: tuple[str, ...]) -> None:
    tournament = hall.tournament(f"long-{len(outcomes)}", LONG[:200], "KWD")
    market = hall.market(tournament, LONG[:200], *(outcome[:200] for outcome in outcomes), minutes=0.9)
    hall.market(tournament, RIGHT_TO_LEFT, *(f"{FAMILY} {LONG}"[:200] for _ in range(9)), minutes=90)
    bettor = hall.bettor(tournament, f"kim-{len(outcomes)}")
    bettor.bet(market["outcomes"][0]["id"], 400_000, "KWD")
    # A long shot: odds of four figures before the point.
    bettor.bet(market["outcomes"][1]["id"], 7, "KWD")
    wall = wall_of(opened, hall, tournament)
    wall.wait_for_timeout(GROWN_MS)
    for width, height in SIZES:
        wall.set_viewport_size({"width": width, "height": height})
        wall.wait_for_timeout(RESIZED_MS)
        assert unreadable(wall) == [], f"{width} × {height}"
        rows = wall.get_by_test_id("ranked").evaluate_all(
            "lists => lists.map(list => [...list.children].map(row => Math.round(row.getBoundingClientRect().width)))"
        )
        assert all(max(each) - min(each) <= 1 for each in rows), f"{width} × {height}: columns of one width"
    hall.do(market, "close")
    hall.do(market, "result", winners=[market["outcomes"][0]["id"]])
    for width, height in SIZES:
        wall.set_viewport_size({"width": width, "height": height})
        wall.wait_for_timeout(RESIZED_MS)
        assert unreadable(wall) == [], f"{width} × {height}, with its result"
