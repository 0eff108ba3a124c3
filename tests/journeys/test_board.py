"""The spectator's board: empty, with any name and any amount, very long, and moving."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from .axe import assert_accessible
from .browser import page
from .fit import assert_fits
from .scenarios import ServerScenario, sign_in
from .server import toteboard

LONG = ("Sir Wolfeschlegelsteinhausenbergerdorff " * 5)[:199] + "!"
RIGHT_TO_LEFT = "الفريق الأحمر من المدينة القديمة على ضفة النهر الكبير"
EMOJI = "🏴󠁧󠁢󠁥󠁮󠁧󠁿 Émile «Ω» 😀🎯"
RUNNERS = 40
MATCHES = 150
# What a card and a board show before more is asked for.
ROWS_SHOWN, CARDS_SHOWN = 8, 60
ARROW_MS = 4000


@pytest.fixture
def hall(chromium: Browser) -> Iterator[Page]:
    someone = page(chromium)
    someone.emulate_media(color_scheme="dark")
    yield someone
    assert someone.said == []  # type: ignore[attr-defined]
    someone.context.close()


def test_an_empty_board_says_how_it_is_filled(scenario: ServerScenario, hall: Page) -> None:
    empty = scenario.tournament("Empty")
    hall.goto(f"{scenario.url}/t/{empty['slug']}")
    expect(hall.get_by_text("No matches yet. They show here as soon as the organizer adds them.")).to_be_visible()
    expect(hall.get_by_test_id("total")).to_have_text("0")
    assert_accessible(hall, "an empty board")


def test_an_address_without_a_tournament_says_so(scenario: ServerScenario, hall: Page) -> None:
    hall.goto(f"{scenario.url}/t/nothing-of-that-name")
    expect(hall.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert_accessible(hall, "no such tournament")


def test_no_name_and_no_amount_goes_over_its_edge(scenario: ServerScenario, hall: Page) -> None:
    tournament = scenario.tournament(f"Any {LONG[:190]}", "KWD", subtitle=LONG[:199], slug="any-name")
    pool = scenario.market(tournament, LONG, [LONG, RIGHT_TO_LEFT, EMOJI], round=LONG)
    race = scenario.market(tournament, "The race", [f"Runner {n}" for n in range(1, RUNNERS + 1)])
    scenario.market(tournament, "Long shot", [("Favourite", "1.001"), ("Outsider", "1000.00")], kind="fixed")
    bettor = scenario.bettor(tournament, "rich", funds=10**11)
    for outcome, stake in zip(pool["outcomes"], (5_000, 99_000_000_000, 7), strict=True):
        bettor.script.bet(outcome["id"], stake, "KWD")
    for width, height in ((1440, 900), (820, 1180), (390, 844), (320, 640)):
        hall.set_viewport_size({"width": width, "height": height})
        hall.goto(f"{scenario.url}/t/{tournament['slug']}")
        expect(hall.get_by_test_id("odds").filter(has_text="1,000.00").first).to_be_visible()
        assert_fits(hall, f"the board at {width}")
        for cell in hall.get_by_test_id("odds").all():
            fits = "e => e.getBoundingClientRect().left >= e.parentElement.getBoundingClientRect().left - 1"
            assert cell.evaluate(fits), f"{cell.text_content()} is cut at {width}"
    assert_accessible(hall, "any name")

    card = hall.locator(f'[data-market="{race["id"]}"]')
    expect(card.get_by_test_id("outcome")).to_have_count(ROWS_SHOWN)
    card.get_by_role("button", name=f"Show all {RUNNERS} outcomes").click()
    expect(card.get_by_test_id("outcome")).to_have_count(RUNNERS)


def test_a_long_board_is_drawn_as_far_as_one_scrolls(scenario: ServerScenario, hall: Page, tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    with file.open("w", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(["match", "round", "starts_at", "outcome"])
        for match in range(MATCHES):
            for side in ("Home", "Away"):
                rows.writerow(
                    [f"Match {match}", f"Round {match // 20}", f"2099-01-01T{match // 60:02}:{match % 60:02}Z", side]
                )
    done = toteboard("import", str(file), "--name", "Long", "--slug", "long", "--open", site=scenario.server.site)
    assert done.returncode == 0, done.stderr

    hall.goto(f"{scenario.url}/t/long")
    cards = hall.locator("section[data-market]")
    expect(cards).to_have_count(CARDS_SHOWN)
    more = hall.get_by_role("button", name="Show more matches")
    more.scroll_into_view_if_needed()
    expect(cards).to_have_count(2 * CARDS_SHOWN)
    hall.keyboard.press("End")
    expect(cards).to_have_count(MATCHES)
    expect(more).to_have_count(0)


def test_a_bet_moves_the_odds_with_an_arrow_for_a_while_and_the_graph_reads_as_a_table(
    scenario: ServerScenario, hall: Page
) -> None:
    tournament = scenario.tournament("Moving")
    market = scenario.market(tournament, "Final", ["Amara Okafor", "Luis Cabrera"])
    first, second = market["outcomes"]
    bettor = scenario.bettor(tournament, "mover")
    bettor.script.bet(first["id"], 20_00)
    bettor.script.bet(second["id"], 20_00)
    hall.goto(f"{scenario.url}/t/{tournament['slug']}")
    odds = hall.locator(f'[data-outcome="{first["id"]}"]').get_by_test_id("odds")
    expect(odds).to_have_text("2.00")
    bettor.script.bet(first["id"], 20_00)
    expect(odds).to_have_text("1.50")
    row = hall.locator(f'[data-outcome="{first["id"]}"]')
    expect(row).to_contain_text("▼")
    expect(hall.locator(f'[data-outcome="{second["id"]}"]')).to_contain_text("▲")
    expect(row).not_to_contain_text("▼", timeout=ARROW_MS + 3000)
    expect(hall.get_by_test_id("bet-count")).to_have_text("3 bets")

    hall.get_by_role("button", name="As a table").click()
    table = hall.get_by_role("region", name="Money in, as a table")
    expect(table.get_by_role("row")).to_have_count(1 + 12)
    expect(table).to_contain_text("€60")
    assert_accessible(hall, "the graph as a table")


def test_a_market_that_opens_later_counts_down_and_then_takes_bets(scenario: ServerScenario, chromium: Browser) -> None:
    tournament = scenario.tournament("Later")
    market = scenario.market(tournament, "Final", ["Ada", "Bo"])
    # Some seconds to sign in, and then it opens in front of the bettor.
    opens_at = datetime.now(UTC) + timedelta(seconds=6)
    scenario.boss.ask("PATCH", f"/api/market/{market['id']}", json={"opens_at": opens_at.isoformat()})
    bettor = scenario.bettor(tournament, "early", funds=1000)
    someone = page(chromium)
    sign_in(someone, scenario.url, bettor.email)
    someone.goto(f"{scenario.url}/t/{tournament['slug']}")
    someone.get_by_test_id("outcome").first.click()
    expect(someone.locator("[data-market]").first).to_contain_text("opens in")
    place = someone.get_by_test_id("place-bet")
    expect(place).to_contain_text("Betting opens at")
    assert_accessible(someone, "a market that opens later")
    expect(place).to_contain_text("Enter a stake", timeout=20_000)
    someone.context.close()
