"""An evening at the desk: a cashier comes by invitation, pays in and out on a bad line, and each role sees its own."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from .axe import assert_accessible
from .browser import DESKTOP, PHONE, Size, page, wait_until_quiet
from .fit import assert_fits
from .server import PASSWORD, Script, Served, Site, register, served, toteboard

SLUG = "riverside-open-2026"
DESK = f"/org/t/{SLUG}"
LONG = "مريم 🏓 " + "Wolfeschlegelsteinhausen" * 2


@pytest.fixture(scope="module")
def server(empty_site: Site) -> Iterator[Served]:
    with served(empty_site, "--rate", "0", "--bettors", "2", command="sandbox") as running:
        yield running


@pytest.fixture
def organizer(server: Served, chromium: Browser) -> Page:
    fresh = _page(chromium)
    fresh.goto(server.url)
    fresh.get_by_role("button", name="Try it as the organizer").click()
    expect(fresh).to_have_url(re.compile(f"{DESK}$"))
    return fresh


def _page(chromium: Browser, *, size: Size = DESKTOP) -> Page:
    fresh = page(chromium, size=size)
    fresh.emulate_media(color_scheme="dark")
    return fresh


def _invite(organizer: Page, role: str) -> str:
    """The link that the QR code holds."""
    organizer.get_by_role("link", name="People", exact=True).click()
    organizer.get_by_role("link", name="Invitations").click()
    organizer.get_by_label("Role").select_option(label=role)
    organizer.get_by_role("button", name="Create invitation").click()
    expect(organizer.get_by_role("img", name=re.compile("^QR code to join"))).to_be_visible()
    link = organizer.get_by_label("Link of the invitation").input_value()
    organizer.get_by_role("button", name="Done").click()
    return link


def _register_by(link: str, chromium: Browser, name: str, email: str) -> Page:
    fresh = _page(chromium)
    fresh.goto(link)
    expect(fresh.get_by_test_id("invited")).to_contain_text("Riverside Open 2026")
    fresh.get_by_role("textbox", name="Name").fill(name)
    fresh.get_by_label("E-mail").fill(email)
    fresh.get_by_label("Password").fill(PASSWORD)
    fresh.get_by_role("button", name="Register and join").click()
    expect(fresh).not_to_have_url(re.compile("/join/"))
    return fresh


def _open_member(desk: Page, sought: str) -> Any:
    desk.get_by_label("Find a member").fill(sought)
    member = desk.get_by_test_id("member")
    expect(member).to_have_count(1)
    expect(member).to_contain_text(re.compile(sought, re.IGNORECASE))
    # The one that is found is opened with Enter, and one goes on with what is to be typed there.
    desk.get_by_label("Find a member").press("Enter")
    expect(member.get_by_role("button").first).to_have_attribute("aria-expanded", "true")
    return member


def test_a_cashier_comes_by_invitation_and_pays_once_though_the_answer_is_lost(
    server: Served, chromium: Browser, organizer: Page
) -> None:
    bettor = _register_by(_invite(organizer, "Bettor"), chromium, "Amara Okafor", "amara@example.org")
    expect(bettor).to_have_url(re.compile(f"/t/{SLUG}$"))
    expect(bettor.get_by_test_id("balance")).to_have_text("€0.00")

    cashier = _register_by(_invite(organizer, "Cashier"), chromium, "Casimir", "casimir@example.org")
    expect(cashier).to_have_url(re.compile(f"{DESK}/people$"))
    rooms = cashier.get_by_role("navigation", name="The desk").get_by_role("link")
    expect(rooms).to_have_text(["Bets", "People"])
    member = _open_member(cashier, "AMARA@")
    expect(member.get_by_role("textbox").first).to_be_focused()
    for nothing_for_them in ("Role", "Remove", "Code for a new password"):
        expect(member.get_by_text(nothing_for_them)).to_have_count(0)
    # On one card: who it is, and their money.
    member.get_by_label("Document seen").fill("identity card")
    member.get_by_role("button", name="Verify").click()
    expect(member.get_by_label("Document seen")).to_have_count(0)
    expect(member.get_by_role("button").first).to_contain_text("Verified")

    member.get_by_label("Cash received").fill("68.50")
    member.get_by_role("button", name="Pay in €68.50, wallet then €68.50").click()
    expect(member.get_by_test_id("cash-receipt")).to_contain_text("Paid in €68.50")
    expect(bettor.get_by_test_id("balance")).to_have_text("€68.50")

    member.get_by_label("Pay cash out").check(force=True)
    member.get_by_label("Cash handed out").fill("68.51")
    expect(member.get_by_text("✕ The wallet holds €68.50.")).to_be_visible()
    member.get_by_label("Cash handed out").fill("20")
    keys = _lose_the_first_answer(cashier)
    member.get_by_role("button", name="Pay out €20.00, wallet then €48.50").click()
    expect(member.get_by_role("button", name="Checking…")).to_be_disabled()
    # Somebody loads the page again in the middle of it: it is found again and asked for with the same key.
    cashier.reload()
    member = _open_member(cashier, "amara")
    expect(member.get_by_test_id("cash-receipt")).to_contain_text("The wallet holds €48.50")
    assert len(keys) >= 2
    assert len(set(keys)) == 1
    expect(bettor.get_by_test_id("balance")).to_have_text("€48.50")
    lines = member.get_by_label(re.compile("^Statement of")).get_by_role("listitem")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("−€20.00")

    # The same cashier, no longer one: the desk is closed to them at once.
    organizer.get_by_role("link", name="Members", exact=True).click()
    row = _open_member(organizer, "casimir")
    row.get_by_label("Role").select_option(label="Auditor")
    row.get_by_role("button", name="Change the role…").click()
    dialog = organizer.get_by_role("dialog")
    expect(dialog).to_contain_text("Changes nothing.")
    dialog.get_by_role("button", name="Make Casimir an auditor").click()
    expect(row.get_by_role("button").first).to_contain_text("Auditor")
    cashier.reload()
    expect(rooms).to_have_text(["Bets", "People", "Exports", "Reports", "Feedback"])
    member = _open_member(cashier, "amara")
    expect(member.get_by_label(re.compile("^Statement of"))).to_contain_text("€48.50")
    expect(member.get_by_test_id("cash-form")).to_have_count(0)
    # Amara has money in her wallet: the refusal is said in its own words.
    row = _open_member(organizer, "amara")
    row.get_by_role("button", name="Remove…").click()
    organizer.get_by_role("button", name="Remove from the tournament").click()
    expect(organizer.get_by_role("alert")).to_contain_text("Their wallet still holds money, or owes some.")
    organizer.keyboard.press("Escape")
    _come_back_with_a_code(server, chromium, organizer, row)
    # Amara's old session ended with her old password: the browser says so, and nothing else went wrong.
    assert [line for line in bettor.said if "401" not in line] == []  # type: ignore[attr-defined]
    for someone in (cashier, organizer):
        assert someone.said == []  # type: ignore[attr-defined]
    assert toteboard("audit", site=server.site).returncode == 0


def _come_back_with_a_code(server: Served, chromium: Browser, organizer: Page, row: Any) -> None:
    """The organizer makes a code for who forgot the password; it is typed as one reads it, and opens the wallet."""
    row.get_by_role("button", name="Code for a new password").click()
    code = row.get_by_text(re.compile(r"^[0-9A-Z]{5}-[0-9A-Z]{5}$")).inner_text()
    back = _page(chromium, size=PHONE)
    back.goto(f"{server.url}/sign-in")
    back.get_by_role("link", name="Set a new one").click()
    wait_until_quiet(back)
    assert_fits(back, "a new password")
    assert_accessible(back, "a new password")
    back.get_by_label("Code", exact=True).fill(code.lower().replace("-", " "))
    back.get_by_label("New password").fill("another horse, a new battery")
    back.get_by_role("button", name="Set the password and sign in").click()
    expect(back).not_to_have_url(re.compile("/password"))
    back.goto(f"{server.url}/account")
    expect(back.get_by_label("E-mail")).to_have_value("amara@example.org")
    expect(back.get_by_test_id("session")).to_have_count(1)
    back.get_by_role("textbox", name="Name", exact=True).fill("Amara O.")
    back.get_by_role("button", name="Save", exact=True).click()
    expect(back.get_by_text("Saved.")).to_be_visible()
    assert_fits(back, "one's account")
    assert_accessible(back, "one's account")
    assert back.said == []  # type: ignore[attr-defined]
    back.close()


def _lose_the_first_answer(cashier: Page) -> list[str]:
    """The keys asked with: the first withdrawal arrives and its answer does not; the second does not arrive either."""
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
        if len(keys) <= 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    cashier.route("**/withdrawal", lose)
    return keys


def test_the_ticker_moves_with_every_bet_and_waits_for_who_reads(
    server: Served, chromium: Browser, organizer: Page
) -> None:
    script, outcome, bettor_id = _funded_bettor(server, organizer)
    expect(organizer.get_by_text("Waiting for the first bet.")).to_be_visible()
    script.bet(outcome, 500)
    expect(organizer.get_by_test_id("ticker").get_by_role("listitem")).to_have_count(1)
    # It is there for who comes later, too.
    organizer.reload()
    expect(organizer.get_by_test_id("ticker")).to_contain_text("€5.00")
    organizer.get_by_role("link", name="Bets").click()
    rows = organizer.get_by_test_id("taken-bet")
    expect(rows).to_have_count(1)
    script.bet(outcome, 700)
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("€7.00")
    organizer.get_by_role("button", name="Pause").click()
    script.bet(outcome, 900)
    script.bet(outcome, 1100)
    expect(organizer.get_by_test_id("new-bets")).to_have_text("2 new bets – show")
    expect(rows).to_have_count(2)
    organizer.get_by_test_id("new-bets").click()
    expect(rows).to_have_count(4)
    organizer.get_by_label("Status").select_option("won")
    expect(organizer.get_by_text("No bet like that.")).to_be_visible()
    organizer.get_by_label("Status").select_option("")
    rows.first.get_by_role("link", name="€11.00").click()
    life = organizer.get_by_test_id("bet-life")
    expect(life.get_by_test_id("bet-movement")).to_contain_text("−€11.00")
    expect(life.get_by_test_id("decision").first).to_contain_text("Bet placed")
    wait_until_quiet(organizer)
    assert_fits(organizer, "the life of a bet")
    assert_accessible(organizer, "the life of a bet")
    reference = life.get_by_role("heading").first.inner_text().split()[0]
    organizer.go_back()
    organizer.get_by_label("Find a bet").fill(reference)
    organizer.get_by_role("button", name="Find", exact=True).click()
    expect(life).to_contain_text(reference)
    organizer.go_back()
    rows.first.get_by_role("link", name="beatrice").click()
    expect(organizer).to_have_url(re.compile(f"member={bettor_id}"))
    organizer.get_by_role("link", name="See their bets").click()
    expect(rows).to_have_count(4)
    assert organizer.said == []  # type: ignore[attr-defined]


def _funded_bettor(server: Served, organizer: Page) -> tuple[Script, int, int]:
    """A bettor with money, through the desk's own pages' API; an outcome that is open, and the bettor's id."""
    script = register(server.url, "beatrice")
    wallet = script.ask("POST", f"/api/tournament/{SLUG}/join")
    desk = organizer.request
    csrf = desk.get(f"{server.url}/api/me").json()["csrf_token"]
    headers = {"X-CSRF-Token": csrf, "Origin": server.url}
    board = desk.get(f"{server.url}/api/tournament/{SLUG}/board").json()
    tournament = board["tournament"]["id"]
    answers = [
        desk.post(
            f"{server.url}/api/kyc/desk",
            data={
                "tournament_id": tournament,
                "user_id": wallet["user_id"],
                "document": "identity card",
                "decision": "verified",
            },
            headers=headers,
        ),
        desk.post(
            f"{server.url}/api/wallet/{wallet['id']}/deposit",
            data={"amount": 10_000, "currency": "EUR"},
            headers=headers | {"Idempotency-Key": "01936b7e-0000-7000-8000-000000000001"},
        ),
    ]
    assert [answer.ok for answer in answers] == [True, True], [answer.text() for answer in answers]
    market = next(market for market in board["markets"] if market["status"] == "open")
    return script, market["outcomes"][0]["id"], wallet["user_id"]


