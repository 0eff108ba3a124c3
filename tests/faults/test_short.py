"""The campaigns of faults in their short form: `make faults` runs them to their targets (docs/faults.md)."""

import random
from pathlib import Path

import pytest

from databases import Slot
from scenarios import ledger_scenario

from .bank import bank
from .histories import histories
from .parsers import PARSERS
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


def test_histories_are_those_of_the_model(database: str) -> None:
    tally = Tally(None, seed=10)
    histories(tally, database, count=30)
    assert tally.counts["histories against the model"] >= 30
    assert tally.counts["steps of these histories"] > 100


def test_a_campaign_goes_on_where_it_was(tmp_path: Path) -> None:
    first = Tally(tmp_path / "tally.json", seed=7)
    first.counts["kills of PostgreSQL"] += 3
    numbers = first.random("kills").random()
    first.save("kills", 0.0)
    second = Tally(tmp_path / "tally.json", seed=8)
    assert (second.seed, second.counts["kills of PostgreSQL"]) == (7, 3)
    assert second.random("kills").random() != numbers, "and with other numbers"
    assert Tally(None, seed=7).random("kills").random() == numbers, "which follow from the seed"


@pytest.mark.parametrize("name", PARSERS)
def test_bytes_of_strangers_are_read_or_refused_and_nothing_else(name: str) -> None:
    """A thousand inputs, each a real one with something changed; `make faults` is guided by what they reach."""
    parse, inputs = PARSERS[name]
    numbers, seeds = random.Random(f"10 {name}"), inputs()
    assert seeds
    for seed in seeds:
        parse(seed)
    for _ in range(1000 if name not in ("xlsx", "csv", "json") else 60):
        data = bytearray(numbers.choice(seeds))
        for _ in range(numbers.randint(1, 6)):
            at = numbers.randrange(len(data) + 1)
            match numbers.randrange(4):
                case 0:
                    data[at:at] = numbers.choice((b"\x00", b"\xff", b'"', b",", b"9" * 30, "٣".encode(), b"-", b"."))
                case 1:
                    del data[at : at + numbers.randint(1, 8)]
                case 2 if at < len(data):
                    data[at] = numbers.randrange(256)
                case _:
                    data[at:at] = data[: numbers.randint(0, 20)]
        parse(bytes(data))
