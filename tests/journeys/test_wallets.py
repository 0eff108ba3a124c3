"""Wallets in several currencies, one that owes, an identity that is looked at, and cash typed in every way there is."""

import re
import time
from typing import Any

from playwright.sync_api import Browser, Page, expect

from .axe import assert_accessible
from .browser import DESKTOP, PHONE, SMALL_PHONE, Size, page
from .fit import assert_fits
from .scenarios import BOSS, Bettor, ServerScenario, sign_in

PAID_TRIES = 100
# Typed at the desk, and what is said of it, by currency.
TYPED = {
    "EUR": (
        ("1,250.50", "Pay in €1,250.50"),
        ("1.250,50", "Pay in €1,250.50"),
        ("12,5", "Pay in €12.50"),
        ("12.505", "Write 12505 or 12.50."),
        ("1,250", "Write 1250 or 1.25."),
        ("20 €", "Pay in €20.00"),
        ("0", "Enter an amount above 0."),
        ("9999999999", "At most €1,000,000,000.00 at once."),
    ),
    "JPY": (
        ("5,000", "Pay in ¥5,000"),
        ("1 250 000", "Pay in ¥1,250,000"),
        ("12.5", "whole amounts, such as 1250"),
    ),
    "KWD": (
        ("1,250.500", "Pay in KWD\u00a01,250.500"),
        ("1,250", "Read as KWD\u00a01.250."),
        ("1.2505", "at most 3 decimals, such as 1250.000"),
    ),
}


def _page_of(chromium: Browser, scenario: ServerScenario, email: str, size: Size = DESKTOP) -> Page:
    fresh = page(chromium, size=size)
    sign_in(fresh, scenario.url, email)
    return fresh


def _spend_and_correct(scenario: ServerScenario, cup: dict[str, Any], bettor: Bettor) -> None:
    """The bettor wins 200 of a pool, is paid out all but 20, and then it was the other one who won."""
    market = scenario.market(cup, "Final", ["Mara", "Jun"])
    first, second = (outcome["id"] for outcome in market["outcomes"])
    other = scenario.bettor(cup, "other")
    bettor.script.bet(first, 100_00)
    other.script.bet(second, 100_00)
    scenario.move(market, "close")
    here = f"/api/market/{market['id']}"
    scenario.boss.ask("POST", f"{here}/result", json={"winners": [first]})
    scenario.boss.ask("POST", f"{here}/settle", json={})
    _wait_paid(scenario, here, 1)
    scenario.cash(bettor.wallet, bettor.balance - 20_00, "withdrawal")
    scenario.boss.ask("POST", f"{here}/resettle", json={"winners": [second], "reason": "misread"})
    _wait_paid(scenario, here, 2)


def _wait_paid(scenario: ServerScenario, here: str, version: int) -> None:
    for _ in range(PAID_TRIES):
        last = scenario.boss.ask("GET", f"{here}/settlement")["items"][0]
        if (last["version"], last["status"]) == (version, "paid"):
            return
        time.sleep(0.1)
    raise AssertionError("not paid in time")


