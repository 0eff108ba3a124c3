"""Every view there is, as those who have it see it: nothing for axe to say, nothing over its edge, nothing in the console."""

import re
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage

from .axe import assert_accessible
from .fit import assert_fits
from .server import Site, served
from .views import evening_of, open_view, views_of

ROUTER = Path(__file__).parents[2] / "web" / "src" / "app" / "router.tsx"
WARM_UP_MS = 3000
NARROW = (390, 320)
# Charts measure themselves again after a change of size.
REDRAWN_MS = 80
# Asked by whoever is not signed in, and answered so.
ORDINARY = re.compile(r"status of 401")


def _routes() -> set[str]:
    """The addresses in the router's file: a route's path behind its parent's."""
    text = ROUTER.read_text(encoding="utf-8")
    found = re.findall(r"const (\w+) = createRoute\(\{\s*getParentRoute: \(\) => (\w+),\s*path: '([^']*)'", text)
    found += [(name, "desk", path) for name, path in re.findall(r"const (\w+) = deskRoom\('([^']*)'", text)]
    paths = {name: path for name, _, path in found}
    parents = {name: parent for name, parent, _ in found}

    def whole(name: str) -> str:
        above = whole(parents[name]) if parents.get(name) in paths else ""
        return f"{above}/{paths[name].strip('/')}".rstrip("/") or "/"

    return {whole(name) for name in paths}


def test_every_view_is_accessible_and_keeps_to_its_screen(empty_site: Site, chromium: Browser) -> None:
    with served(empty_site, "--rate", "4", command="sandbox") as server:
        evening = evening_of(server, chromium, warm_up_ms=WARM_UP_MS)
        complaints: list[str] = []

        def note(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning") and not ORDINARY.search(message.text):
                complaints.append(message.text)

        for someone in evening.people.values():
            someone.on("console", note)
        views = views_of(evening)
        assert {view.route for view in views} == _routes()
        for view in views:
            someone = open_view(evening, view)
            assert someone.get_by_role("heading", level=1).count() == 1, f"{view.name} has one heading of level 1"
            assert_accessible(someone, view.name)
            for width in NARROW:
                someone.set_viewport_size({"width": width, "height": 800})
                someone.wait_for_timeout(REDRAWN_MS)
                assert_fits(someone, f"{view.name} at {width}")
            someone.set_viewport_size({"width": 1440, "height": 900})
        assert complaints == []
        for who, someone in evening.people.items():
            assert someone.said == [], who  # type: ignore[attr-defined]
