"""An organizer's evening at the desk: an empty tournament set up, priced, opened, watched, settled and corrected."""

import re
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from .axe import assert_accessible
from .browser import DESKTOP, PHONE, Size, page
from .fit import assert_fits
from .names import FAMILY, LONG, RIGHT_TO_LEFT
from .scenarios import ServerScenario, sign_in
from .server import toteboard

DEPOSIT = 100_000


def desk_of(chromium: Browser, scenario: ServerScenario, tournament: Any, name: str, size: Size = DESKTOP) -> Page:
    """The desk in the browser of a new organizer of this tournament."""
    scenario.staff(tournament, name, "organizer")
    desk = page(chromium, size=size)
    sign_in(desk, scenario.url, f"{name}@example.org")
    desk.goto(f"{scenario.url}/org/t/{tournament['slug']}")
    return desk


def row_of(desk: Page, name: str) -> Locator:
    return desk.get_by_test_id("desk-market").filter(has_text=name)


def press(where: Page | Locator, name: str) -> None:
    where.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def test_an_organizer_runs_an_empty_tournament_to_its_corrected_end(
    chromium: Browser, scenario: ServerScenario
) -> None:
    cup = scenario.tournament("harbour-cup")
    desk = desk_of(chromium, scenario, cup, "olga")
    expect(desk.get_by_test_id("empty")).to_contain_text("No matches yet. Import a spreadsheet or add one match.")
    assert_accessible(desk, "the checklist of an empty tournament")

    _add_a_fixed_match(desk)
    _add_a_pool(desk)
    steps = desk.get_by_test_id("checklist")
    expect(steps.locator("[data-step=odds]")).to_contain_text("Margin 3.17 %")
    _price(desk)
    people = {name: scenario.bettor(cup, name, funds=DEPOSIT) for name in ("amara", "luis", "mina")}
    press(steps, "Open all 2 drafts")
    expect(desk.get_by_test_id("run")).to_contain_text("Done: 2 markets")

    markets = {m["name"]: m for match in _matches(scenario, cup) for m in _markets(scenario, match)}
    fixed, pool = markets["Match winner"], markets["Who wins it"]
    press(row_of(desk, "Mexico v Norway"), "Odds and money")
    mexico = desk.get_by_test_id("book-outcome").filter(has_text="Mexico")
    expect(mexico.get_by_test_id("risk")).to_contain_text("wins €0.00")
    people["amara"].script.bet(fixed["outcomes"][0]["id"], 2000)
    expect(mexico.get_by_test_id("risk")).to_contain_text("loses €22.00")
    people["luis"].script.bet(fixed["outcomes"][0]["id"], 6000)
    # 80 at 2.10 returns 168: 88 of the 100 that may be risked.
    expect(mexico.get_by_test_id("risk")).to_have_attribute("data-level", "amber")
    expect(desk.get_by_test_id("checklist")).to_have_count(0)
    for name, outcome, stake in (("amara", 0, 1000), ("luis", 1, 3000), ("mina", 2, 2000)):
        people[name].script.bet(pool["outcomes"][outcome]["id"], stake)
    assert_accessible(desk, "the book")

    _suspend_and_close(desk)
    _settle_the_pool(desk)
    assert people["amara"].balance == DEPOSIT - 2000 - 1000 + 5400
    scenario.cash(people["amara"].wallet, DEPOSIT, "withdrawal")
    _correct_the_pool(desk)
    assert people["luis"].balance == DEPOSIT - 6000 - 3000 + 5400
    assert people["amara"].balance == 0
    _settle_the_match(desk)
    assert desk.said == []  # type: ignore[attr-defined]
    assert toteboard("audit", site=scenario.server.site).returncode == 0