def test_a_bettor_of_three_tournaments_sees_each_wallet_in_its_currency(
    scenario: ServerScenario, chromium: Browser
) -> None:
    cups = [
        scenario.tournament("Riverside", "EUR"),
        scenario.tournament("Tokyo", "JPY"),
        scenario.tournament("Kuwait", "KWD"),
    ]
    ada = scenario.bettor(cups[0], "ada", funds=400_00)
    for cup, funds in zip(cups[1:], (1_250_000, 75_500), strict=True):
        wallet = ada.script.ask("POST", f"/api/tournament/{cup['id']}/join")
        scenario.verify(cup, wallet["user_id"])
        scenario.cash(wallet, funds)
    for cup, stake in zip(cups, (25_00, 20_000, 2_500), strict=True):
        ada.script.bet(scenario.market(cup, "Final", ["Mara", "Jun"])["outcomes"][0]["id"], stake, cup["currency"])
    someone = _page_of(chromium, scenario, ada.email, size=PHONE)

    shown = {"Riverside": "€375.00", "Tokyo": "¥1,230,000", "Kuwait": "KWD\u00a073.000"}
    for path in ("/wallet", "/limits"):
        someone.goto(scenario.url + path)
        for name, balance in shown.items():
            someone.get_by_label("Tournament", exact=True).select_option(label=name)
            expect(someone).to_have_url(re.compile(rf"{path}\?tournament=\d+"))
            if path == "/wallet":
                expect(someone.get_by_test_id("wallet-balance")).to_have_text(balance)
                expect(someone.get_by_test_id("movement")).to_have_count(2)
            else:
                expect(someone.get_by_role("main")).to_contain_text(f"You set these yourself, for {name}.")
            assert_fits(someone, f"{path} of {name}")
        assert_accessible(someone, path)
    day = someone.locator('[data-limit="stake day"]')
    day.get_by_role("button", name="Set").click()
    day.get_by_role("textbox").fill("1.2505")
    expect(day).to_contain_text("at most 3 decimals")
    someone.goto(f"{scenario.url}/bets")
    expect(someone.get_by_test_id("my-bet")).to_have_count(3)
    # Three currencies add up to nothing.
    expect(someone.get_by_test_id("sums")).to_have_count(0)
    someone.get_by_label("Tournament", exact=True).select_option(label="Tokyo")
    expect(someone.get_by_test_id("my-bet")).to_contain_text("¥20,000")
    assert someone.said == []  # type: ignore[attr-defined]


def test_a_wallet_that_owes_says_so_wherever_one_would_bet_and_is_free_once_it_is_paid(
    scenario: ServerScenario, chromium: Browser
) -> None:
    cup = scenario.tournament("Harbour")
    rhea = scenario.bettor(cup, "rhea")
    _spend_and_correct(scenario, cup, rhea)
    match = scenario.market(cup, "Exhibition", ["Priya", "Tomasz"])["match_id"]
    someone = _page_of(chromium, scenario, rhea.email, size=PHONE)
    someone.goto(f"{scenario.url}/wallet")
    expect(someone.get_by_role("main")).to_contain_text("You owe €180.00.")
    expect(someone.get_by_test_id("movement").first).to_be_visible()
    balances = someone.get_by_test_id("movement").evaluate_all("rows => rows.map(row => Number(row.dataset.balance))")
    assert min(balances) == 0
    expect(someone.get_by_test_id("movement").first).to_contain_text("Correction for Mara")
    expect(someone.get_by_test_id("movement").nth(1)).to_contain_text("Debt from a corrected result")
    assert_fits(someone, "a wallet that owes")
    assert_accessible(someone, "a wallet that owes")

    someone.goto(f"{scenario.url}/t/{cup['slug']}/m/{match}?pick=1&stake=5")
    place = someone.get_by_test_id("place-bet")
    expect(place).to_have_text("Pay back €180.00 first")
    expect(place).to_be_disabled()
    expect(someone.get_by_test_id("slip")).to_contain_text("What you pay in at the desk goes to this first")
    assert_accessible(someone, "a slip of a wallet that owes")
    scenario.cash(rhea.wallet, 80_00)
    expect(place).to_have_text("Pay back €100.00 first")
    scenario.cash(rhea.wallet, 110_00)
    expect(place).to_contain_text("Place Bet")
    place.click()
    expect(someone.get_by_test_id("slip")).to_have_attribute("data-state", "confirmed")
    assert someone.said == []  # type: ignore[attr-defined]


def test_somebody_new_is_told_where_money_comes_from_and_shows_at_the_desk_by_themselves(
    scenario: ServerScenario, chromium: Browser
) -> None:
    cup = scenario.tournament("Newcomers")
    match = scenario.market(cup, "Final", ["Mara", "Jun"])["match_id"]
    desk = _page_of(chromium, scenario, BOSS)
    desk.goto(f"{scenario.url}/org/t/{cup['slug']}/people")
    expect(desk.get_by_test_id("member")).to_have_count(1)
    nia = scenario.bettor(cup, "nia", funds=0)
    expect(desk.get_by_test_id("member").filter(has_text="nia")).to_be_visible()
    someone = _page_of(chromium, scenario, nia.email, size=PHONE)
    someone.goto(f"{scenario.url}/t/{cup['slug']}/m/{match}?pick=1")
    expect(someone.get_by_text("Your wallet is empty.")).to_be_visible()
    assert_accessible(someone, "a slip of an empty wallet")
    scenario.cash(nia.wallet, 10_00)
    expect(someone.get_by_text("Your wallet is empty.")).to_have_count(0)
    expect(desk.get_by_test_id("member").filter(has_text="nia")).to_contain_text("€10.00")


