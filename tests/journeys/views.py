"""Every address of the pages, with who looks at it, on a sandbox evening where something has happened."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from playwright.sync_api import Browser, FilePayload, Page, expect

from .browser import page, wait_until_quiet
from .server import Served

SLUG = "riverside-open-2026"
PEOPLE = ("spectator", "bettor", "organizer", "auditor", "admin")
# A settlement of two bets is paid by then.
PAID_MS = 1200
SHEET = """Round;Date;Time;Player 1;Player 2;Table
Semi-final;2030-11-28;18:00;Mara Lindqvist;Priya Raman;1
Semi-final;2030-11-28;18:40;Amara Okafor;Noor Haddad;2
Final;2030-11-28;20:00;W1;W2;1
"""


@dataclass(frozen=True, slots=True)
class Evening:
    """A sandbox, and the browsers of those who look at it."""

    server: Served
    people: dict[str, Page]

    def ask(self, who: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The API, asked from somebody's browser."""
        someone = self.people[who]
        if method != "GET":
            me = someone.request.get(f"{self.server.url}/api/me").json()
            headers |= {"Origin": self.server.url, "X-CSRF-Token": me["csrf_token"]}
        answer = someone.request.fetch(f"{self.server.url}{path}", method=method, data=body, headers=headers)
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json()


class View(NamedTuple):
    """`route` is its pattern in web/src/app/router.tsx."""

    name: str
    who: str
    route: str
    path: str
    # What is done there before it is looked at.
    then: Callable[[Page], None] = lambda _: None


def evening_of(server: Served, chromium: Browser, *, warm_up_ms: int) -> Evening:
    """Everybody signed in. The simulated bettors bet for a while, then the bettor wins one, loses one, waits for two."""
    people = {who: page(chromium) for who in PEOPLE}
    for who, someone in people.items():
        someone.emulate_media(color_scheme="dark")
        if who != "spectator":
            url, headers = f"{server.url}/api/sandbox/sign-in", {"Origin": server.url}
            entered = someone.request.post(url, data={"as": who}, headers=headers)
            assert entered.ok, entered.text()
    people["spectator"].wait_for_timeout(warm_up_ms)
    return Evening(server, people)


def _unfold_somebody(someone: Page) -> None:
    someone.get_by_test_id("person").nth(1).get_by_role("button").first.click()


def bets_of(evening: Evening) -> list[dict[str, Any]]:
    """The bettor's bets: one that won, one that lost, two that wait."""
    board = evening.ask("spectator", "GET", f"/api/tournament/{SLUG}/board")
    open_ = [market for market in board["markets"] if market["status"] == "open"]
    over = next(market for market in reversed(open_) if market["kind"] == "fixed")
    others = [market for market in open_ if market is not over][-2:]
    picks = [*over["outcomes"][:2], *(market["outcomes"][0] for market in others)]
    placed = [
        evening.ask(
            "bettor",
            "POST",
            "/api/bet",
            {"outcome_id": outcome["id"], "stake": stake, "currency": "EUR"},
            **{"Idempotency-Key": f"01900000-0000-7000-8000-{random.randrange(10**12):012}"},
        )
        for outcome, stake in zip(picks, (20_00, 5_00, 10_00, 25_00), strict=True)
    ]
    market = f"/api/market/{over['id']}"
    evening.ask("organizer", "POST", f"{market}/close")
    evening.ask("organizer", "POST", f"{market}/result", {"winners": [over["outcomes"][0]["id"]]})
    evening.ask("organizer", "POST", f"{market}/settle", {})
    evening.people["spectator"].wait_for_timeout(PAID_MS)
    return placed


def views_of(evening: Evening) -> list[View]:
    """Every view there is."""
    won, *_, waiting = bets_of(evening)
    asked = {"role": "bettor", "uses": 50, "days": 7}
    code = evening.ask("organizer", "POST", f"/api/tournament/{SLUG}/invitation", asked)["code"]
    _say_something(evening)
    board, desk = f"/t/{SLUG}", f"/org/t/{SLUG}"
    return [
        View("home", "spectator", "/", "/"),
        View("sign-in", "spectator", "/sign-in", "/sign-in"),
        View("register", "spectator", "/register", "/register"),
        View("password", "spectator", "/password", "/password"),
        View("join", "spectator", "/join", "/join"),
        View("invitation", "spectator", "/join/$code", f"/join/{code}"),
        View("board", "spectator", "/t/$slug", board),
        View("cockpit", "bettor", "/t/$slug/m/$match", f"{board}/m/{waiting['match_id']}?pick=2&stake=25"),
        View("tote", "spectator", "/t/$slug/tote", f"{board}/tote"),
        View("bets", "bettor", "/bets", "/bets"),
        View("receipt", "bettor", "/bets/$id", f"/bets/{won['id']}"),
        View("wallet", "bettor", "/wallet", "/wallet"),
        View("account", "bettor", "/account", "/account"),
        View("limits", "bettor", "/limits", "/limits"),
        View("verify", "bettor", "/verify", "/verify"),
        View("desk-markets", "organizer", "/org/t/$slug", desk),
        View("desk-bets", "organizer", "/org/t/$slug/bets", f"{desk}/bets"),
        View("desk-people", "organizer", "/org/t/$slug/people", f"{desk}/people"),
        View("desk-import", "organizer", "/org/t/$slug/import", f"{desk}/import", _choose_a_sheet),
        View("desk-exports", "organizer", "/org/t/$slug/exports", f"{desk}/exports"),
        View("desk-reports", "organizer", "/org/t/$slug/reports", f"{desk}/reports"),
        View("desk-feedback", "organizer", "/org/t/$slug/feedback", f"{desk}/feedback"),
        View("desk-settings", "organizer", "/org/t/$slug/settings", f"{desk}/settings"),
        View("desk-new", "admin", "/org/new", "/org/new"),
        View("audit", "auditor", "/audit", "/audit"),
        View("ops", "admin", "/ops", "/ops"),
        View("accounts", "admin", "/ops/accounts", "/ops/accounts", then=_unfold_somebody),
    ]


def _say_something(evening: Evening) -> None:
    """The bettor says what they think of a page, where a bet was just refused."""
    failed = {
        "at": "2026-11-28T19:02:11Z",
        "code": "ODDS_MOVED",
        "status": 409,
        "title": "The odds are now below your minimum",
    }
    said = {
        "text": "The odds moved while I typed my stake, three times.\nCould the slip hold them for a moment?",
        "tournament_id": evening.ask("spectator", "GET", f"/api/tournament/{SLUG}")["id"],
        "screen": f"/t/{SLUG}",
        "state": {
            "failed": [failed],
            "width": 390,
            "height": 844,
            "language": "en-GB",
            "theme": "dark",
            "odds": "decimal",
        },
        "may_ask": True,
    }
    evening.ask("bettor", "POST", "/api/feedback", said)


def open_view(evening: Evening, view: View) -> Page:
    """Somebody at that address, with everything there that comes by itself."""
    someone = evening.people[view.who]
    someone.goto(evening.server.url + view.path)
    wait_until_quiet(someone)
    view.then(someone)
    return someone


def _choose_a_sheet(organizer: Page) -> None:
    file = FilePayload(name="semi-finals.csv", mimeType="text/csv", buffer=SHEET.encode())
    organizer.get_by_label("File to import").set_input_files(file)
    # Besides those that an earlier file had and this one has not.
    expect(organizer.locator("[data-testid=import-match][data-status=new]")).to_have_count(3)
