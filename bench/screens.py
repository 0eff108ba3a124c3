"""What the screens cost a browser: the first board on a 4G profile, and frames with 200 outcomes changing at 10 Hz.

    python -m bench.screens [--seconds 20] [--profile FILE]

The real server on an embedded database, a real Chromium, and this process, which commits a batch that moves every
outcome ten times a second. `--profile` keeps a CPU profile of the page, to be opened in the browser's own tools.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
from playwright.async_api import Browser, CDPSession, Page, async_playwright

from bench import http
from bench.fanout import HZ, written
from toteboard.embedded.postgres import EmbeddedPostgres
from toteboard.ledger.ledger import Actor, Ledger
from toteboard.ledger.migrate import migrate

SLUG = "screens"
MARKETS, SIDES = 67, 3
WIDTH, HEIGHT = 1440, 900
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SETTLE_S = 3
FIRST_BOARDS = 5
# The "4G" of WebPageTest: 9 Mbit/s both ways, 170 ms there and back; the browser adds it to every request.
G4 = {"offline": False, "latency": 170, "downloadThroughput": 9e6 / 8, "uploadThroughput": 9e6 / 8}
FRAME_MS = 1000 / 60

SEED = """
WITH tournament AS (
    INSERT INTO tournaments (slug, name, currency) VALUES ($1, 'Screens', 'EUR') RETURNING id
), match AS (
    INSERT INTO matches (tournament_id, name, round)
    SELECT id, 'Match ' || n, 'Round ' || (1 + n / 23) FROM tournament, generate_series(1, $2) n RETURNING id, tournament_id
), market AS (
    INSERT INTO markets (tournament_id, match_id, name, kind, status, closes_at)
    SELECT tournament_id, id, 'Match winner', 'pool', 'open', now() + interval '2 hours' FROM match
    RETURNING id, tournament_id
)
INSERT INTO outcomes (tournament_id, market_id, name, lane_no)
SELECT tournament_id, id, 'Outcome ' || n, n FROM market, generate_series(1, $3) n RETURNING id, tournament_id
"""

# Runs before the page's own scripts: when the first odds stand on the screen, and how long frames take.
WATCH = """
const seen = () => {
  const odds = document.querySelector('[data-testid="odds"]')
  if (odds && odds.textContent) requestAnimationFrame(() => { window.firstBoard = performance.now() })
  else requestAnimationFrame(seen)
}
requestAnimationFrame(seen)
"""
FRAMES = """
(ms) => new Promise((resolve) => {
  const deltas = []
  let before = 0
  const end = performance.now() + ms
  const frame = (at) => {
    if (before) deltas.push(at - before)
    before = at
    if (at < end) requestAnimationFrame(frame)
    else resolve(deltas)
  }
  requestAnimationFrame(frame)
})
"""
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
COSTS = ("ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "TaskDuration")


async def measure(dsn: str, *, seconds: float, profile: Path | None = None) -> dict[str, Any]:
    """The figures of both, with the same page at rest and an empty page beside them: what the machine does alone."""
    tournament_id, outcomes = await _seed(dsn)
    url = f"http://127.0.0.1:{http.PORT}/t/{SLUG}"
    async with http.server(dsn), async_playwright() as playwright:
        chromium = next((path for name in BROWSERS if (path := shutil.which(name))), None)
        assert chromium is not None, (
            "there is no Chromium here; on Debian, as root: apt-get install chromium-headless-shell"
        )
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        try:
            await _moved_once(dsn, tournament_id, outcomes)
            first = [await _first_board(browser, url) for _ in range(FIRST_BOARDS)]
            page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            empty = await _frames(page, seconds=min(5, seconds))
            await page.goto(url)
            await page.get_by_test_id("odds").first.wait_for()
            await asyncio.sleep(SETTLE_S)
            rest = await _frames(page, seconds=min(5, seconds))
            async with _moving(dsn, tournament_id, outcomes):
                await asyncio.sleep(SETTLE_S)
                busy = await _frames(page, seconds=seconds, profile=profile)
        finally:
            await browser.close()
    return {
        "first_board_4g_ms": round(statistics.median(first)),
        "first_board_4g_ms_all": [round(ms) for ms in first],
        "outcomes": len(outcomes),
        "hz": HZ,
        "empty_page": empty,
        "board_at_rest": rest,
        "board_moving": busy,
    }


async def _seed(dsn: str) -> tuple[int, list[int]]:
    conn = await asyncpg.connect(dsn, server_settings={"role": "toteboard_break_glass"})
    try:
        rows = await conn.fetch(SEED, SLUG, MARKETS, SIDES)
        return rows[0]["tournament_id"], [row["id"] for row in rows]
    finally:
        await conn.close()


async def _first_board(browser: Browser, url: str) -> float:
    """Milliseconds from asking for the page to the first odds on it, with nothing in the cache."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    try:
        page = await context.new_page()
        session = await context.new_cdp_session(page)
        await session.send("Network.enable")
        await session.send("Network.emulateNetworkConditions", G4)
        await page.add_init_script(WATCH)
        await page.goto(url, wait_until="commit")
        # The pages' policy lets nobody wait for an expression inside them.
        while (shown := await page.evaluate("window.firstBoard ?? null")) is None:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return float(shown)
    finally:
        await context.close()


