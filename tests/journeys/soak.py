"""A night at length, judged by what Prometheus saw of it: memory flat, no loop died, no alert rang.

python -m journeys.soak [--seconds 3600] [--rate 20] [--readers 300]

A sandbox with its simulated bettors and its desk, readers of the feed that come and go, and a real Prometheus with our rules
in their own time. The figures are Prometheus's; whatever is not as it should be is a line of `wrong`.
"""

import argparse
import asyncio
import contextlib
import json
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from .alerting import DEPLOY
from .prometheus import Prometheus, prometheus
from .server import Served, Site

TOURNAMENT = "riverside-open-2026"
SCRAPE_S = 5
# Until the caches are warm and everybody is there, memory grows as it should.
WARM_S = 900
# How much the mean of the last ten minutes may be above the mean of the first ten that were warm.
GROWTH_MAX = 1.10
MEAN_S = 600
# Lines of the log that are shown.
SAID_MAX = 40
# So long one reader stays.
STAYS_S = (20.0, 600.0)


async def _reader(url: str, dice: random.Random) -> None:
    """Somebody with the board open, again and again."""
    while True:
        with contextlib.suppress(OSError, WebSocketException, TimeoutError):
            async with connect(url, max_size=None, open_timeout=30) as feed, asyncio.timeout(dice.uniform(*STAYS_S)):
                async for _ in feed:
                    pass
        await asyncio.sleep(dice.uniform(0.5, 5.0))


async def readers(server: Served, count: int, seconds: float) -> None:
    """So many readers, for so long."""
    url = f"{server.url.replace('http', 'ws')}/api/feed?tournament={TOURNAMENT}"
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            for number in range(count):
                tasks.create_task(_reader(url, random.Random(number)))
                await asyncio.sleep(0.02)


def figures(watching: Prometheus, seconds: int) -> dict[str, float | None]:
    """What was seen over the whole time, by name; None where there is no such series."""
    span, first, last = f"{seconds}s", min(WARM_S, seconds // 3), min(MEAN_S, seconds // 3)
    # From the last moment of the first stretch that was warm.
    ago = f"offset {max(seconds - first - last, 0)}s"
    return {
        name: watching.value(query)
        for name, query in {
            "bets taken": f'sum(increase(toteboard_bets_total{{verdict="taken"}}[{span}]))',
            "bets paid": f"increase(toteboard_settlements_bets_paid_total[{span}])",
            "answers 5xx": f'sum(increase(toteboard_http_requests_total{{status=~"5.."}}[{span}])) or vector(0)',
            "bet p50, s": "histogram_quantile(0.5, sum by (le) (increase("
            f'toteboard_http_request_duration_seconds_bucket{{route="/api/bet"}}[{span}])))',
            "bet p99, s": "histogram_quantile(0.99, sum by (le) (increase("
            f'toteboard_http_request_duration_seconds_bucket{{route="/api/bet"}}[{span}])))',
            "messages of the feed": f"sum(increase(toteboard_feed_messages_total[{span}]))",
            "feed lag at most, s": f"max(max_over_time(toteboard_feed_lag_seconds[{span}]))",
            "feeds opened": f"sum(increase(toteboard_sockets_opened_total[{span}]))",
            "feeds the server ended": f'sum(increase(toteboard_sockets_closed_total{{reason!="client"}}[{span}]))'
            " or vector(0)",
            "memory at first, MB": f"avg_over_time(process_resident_memory_bytes[{last}s] {ago}) / 1e6",
            "memory at last, MB": f"avg_over_time(process_resident_memory_bytes[{last}s]) / 1e6",
            "memory at most, MB": f"max_over_time(process_resident_memory_bytes[{span}]) / 1e6",
            "open files at most": f"max_over_time(process_open_fds[{span}])",
            "processor, s": f"increase(process_cpu_seconds_total[{span}])",
            "loops alive at least": f"min(min_over_time(toteboard_loop_alive[{span}]))",
            "errors in loops": f"sum(increase(toteboard_loop_errors_total[{span}])) or vector(0)",
            "warnings and errors in the log": f"sum(increase(toteboard_log_lines_total[{span}])) or vector(0)",
            "books balanced at least": f"min(min_over_time(toteboard_books_balanced[{span}]))",
            "oldest settlement at most, s": "max(max_over_time("
            f"toteboard_settlement_oldest_unfinished_seconds[{span}]))",
            "restarts": f"sum(resets(process_cpu_seconds_total[{span}]))",
            "scrapes missed": f"sum(count_over_time((up == 0)[{span}:{SCRAPE_S}s])) or vector(0)",
        }.items()
    }


def rang(watching: Prometheus, seconds: int) -> list[str]:
    """Alerts that rang at any time, the watchdog apart."""
    query = f'count by (alertname) (count_over_time(ALERTS{{alertstate="firing", alertname!="Watchdog"}}[{seconds}s]))'
    return [metric["alertname"] for metric, _ in watching.ask(query)]


def wrong(seen: dict[str, float | None], alerts: list[str], *, is_long: bool) -> list[str]:
    """What a night must not have had, a line each."""
    found = [f"there is no {name}" for name, value in seen.items() if value is None]
    found += [f"{name} rang" for name in alerts]
    for name in ("answers 5xx", "feeds the server ended", "errors in loops", "restarts", "scrapes missed"):
        if seen[name]:
            found.append(f"{name}: {seen[name]:g}")
    for name in ("loops alive at least", "books balanced at least"):
        if seen[name] != 1:
            found.append(f"{name}: {seen[name]}")
    if not seen["bets taken"]:
        found.append("nobody bet")
    first, last = seen["memory at first, MB"] or 0, seen["memory at last, MB"] or 0
    if is_long and last > GROWTH_MAX * first:
        found.append(f"memory grew from {first:.0f} to {last:.0f} MB")
    return found


def soak(folder: Path, *, seconds: int, rate: float, count: int) -> dict[str, Any]:
    """Plays the night, and says what was seen, what rang and what was wrong."""
    server = Served(Site(folder / "data"), "--metrics-port", "0", "--rate", str(rate), command="sandbox")
    try:
        found = re.search(r"http://127\.0\.0\.1:(\d+)/metrics", server.words())
        assert found, server.words()
        more = f"rule_files: ['{DEPLOY / 'prometheus' / 'rules.yaml'}']\n"
        with prometheus(folder / "prometheus", {"toteboard": int(found[1])}, more) as watching:
            began = time.monotonic()
            asyncio.run(readers(server, count, seconds))
            span = int(time.monotonic() - began)
            seen, alerts = figures(watching, span), rang(watching, span)
    finally:
        server.stop()
    said = [line for line in server.words().splitlines() if re.search(r"\b(?:WARNING|ERROR|CRITICAL)\b", line)]
    return {
        "seconds": span,
        "said": said[:SAID_MAX],
        "seen": seen,
        "rang": alerts,
        "wrong": wrong(seen, alerts, is_long=seconds > 2 * WARM_S),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="journeys.soak", description="a night at length, by its metrics")
    parser.add_argument("--seconds", type=int, default=3600)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--readers", type=int, default=300)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="toteboard-") as folder:
        Path(folder).chmod(0o755)
        told = soak(Path(folder), seconds=given.seconds, rate=given.rate, count=given.readers)
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    sys.exit(1 if told["wrong"] else 0)


if __name__ == "__main__":
    main()