def test_drafts_are_opened_once_their_sides_are_known(chromium: Browser, scenario: ServerScenario) -> None:
    cup = scenario.tournament("night-cup")
    for match, sides in (("Ada v Bea", ("Ada", "Bea")), ("Winner SF1 v Winner SF2", ("Winner SF1", "Winner SF2"))):
        made = scenario.boss.ask("POST", "/api/match", json={"tournament_id": cup["id"], "name": match})
        body = {"match_id": made["id"], "name": "Winner", "kind": "pool", "outcomes": [{"name": one} for one in sides]}
        scenario.boss.ask("POST", "/api/market", json=body)
    desk = desk_of(chromium, scenario, cup, "oona")
    final = row_of(desk, "Winner SF1 v Winner SF2")
    expect(final).to_contain_text("Sides not known yet")
    press(desk.get_by_test_id("checklist"), "Open the draft")
    expect(row_of(desk, "Ada v Bea")).to_have_attribute("data-status", "open")
    expect(final).to_have_attribute("data-status", "draft")
    (market,) = _markets(scenario, next(m for m in _matches(scenario, cup) if m["name"].startswith("Winner")))
    for outcome, name in zip(market["outcomes"], ("Cleo", "Dana"), strict=True):
        scenario.boss.ask("PATCH", f"/api/outcome/{outcome['id']}", json={"name": name})
    expect(final).not_to_contain_text("Sides not known yet")
    press(desk.get_by_test_id("checklist"), "Open the draft")
    expect(final).to_have_attribute("data-status", "open")
    assert desk.said == []  # type: ignore[attr-defined]


def _add_a_fixed_match(desk: Page) -> None:
    press(desk.get_by_test_id("checklist"), "Add a match")
    form = desk.get_by_role("form", name="Add a match")
    press(form, "Add as a draft")
    expect(form).to_contain_text("A match needs a name.")
    # From here on with the keyboard alone.
    form.get_by_label("Match", exact=True).fill("Mexico v Norway")
    form.get_by_label("Round").fill("Semi-final")
    form.get_by_label("Kind").select_option("fixed")
    form.get_by_label("Most at risk").fill("100")
    outcomes = form.get_by_label("Outcomes, one a line")
    expect(outcomes).to_have_value("Mexico\nNorway")
    outcomes.fill("Mexico\t2.10\nNorway\t1.x")
    expect(form).to_contain_text("Line 2: 1.x is no odds")
    assert_accessible(desk, "the form of a match with something wrong")
    outcomes.fill("Mexico\t2.10\nNorway\t1.80")
    expect(form.get_by_test_id("margin")).to_contain_text("3.17 %")
    outcomes.press("Control+Enter")
    expect(form).to_contain_text("Mexico v Norway was added.")


def _add_a_pool(desk: Page) -> None:
    """The next form is ready: round and kind are kept, the cursor is in the name."""
    form = desk.get_by_role("form", name="Add a match")
    expect(form.get_by_label("Match", exact=True)).to_be_focused()
    expect(form.get_by_label("Round")).to_have_value("Semi-final")
    expect(form.get_by_label("Kind")).to_have_value("fixed")
    form.get_by_label("Match", exact=True).fill("The final")
    form.get_by_label("Market", exact=True).fill("Who wins it")
    form.get_by_label("Kind").select_option("pool")
    form.get_by_label("House share").fill("10")
    form.get_by_label("Outcomes, one a line").fill(f"{LONG}\n{RIGHT_TO_LEFT}\n{FAMILY}")
    form.get_by_label("House share").press("Enter")
    expect(form).to_contain_text("The final was added.")
    press(form, "Close")


def _price(desk: Page) -> None:
    """Enter goes on to the next odds, arrows step on the ladder, and only what changed is saved."""
    row = row_of(desk, "Mexico v Norway")
    press(row, "Odds and money")
    first, second = row.get_by_label("Odds of Mexico"), row.get_by_label("Odds of Norway")
    first.press("Enter")
    expect(second).to_be_focused()
    second.fill("2.20")
    expect(row.get_by_test_id("margin")).to_contain_text("Below zero")
    second.fill("1.76")
    second.press("ArrowDown")
    expect(second).to_have_value("1.75")
    expect(row.get_by_test_id("margin")).to_contain_text("4.76 %")
    assert_accessible(desk, "the odds with a change")
    second.press("Enter")
    desk.keyboard.press("Enter")
    expect(row.get_by_role("button", name="Save the odds", exact=True)).to_be_disabled()
    expect(desk.locator("[data-step=odds]")).to_contain_text("Margin 4.76 %")
    press(row, "Odds and money")


