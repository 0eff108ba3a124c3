"""The wall hangs for days: whatever happens on the board, what it keeps does not grow.

`TOTEBOARD_WALL_UPDATES=200000` is the long form: five hours and a half at ten updates a second.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession

from .browser import WALL, page
from .scenarios import ServerScenario

UPDATES = int(os.environ.get("TOTEBOARD_WALL_UPDATES", "3000"))
# Measured over 160,000 updates: the heap grows by 0.6 MB in the first 20,000, as code is compiled, then stands still.
WARM_UP = max(1500, UPDATES // 10)
MEASURES = ("JSHeapUsedSize", "Nodes", "JSEventListeners", "Documents")
# Code that was compiled meanwhile, and buffers that breathe; a kept update is 1 kB, a kept scene 100 nodes.
HEAP_MAX = 1_000_000
NODES_MAX = 150
LISTENERS_MAX = 5


def measured(devtools: CDPSession) -> dict[str, float]:
    """What is left after everything that can go has gone."""
    for _ in range(3):
        devtools.send("HeapProfiler.collectGarbage")
    found = devtools.send("Performance.getMetrics")["metrics"]
    return {row["name"]: row["value"] for row in found if row["name"] in MEASURES}


@pytest.mark.timeout(180 + UPDATES / 50)
def test_what_a_wall_keeps_does_not_grow_with_what_it_has_seen(scenario: ServerScenario, chromium: Browser) -> None:
    wall = page(chromium, size=WALL)
    wall.set_default_timeout(0)
    wall.add_init_script(path=Path(__file__).parent / "flood.js")
    wall.goto(f"{scenario.url}/t/flood/tote")
    devtools = wall.context.new_cdp_session(wall)
    devtools.send("Performance.enable")
    devtools.send("HeapProfiler.enable")
    wall.evaluate("flood.run", WARM_UP)
    before = measured(devtools)
    wall.evaluate("flood.run", UPDATES)
    after = measured(devtools)
    grown = {name: after[name] - before[name] for name in MEASURES}
    figures = f"{before} before, {after} after {UPDATES} updates"
    assert wall.evaluate("flood.sent") == WARM_UP + UPDATES
    assert wall.evaluate("flood.breaks") >= 3
    assert wall.get_by_test_id("odds").count() >= 8, "the wall is not showing the board"
    assert grown["JSHeapUsedSize"] < HEAP_MAX, figures
    assert abs(grown["Nodes"]) < NODES_MAX, figures
    assert abs(grown["JSEventListeners"]) < LISTENERS_MAX, figures
    assert wall.said == []  # type: ignore[attr-defined]
    print(figures)  # noqa: T201 for who runs the long form with -s
