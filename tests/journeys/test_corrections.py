"""What is found out late, at the desk: the actual start, a runner that did not run, nobody won, a void; in a browser."""

import re
from datetime import datetime
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from .axe import assert_accessible
from .fit import assert_fits
from .scenarios import Bettor, ServerScenario
from .test_desk import desk_of, press

FUNDS = 100_00


def night(
    scenario: ServerScenario, name: str, odds: tuple[str, ...], **terms: Any
) -> tuple[dict[str, Any], dict[str, Any], list[Bettor]]:
    """A tournament with one market, and two bettors on its first outcome, 10.00 each."""
    cup = scenario.tournament(name)
    kind = "fixed" if odds[0] else "pool"
    names = ("Ada", "Bo", "Cy")[: len(odds)]
    outcomes = [(one, price) if price else one for one, price in zip(names, odds, strict=True)]
    market = scenario.market(cup, "Final", outcomes, kind=kind, **terms)
    people = [scenario.bettor(cup, f"{name.lower().replace(' ', '-')}-{who}", funds=FUNDS) for who in ("rhea", "finn")]
    for one in people:
        one.script.bet(market["outcomes"][0]["id"], 1000)
    return cup, market, people


def settle(scenario: ServerScenario, market: dict[str, Any], winner: int | None) -> None:
    scenario.move(market, "close")
    winners = [] if winner is None else [market["outcomes"][winner]["id"]]
    scenario.boss.ask("POST", f"/api/market/{market['id']}/result", json={"winners": winners})
    scenario.boss.ask("POST", f"/api/market/{market['id']}/settle", json={})


def settled(desk: Page) -> Locator:
    desk.get_by_role("radio", name=re.compile("^Settled and void markets")).check(force=True)
    row = desk.get_by_test_id("desk-market")
    expect(row).to_have_attribute("data-status", "settled")
    return row


def test_an_actual_start_is_entered_after_everybody_was_paid(chromium: Browser, scenario: ServerScenario) -> None:
    cup, market, (rhea, finn) = night(scenario, "Late Start", ("3.00", "2.00"))
    settle(scenario, market, 0)
    desk = desk_of(chromium, scenario, cup, "ottilie-start")
    row = settled(desk)
    assert (rhea.balance, finn.balance) == (FUNDS + 2000, FUNDS + 2000)
    press(row, "Edit")
    row.get_by_role("radio", name="The match").check(force=True)
    form = desk.get_by_test_id("start-form")
    placed = datetime.fromisoformat(rhea.bets[0]["placed_at"]).astimezone()
    form.get_by_label("Actual start").fill(placed.strftime("%Y-%m-%dT%H:%M:%S"))
    expect(form.get_by_test_id("start-effect")).to_contain_text("2 bets late: €20.00")
    expect(form.get_by_test_id("late-bets").get_by_role("listitem")).to_have_count(2)
    expect(form.get_by_test_id("changes")).to_contain_text("€40.00 back from 2 bettors")
    assert_accessible(desk, "late bets")
    assert_fits(desk, "late bets")
    expect(form.get_by_role("button", name="Enter the actual start")).to_be_disabled()
    form.get_by_label("Why is it entered?").fill("the referee's sheet")
    form.get_by_role("button", name="Enter the actual start").click()
    expect(row.get_by_test_id("settled")).to_contain_text("refunded €20.00")
    expect(row.get_by_test_id("settled")).to_contain_text("corrected 1 time")
    assert (rhea.balance, finn.balance) == (FUNDS, FUNDS)


def test_a_runner_is_withdrawn_after_everybody_was_paid(chromium: Browser, scenario: ServerScenario) -> None:
    cup, market, (rhea, _) = night(scenario, "Non Runner", ("5.00", "3.00", "9.00"))
    settle(scenario, market, 0)
    desk = desk_of(chromium, scenario, cup, "ottilie-runner")
    row = settled(desk)
    press(row, "Edit")
    row.get_by_role("button", name="Withdraw Bo").click()
    form = desk.get_by_test_id("withdraw-form")
    expect(form.get_by_label("Deduct from winnings of earlier bets, in %")).to_have_value("30")
    expect(form.get_by_test_id("changes")).to_contain_text("€24.00 back from 2 bettors")
    form.get_by_label("Deduct from winnings of earlier bets, in %").fill("10")
    expect(form.get_by_test_id("changes")).to_contain_text("€8.00 back from 2 bettors")
    form.get_by_label("Why is it withdrawn?").fill("did not come to the start")
    assert_accessible(desk, "a withdrawal")
    assert_fits(desk, "a withdrawal")
    form.get_by_role("button", name="Withdraw Bo").click()
    expect(row.get_by_test_id("settled")).to_contain_text("paid €92.00")
    expect(row.get_by_text("Winnings of bets placed before lose 10 %.")).to_be_visible()
    assert rhea.balance == FUNDS - 1000 + 4600


