"""Takes the pictures of docs/img: every view of a sandbox evening, at 1440, 390 and 1920 pixels, and the slip's states.

make screenshots
"""

import base64
import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, expect

from .answers import Answers
from .browser import browser, page
from .scenarios import BOSS, ServerScenario, add_admin, sign_in
from .server import Script, Site, served
from .views import SLUG, Evening, evening_of, open_view, views_of

OUT = Path(__file__).parents[2] / "docs" / "img"
SIZES = ((1440, 900), (390, 844), (1920, 1080))
QUALITY = 82
# The simulated bettors bet for so long before the first picture, that the graph has something to show.
WARM_UP_MS = 60_000
SETTLED_MS = 1200


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="toteboard-"))
    folder.chmod(0o755)
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.webp"):
        old.unlink()
    try:
        with served(Site(folder / "data"), "--rate", "6", command="sandbox") as server, browser() as chromium:
            evening = evening_of(server, chromium, warm_up_ms=WARM_UP_MS)
            for view in views_of(evening):
                for width, height in SIZES:
                    evening.people[view.who].set_viewport_size({"width": width, "height": height})
                    _shoot(open_view(evening, view), f"{view.name}-{width}")
            _take_light(evening)
            _take_slip_states(evening)
            _take_sandbox(Site(folder / "sandbox"), chromium)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    taken = sorted(OUT.glob("*.webp"))
    print(f"{len(taken)} pictures, {sum(one.stat().st_size for one in taken) // 1000} kB, in {OUT}")  # noqa: T201


def _take_sandbox(site: Site, chromium: Browser) -> None:
    """A trial at its settings, under the banner."""
    with served(site, "--sandbox") as server:
        scenario = ServerScenario(server, Script(server.url, add_admin(site)))
        trial = scenario.tournament("Friday trial", "PTS", kyc_provider="none", starting_points=1000)
        scenario.boss.ask("PATCH", f"/api/tournament/{trial['id']}", json={"simulated_per_min": 60})
        organizer = page(chromium)
        organizer.emulate_media(color_scheme="dark")
        sign_in(organizer, server.url, BOSS)
        organizer.goto(f"{server.url}/org/t/{trial['slug']}/settings")
        organizer.get_by_role("heading", name="Sandbox").scroll_into_view_if_needed()
        _shoot(organizer, "sandbox-1440")


def _take_light(evening: Evening) -> None:
    bettor = evening.people["bettor"]
    bettor.emulate_media(color_scheme="light")
    _fresh_slip(evening)
    _shoot(bettor, "cockpit-light-1440")
    bettor.emulate_media(color_scheme="dark")


def _fresh_slip(evening: Evening) -> None:
    """The bettor's board with €25 on the first outcome that can be bet on."""
    bettor = evening.people["bettor"]
    bettor.set_viewport_size({"width": 1440, "height": 900})
    bettor.goto(f"{evening.server.url}/t/{SLUG}")
    bettor.locator('button[data-testid="outcome"]').nth(2).click()
    bettor.get_by_label("Stake", exact=True).fill("25")


def _take_slip_states(evening: Evening) -> None:
    """The slip alone, in the states that need something to go wrong."""
    bettor = evening.people["bettor"]
    place = bettor.get_by_test_id("place-bet")

    def shoot(state: str) -> None:
        slip = bettor.get_by_test_id("slip")
        expect(slip).to_have_attribute("data-state", state)
        _shoot(bettor, f"slip-{state}", slip.bounding_box())

    _fresh_slip(evening)
    shoot("priced")
    bettor.get_by_label("Stake", exact=True).fill("100")
    place.click()
    shoot("check")

    held: list[Route] = []
    _fresh_slip(evening)
    bets = Answers(bettor, "**/api/bet")
    bets.told = held.append
    place.click()
    shoot("submitting")
    held[0].abort("connectionreset")
    shoot("unknown")
    bets.told = None
    expect(bettor.get_by_test_id("slip")).to_have_attribute("data-state", "refused")

    _fresh_slip(evening)
    bettor.context.set_offline(True)
    shoot("offline")
    bettor.context.set_offline(False)

    _fresh_slip(evening)
    bettor.get_by_label("Stake", exact=True).fill("10")
    place.click()
    shoot("confirmed")

    # Last, since a limit is lifted after a day only.
    _fresh_slip(evening)
    limit = {"tournament_id": _tournament(evening), "kind": "stake", "period": "day"}
    evening.ask("bettor", "PUT", "/api/limit", limit | {"amount": 78_00})
    place.click()
    shoot("refused")


def _tournament(evening: Evening) -> int:
    return int(evening.ask("spectator", "GET", f"/api/tournament/{SLUG}")["id"])


def _shoot(someone: Page, name: str, box: Any = None) -> None:
    someone.wait_for_timeout(SETTLED_MS)
    session = someone.context.new_cdp_session(someone)
    asked: dict[str, Any] = {"format": "webp", "quality": QUALITY}
    if box:
        asked["clip"] = {**box, "scale": 1}
    picture = session.send("Page.captureScreenshot", asked)
    (OUT / f"{name}.webp").write_bytes(base64.b64decode(picture["data"]))
    session.detach()


if __name__ == "__main__":
    main()
