"""Takes the pictures of docs/img: every screen of a sandbox evening, at 1440, 390 and 1920 pixels.

make screenshots
"""

import base64
import random
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, expect

from .browser import browser, page
from .server import Served, served

OUT = Path(__file__).parents[2] / "docs" / "img"
SLUG = "riverside-open-2026"
SIZES = ((1440, 900), (390, 844), (1920, 1080))
QUALITY = 82
# So long the simulated bettors bet before the first picture, that the graph has something to show.
WARM_UP_MS = 60_000
SETTLED_MS = 1200


@dataclass(frozen=True, slots=True)
class Evening:
    """A sandbox with everybody signed in who looks at something."""

    server: Served
    people: dict[str, Page]
    bets: list[dict[str, Any]]

    def ask(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """The API, asked by somebody's browser."""
        someone = self.people[who]
        headers = {"Origin": self.server.url}
        if method != "GET":
            me = someone.request.get(f"{self.server.url}/api/me").json()
            headers["X-CSRF-Token"] = me["csrf_token"]
        answer = someone.request.fetch(f"{self.server.url}{path}", method=method, data=body, headers=headers)
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json() if answer.status != 204 else None


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="toteboard-"))
    folder.chmod(0o755)
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.webp"):
        old.unlink()
    try:
        with served(folder / "data", "--rate", "6", command="sandbox") as server, browser() as chromium:
            evening = _evening(server, chromium)
            for name, who, path, prepare in _views(evening):
                _take(evening, name, who, path, prepare)
            _take_light(evening)
            _take_slip_states(evening)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    taken = sorted(OUT.glob("*.webp"))
    print(f"{len(taken)} pictures, {sum(one.stat().st_size for one in taken) // 1000} kB, in {OUT}")  # noqa: T201


# The evening ------------------------------------------------------------------------------------------------------------


def _evening(server: Served, chromium: Browser) -> Evening:
    people = {who: page(chromium) for who in ("spectator", "bettor", "organizer", "auditor", "admin")}
    for who, someone in people.items():
        someone.emulate_media(color_scheme="dark")
        if who != "spectator":
            entered = someone.request.post(
                f"{server.url}/api/sandbox/sign-in", data={"as": who}, headers={"Origin": server.url}
            )
            assert entered.ok, entered.text()
    evening = Evening(server, people, [])
    people["spectator"].goto(f"{server.url}/t/{SLUG}")
    people["spectator"].wait_for_timeout(WARM_UP_MS)
    _bet_and_settle(evening)
    return evening


def _bet_and_settle(evening: Evening) -> None:
    """The bettor wins one bet, loses one, and waits for two."""
    board = evening.ask("spectator", "GET", f"/api/tournament/{SLUG}/board")
    fixed = [market for market in board["markets"] if market["kind"] == "fixed" and market["status"] == "open"]
    open_ = [market for market in board["markets"] if market["status"] == "open" and market not in fixed[-1:]]
    over = fixed[-1]
    picks = [*over["outcomes"][:2], *(market["outcomes"][0] for market in open_[-2:])]
    for outcome, stake in zip(picks, (20_00, 5_00, 10_00, 25_00), strict=True):
        key = f"0190000{random.randrange(10)}-0000-7000-8000-{random.randrange(10**12):012}"
        me = evening.people["bettor"].request.get(f"{evening.server.url}/api/me").json()
        placed = evening.people["bettor"].request.post(
            f"{evening.server.url}/api/bet",
            data={"outcome_id": outcome["id"], "stake": stake, "currency": "EUR"},
            headers={"Origin": evening.server.url, "X-CSRF-Token": me["csrf_token"], "Idempotency-Key": key},
        )
        assert placed.ok, placed.text()
        evening.bets.append(placed.json())
    market = f"/api/market/{over['id']}"
    evening.ask("organizer", "POST", f"{market}/close")
    evening.ask("organizer", "POST", f"{market}/result", {"winners": [over["outcomes"][0]["id"]]})
    evening.ask("organizer", "POST", f"{market}/settle", {})
    evening.people["spectator"].wait_for_timeout(SETTLED_MS)


# The pictures -----------------------------------------------------------------------------------------------------------