def _matches(scenario: ServerScenario, cup: Any) -> Any:
    return scenario.boss.pages("/api/match", tournament=cup["id"])


def _markets(scenario: ServerScenario, match: Any) -> Any:
    return scenario.boss.pages("/api/market", match=match["id"])


def _suspend_and_close(desk: Page) -> None:
    press(desk, "Suspend everything")
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("All 2 open markets take no bets")
    press(dialog, "Suspend everything")
    expect(desk.locator('[data-testid="desk-market"][data-status="suspended"]')).to_have_count(2)
    press(row_of(desk, "The final"), "Close")
    press(row_of(desk, "Mexico v Norway"), "Close")
    expect(desk.locator('[data-testid="desk-market"][data-status="closed"]')).to_have_count(2)


def _settle_the_pool(desk: Page) -> None:
    """A dead heat is looked at first: 60 staked, 54 to divide, 14 of them profit, 7 for each winner."""
    row = row_of(desk, "The final")
    press(row, "Enter result")
    row.get_by_role("checkbox").nth(0).check()
    row.get_by_role("checkbox").nth(1).check()
    expect(row.get_by_text("Dead heat of 2")).to_be_visible()
    preview = row.get_by_test_id("preview")
    expect(preview).to_contain_text("1.70")
    expect(preview).to_contain_text("1.23")
    expect(row.get_by_test_id("settle")).to_have_text("Pay out €53.90")
    assert_accessible(desk, "the preview")
    row.get_by_role("checkbox").nth(1).uncheck()
    row.get_by_label("Score").fill("3:2")
    expect(row.get_by_test_id("settle")).to_have_text("Pay out €54.00")
    row.get_by_test_id("settle").click()
    _show_settled(desk)
    expect(row.get_by_test_id("settled")).to_contain_text("3 bets, staked €60.00, paid €54.00")


def _show_settled(desk: Page) -> None:
    desk.get_by_role("radio", name=re.compile("^Settled and void")).check(force=True)


def _correct_the_pool(desk: Page) -> None:
    row = row_of(desk, "The final")
    press(row, "Correct the result")
    row.get_by_role("checkbox").nth(0).uncheck()
    row.get_by_role("checkbox").nth(1).check()
    row.get_by_label("Why is it corrected?").fill("The umpire's sheet was read upside down")
    rows = row.get_by_test_id("differences").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("amara")
    # 1,024.00 less 1,000.00 withdrawn is what she can still give back of 54.00.
    expect(rows.nth(0)).to_contain_text("−€54.00")
    expect(rows.nth(0)).to_contain_text("€30.00")
    expect(rows.nth(1)).to_contain_text("+€54.00")
    assert_accessible(desk, "the correction")
    button = row.get_by_test_id("resettle")
    expect(button).to_have_text("Apply correction: €54.00 back from 1 bettor, €54.00 to 1")
    button.click()
    expect(row.get_by_test_id("settled")).to_contain_text("corrected 1 time")
    expect(row.get_by_test_id("settled")).to_contain_text(RIGHT_TO_LEFT)


def _settle_the_match(desk: Page) -> None:
    desk.get_by_role("radio", name=re.compile("^Markets that are not settled")).check(force=True)
    row = row_of(desk, "Mexico v Norway")
    press(row, "Enter result")
    # One goes on with who won; Escape closes the form and leaves the focus where one was.
    expect(row.get_by_role("checkbox").first).to_be_focused()
    desk.keyboard.press("Escape")
    expect(row.get_by_test_id("result-form")).to_have_count(0)
    expect(row.get_by_role("button", name=re.compile("^Enter result"))).to_be_focused()
    press(row, "Enter result")
    row.get_by_role("checkbox", name="Norway").check()
    expect(row.get_by_test_id("settle")).to_have_text("Settle 2 bets: nobody is paid")
    row.get_by_test_id("settle").click()
    _show_settled(desk)
    expect(row_of(desk, "Mexico v Norway").get_by_test_id("settled")).to_contain_text("Won: Norway")


