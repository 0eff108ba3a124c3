"""The bettor's cockpit: every state of the slip with its exact words, and what a lost connection can and cannot do."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from .answers import Answers, lost
from .axe import assert_accessible
from .browser import page
from .fit import assert_fits
from .scenarios import Bettor, ServerScenario, sign_in

BETS = "**/api/bet"
NOTHING = "Nothing was taken."
# The feed says nothing this long, and the page says so.
SILENT_MS = 12_000


class Cockpit:
    """A bettor at a board of one pool and one fixed market."""

    def __init__(self, scenario: ServerScenario, chromium: Browser, name: str, **more: Any):
        self.scenario = scenario
        self.tournament = scenario.tournament(f"Cockpit {name}")
        self.pool = scenario.market(self.tournament, "Quarter-final 3", ["Amara Okafor", "Luis Cabrera"])
        self.fixed = scenario.market(
            self.tournament, "Quarter-final 4", [("Noor Haddad", "2.45"), ("Ewa Kowal", "1.62")], kind="fixed"
        )
        self.bettor: Bettor = scenario.bettor(self.tournament, name, **more)
        self.page = page(chromium)
        self.page.emulate_media(color_scheme="dark")
        sign_in(self.page, scenario.url, self.bettor.email)
        self.open()

    @property
    def address(self) -> str:
        return f"{self.scenario.url}/t/{self.tournament['slug']}"

    def open(self) -> None:
        self.page.goto(self.address)
        expect(self.slip).to_be_visible()
        expect(self.page.get_by_test_id("link-status")).to_contain_text("Live")

    @property
    def slip(self) -> Locator:
        return self.page.get_by_test_id("slip")

    def is_in(self, state: str) -> None:
        expect(self.slip).to_have_attribute("data-state", state)

    def pick(self, outcome: dict[str, Any], stake: str) -> None:
        self.page.locator(f'[data-outcome="{outcome["id"]}"] button').click()
        self.page.get_by_label("Stake", exact=True).fill(stake)

    @property
    def place(self) -> Locator:
        return self.page.get_by_test_id("place-bet")

    def hears_nothing_of_bets(self) -> None:
        """The feed's own confirmation, which would be quicker than whatever is looked at, does not arrive."""

        def through(socket: Any) -> None:
            server = socket.connect_to_server()
            server.on_message(lambda message: None if '"t":"bet"' in message else socket.send(message))

        self.page.route_web_socket("**/api/feed*", through)
        self.open()

    def meanwhile(self, act: Callable[[], Any]) -> None:
        """Does something while the next bet is on its way to the server."""

        def on_its_way(route: Route) -> None:
            act()
            route.continue_()

        self.page.route(BETS, on_its_way, times=1)


@pytest.fixture
def cockpit(scenario: ServerScenario, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Cockpit]:
    # Of a test with parameters, its end tells them apart.
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_")).strip("-")
    name = name if len(name) <= 40 else f"{name[:26]}-{name[-13:]}".strip("-")
    opened = Cockpit(scenario, chromium, name)
    yield opened
    assert opened.page.said == []  # type: ignore[attr-defined]
    opened.page.context.close()


def test_a_bet_is_priced_checked_where_large_and_confirmed(cockpit: Cockpit) -> None:
    cockpit.is_in("idle")
    expect(cockpit.slip).to_contain_text("Pick an outcome to start")
    expect(cockpit.slip).to_contain_text(
        "Tap any odds on the board. Your stake, return and limit show here before anything is placed."
    )
    assert_accessible(cockpit.page, "idle")

    cockpit.pick(cockpit.fixed["outcomes"][0], "25")
    cockpit.is_in("priced")
    expect(cockpit.page.get_by_test_id("est-return")).to_have_text("€61.25")
    expect(cockpit.place).to_have_text("Place Bet€25.00 at 2.45")
    assert_accessible(cockpit.page, "priced")

    cockpit.page.get_by_label("Stake", exact=True).fill("100")
    cockpit.place.click()
    cockpit.is_in("check")
    expect(cockpit.place).to_contain_text("Confirm €100.00")
    assert_accessible(cockpit.page, "check")
    cockpit.place.click()
    cockpit.is_in("confirmed")
    expect(cockpit.slip).to_contain_text(re.compile(r"Bet confirmedin \d+ ms, ref [0-9A-F]{4}-[0-9A-F]{4}"))
    for words in ("Stake€100.00", "Odds taken2.45", "Return if it wins€245.00", "Wallet now€300.00"):
        expect(cockpit.slip).to_contain_text(words)
    expect(cockpit.page.get_by_test_id("slip-verdict")).to_have_text("Bet confirmed")
    assert_accessible(cockpit.page, "confirmed")
    cockpit.page.get_by_role("button", name="Bet again").click()
    cockpit.is_in("priced")
    expect(cockpit.page.get_by_label("Stake", exact=True)).to_have_value("")
    assert cockpit.bettor.balance == 300_00


