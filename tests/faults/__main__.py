"""Faults at length, counted: `make faults`. Goes on where it was stopped, and ends when every target is reached.

python -m faults --tally FILE [--seed N] [--only kills cuts bank histories]
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from databases import template_of
from journeys.test_crash import App
from scenarios import ledger_scenario
from toteboard.embedded.postgres import EmbeddedPostgres

from .bank import bank
from .histories import histories
from .served import cuts, kills, serving
from .tally import Tally

TARGETS = {
    "kills": {"kills of the application": 200, "kills of PostgreSQL": 200},
    "cuts": {"answers cut, bet taken once": 1000},
    "bank": {"operations of the bank": 1_000_000},
    "histories": {"histories against the model": 100_000},
}
OPERATIONS_A_ROUND = 50_000
HISTORIES_A_ROUND = 1000


def reached(tally: Tally, campaign: str) -> bool:
    return all(tally.counts[name] >= least for name, least in TARGETS[campaign].items())


def reached_so_far(tally: Tally, campaign: str) -> dict[str, int]:
    return {name: tally.counts[name] for name in TARGETS[campaign]}


def run(tally: Tally, campaigns: list[str]) -> None:
    """Round after round, each on a database of its own, until every target is reached."""
    for campaign in campaigns:
        while not reached(tally, campaign):
            began = time.monotonic()
            folder = Path(tempfile.mkdtemp(prefix="toteboard-"))
            folder.chmod(0o755)
            try:
                one_round(tally, campaign, folder)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            tally.save(campaign, began)
            sys.stdout.write(f"{campaign}: {reached_so_far(tally, campaign)}\n")
            sys.stdout.flush()


def one_round(tally: Tally, campaign: str, folder: Path) -> None:
    if campaign in ("kills", "cuts"):
        asyncio.run(on_an_application({"kills": kills, "cuts": cuts}[campaign], tally, folder))
        return
    with EmbeddedPostgres(folder, say=lambda _: None) as server:
        asyncio.run(template_of(server))
        database = server.endpoint.dsn(database="migrated")
        if campaign == "bank":
            asyncio.run(on_a_ledger(tally, database))
        else:
            histories(tally, database, count=HISTORIES_A_ROUND)


async def on_an_application(
    faults: Callable[[Tally, App, EmbeddedPostgres], Awaitable[None]], tally: Tally, folder: Path
) -> None:
    app: App
    async with serving(folder) as (app, server):
        await faults(tally, app, server)


async def on_a_ledger(tally: Tally, database: str) -> None:
    async with ledger_scenario(database) as scenario:
        await bank(tally, scenario, operations=OPERATIONS_A_ROUND)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--tally", type=Path, required=True)
    asked.add_argument("--seed", type=int, default=int(time.time()))
    asked.add_argument("--only", nargs="+", choices=TARGETS, default=list(TARGETS))
    given = asked.parse_args()
    run(Tally(given.tally, given.seed), given.only)


if __name__ == "__main__":
    main()