def test_the_desk_fits_a_phone_and_speaks_every_currency(chromium: Browser, scenario: ServerScenario) -> None:
    for slug, currency, typed, shown in (
        ("tokyo-open", "JPY", "5000", "¥5,000"),
        ("kuwait-open", "KWD", "1.250", "KWD\u00a01.250"),
    ):
        cup = scenario.tournament(slug, currency)
        desk = desk_of(chromium, scenario, cup, f"host-{slug}", size=PHONE)
        press(desk.get_by_test_id("checklist"), "Add a match")
        form = desk.get_by_role("form", name="Add a match")
        form.get_by_label("Match", exact=True).fill(LONG)
        form.get_by_label("Kind").select_option("fixed")
        form.get_by_label("Most at risk").fill("1.2501")
        form.get_by_label("Outcomes, one a line").fill(f"{RIGHT_TO_LEFT}\t2.0\n{FAMILY}\t1.9\n{LONG}\t1000")
        expect(form).to_contain_text("An amount in figures")
        form.get_by_label("Most at risk").fill(typed)
        press(form, "Add and open")
        expect(form).to_contain_text("was added and is open.")
        press(form, "Close")
        row = desk.get_by_test_id("desk-market")
        for panel in ("Odds and money", "Edit"):
            press(row, panel)
            _fits(desk)
        row.get_by_role("radio", name="The market and its terms").check(force=True)
        expect(row.get_by_label("Most at risk on one outcome")).to_have_value(typed)
        row.get_by_label("Largest stake").fill(typed)
        press(row, "Save the market")
        expect(row.get_by_role("button", name="Discard")).to_have_count(0)
        row.get_by_role("radio", name="The match").check(force=True)
        _fits(desk)
        press(row, "Odds and money")
        expect(row.get_by_test_id("risk").first).to_contain_text(f"0 % of {shown}")
        press(row, "Close")
        press(row, "Enter result")
        row.get_by_role("checkbox").first.check()
        expect(row.get_by_test_id("preview")).to_be_visible()
        _fits(desk)
        assert_accessible(desk, f"the desk on a phone in {currency}")
        assert desk.said == []  # type: ignore[attr-defined]