Prepare = Callable[[Page], None]
View = tuple[str, str, str, Prepare | None]


def _views(evening: Evening) -> list[View]:
    invitation = evening.ask(
        "organizer", "POST", f"/api/tournament/{SLUG}/invitation", {"role": "bettor", "uses": 50, "days": 7}
    )
    won = evening.bets[0]["id"]
    return [
        ("home", "spectator", "/", None),
        ("sign-in", "spectator", "/sign-in", None),
        ("register", "spectator", "/register", None),
        ("join", "spectator", f"/join/{invitation['code']}", None),
        ("board", "spectator", f"/t/{SLUG}", None),
        ("cockpit", "bettor", f"/t/{SLUG}", _pick),
        ("tote", "spectator", f"/t/{SLUG}/tote", None),
        ("bets", "bettor", "/bets", None),
        ("receipt", "bettor", f"/bets/{won}", None),
        ("wallet", "bettor", "/wallet", None),
        ("limits", "bettor", "/limits", None),
        ("verify", "bettor", "/verify", None),
        ("desk-markets", "organizer", f"/org/t/{SLUG}", None),
        ("desk-bets", "organizer", f"/org/t/{SLUG}/bets", None),
        ("desk-people", "organizer", f"/org/t/{SLUG}/people", None),
        ("desk-settings", "organizer", f"/org/t/{SLUG}/settings", None),
        ("desk-new", "admin", "/org/new", None),
        ("audit", "auditor", "/audit", None),
        ("ops", "admin", "/ops", None),
    ]


def _pick(someone: Page) -> None:
    """An outcome with 25 on it, in the first market that is open."""
    open_ = someone.locator('section[data-market][data-status="open"]')
    open_.nth(min(1, open_.count() - 1)).get_by_test_id("outcome").first.click()
    someone.get_by_label("Stake", exact=True).fill("25")


def _take(evening: Evening, name: str, who: str, path: str, prepare: Prepare | None) -> None:
    someone = evening.people[who]
    for width, height in SIZES:
        someone.set_viewport_size({"width": width, "height": height})
        someone.goto(evening.server.url + path)
        someone.wait_for_load_state("networkidle")
        if prepare:
            prepare(someone)
        _shoot(someone, f"{name}-{width}")


def _take_light(evening: Evening) -> None:
    someone = evening.people["bettor"]
    someone.emulate_media(color_scheme="light")
    someone.set_viewport_size({"width": 1440, "height": 900})
    someone.goto(f"{evening.server.url}/t/{SLUG}")
    _pick(someone)
    _shoot(someone, "cockpit-light-1440")
    someone.emulate_media(color_scheme="dark")


def _take_slip_states(evening: Evening) -> None:
    """The slip alone, in the states that need something to go wrong."""
    someone = evening.people["bettor"]
    address = f"{evening.server.url}/t/{SLUG}"

    def fresh() -> None:
        someone.goto(address)
        _pick(someone)

    def shoot(state: str) -> None:
        slip = someone.get_by_test_id("slip")
        expect(slip).to_have_attribute("data-state", state)
        _shoot(someone, f"slip-{state}", slip.bounding_box())

    fresh()
    shoot("priced")
    someone.get_by_label("Stake", exact=True).fill("100")
    someone.get_by_test_id("place-bet").click()
    shoot("check")

    held: list[Route] = []
    fresh()
    someone.route("**/api/bet", lambda route: held.append(route))
    someone.get_by_test_id("place-bet").click()
    shoot("submitting")
    held[0].abort("connectionreset")
    shoot("unknown")
    someone.unroute("**/api/bet")

    fresh()
    refusal = {"code": "OWN_LIMIT", "title": "Your own limit does not allow it", "status": 409, "left": 18_00}
    someone.route("**/api/bet", lambda route: route.fulfill(status=409, json=refusal))
    someone.get_by_test_id("place-bet").click()
    shoot("refused")
    someone.unroute("**/api/bet")

    fresh()
    someone.context.set_offline(True)
    shoot("offline")
    someone.context.set_offline(False)

    fresh()
    someone.get_by_test_id("place-bet").click()
    shoot("confirmed")


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