def test_nobody_won_is_said_before_it_is_decided_and_a_void_takes_it_back(
    chromium: Browser, scenario: ServerScenario
) -> None:
    cup, market, (rhea, _) = night(scenario, "Nobody", ("5.00", "3.00"))
    scenario.move(market, "close")
    desk = desk_of(chromium, scenario, cup, "ottilie-nobody")
    row = desk.get_by_test_id("desk-market")
    press(row, "Enter result")
    row.get_by_role("checkbox", name="No listed outcome won").check()
    expect(row.get_by_test_id("preview")).to_contain_text(
        "No listed outcome won: every bet loses, and the house wins 20.00 EUR."
    )
    assert_accessible(desk, "nobody won")
    row.get_by_test_id("settle").click()
    expect(row.get_by_test_id("settled")).to_contain_text("Won: no listed outcome")
    press(row, "Correct the result")
    # Nobody is ticked: whoever won before may not have.
    expect(row.get_by_text("It was settled as: no listed outcome.")).to_be_visible()
    expect(row.get_by_role("checkbox", checked=True)).to_have_count(0)
    row.get_by_role("checkbox", name="Bo").check()
    row.get_by_label("Score, if you want it shown").fill("1:2")
    row.get_by_label("Why is it corrected?").fill("the sheet was read wrongly")
    row.get_by_test_id("resettle").click()
    expect(row.get_by_test_id("settled")).to_contain_text("Won: Bo")
    assert scenario.boss.ask("GET", f"/api/match/{market['match_id']}")["score"] == {"ft": [1, 2]}
    press(row, "Void")
    expect(row.get_by_text("It was paid already.")).to_be_visible()
    row.get_by_label("Why is it void?").fill("annulled")
    assert_fits(desk, "a void after paying")
    row.get_by_role("button", name="Void and refund 2 bets, €20.00").click()
    expect(row).to_have_attribute("data-status", "void")
    expect(row.get_by_test_id("settled")).to_contain_text("Void, all stakes refunded")
    assert rhea.balance == FUNDS


def test_a_pool_says_in_numbers_what_is_odd_about_its_dividends(chromium: Browser, scenario: ServerScenario) -> None:
    cup, market, _ = night(scenario, "Odd Dividends", ("", "", ""), takeout_bps=1000, break_to_milli=1000)
    scenario.move(market, "close")
    desk = desk_of(chromium, scenario, cup, "ottilie-odd")
    row = desk.get_by_test_id("desk-market")
    press(row, "Enter result")
    row.get_by_role("checkbox", name="Ada").check()
    expect(row.get_by_test_id("preview")).to_contain_text(
        "The minimum dividend takes 2.00 EUR out of the house share of 2.00 EUR."
    )
    expect(row.get_by_test_id("preview")).to_contain_text("House result€0.00")


def test_the_table_of_deductions_is_seen_changed_and_switched_off(chromium: Browser, scenario: ServerScenario) -> None:
    cup = scenario.tournament("Deductions")
    desk = desk_of(chromium, scenario, cup, "ottilie-table")
    desk.get_by_role("link", name="Settings").click()
    table = desk.get_by_label("Up to which odds, how many per cent")
    expect(table).to_have_value(re.compile("^1.111 90\n1.182 85\n"))
    table.fill("3.00 95")
    expect(desk.get_by_text("“3.00 95” is no line")).to_be_visible()
    table.fill("")
    desk.get_by_role("button", name="Save: nothing is taken off").click()
    expect(desk.get_by_text("Saved.")).to_be_visible()
    assert scenario.boss.ask("GET", f"/api/tournament/{cup['id']}")["deductions"] == []
    desk.get_by_role("button", name="The British Rule 4").click()
    expect(desk.get_by_text("Saved.")).to_have_count(0)
    desk.get_by_role("button", name="Save the table").click()
    expect(desk.get_by_text("Saved.")).to_be_visible()
    assert len(scenario.boss.ask("GET", f"/api/tournament/{cup['id']}")["deductions"]) == 18
    assert_accessible(desk, "the table of deductions")