def test_impatient_thumbs_and_a_held_key_place_one_bet(cockpit: Cockpit) -> None:
    cockpit.pick(cockpit.fixed["outcomes"][0], "25")
    where = cockpit.place.bounding_box()
    assert where is not None
    # Wherever in the button: what comes in its place stands left or right.
    for left in (0.25, 0.75, 0.25, 0.75, 0.25):
        cockpit.page.mouse.click(where["x"] + where["width"] * left, where["y"] + where["height"] / 2)
        cockpit.page.wait_for_timeout(100)
    cockpit.page.wait_for_timeout(600)
    assert cockpit.bettor.balance == 375_00

    cockpit.page.reload()
    cockpit.pick(cockpit.fixed["outcomes"][0], "100")
    for _ in range(8):
        # Held: the browser sends the key again and again.
        cockpit.page.keyboard.down("Enter")
        cockpit.page.wait_for_timeout(60)
    cockpit.page.keyboard.up("Enter")
    cockpit.is_in("check")
    cockpit.place.dblclick()
    cockpit.is_in("confirmed")
    cockpit.page.wait_for_timeout(300)
    assert cockpit.bettor.balance == 275_00


def test_a_bet_taken_at_other_odds_is_shown_as_it_was_taken(cockpit: Cockpit) -> None:
    outcome = cockpit.fixed["outcomes"][0]
    cockpit.pick(outcome, "10")
    cockpit.page.get_by_label("If odds move, accept").select_option("any odds")
    cockpit.meanwhile(
        lambda: cockpit.scenario.boss.ask("PATCH", f"/api/outcome/{outcome['id']}", json={"odds": "1.50"})
    )
    cockpit.place.click()
    cockpit.is_in("confirmed")
    for words in ("Odds taken1.50", "Return if it wins€15.00"):
        expect(cockpit.slip).to_contain_text(words)
    expect(cockpit.page.get_by_test_id("slip-odds")).to_have_text("1.50")


def test_a_pool_shows_where_ones_own_bet_would_move_the_odds(cockpit: Cockpit) -> None:
    first, second = cockpit.pool["outcomes"]
    other = cockpit.scenario.bettor(cockpit.tournament, "other-side")
    other.script.bet(first["id"], 50_00)
    other.script.bet(second["id"], 50_00)
    expect(cockpit.page.locator(f'[data-outcome="{first["id"]}"]').get_by_test_id("odds")).to_have_text("2.00")
    cockpit.pick(first, "50")
    # (100 + 50) / (50 + 50), and what it would return at that.
    expect(cockpit.slip).to_contain_text("Odds after your bet1.50")
    expect(cockpit.page.get_by_test_id("est-return")).to_have_text("€75.00")


def test_odds_that_moved_are_accepted_by_a_tap_that_was_meant_for_them(cockpit: Cockpit) -> None:
    outcome = cockpit.fixed["outcomes"][0]
    cockpit.pick(outcome, "25")
    cockpit.scenario.price(outcome, "2.28")
    cockpit.is_in("changed")
    # A tap on its way to the old odds meets a dead button.
    assert cockpit.place.get_attribute("aria-disabled") == "true"
    cockpit.place.dispatch_event("click")
    cockpit.is_in("changed")
    expect(cockpit.slip).to_contain_text(
        "Odds moved 2.45 → 2.28. It would return €57.00. Nothing is placed until you accept."
    )
    expect(cockpit.place).to_contain_text("Accept 2.28 and place")
    expect(cockpit.place).to_have_attribute("aria-disabled", "false")
    assert_accessible(cockpit.page, "changed")
    assert cockpit.bettor.bets == []
    cockpit.place.click()
    cockpit.is_in("confirmed")
    assert [bet["odds"] for bet in cockpit.bettor.bets] == ["2.28"]


