"""The auditor's afternoon and the operator's night, in a browser, on a sandbox where simulated bettors go on betting."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from toteboard.reconciliation.checks import CHECKS

from .answers import Answers, lost
from .axe import assert_accessible
from .browser import PHONE, page
from .fit import assert_fits
from .server import Served, Site, served

SLUG = "riverside-open-2026"
# More than anybody has.
TOO_MUCH = 9_999_999_99
REFUSED = 60
ROWS = "audit-row"
OPS = re.compile("/api/ops")


@pytest.fixture(scope="module")
def server(empty_site: Site) -> Iterator[Served]:
    with served(empty_site, "--rate", "8", "--bettors", "6", command="sandbox") as running:
        yield running


def enter(someone: Page, server: Served, door: str) -> Page:
    """In by one of the sandbox's doors."""
    someone.goto(server.url)
    someone.get_by_role("button", name=door).click()
    someone.wait_for_url(lambda url: url.rstrip("/") != server.url)
    return someone


def ask(someone: Page, path: str, body: dict[str, Any] | None = None, key: str | None = None) -> Any:
    """The API, as the page of this person asks it."""
    return someone.evaluate(
        """async ([path, body, key]) => {
             const me = await (await fetch('/api/me')).json()
             const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': me.csrf_token}
             if (key) headers['Idempotency-Key'] = key
             const asked = body ? {method: 'POST', headers, body: JSON.stringify(body)} : {}
             return (await fetch(path, asked)).json()
           }""",
        [path, body, key],
    )


def refuse(bettor: Page, times: int) -> None:
    """The bettor asks for more than they have, so often."""
    board = ask(bettor, f"/api/tournament/{SLUG}/board")
    outcome = next(m for m in board["markets"] if m["status"] == "open")["outcomes"][0]["id"]
    for _ in range(times):
        key = bettor.evaluate("crypto.randomUUID()")
        body = {"outcome_id": outcome, "stake": TOO_MUCH, "currency": "EUR"}
        assert ask(bettor, "/api/bet", body, key)["code"] == "FUNDS"


def ids(auditor: Page) -> list[str]:
    return [str(row.get_attribute("data-id")) for row in auditor.get_by_test_id(ROWS).all()]


def test_an_auditor_finds_a_bettors_refused_bets_and_nothing_moves_while_it_is_pinned(
    server: Served, chromium: Browser
) -> None:
    bettor = enter(page(chromium), server, "Try it as a bettor")
    auditor = enter(page(chromium), server, "as the auditor")
    expect(auditor).to_have_url(re.compile("/audit"))
    expect(auditor.get_by_test_id(ROWS).first).to_be_visible()
    # It follows: simulated bettors go on betting.
    before = int(auditor.get_by_test_id("as-of-id").inner_text())
    expect(auditor.get_by_test_id("as-of-id")).not_to_have_text(str(before))
    assert_accessible(auditor, "the log, following")

    refuse(bettor, REFUSED)
    name = ask(bettor, "/api/me")["name"]
    auditor.get_by_label("Who, by name or number").fill(name)
    auditor.get_by_label("Action", exact=True).fill("bet.refused")
    auditor.get_by_role("button", name="Show entries").click()
    expect(auditor).to_have_url(re.compile("action=bet.refused"))
    expect(auditor.get_by_test_id(ROWS)).to_have_count(50)
    first = auditor.get_by_test_id(ROWS).first
    expect(first).to_contain_text("The wallet does not hold enough")
    expect(first).to_contain_text("€9,999,999.99")
    board = ask(bettor, f"/api/tournament/{SLUG}/board")
    market = next(m for m in board["markets"] if m["status"] == "open")
    match = next(m for m in board["matches"] if m["id"] == market["match_id"])
    expect(first).to_contain_text(f"{match['name']}, {market['name']}")
    outcome = market["outcomes"][0]
    expect(first).to_contain_text(f"outcome {outcome['name']} #{outcome['id']}")

    auditor.get_by_role("button", name="Pin here").click()
    expect(auditor.get_by_test_id("as-of")).to_contain_text("Pinned")
    shown, pinned = ids(auditor), auditor.get_by_test_id("as-of-id").inner_text()
    refuse(bettor, 3)
    auditor.reload()
    expect(auditor.get_by_test_id(ROWS)).to_have_count(50)
    assert (ids(auditor), auditor.get_by_test_id("as-of-id").inner_text()) == (shown, pinned)
    auditor.get_by_role("button", name="Show more entries").click()
    expect(auditor.get_by_test_id(ROWS)).to_have_count(REFUSED)
    expect(auditor.get_by_text(f"{REFUSED} entries shown, and no more.")).to_be_visible()

    fold = auditor.get_by_test_id(ROWS).first.get_by_role("button")
    fold.focus()
    auditor.keyboard.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "true")
    # By keyboard the reader's own clock shows too.
    expect(fold.get_by_text("on your clock")).to_be_visible()
    auditor.get_by_text("As it was written").click()
    assert_accessible(auditor, "the log, pinned, filtered and unfolded")

    auditor.get_by_role("button", name="Follow now").click()
    expect(auditor.get_by_test_id("as-of")).to_contain_text("As of now")
    expect(auditor.get_by_test_id(ROWS).first).not_to_have_attribute("data-id", shown[0])
    assert auditor.said == []  # type: ignore[attr-defined]