def test_an_admin_makes_a_tournament_and_changes_its_settings(server: Served, chromium: Browser) -> None:
    register(server.url, "ada")
    admin = _page(chromium)
    admin.goto(f"{server.url}/sign-in")
    admin.get_by_label("E-mail").fill("ada@example.org")
    admin.get_by_label("Password").fill(PASSWORD)
    admin.get_by_role("button", name="Sign in").click()
    expect(admin).not_to_have_url(re.compile("/sign-in"))
    admin.goto(f"{server.url}/org/new")
    expect(admin.get_by_text("Only an administrator can create tournaments.")).to_be_visible()
    promoted = toteboard("admin", "promote", "--email", "ada@example.org", site=server.site)
    assert promoted.returncode == 0, promoted.stderr
    # The server was told at once, and is by the time the command has ended.
    admin.goto(server.url)
    admin.get_by_role("link", name="New tournament").click()
    admin.get_by_role("textbox", name="Name").fill("Coupe de l'Été")
    expect(admin.get_by_label("Address")).to_have_value("coupe-de-l-ete")
    admin.get_by_label("Currency").select_option("KWD")
    assert_accessible(admin, "a new tournament")
    admin.get_by_role("button", name="Create tournament").click()
    expect(admin).to_have_url(re.compile("/org/t/coupe-de-l-ete$"))
    admin.get_by_role("link", name="Settings").click()
    admin.get_by_label("Subtitle").fill("🏓 on the lake")
    admin.get_by_label("Address").fill("Été")
    expect(admin.get_by_text("Small letters, figures and hyphens only.")).to_be_visible()
    admin.get_by_label("Address").fill(SLUG)
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.get_by_text("Another tournament has the slug")).to_be_visible()
    admin.get_by_label("Address").fill("coupe")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin).to_have_url(re.compile("/org/t/coupe/settings$"))
    expect(admin.get_by_label("Subtitle")).to_have_value("🏓 on the lake")
    admin.get_by_role("button", name="Archive…").click()
    admin.get_by_role("button", name="Archive it for good").click()
    expect(admin.get_by_text("This tournament is archived.")).to_be_visible()
    assert admin.said == []  # type: ignore[attr-defined]


