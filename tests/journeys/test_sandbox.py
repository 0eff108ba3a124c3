"""A sandbox for people one trusts, as `toteboard serve --sandbox` runs it: invited, with points, asked what they think."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from .alerting import Received, receiver
from .browser import PHONE, page
from .conftest import WithAdmin
from .scenarios import BOSS, ServerScenario, sign_in
from .server import PASSWORD, Script, Site, served, signed_in, toteboard

WAIT_S = 30


@pytest.fixture(scope="module")
def slack() -> Iterator[Received]:
    with receiver() as received:
        yield received


@pytest.fixture(scope="module")
def sandbox(site: Site, with_admin: WithAdmin, slack: Received) -> Iterator[ServerScenario]:
    hook = f"http://127.0.0.1:{slack.server_port}/slack"
    with served(site, "--sandbox", TOTEBOARD_FEEDBACK_SLACK_URL=hook) as server:
        yield ServerScenario(server, Script(server.url, with_admin.token))


def until(reached: Callable[[], bool]) -> None:
    ended = time.monotonic() + WAIT_S
    while not reached():
        assert time.monotonic() < ended, "it did not come to that"
        time.sleep(0.2)


def trial(sandbox: ServerScenario, name: str) -> str:
    """A tournament for points with two open markets; its slug."""
    made = sandbox.tournament(name, "PTS", kyc_provider="none", starting_points=1000)
    closes_at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for match in ("Ada v Bo", "Cleo v Dan"):
        sandbox.market(made, match, match.split(" v "), closes_at=closes_at)
    return str(made["slug"])


def invited(sandbox: ServerScenario, slug: str, someone: Page, name: str, role: str = "bettor") -> None:
    """Somebody who follows the link of an invitation, and registers."""
    asked = {"role": role, "uses": 1, "days": 1}
    code = sandbox.boss.ask("POST", f"/api/tournament/{slug}/invitation", json=asked)["code"]
    someone.goto(f"{sandbox.url}/join/{code}")
    someone.get_by_role("textbox", name="Name").fill(name)
    someone.get_by_role("textbox", name="E-mail").fill(f"{name.lower()}@example.org")
    someone.get_by_label("Password").fill(PASSWORD)
    someone.get_by_role("button", name="Register and join").click()
    someone.wait_for_url(f"**/t/{slug}")


def organizer(sandbox: ServerScenario, chromium: Browser) -> Page:
    """The admin at the desk."""
    someone = page(chromium)
    sign_in(someone, sandbox.url, BOSS)
    return someone


def test_every_screen_says_that_it_is_a_sandbox_and_accounts_are_by_invitation(
    sandbox: ServerScenario, chromium: Browser
) -> None:
    slug = trial(sandbox, "Banner")
    someone = page(chromium)
    for path in ("/", "/sign-in", f"/t/{slug}", f"/t/{slug}/tote", "/join", "/no/such/page"):
        someone.goto(sandbox.url + path)
        banner = someone.get_by_role("note", name="Sandbox")
        expect(banner).to_contain_text("points only, no money")
        # Nothing of the page stands above it, the wall neither.
        top = "([x, y]) => Boolean(document.elementFromPoint(x, y).closest('#sandbox'))"
        assert someone.evaluate(top, [200, 10]), path
        # And it stays where one has scrolled.
        someone.evaluate("() => { document.body.style.minHeight = '4000px'; scrollTo(0, 2000) }")
        assert someone.evaluate(top, [200, 10]), path
    someone.goto(f"{sandbox.url}/register")
    expect(someone.get_by_text("Accounts here are by invitation.")).to_be_visible()
    expect(someone.get_by_role("button", name="Register", exact=True)).to_have_count(0)


def test_simulated_bettors_bet_at_the_rate_of_the_desk_and_stop(sandbox: ServerScenario, chromium: Browser) -> None:
    slug = trial(sandbox, "Simulated")
    desk = organizer(sandbox, chromium)
    desk.goto(f"{sandbox.url}/org/t/{slug}/settings")
    desk.get_by_label("Simulated bets a minute").fill("600")
    desk.get_by_role("button", name="Save the rate").click()
    expect(desk.get_by_text("Saved.")).to_be_visible()

    def bets() -> int:
        return int(sandbox.boss.ask("GET", f"/api/tournament/{slug}")["bets"])

    until(lambda: bets() >= 20)
    desk.get_by_label("Simulated bets a minute").fill("0")
    desk.get_by_role("button", name="Save the rate").click()
    expect(desk.get_by_text("Saved.")).to_be_visible()
    # Looked at every two seconds; what is under way comes in.
    time.sleep(5)
    stopped = bets()
    time.sleep(2)
    assert bets() == stopped


def test_what_somebody_says_reaches_the_desk_with_a_picture_and_slack_and_is_answered(
    sandbox: ServerScenario, chromium: Browser, slack: Received
) -> None:
    slug = trial(sandbox, "Said")
    someone = page(chromium, size=PHONE)
    wrong: list[str] = []
    someone.on("pageerror", lambda error: wrong.append(str(error)))
    someone.on("console", lambda line: wrong.append(line.text) if "Security Policy" in line.text else None)
    someone.emulate_media(color_scheme="light")
    invited(sandbox, slug, someone, "Gita")
    # Something is refused first.
    someone.evaluate("() => fetch('/api/audit')")
    someone.get_by_role("note", name="Sandbox").get_by_role("button", name="Feedback").click()
    dialog = someone.get_by_role("dialog", name="What do you think?")
    dialog.get_by_label("What happened").fill("The odds are too small.\nWhere is the wall?")
    dialog.get_by_label("Add a picture").check()
    expect(dialog.get_by_role("img", name="This page")).to_be_visible(timeout=20_000)
    size = "async (image) => { await image.decode(); return [image.naturalWidth, image.naturalHeight] }"
    assert dialog.get_by_role("img").evaluate(size) == [390, 844]
    # The page's own colour stands behind it, at its edges too: nothing is shifted.
    pixels = """(image) => {
      const canvas = document.createElement('canvas')
      ;[canvas.width, canvas.height] = [390, 844]
      const drawn = canvas.getContext('2d')
      drawn.drawImage(image, 0, 0)
      return [[3, 120], [386, 120], [3, 840]].map(([x, y]) => drawn.getImageData(x, y, 1, 1).data[0])
    }"""
    assert min(dialog.get_by_role("img").evaluate(pixels)) > 200
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_text("Sent. Thank you.")).to_be_visible()
    assert wrong == []
    told = slack.until(lambda body: "Gita says in Said" in body["text"], 10)
    assert told["blocks"][1]["text"]["text"] == "The odds are too small.\nWhere is the wall?"

    desk = organizer(sandbox, chromium)
    desk.goto(f"{sandbox.url}/org/t/{slug}/feedback")
    expect(desk.get_by_text("Where is the wall?")).to_be_visible()
    expect(desk.get_by_text("390 × 844")).to_be_visible()
    desk.get_by_role("button", name="Show the picture").click()
    assert desk.get_by_role("img", name="The page as they saw it").evaluate(size) == [390, 844]
    desk.get_by_label("Answer").fill("In hall 2.")
    desk.get_by_role("button", name="Answer", exact=True).click()
    expect(desk.get_by_text("In hall 2.").first).to_be_visible()
    desk.get_by_role("button", name="Close", exact=True).click()
    expect(desk.get_by_text("Nobody said anything, or all of it is closed.")).to_be_visible()

    someone.goto(f"{sandbox.url}/bets")
    someone.get_by_label("Menu").click()
    someone.get_by_role("button", name="Feedback").last.click()
    expect(someone.get_by_text("In hall 2.")).to_be_visible()


def test_it_starts_anew_under_the_same_address_and_is_thrown_away(sandbox: ServerScenario, chromium: Browser) -> None:
    slug = trial(sandbox, "Anew")
    someone = page(chromium)
    invited(sandbox, slug, someone, "Hugo")
    first = sandbox.boss.ask("GET", f"/api/tournament/{slug}")
    desk = organizer(sandbox, chromium)
    desk.goto(f"{sandbox.url}/org/t/{slug}/settings")
    desk.get_by_role("button", name="Start anew…").click()
    desk.get_by_role("button", name="Start anew", exact=True).click()
    until(lambda: sandbox.boss.ask("GET", f"/api/tournament/{slug}")["id"] != first["id"])
    until(lambda: bool(sandbox.boss.ask("GET", f"/api/tournament/{first['id']}")["archived"]))
    someone.goto(f"{sandbox.url}/t/{slug}")
    expect(someone.get_by_text("PTS 1,000").first).to_be_visible()
    # At the desk of the new one.
    desk.wait_for_url(f"**/org/t/{slug}")
    expect(desk.get_by_text("2 markets opened")).to_be_visible()
    desk.goto(f"{sandbox.url}/org/t/{slug}/settings")
    desk.get_by_role("button", name="Throw it away…").click()
    desk.get_by_role("button", name="Throw it away", exact=True).click()
    desk.wait_for_url(f"{sandbox.url}/")
    until(lambda: bool(sandbox.boss.ask("GET", f"/api/tournament/{slug}")["archived"]))


def test_what_was_tried_becomes_real_and_where_money_is_played_for_there_is_no_sandbox(
    site: Site, sandbox: ServerScenario
) -> None:
    slug = trial(sandbox, "Real")
    sandbox.server.stop()
    with served(site) as server:
        boss = signed_in(server.url, BOSS)
        assert 'id="sandbox"' not in boss.get("/").text
        asked = {"name": "Real, for money", "currency": "EUR"}
        made = boss.ask("POST", f"/api/tournament/{slug}/copy", json=asked)
        assert (made["tournament"]["currency"], made["tournament"]["bets"], made["markets"]) == ("EUR", 0, 2)
    done = toteboard("serve", "--sandbox", "--port", "0", site=site)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == (
        "toteboard: 'Real, for money' is played for money here: a sandbox has a database (--data) of its own"
    )
