"""A bettor's own pages: bets, receipt, wallet, limits, the identity check, and the doors to them."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import APIResponse, Browser, Locator, Page, expect

from .axe import assert_accessible
from .browser import DESKTOP, PHONE, Size, page, wait_until_quiet
from .fit import assert_fits
from .server import PASSWORD, Served, Site, served

SLUG = "riverside-open-2026"
# What a thumb meets.
TARGET_MIN_PX = 44


@pytest.fixture(scope="module")
def evening(empty_site: Site, chromium: Browser) -> Iterator[tuple[Served, Browser]]:
    """A sandbox where nobody bets but who is told to, and a browser."""
    with served(empty_site, "--rate", "0", "--bettors", "1", command="sandbox") as server:
        yield server, chromium


class Hand:
    """Somebody at a page, who may also ask the API with the page's own session."""

    def __init__(self, server: Served, someone: Page):
        self.url, self.page = server.url, someone

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def get(self, path: str) -> Any:
        return self._body(self.page.request.get(self.url + path))

    def ask(self, path: str, body: Any, *, key: str | None = None) -> Any:
        headers = {"X-CSRF-Token": self.get("/api/me")["csrf_token"], "Origin": self.url}
        if key is not None:
            headers["Idempotency-Key"] = key
        return self._body(self.page.request.post(self.url + path, data=body, headers=headers))

    def bet(self, outcome: int, stake: int) -> str:
        key = str(uuid4())
        self.ask("/api/bet", {"outcome_id": outcome, "stake": stake, "currency": "EUR"}, key=key)
        return key

    @staticmethod
    def _body(answer: APIResponse) -> Any:
        assert answer.ok, f"{answer.url}: {answer.status} {answer.text()}"
        return answer.json()


def _demo(evening: tuple[Served, Browser], role: str, size: Size = DESKTOP) -> Hand:
    server, opened = evening
    someone = page(opened, size=size)
    someone.goto(server.url)
    someone.get_by_role("button", name=f"Try it as {role}").click()
    someone.wait_for_url(f"**/t/{SLUG}")
    return Hand(server, someone)


def _open_pool(hand: Hand) -> Any:
    markets = hand.get(f"/api/tournament/{SLUG}/board")["markets"]
    return next(market for market in markets if market["kind"] == "pool" and market["status"] == "open")