def test_every_room_is_accessible_and_fits_a_phone(server: Served, chromium: Browser, organizer: Page) -> None:
    _register_by(_invite(organizer, "Bettor"), chromium, LONG, "long@example.org").close()
    code = _invite(organizer, "Auditor").rpartition("/")[2]
    views = {
        "bets": f"{DESK}/bets",
        "people": f"{DESK}/people",
        "invitations": f"{DESK}/people?show=invitations",
        "settings": f"{DESK}/settings",
        "an invitation": f"/join/{code}",
        "a code that is none": "/join/AAAAA-AAAAA",
        "the field for a code": "/join",
    }
    organizer.set_viewport_size({"width": 390, "height": 844})
    for where, path in views.items():
        organizer.goto(server.url + path)
        wait_until_quiet(organizer)
        assert_fits(organizer, where)
        assert_accessible(organizer, where)
    organizer.goto(f"{server.url}{DESK}/people")
    _open_member(organizer, "long@")
    wait_until_quiet(organizer)
    assert_fits(organizer, "a member")
    assert_accessible(organizer, "a member")
    organizer.goto(f"{server.url}{DESK}/people?show=invitations")
    organizer.get_by_role("button", name="Create invitation").click()
    expect(organizer.get_by_test_id("fresh-invitation")).to_be_visible()
    assert_fits(organizer, "a fresh code")
    assert_accessible(organizer, "a fresh code")
    stranger = _page(chromium, size=PHONE)
    stranger.goto(f"{server.url}/join/{code}")
    expect(stranger.get_by_test_id("invited")).to_be_visible()
    assert_fits(stranger, "an invitation for a stranger")
    assert_accessible(stranger, "an invitation for a stranger")
