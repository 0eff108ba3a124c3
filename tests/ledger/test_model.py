"""The engine against the model, in a few plays that are always the same; `make model` takes as many as wanted."""

import os

from .play import play, staged

PLAYS = int(os.environ.get("TOTEBOARD_TEST_PLAYS", "0"))


def test_the_engine_does_what_the_model_does(database: str) -> None:
    with staged(database) as stage:
        if PLAYS:
            play(stage, plays=PLAYS, steps=100, numbers=int.from_bytes(os.urandom(4)))
        else:
            play(stage, plays=50, steps=40)
        stage.audited()