def test_a_newcomer_is_led_back_bets_and_sees_every_cent_again(evening: tuple[Served, Browser]) -> None:
    server, opened = evening
    desk = _demo(evening, "the organizer")
    amara = Hand(server, page(opened, size=PHONE))
    someone = amara.go("/wallet")
    someone.get_by_role("link", name="Sign in").click()
    assert_accessible(someone, "sign in")
    someone.get_by_role("link", name="Register").click()
    _register(someone)
    expect(someone).to_have_url(f"{server.url}/wallet")
    expect(someone.get_by_text("No wallet yet.")).to_be_visible()

    wallet = amara.ask(f"/api/tournament/{SLUG}/join", {})
    _verify(amara)
    desk.ask(f"/api/wallet/{wallet['id']}/deposit", {"amount": 10_000, "currency": "EUR"}, key=str(uuid4()))
    amara.go("/bets")
    expect(someone.get_by_text("No bets yet.")).to_be_visible()
    assert_accessible(someone, "no bets")

    market = _open_pool(amara)
    first, second = (outcome["id"] for outcome in market["outcomes"][:2])
    won, lost = amara.bet(first, 2000), amara.bet(second, 1000)
    # Placed elsewhere, they show without a click.
    rows = someone.get_by_test_id("my-bet")
    expect(rows).to_have_count(2, timeout=20_000)
    expect(someone.get_by_test_id("sums")).to_contain_text("€30.00")
    assert_accessible(someone, "my bets")
    assert_fits(someone)

    someone.locator(f'[data-bet="{won}"]').get_by_role("link").click()
    receipt = someone.get_by_test_id("receipt")
    expect(receipt).to_have_attribute("data-status", "pending")
    expect(receipt).to_contain_text(won)
    expect(receipt).to_contain_text(f"{won[-8:-4]}-{won[-4:]}".upper())
    assert_fits(someone)
    _settle(desk, market["id"], first)
    expect(receipt).to_have_attribute("data-status", "won", timeout=20_000)
    expect(receipt).to_contain_text("Paid per €1")
    expect(receipt).to_contain_text("Settled")
    assert_accessible(someone, "receipt, won")
    _assert_prints_black_on_white(someone)

    amara.go("/bets")
    expect(someone.locator(f'[data-bet="{won}"]')).to_contain_text(re.compile(r"settled \d\d:\d\d"))
    amara.go("/bets?status=lost")
    expect(rows).to_have_count(1)
    expect(rows).to_have_attribute("data-bet", lost)
    amara.go("/wallet")
    movements = someone.get_by_test_id("movement")
    expect(movements).to_have_count(4)
    amounts = movements.evaluate_all("rows => rows.map((row) => Number(row.dataset.amount))")
    balance = amara.get("/api/wallet")["items"][0]["balance"]
    assert sum(amounts) == balance
    expect(someone.get_by_test_id("wallet-balance")).to_have_text(f"€{balance / 100:.2f}")
    # Each movement is said once, and stands on one line with its time and its amount.
    expect(movements.filter(has_text="Payout").get_by_role("cell").nth(1)).to_have_text(
        re.compile(rf"^Payout for {market['outcomes'][0]['name']}, .+")
    )
    assert_accessible(someone, "wallet")
    assert_fits(someone)
    someone.get_by_role("button", name="Pay in or out").click()
    expect(someone.get_by_role("dialog")).to_contain_text("Amara Okafor")
    assert_accessible(someone, "pay in")
    someone.get_by_role("button", name="Close").click()
    movements.filter(has_text="Payout").get_by_role("link").click()
    expect(someone).to_have_url(f"{server.url}/bets/{won}")

    other = _demo(evening, "a bettor")
    other.go(f"/bets/{won}")
    expect(other.page.get_by_text("You have no such bet.")).to_be_visible()
    assert_accessible(other.page, "another's receipt")
    assert someone.said == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_a_pick_and_its_stake_stay_while_one_registers_and_joins(evening: tuple[Served, Browser], size: Size) -> None:
    """“Scan to bet” lands where one can bet: what was tapped while signed out is there when one may place it."""
    server, opened = evening
    someone = page(opened, size=size)
    someone.goto(f"{server.url}/t/{SLUG}")
    odds = someone.locator('[data-status="open"]').get_by_role("button", name=re.compile(" at ")).nth(1)
    name = odds.locator(".given").inner_text()
    odds.click()
    pick = someone.get_by_test_id("waiting-pick")
    expect(pick).to_contain_text(name)
    someone.get_by_label("Stake, in €").fill("7.50")
    wait_until_quiet(someone)
    assert_accessible(someone, "a pick before signing in")
    assert_fits(someone)
    expect(someone.get_by_role("link", name="Sign in to place this")).to_be_visible()
    someone.get_by_role("link", name="Register").last.click()
    someone.get_by_role("textbox", name="Name").fill("Priya Raman")
    someone.get_by_label("E-mail").fill(f"priya{size[0]}@example.org")
    someone.get_by_label("Password").fill(PASSWORD)
    someone.get_by_role("button", name="Register").click()
    # Back at the board, a stranger to the tournament: the pick and the stake are still there.
    expect(pick).to_contain_text(name)
    expect(someone.get_by_label("Stake, in €")).to_have_value(re.compile("^7[.]50?$"))
    someone.get_by_role("button", name=re.compile("^Join ")).click()
    slip = someone.get_by_test_id("slip")
    _assert_kept(slip, name)
    # Through the identity check, at the provider's own page and back.
    way = someone.get_by_test_id("way-on")
    expect(way).to_contain_text("Verify identity")
    assert_accessible(someone, "a pick before the identity check")
    assert_fits(someone)
    way.click()
    someone.get_by_role("button", name="Start the check").click()
    someone.get_by_role("button", name="Approve").click()
    someone.get_by_role("button", name="Back to betting").click()
    _assert_kept(slip, name)
    # And while money is paid in at the desk.
    expect(way).to_contain_text("Pay in at the desk")
    assert_fits(someone)
    wallet = Hand(server, someone).get("/api/wallet")["items"][0]["id"]
    desk = _demo(evening, "the organizer")
    desk.ask(f"/api/wallet/{wallet}/deposit", {"amount": 2_000, "currency": "EUR"}, key=str(uuid4()))
    expect(way).to_have_count(0)
    _assert_kept(slip, name)
    someone.get_by_test_id("place-bet").click()
    expect(slip).to_have_attribute("data-state", "confirmed")
    for name in ("Done", "Bet again"):
        box = slip.get_by_role("button", name=name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= TARGET_MIN_PX, (name, box)
    assert Hand(server, someone).get("/api/wallet")["items"][0]["balance"] == 2_000 - 750
    assert someone.said == []  # type: ignore[attr-defined]


def _assert_kept(slip: Locator, name: str) -> None:
    expect(slip).to_contain_text(name)
    expect(slip.locator("#stake")).to_have_value(re.compile("^7[.]50?$"))


def _register(someone: Page) -> None:
    someone.get_by_role("textbox", name="Name").fill("Amara Okafor")
    someone.get_by_label("E-mail").fill("amara@example.org")
    someone.get_by_label("Password").fill(PASSWORD)
    someone.get_by_role("button", name="Register").click()


def _verify(hand: Hand) -> None:
    """At the provider's own page, in the same tab, and back to where the check was asked for."""
    someone = hand.go("/verify?next=/wallet")
    expect(someone.get_by_text("Not checked yet.")).to_be_visible()
    assert_accessible(someone, "verify, not begun")
    someone.get_by_role("button", name="Start the check").click()
    someone.get_by_role("button", name="Approve").click()
    expect(someone.get_by_text("You are verified.")).to_be_visible()
    assert_accessible(someone, "verify, verified")
    someone.get_by_role("button", name="Back to betting").click()
    expect(someone).to_have_url(f"{hand.url}/wallet")


def _settle(desk: Hand, market: int, winner: int) -> None:
    desk.ask(f"/api/market/{market}/close", {})
    desk.ask(f"/api/market/{market}/result", {"winners": [winner]})
    desk.ask(f"/api/market/{market}/settle", {})


def _assert_prints_black_on_white(someone: Page) -> None:
    someone.emulate_media(media="print")
    expect(someone.get_by_test_id("receipt")).to_be_visible()
    expect(someone.get_by_role("button", name="Print")).to_be_hidden()
    expect(someone.get_by_role("banner")).to_be_hidden()
    paper, ink = someone.evaluate(
        "[getComputedStyle(document.documentElement).backgroundColor,"
        " getComputedStyle(document.querySelector('[data-testid=receipt] strong')).color]"
    )
    assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
    for size in ("A4", "Letter", "A5"):
        assert len(re.findall(rb"/Type\s*/Page\b", someone.pdf(format=size))) == 1, size
    someone.emulate_media(media="screen")


def test_own_limits_and_breaks_hold_where_one_bets(evening: tuple[Served, Browser]) -> None:
    ada = _demo(evening, "a bettor", size=PHONE)
    someone = ada.go("/limits")
    day = someone.locator('[data-limit="stake day"]')
    day.get_by_role("button", name="Set").click()
    field = day.get_by_role("textbox")
    field.fill("1.234")
    expect(day).to_contain_text("Write 1234 or 1.23.")
    assert_accessible(someone, "a limit that is none")
    field.fill("15")
    expect(day).to_contain_text("Counts at once.")
    day.get_by_role("button", name="Save").click()
    expect(day).to_contain_text("€15.00, €0.00 of it used")
    day.get_by_role("button", name="Change").click()
    field.fill("90")
    day.get_by_role("button", name="Save").click()
    expect(day).to_contain_text(re.compile(r"€15\.00, .*€90\.00 from tomorrow \d\d:\d\d"))
    assert_accessible(someone, "limits")
    assert_fits(someone)

    market = _open_pool(ada)
    here = f"/t/{SLUG}/m/{market['match_id']}?pick=1&stake=20"
    ada.go(here)
    expect(someone.get_by_test_id("place-bet")).to_contain_text("Over limit by €5.00")
    ada.go("/limits")
    someone.get_by_role("button", name="6 months").click()
    start = someone.get_by_role("button", name="Start 6 months")
    expect(start).to_be_disabled()
    assert_accessible(someone, "self-exclusion, asked")
    someone.get_by_role("button", name="Not now").click()
    someone.get_by_role("button", name="24 hours").click()
    expect(someone.get_by_role("dialog")).to_contain_text("It cannot be shortened or called off")
    someone.get_by_role("button", name="Start 24 hours").click()
    expect(someone.get_by_test_id("break-running")).to_contain_text("You are on a break until tomorrow")
    assert_accessible(someone, "limits, with a break")
    ada.go(here.replace("stake=20", "stake=5"))
    # It is said before anything is tried, and the way on is their limits.
    expect(someone.get_by_test_id("slip")).to_contain_text("You are on a break until")
    expect(someone.get_by_test_id("place-bet")).to_have_count(0)
    assert_accessible(someone, "a slip on a break")
    assert_fits(someone)
    someone.get_by_test_id("way-on").click()
    expect(someone).to_have_url(re.compile("/limits"))
    assert ada.get("/api/bet")["items"] == []


def test_a_session_that_ended_says_so_and_no_foreign_address_is_followed(evening: tuple[Served, Browser]) -> None:
    server, _ = evening
    ada = _demo(evening, "a bettor")
    someone = ada.go("/bets")
    expect(someone.get_by_text("No bets yet.")).to_be_visible()
    someone.context.clear_cookies()
    someone.get_by_text("Won", exact=True).click()
    expect(someone.get_by_text("Your session has ended.")).to_be_visible()
    assert_accessible(someone, "a session that ended")
    someone.goto(f"{server.url}/sign-in?next=//example.org/bets")
    someone.get_by_role("button", name="Try it as a bettor").click()
    expect(someone).to_have_url(f"{server.url}/t/{SLUG}")