@pytest.mark.parametrize("size", [(1280, 800), (390, 844), (360, 640)])
def test_keypad_and_buttons_stay_where_they_are_when_odds_move(cockpit: Cockpit, size: tuple[int, int]) -> None:
    cockpit.page.set_viewport_size({"width": size[0], "height": size[1]})
    outcome = cockpit.fixed["outcomes"][0]
    cockpit.page.locator(f'[data-outcome="{outcome["id"]}"] button').click()
    cockpit.page.get_by_label("Stake", exact=True).fill("1")
    here = [cockpit.page.get_by_label("Stake", exact=True), cockpit.place]
    if size[0] < 800:
        here.append(cockpit.page.get_by_role("button", name="2", exact=True))
    before = [one.bounding_box() for one in here]
    cockpit.scenario.price(outcome, "2.28")
    cockpit.is_in("changed")
    assert [one.bounding_box() for one in here] == before
    if size[0] < 800:
        cockpit.page.get_by_role("button", name="2", exact=True).click()
        expect(cockpit.page.get_by_label("Stake", exact=True)).to_have_value("12")
    assert_fits(cockpit.page)


def test_in_a_rush_a_bet_is_taken_down_to_the_odds_that_were_offered(cockpit: Cockpit) -> None:
    outcome = cockpit.fixed["outcomes"][0]
    cockpit.pick(outcome, "25")
    cockpit.scenario.price(outcome, "2.40")
    cockpit.is_in("changed")
    down = cockpit.page.get_by_test_id("accept-down")
    expect(down).to_have_text("Place at 2.28 or better")
    assert down.get_attribute("aria-disabled") == "true"
    expect(down).to_have_attribute("aria-disabled", "false")
    # While the odds go on moving above it, it stays alive under the thumb.
    cockpit.scenario.price(outcome, "2.35")
    expect(cockpit.place).to_contain_text("Accept 2.35 and place")
    expect(down).to_have_text("Place at 2.28 or better")
    cockpit.meanwhile(lambda: cockpit.scenario.price(outcome, "2.30"))
    down.click()
    cockpit.is_in("confirmed")
    assert [bet["odds"] for bet in cockpit.bettor.bets] == ["2.30"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("1,000", "Write 1000 or 1.00"), ("1.000", "Write 1000 or 1.00"), ("1.2.3", "Enter an amount")],
    ids=["comma", "point", "neither"],
)
def test_an_amount_that_may_be_two_is_asked_about(cockpit: Cockpit, typed: str, said: str) -> None:
    cockpit.pick(cockpit.fixed["outcomes"][0], typed)
    expect(cockpit.place).to_contain_text(said)
    cockpit.place.dispatch_event("click")
    cockpit.is_in("priced")
    cockpit.page.get_by_label("Stake", exact=True).fill("1.000,50")
    expect(cockpit.page.get_by_test_id("est-return")).to_have_text("€2,451.22")
    assert cockpit.bettor.bets == []


def test_a_pool_says_that_its_odds_are_set_at_the_end_and_keeps_what_it_says(cockpit: Cockpit) -> None:
    cockpit.pick(cockpit.pool["outcomes"][0], "25")
    expect(cockpit.slip).to_contain_text("Pool: final odds are set when betting closes.")
    expect(cockpit.place).to_contain_text("€25.00, about 1.00 with your bet")
    cockpit.place.click()
    cockpit.is_in("confirmed")
    expect(cockpit.page.get_by_test_id("receipt")).to_contain_text("Odds with your bet in1.00")
    [bet] = cockpit.bettor.bets
    assert bet["odds"] == "1.00"


