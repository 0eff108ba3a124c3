"""Tournaments to import, as others publish them."""

import json
import random
from pathlib import Path
from typing import Any

# By openfootball, in the public domain: the World Cup of 2026 with its results.
WORLD_CUP = Path(__file__).parent / "samples" / "worldcup-2026.json"

# Who came through the play-offs: until then the file had these instead.
_PLAY_OFFS = {
    "Bosnia & Herzegovina": "UEFA Path A winner",
    "Sweden": "UEFA Path B winner",
    "Turkey": "UEFA Path C winner",
    "Czech Republic": "UEFA Path D winner",
    "DR Congo": "IC Path 1 winner",
    "Iraq": "IC Path 2 winner",
}
_GROUPS = "ABCDEFGHIJKL"


def older_world_cup(folder: Path, *, seed: int = 2026) -> Path:
    """The same file as it was before the draw was complete: play-offs and knock-out sides open, no scores, another order."""
    document: dict[str, Any] = json.loads(WORLD_CUP.read_text())
    matches = []
    for match in document["matches"]:
        older = {name: value for name, value in match.items() if name not in ("score", "goals1", "goals2")}
        number = match.get("num")
        for side, place in (("team1", 0), ("team2", 1)):
            older[side] = _PLAY_OFFS.get(match[side], match[side]) if number is None else _slot(number, place)
        matches.append(older)
    random.Random(seed).shuffle(matches)
    path = folder / "worldcup-2026-older.json"
    path.write_text(json.dumps(document | {"matches": matches}))
    return path


def _slot(number: int, place: int) -> str:
    """Who was to play a match of the knock-out, as the file had it: "1E", "2B", "W74", "L101"."""
    if number >= 103:
        return f"{'L' if number == 103 else 'W'}{101 + place}"
    if number >= 89:
        return f"W{73 + (number - 89) * 2 + place}"
    return f"{place + 1}{_GROUPS[(number - 73 + place) % len(_GROUPS)]}"