async def _frames(page: Page, *, seconds: float, profile: Path | None = None) -> dict[str, Any]:
    """Intervals between frames as the browser's clock of frames tells them, and what the page's main thread did."""
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    if profile:
        await session.send("Profiler.enable")
        await session.send("Profiler.start")
    before = await _costs(session)
    deltas = sorted(await page.evaluate(FRAMES, seconds * 1000))
    after = await _costs(session)
    if profile:
        kept = json.dumps((await session.send("Profiler.stop"))["profile"])
        await asyncio.to_thread(profile.write_text, kept)
    await session.detach()
    return {
        "frames_per_s": round(len(deltas) / seconds, 1),
        **{
            f"frame_ms_p{share}": round(deltas[min(len(deltas) - 1, len(deltas) * share // 100)], 1)
            for share in (50, 95, 99)
        },
        "late_frames_percent": round(100 * sum(delta > FRAME_MS * 1.5 for delta in deltas) / len(deltas), 1),
        **{f"{name}_ms_per_s": round(1000 * (after[name] - before[name]) / seconds, 1) for name in COSTS},
    }


async def _costs(session: CDPSession) -> dict[str, float]:
    metrics = (await session.send("Performance.getMetrics"))["metrics"]
    return {metric["name"]: metric["value"] for metric in metrics if metric["name"] in COSTS}


def _moving(dsn: str, tournament_id: int, outcomes: list[int]) -> contextlib.AbstractAsyncContextManager[None]:
    """Commits ten times a second a batch with a bet in every market, so that all its odds move."""
    return written(dsn, lambda ledger: _write(ledger, tournament_id, outcomes))


async def _moved_once(dsn: str, tournament_id: int, outcomes: list[int]) -> None:
    async with _moving(dsn, tournament_id, outcomes):
        await asyncio.sleep(1)


async def _write(ledger: Ledger, tournament_id: int, outcomes: list[int]) -> None:
    conn = await ledger.connect()
    totals = {
        row["outcome_id"]: [row["stakes"], row["bets"]]
        for row in await conn.fetch(
            "SELECT outcome_id, stakes, bets FROM outcome_totals WHERE outcome_id = ANY ($1)", outcomes
        )
    }
    loop = asyncio.get_running_loop()
    due, number = loop.time(), 0
    while True:
        number += 1
        rows: list[list[Any]] = []
        for first in range(0, len(outcomes), SIDES):
            outcome_id = outcomes[first + number % SIDES]
            stake = 1000 + 500 * ((number * 7 + first) % 11)
            totals[outcome_id][0] += stake
            totals[outcome_id][1] += 1
            rows.append([str(uuid4()), 1, outcome_id, stake, 2280])
        async with ledger.change(Actor()) as change:
            told = [[row[2], *totals[row[2]], 0] for row in rows]
            change.event(tournament_id, "bets", {"o": told, "b": rows})
        due += 1 / HZ
        await asyncio.sleep(max(0.0, due - loop.time()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--profile", type=Path)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="toteboard-"))
    folder.chmod(0o755 if os.geteuid() == 0 else 0o700)

    async def run(dsn: str) -> dict[str, Any]:
        await migrate(dsn)
        return await measure(dsn, seconds=asked.seconds, profile=asked.profile)

    try:
        with EmbeddedPostgres(folder) as postgres:
            print(json.dumps(asyncio.run(run(postgres.endpoint.dsn())), indent=2))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
