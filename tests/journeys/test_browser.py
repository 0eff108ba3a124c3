"""One evening in two browsers: a bettor on one side, another spectator and the organizer on the other."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from .browser import browser, page
from .server import PASSWORD, Served, Site, served, toteboard

SLUG = "riverside-open-2026"
WON, LOST = "rgb(94, 240, 181)", "rgb(255, 107, 107)"


def test_a_bettor_signs_in_verifies_bets_and_is_paid_while_another_screen_moves(data_folder: Path) -> None:
    site = Site(data_folder / "data")
    with served(site, "--rate", "0", "--bettors", "1", command="sandbox") as server, browser() as opened:
        bettor, hall, desk = (_dark(opened) for _ in range(3))
        hall.goto(f"{server.url}/t/{SLUG}")
        expect(hall.get_by_test_id("link-status")).to_contain_text("Live")
        desk.goto(server.url)
        desk.get_by_role("button", name="Try it as the organizer").click()
        expect(desk).to_have_url(re.compile(f"/org/t/{SLUG}$"))

        _register_and_join(bettor, server)
        _verify(bettor, server)
        _deposit(desk, "Amara")
        market = _first_market(hall)
        _bet(bettor, market, outcome=0, stake="20")
        _moved_on(hall, market, bets=1)
        _bet(bettor, market, outcome=1, stake="10")
        _moved_on(hall, market, bets=2)

        _settle(desk, market)
        rows = bettor.get_by_test_id("my-bet")
        won, lost = rows.filter(has_text="Won"), rows.filter(has_text="Lost")
        expect(won).to_have_count(1)
        expect(lost).to_have_count(1)
        expect(won).to_have_attribute("data-status", "won")
        expect(won.get_by_text("Won €")).to_have_css("color", WON)
        expect(lost.get_by_text("Lost €")).to_have_css("color", LOST)
        for someone in (bettor, hall, desk):
            assert someone.said == []  # type: ignore[attr-defined]
        assert toteboard("audit", site=site).returncode == 0


def _dark(opened: Browser) -> Page:
    fresh = page(opened)
    fresh.emulate_media(color_scheme="dark")
    return fresh


def _register_and_join(bettor: Page, server: Served) -> None:
    bettor.goto(f"{server.url}/register")
    bettor.get_by_role("textbox", name="Name").fill("Amara Okafor")
    bettor.get_by_label("E-mail").fill("amara@example.org")
    bettor.get_by_label("Password").fill(PASSWORD)
    bettor.get_by_role("button", name="Register").click()
    expect(bettor).not_to_have_url(re.compile("/register"))
    bettor.goto(f"{server.url}/t/{SLUG}")
    bettor.get_by_role("button", name=re.compile("^Join ")).click()
    expect(bettor.get_by_test_id("slip")).to_be_visible()


def _verify(bettor: Page, server: Served) -> None:
    """At the provider's own page, in the same tab, and back."""
    bettor.goto(f"{server.url}/verify")
    bettor.get_by_role("button", name="Start the check").click()
    bettor.get_by_role("button", name="Approve").click()
    expect(bettor.get_by_text("You are verified.")).to_be_visible()
    bettor.goto(f"{server.url}/t/{SLUG}")


def _deposit(desk: Page, name: str) -> None:
    """In the People room, and back to the markets."""
    desk.get_by_role("link", name="People", exact=True).click()
    desk.get_by_label("Find a member").fill(name)
    member = desk.get_by_test_id("member").filter(has_text=name)
    member.get_by_role("button", name=re.compile(name)).click()
    member.get_by_label("Cash received").fill("100")
    member.get_by_role("button", name="Pay in €100.00, wallet then €100.00").click()
    expect(member.get_by_test_id("cash-receipt")).to_contain_text("€100.00")
    desk.get_by_role("link", name="Markets").click()


def _first_market(hall: Page) -> str:
    """The first market on the board, a pool in the sandbox, by its id."""
    market = hall.locator("section[data-market]").first.get_attribute("data-market")
    assert market is not None
    return market


def _card(someone: Page, market: str) -> Locator:
    return someone.locator(f'section[data-market="{market}"]')


def _bet(bettor: Page, market: str, *, outcome: int, stake: str) -> None:
    _card(bettor, market).get_by_test_id("outcome").nth(outcome).click()
    bettor.get_by_label("Stake").fill(stake)
    bettor.get_by_test_id("place-bet").click()
    expect(bettor.get_by_test_id("receipt")).to_contain_text("Bet confirmed")
    bettor.get_by_role("button", name="Done").click()


def _moved_on(hall: Page, market: str, *, bets: int) -> None:
    """Another browser hears of it: the count, the total, and odds where there were none."""
    expect(hall.get_by_test_id("bet-count")).to_have_text("1 bet" if bets == 1 else f"{bets} bets")
    expect(_card(hall, market).get_by_test_id("odds").nth(bets - 1)).to_have_text(re.compile(r"^\d+\.\d\d$"))


def _settle(desk: Page, market: str) -> None:
    row = desk.locator(f'[data-testid="desk-market"][data-market="{market}"]')
    row.get_by_role("button", name=re.compile("^Close")).click()
    row.get_by_role("button", name=re.compile("^Enter result")).click()
    row.get_by_role("checkbox").first.check()
    settle = row.get_by_test_id("settle")
    expect(settle).to_have_text(re.compile(r"^Pay out €\d+\.\d\d$"))
    settle.click()
