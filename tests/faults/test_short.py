"""The campaigns of faults in their short form: `make faults` runs them to their targets (docs/faults.md)."""

from pathlib import Path

from databases import Slot
from scenarios import ledger_scenario

from .bank import bank
from .served import cuts, kills, serving
from .tally import Tally


async def test_kills_and_cut_answers_lose_and_double_nothing(data_folder: Path) -> None:
    tally = Tally(None, seed=10)
    async with serving(data_folder) as (app, server):
        await kills(tally, app, server, count=4)
        await cuts(tally, app, server, count=160)
    assert tally.counts["kills of the application"] + tally.counts["kills of PostgreSQL"] == 4
    assert tally.counts["answers cut, bet taken once"] > 0
    assert tally.counts["bets acknowledged"] > 0


async def test_the_bank_is_whole_whatever_happens_at_once(empty_slot: Slot) -> None:
    tally = Tally(None, seed=10)
    async with ledger_scenario(await empty_slot.renewed()) as scenario:
        await bank(tally, scenario, operations=20_000)
    assert tally.counts["of these bets taken"] > 10_000
    assert tally.counts["of these settlements"] > 0
    assert tally.counts["looks at the bank's books"] > 3


def test_a_campaign_goes_on_where_it_was(tmp_path: Path) -> None:
    first = Tally(tmp_path / "tally.json", seed=7)
    first.counts["kills of PostgreSQL"] += 3
    numbers = first.random("kills").random()
    first.save("kills", 0.0)
    second = Tally(tmp_path / "tally.json", seed=8)
    assert (second.seed, second.counts["kills of PostgreSQL"]) == (7, 3)
    assert second.random("kills").random() != numbers, "and with other numbers"
    assert Tally(None, seed=7).random("kills").random() == numbers, "which follow from the seed"