def test_on_the_smallest_phone_a_refusal_is_read_above_its_button(scenario: ServerScenario, chromium: Browser) -> None:
    cup = scenario.tournament("Small")
    match = scenario.market(cup, "Final", ["Mara", "Jun"])["match_id"]
    sue = scenario.bettor(cup, "sue", is_verified=False)
    someone = _page_of(chromium, scenario, sue.email, size=SMALL_PHONE)
    someone.goto(f"{scenario.url}/t/{cup['slug']}/m/{match}?pick=1&stake=5")
    someone.get_by_test_id("place-bet").click()
    said = someone.get_by_role("alert").filter(has_text="Check your identity first.")
    expect(said).to_be_in_viewport(ratio=1)
    note, button = said.bounding_box(), someone.get_by_test_id("way-on").bounding_box()
    assert note
    assert button
    assert note["y"] + note["height"] <= button["y"]


def test_a_check_at_the_desk_is_waited_for_declined_and_done_again(scenario: ServerScenario, chromium: Browser) -> None:
    cup = scenario.tournament("Hillside")
    eve = scenario.bettor(cup, "eve", is_verified=False)
    someone = _page_of(chromium, scenario, eve.email, size=PHONE)
    someone.goto(f"{scenario.url}/verify")
    # There is nothing to start: it is said at once.
    expect(someone.get_by_text("Show your ID at the desk.")).to_be_visible()
    expect(someone.get_by_role("button", name="Start")).to_have_count(0)
    assert_accessible(someone, "a check at the desk")
    seen = {"tournament_id": cup["id"], "user_id": eve.wallet["user_id"], "document": "blurred"}
    scenario.boss.ask("POST", "/api/kyc/desk", json=seen | {"decision": "declined"})
    expect(someone.get_by_text("The check was declined.")).to_be_visible()
    expect(someone.get_by_text("The desk did not accept the document.")).to_be_visible()
    expect(someone.get_by_role("button", name="Start")).to_have_count(0)
    assert_accessible(someone, "a check that was declined at the desk")
    assert_fits(someone, "a check that was declined at the desk")
    scenario.boss.ask("POST", "/api/kyc/desk", json=seen | {"document": "passport", "decision": "verified"})
    someone.reload()
    expect(someone.get_by_text("You are verified.")).to_be_visible()
    assert someone.said == []  # type: ignore[attr-defined]


def test_a_slip_says_that_its_market_was_suspended_or_closed_under_it(
    scenario: ServerScenario, chromium: Browser
) -> None:
    cup = scenario.tournament("Moor")
    market = scenario.market(cup, "Ada v Bea", ("Ada", "Bea"))
    una = scenario.bettor(cup, "una")
    someone = _page_of(chromium, scenario, una.email, size=PHONE)
    someone.goto(f"{scenario.url}/t/{cup['slug']}")
    someone.get_by_test_id("outcome").first.click()
    slip = someone.get_by_test_id("slip")
    expect(slip).to_have_attribute("data-state", "priced")
    scenario.move(market, "suspend")
    expect(slip.get_by_role("alert")).to_contain_text("Betting is suspended here.")
    expect(someone.get_by_test_id("place-bet")).to_have_attribute("aria-disabled", "true")
    scenario.move(market, "open")
    expect(slip.get_by_role("alert")).to_have_count(0)
    scenario.move(market, "close")
    expect(slip.get_by_role("alert")).to_contain_text("Betting has closed here.")
    assert_accessible(someone, "a slip whose market closed")
    assert_fits(someone, "a slip whose market closed")
    someone.get_by_test_id("way-on").click()
    expect(slip).to_have_count(0)
    assert someone.said == []  # type: ignore[attr-defined]