def _fits(desk: Page) -> None:
    """Nothing stands out at the side, behind a cut edge either."""
    assert_fits(desk)
    wide = desk.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(one => {
            const box = one.getBoundingClientRect()
            return box.right > innerWidth + 1 && !one.closest('[class*=states], [class*=parts], [class*=said]')
        }).map(one => one.outerHTML.slice(0, 120))"""
    )
    assert wide == []


def test_what_somebody_else_changed_meanwhile_is_shown_and_not_overwritten(
    chromium: Browser, scenario: ServerScenario
) -> None:
    cup = scenario.tournament("two-desks")
    match = scenario.boss.ask("POST", "/api/match", json={"tournament_id": cup["id"], "name": "Final"})
    asked = {"match_id": match["id"], "name": "Winner", "kind": "fixed"}
    outcomes = [{"name": "Ada", "odds": "1.90"}, {"name": "Sam", "odds": "1.90"}]
    market = scenario.boss.ask("POST", "/api/market", json={**asked, "outcomes": outcomes})
    desk = desk_of(chromium, scenario, cup, "otto")
    row = desk.get_by_test_id("desk-market")

    press(row, "Odds and money")
    row.get_by_label("Odds of Ada").fill("1.80")
    scenario.boss.ask("PATCH", f"/api/outcome/{market['outcomes'][0]['id']}", json={"odds": "1.85"})
    press(row, "Save the odds of 1 outcome")
    expect(row.get_by_text("Somebody else made it 1.85 in the meantime")).to_be_visible()
    press(row, "Save the odds of 1 outcome")
    expect(row.get_by_label("Odds of Ada")).to_have_value("1.80")
    expect(row.get_by_role("button", name="Save the odds", exact=True)).to_be_disabled()

    press(row, "Edit")
    row.get_by_role("radio", name="The market and its terms").check(force=True)
    row.get_by_label("Name", exact=True).fill("Champion")
    scenario.boss.ask("PATCH", f"/api/market/{market['id']}", json={"name": "Victor"})
    press(row, "Save the market")
    expect(row.get_by_text("Somebody else changed this in the meantime.")).to_be_visible()
    expect(row.get_by_role("alert")).to_contain_text("Name: Victor")
    press(row, "Save mine")
    expect(row.get_by_role("alert")).to_have_count(0)
    expect(row).to_contain_text("Champion")
    assert scenario.boss.ask("GET", f"/api/market/{market['id']}")["name"] == "Champion"
    assert desk.said == []  # type: ignore[attr-defined]


def test_a_settlement_that_came_to_something_else_meanwhile_is_shown_again_before_it_pays(
    chromium: Browser, scenario: ServerScenario
) -> None:
    cup = scenario.tournament("late-start")
    match = scenario.boss.ask("POST", "/api/match", json={"tournament_id": cup["id"], "name": "Final"})
    asked = {"match_id": match["id"], "name": "Winner", "kind": "fixed", "places": 2}
    outcomes = [{"name": name, "odds": "2.00"} for name in ("Ada", "Sam", "Kim", "Bo")]
    market = scenario.boss.ask("POST", "/api/market", json={**asked, "outcomes": outcomes})
    ids = [outcome["id"] for outcome in market["outcomes"]]
    scenario.boss.ask("POST", f"/api/market/{market['id']}/open")
    rhea, finn = scenario.bettor(cup, "rhea", funds=DEPOSIT), scenario.bettor(cup, "finn", funds=DEPOSIT)
    begun = rhea.script.bet(ids[0], 1000)["placed_at"]
    finn.script.bet(ids[0], 3000)
    scenario.boss.ask("POST", f"/api/market/{market['id']}/close")
    desk = desk_of(chromium, scenario, cup, "ottilie")
    row = desk.get_by_test_id("desk-market")

    press(row, "Enter result")
    expect(row.get_by_text("Who won? 2 places are paid.")).to_be_visible()
    row.get_by_role("checkbox", name="Ada").check()
    expect(row.get_by_text("2 places are paid; 1 is marked.")).to_be_visible()
    press(row, "Partly void, tied")
    row.get_by_label("Result of Sam").select_option("tied")
    row.get_by_label("Result of Kim").select_option("tied")
    row.get_by_label("Result of Bo").select_option("void")
    expect(row.get_by_text("Dead heat: 2 share 1 place.")).to_be_visible()
    expect(row.get_by_test_id("settle")).to_have_text("Pay out €80.00")
    # It had begun between the two bets.
    scenario.boss.ask("PATCH", f"/api/match/{match['id']}", json={"started_at": begun})
    row.get_by_test_id("settle").click()
    expect(row.get_by_text("It changed since you looked.")).to_be_visible()
    expect(row.get_by_role("alert")).to_contain_text("Paid €80.00 → €20.00")
    expect(row.get_by_test_id("settle")).to_have_text("Pay out €20.00, refund €30.00")
    row.get_by_test_id("settle").click()
    expect(row).to_have_attribute("data-status", "settled")
    expect(row.get_by_test_id("settled")).to_contain_text("paid €20.00, refunded €30.00")
    assert (rhea.balance, finn.balance) == (DEPOSIT + 1000, DEPOSIT)
    assert desk.said == []  # type: ignore[attr-defined]
