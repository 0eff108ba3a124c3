"""Histories against the sequential model: short ones and many, each made up by hypothesis and compared after every step."""

from ledger.play import play, staged

from .tally import Tally

STEPS = 12


def histories(tally: Tally, database: str, *, count: int) -> None:
    """A round, in tournaments of one database, whose books are looked at when it ends."""
    with staged(database) as stage:
        play(stage, plays=count, steps=STEPS, numbers=tally.random("histories").getrandbits(32))
        stage.audited()
        tally.counts["histories against the model"] += stage.histories
        tally.counts["steps of these histories"] += stage.steps