def test_a_bet_on_its_way_says_so_and_takes_no_second_tap(cockpit: Cockpit) -> None:
    cockpit.pick(cockpit.fixed["outcomes"][0], "25")
    held: list[Route] = []
    cockpit.page.route(BETS, lambda route: held.append(route))
    cockpit.place.click()
    cockpit.is_in("submitting")
    expect(cockpit.page.get_by_test_id("slip-verdict")).to_have_text("Placing your bet")
    expect(cockpit.place).to_contain_text("Placing…")
    cockpit.place.dispatch_event("click")
    assert_accessible(cockpit.page, "submitting")
    assert len(held) == 1
    held[0].continue_()
    cockpit.is_in("confirmed")
    assert len(cockpit.bettor.bets) == 1


def test_a_connection_lost_after_the_bet_was_taken_ends_in_one_bet(cockpit: Cockpit) -> None:
    def take_and_drop(route: Route) -> None:
        assert route.fetch().status == 201
        route.abort("connectionreset")

    cockpit.hears_nothing_of_bets()
    cockpit.pick(cockpit.fixed["outcomes"][0], "25")
    # Asking what became of it finds nobody at first, so that the state can be looked at.
    asked = Answers(cockpit.page, "**/api/bet/*")
    asked.told = lost
    cockpit.page.route(BETS, take_and_drop, times=1)
    cockpit.place.click()
    cockpit.is_in("unknown")
    asked.told = None
    cockpit.is_in("confirmed")
    assert len(cockpit.bettor.bets) == 1
    assert cockpit.bettor.balance == 375_00


def test_a_connection_lost_before_the_bet_arrived_can_send_the_same_bet_again(cockpit: Cockpit) -> None:
    keys: list[str] = []

    def note(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.abort("connectionreset")
        else:
            route.continue_()

    cockpit.page.route(BETS, note)
    cockpit.pick(cockpit.fixed["outcomes"][0], "25")
    cockpit.place.click()
    cockpit.is_in("unknown")
    expect(cockpit.slip).to_contain_text(
        "Checking your bet. The connection dropped after you placed it. We’re asking the server with the same bet "
        "number, so it can’t be placed twice."
    )
    expect(cockpit.place).to_contain_text("Checking…")
    assert_accessible(cockpit.page, "unknown")
    cockpit.is_in("refused")
    expect(cockpit.slip).to_contain_text(NOTHING)
    assert cockpit.bettor.bets == []
    cockpit.page.get_by_role("button", name="Send it again").click()
    cockpit.is_in("confirmed")
    assert keys == [keys[0]] * 2
    assert [bet["id"] for bet in cockpit.bettor.bets] == [keys[0]]


def test_a_reload_in_the_middle_of_place_bet_asks_for_the_bet_instead_of_forgetting_it(cockpit: Cockpit) -> None:
    taken: list[int] = []
    cockpit.hears_nothing_of_bets()
    cockpit.page.route(BETS, lambda route: taken.append(route.fetch().status), times=1)
    cockpit.pick(cockpit.fixed["outcomes"][0], "25")
    cockpit.place.click()
    cockpit.is_in("submitting")
    while not taken:
        cockpit.page.wait_for_timeout(50)
    cockpit.page.reload()
    cockpit.is_in("confirmed")
    assert taken == [201]
    assert len(cockpit.bettor.bets) == 1


def test_offline_keeps_pick_and_stake_and_rechecks_when_it_is_back(cockpit: Cockpit) -> None:
    outcome = cockpit.fixed["outcomes"][0]
    cockpit.pick(outcome, "25")
    cockpit.page.context.set_offline(True)
    cockpit.is_in("offline")
    expect(cockpit.slip).to_contain_text(
        re.compile(
            r"You’re offline\. Odds shown are from \d\d:\d\d:\d\d\. Your pick and stake are kept\. "
            r"We’ll recheck the odds when you’re back\."
        )
    )
    expect(cockpit.place).to_have_text("Waiting for connection")
    expect(cockpit.page.get_by_test_id("stale")).to_contain_text("Odds as of")
    assert_accessible(cockpit.page, "offline")
    cockpit.scenario.price(outcome, "2.28")
    cockpit.page.context.set_offline(False)
    cockpit.is_in("changed")
    expect(cockpit.slip).to_contain_text("Odds moved 2.45 → 2.28.")
    expect(cockpit.page.get_by_label("Stake", exact=True)).to_have_value("25")
    expect(cockpit.page.get_by_test_id("stale")).to_have_count(0)


def test_a_feed_that_says_nothing_is_stale_and_takes_no_bet(scenario: ServerScenario, chromium: Browser) -> None:
    cockpit = Cockpit(scenario, chromium, "silent")
    cockpit.page.clock.install()
    quiet: list[bool] = []

    def through(socket: Any) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: None if quiet else socket.send(message))

    cockpit.page.route_web_socket("**/api/feed*", through)
    cockpit.open()
    cockpit.pick(cockpit.fixed["outcomes"][0], "25")
    cockpit.is_in("priced")
    quiet.append(True)
    cockpit.page.clock.fast_forward(SILENT_MS)
    cockpit.is_in("stale")
    expect(cockpit.slip).to_contain_text(re.compile(r"Odds as of \d\d:\d\d:\d\d\."))
    expect(cockpit.place).to_have_attribute("aria-disabled", "true")
    expect(cockpit.page.get_by_test_id("link-status")).to_contain_text("Odds as of")
    assert_accessible(cockpit.page, "stale")
    quiet.clear()
    cockpit.is_in("priced")
    cockpit.page.context.close()