def test_the_log_says_so_where_nothing_fits_or_it_cannot_be_read_and_fits_a_phone(
    server: Served, chromium: Browser
) -> None:
    auditor = enter(page(chromium, size=PHONE), server, "as the auditor")
    expect(auditor.get_by_test_id(ROWS).first).to_be_visible()
    auditor.get_by_test_id(ROWS).first.get_by_role("button").click()
    assert_fits(auditor)
    assert_accessible(auditor, "the log on a phone")

    auditor.goto(f"{server.url}/audit?action=no.such")
    expect(auditor.get_by_test_id("empty")).to_contain_text("No entry fits")
    assert_accessible(auditor, "the log, empty")
    auditor.goto(f"{server.url}/audit?as_of=yesterday")
    auditor.get_by_text(re.compile("^Filters")).click()
    expect(auditor.get_by_text("is the id of a row, or a time")).to_be_visible()
    assert_fits(auditor)
    assert_accessible(auditor, "the log, refused")

    bettor = enter(page(chromium), server, "Try it as a bettor")
    for path in ("/audit", "/ops"):
        bettor.goto(f"{server.url}{path}")
        expect(bettor.get_by_role("main")).to_contain_text(re.compile("is for (auditors|admins)"))


def test_an_operator_derives_the_books_and_finds_the_result_after_a_reload(server: Served, chromium: Browser) -> None:
    operator = enter(page(chromium), server, "as the operator")
    expect(operator).to_have_url(re.compile("/ops"))
    lamps = operator.get_by_test_id("lamp")
    expect(lamps).to_have_count(8)
    expect(operator.locator('[data-lamp="Books"]')).to_have_attribute("data-state", "well")
    expect(operator.locator('[data-lamp="Books"]')).to_contain_text("Balanced")
    expect(operator.get_by_text("No errors since start.")).to_be_visible()
    assert_accessible(operator, "the cockpit")

    _running(operator)
    operator.get_by_role("button", name="Check all books").click()
    derivation = operator.get_by_test_id("derivation")
    expect(derivation).to_have_attribute("data-state", "done")
    expect(derivation).to_contain_text("The books balance.")
    operator.reload()
    expect(derivation).to_contain_text("The books balance.")
    operator.set_viewport_size({"width": 390, "height": 844})
    assert_fits(operator)
    assert operator.said == []  # type: ignore[attr-defined]


def _running(operator: Page) -> None:
    """A derivation of a large ledger, as the server would tell it; here one is over in the blink of an eye."""

    def slow(route: Route) -> None:
        told = route.fetch().json()
        one = told.get("derivation", told)
        one |= {"state": "running", "done": 7, "check": "no bet was placed after its market closed"}
        route.fulfill(json=told)

    answers = Answers(operator, OPS)
    answers.told = slow
    expect(operator.get_by_text(f"Check 8 of {len(CHECKS)}")).to_be_visible()
    expect(operator.get_by_role("button", name="Checking…")).to_be_disabled()
    assert_accessible(operator, "the cockpit, deriving")
    answers.told = None
    expect(operator.get_by_role("button", name="Check all books")).to_be_enabled()


def test_lamps_light_and_old_figures_are_never_shown_as_new(server: Served, chromium: Browser) -> None:
    operator = enter(page(chromium), server, "as the operator")
    expect(operator.locator('[data-lamp="Books"]')).to_have_attribute("data-state", "well")

    def wrong(route: Route) -> None:
        told = route.fetch().json()
        if "books" in told:
            off = {"tournament_id": 1, "name": "Riverside Open 2026", "currency": "EUR", "exponent": 2, "off": "1"}
            told["books"]["unbalanced"] = [off]
            told["feed"]["lag_ms"]["max"] = 1500
            error = {"at": told["at"], "level": "ERROR", "logger": "toteboard.feed", "text": "it stumbled"}
            told["errors"] = {"errors": 1, "warnings": 0, "items": [error]}
        route.fulfill(json=told)

    answers = Answers(operator, OPS)
    answers.told = wrong
    expect(operator.locator('[data-lamp="Books"]')).to_have_attribute("data-state", "bad")
    expect(operator.locator('[data-lamp="Books"]')).to_contain_text("Off balance")
    expect(operator.locator('[data-lamp="Feed"]')).to_have_attribute("data-state", "warn")
    expect(operator.locator('[data-lamp="Errors"]')).to_contain_text("1 error")
    assert_accessible(operator, "the cockpit, lit")

    answers.told = lost
    expect(operator.get_by_text(re.compile(r"No answer since \d\d:\d\d:\d\d\."))).to_be_visible()
    expect(operator.locator('[data-lamp="Books"]')).to_have_attribute("data-state", "unknown")
    assert_accessible(operator, "the cockpit without an answer")
    answers.told = None
    expect(operator.locator('[data-lamp="Books"]')).to_have_attribute("data-state", "well")