def test_a_new_bettor_is_told_what_is_missing_before_the_first_bet(scenario: ServerScenario, chromium: Browser) -> None:
    cup = scenario.tournament("Meadow")
    scenario.market(cup, "Ada v Bea", ("Ada", "Bea"))
    ivo = scenario.bettor(cup, "ivo", funds=0, is_verified=False)
    someone = _page_of(chromium, scenario, ivo.email, size=PHONE)
    someone.goto(f"{scenario.url}/t/{cup['slug']}")
    missing = someone.get_by_test_id("before-betting")
    expect(missing).to_contain_text("Show your ID at the desk.")
    expect(missing).to_contain_text("Pay in at the desk")
    assert_accessible(someone, "what is missing")
    assert_fits(someone, "what is missing")
    someone.get_by_test_id("outcome").first.click()
    for lamp in ("ID", "Funds"):
        shown = someone.get_by_label("Checks before placing").get_by_role("listitem").filter(has_text=lamp)
        expect(shown).to_have_attribute("data-lamp", "warn")
    seen = {"tournament_id": cup["id"], "user_id": ivo.wallet["user_id"], "document": "passport"}
    scenario.boss.ask("POST", "/api/kyc/desk", json=seen | {"decision": "verified"})
    scenario.cash(ivo.wallet, 1000, "deposit")
    expect(missing).to_have_count(0, timeout=20_000)
    assert someone.said == []  # type: ignore[attr-defined]


def test_staff_who_may_bet_begin_at_the_board(scenario: ServerScenario, chromium: Browser) -> None:
    for slug, may_bet in (("Staff Bet", True), ("Staff Watch", False)):
        cup = scenario.tournament(slug, staff_may_bet=may_bet)
        scenario.market(cup, "Ada v Bea", ("Ada", "Bea"))
        someone = _page_of(chromium, scenario, BOSS)
        someone.goto(f"{scenario.url}/t/{cup['slug']}")
        expect(someone.get_by_role("link", name="Go to the desk")).to_be_visible()
        begin = someone.get_by_role("button", name="Open a wallet to bet")
        if not may_bet:
            expect(begin).to_have_count(0)
            continue
        begin.click()
        expect(someone.get_by_test_id("balance")).to_have_text("€0.00")
        assert someone.said == []  # type: ignore[attr-defined]


def test_cash_is_typed_as_people_write_it_and_the_field_says_what_it_is_read_as(
    scenario: ServerScenario, chromium: Browser
) -> None:
    desk = _page_of(chromium, scenario, BOSS)
    for currency, typed in TYPED.items():
        cup = scenario.tournament(f"Cash in {currency}", currency)
        scenario.bettor(cup, f"cas-{currency.lower()}", funds=0)
        desk.goto(f"{scenario.url}/org/t/{cup['slug']}/people")
        desk.get_by_label("Find a member").fill("cas-")
        member = desk.get_by_test_id("member")
        expect(member).to_have_count(1)
        member.get_by_role("button").first.click()
        form = desk.get_by_test_id("cash-form")
        for text, said in typed:
            form.get_by_label("Cash received").fill(text)
            expect(form).to_contain_text(said)
            button = form.get_by_role("button", name=re.compile("^Pay in"))
            expect(button).to_be_enabled(enabled=said.startswith(("Pay in", "Read as")))
    assert_accessible(desk, "cash that is none")
    assert desk.said == []  # type: ignore[attr-defined]


def test_the_rooms_of_the_desk_are_equally_wide(scenario: ServerScenario, chromium: Browser) -> None:
    cup = scenario.tournament("Wide")
    desk = _page_of(chromium, scenario, BOSS)
    for width in (1440, 1920, 390):
        desk.set_viewport_size({"width": width, "height": 900})
        widths = set()
        for room in ("bets", "people", "people?show=invitations", "import", "exports", "settings"):
            desk.goto(f"{scenario.url}/org/t/{cup['slug']}/{room}")
            desk.get_by_role("heading", level=1).wait_for()
            widths.add(desk.get_by_role("main").evaluate("main => main.getBoundingClientRect().width"))
        assert widths == {min(width, 1560)}