REFUSALS: dict[str, tuple[Callable[[Cockpit], Any], str, str]] = {
    "closed": (lambda c: c.scenario.move(c.fixed, "close"), "Betting closed.", "See open matches"),
    "suspended": (lambda c: c.scenario.move(c.fixed, "suspend"), "Betting suspended.", "Tell me when it reopens"),
    "funds": (
        lambda c: c.scenario.cash(c.bettor.wallet, 387_50, "withdrawal"),
        "Not enough in your wallet. You have €12.50.",
        "Change stake to €12.50",
    ),
    "odds": (lambda c: c.scenario.price(c.fixed["outcomes"][0], "2.05"), "Odds fell to", "Use 2.05"),
    "own limit": (
        lambda c: c.bettor.script.ask(
            "PUT",
            "/api/limit",
            json={"tournament_id": c.tournament["id"], "kind": "stake", "period": "day", "amount": 18_00},
        ),
        "Over your daily limit. You set a limit of €18.00 a day and have €18.00 left.",
        "Change stake to €18.00",
    ),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_a_refusal_says_that_nothing_was_taken_and_offers_one_way_on(
    scenario: ServerScenario, chromium: Browser, why: str
) -> None:
    act, words, way = REFUSALS[why]
    cockpit = Cockpit(scenario, chromium, f"refused-{why.replace(' ', '-')}")
    cockpit.pick(cockpit.fixed["outcomes"][0], "25")
    cockpit.meanwhile(lambda: act(cockpit))
    cockpit.place.click()
    cockpit.is_in("refused")
    expect(cockpit.slip.get_by_role("alert")).to_contain_text(words)
    expect(cockpit.slip.get_by_role("alert")).to_contain_text(NOTHING)
    expect(cockpit.page.get_by_test_id("way-on")).to_have_text(way)
    assert_accessible(cockpit.page, f"refused: {why}")
    assert cockpit.bettor.bets == []
    cockpit.page.get_by_test_id("way-on").click()
    if why == "suspended":
        expect(cockpit.slip).to_contain_text("We’ll tell you here when it reopens.")
        cockpit.scenario.move(cockpit.fixed, "open")
        cockpit.is_in("priced")
    elif why == "closed":
        cockpit.is_in("idle")
    else:
        cockpit.is_in("priced")
        cockpit.place.click()
        cockpit.is_in("confirmed")
        assert len(cockpit.bettor.bets) == 1
    cockpit.page.context.close()


def test_who_is_not_verified_is_shown_the_way_to_it(scenario: ServerScenario, chromium: Browser) -> None:
    cockpit = Cockpit(scenario, chromium, "nobody-yet", is_verified=False)
    cockpit.pick(cockpit.fixed["outcomes"][0], "25")
    cockpit.place.click()
    cockpit.is_in("refused")
    expect(cockpit.slip.get_by_role("alert")).to_contain_text(NOTHING)
    cockpit.page.get_by_role("button", name="Verify identity").click()
    expect(cockpit.page).to_have_url(re.compile("/verify"))
    seen = {
        "tournament_id": cockpit.tournament["id"],
        "user_id": cockpit.bettor.wallet["user_id"],
        "document": "passport",
    }
    scenario.boss.ask("POST", "/api/kyc/desk", json=seen | {"decision": "verified"})
    cockpit.page.reload()
    cockpit.page.get_by_role("button", name="Back to").click()
    expect(cockpit.slip).to_contain_text("Noor Haddad")
    expect(cockpit.page.get_by_label("Stake", exact=True)).to_have_value("25")
    cockpit.page.context.close()


def test_a_link_fills_the_slip_and_never_places_it(cockpit: Cockpit) -> None:
    cockpit.page.goto(f"{cockpit.address}/m/{cockpit.pool['match_id']}?pick=2&stake=10")
    cockpit.is_in("priced")
    expect(cockpit.slip).to_contain_text("Luis Cabrera")
    expect(cockpit.page.get_by_label("Stake", exact=True)).to_have_value("10")
    cockpit.page.wait_for_timeout(500)
    assert cockpit.bettor.bets == []


def test_the_keys_pick_step_place_and_clear(cockpit: Cockpit) -> None:
    keys = cockpit.page.keyboard
    keys.press("?")
    expect(cockpit.page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert_accessible(cockpit.page, "keys")
    keys.press("Escape")
    keys.press("2")
    expect(cockpit.slip).to_contain_text("Luis Cabrera")
    keys.press("s")
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    keys.press("ArrowDown")
    expect(cockpit.page.get_by_label("Stake", exact=True)).to_have_value("5")
    keys.press("Enter")
    cockpit.is_in("confirmed")
    keys.press("Escape")
    cockpit.is_in("idle")
    assert [(bet["outcome"], bet["stake"]) for bet in cockpit.bettor.bets] == [("Luis Cabrera", 500)]


def test_on_a_phone_the_slip_is_a_sheet_with_its_own_keypad(cockpit: Cockpit) -> None:
    cockpit.page.set_viewport_size({"width": 390, "height": 844})
    cockpit.page.locator(f'[data-outcome="{cockpit.fixed["outcomes"][1]["id"]}"] button').click()
    for key in ("1", "2", ".", "5"):
        cockpit.page.get_by_role("button", name=key, exact=True).click()
    expect(cockpit.page.get_by_label("Stake", exact=True)).to_have_value("12.5")
    assert_accessible(cockpit.page, "the sheet")
    cockpit.page.get_by_role("button", name="Hide the slip").click()
    expect(cockpit.page.get_by_test_id("slip-bar")).to_contain_text("€12.50 at 1.62")
    assert_accessible(cockpit.page, "the bar")
    cockpit.page.get_by_test_id("slip-bar").click()
    cockpit.place.click()
    cockpit.is_in("confirmed")
    assert_fits(cockpit.page)


def test_a_clock_an_hour_off_changes_nothing(scenario: ServerScenario, chromium: Browser) -> None:
    tournament = scenario.tournament("Clock")
    closes = datetime.now(UTC) + timedelta(minutes=50)
    market = scenario.market(tournament, "Late", ["A", "B"], closes_at=closes.isoformat())
    bettor = scenario.bettor(tournament, "out-of-time")
    someone = page(chromium)
    sign_in(someone, scenario.url, bettor.email)
    someone.clock.install(time=datetime.now(UTC) + timedelta(hours=1))
    someone.goto(f"{scenario.url}/t/{tournament['slug']}")
    expect(someone.locator(f'[data-market="{market["id"]}"]')).to_contain_text(re.compile(r"closes (49|50):\d\d"))
    someone.locator(f'[data-outcome="{market["outcomes"][0]["id"]}"] button').click()
    someone.get_by_label("Stake", exact=True).fill("5")
    someone.get_by_test_id("place-bet").click()
    expect(someone.get_by_test_id("receipt")).to_contain_text("Bet confirmed")
    someone.context.close()
