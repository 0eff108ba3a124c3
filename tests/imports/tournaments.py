"""A World Cup to import: the real one where it lies beside the project, else one of the same shape."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "worldcup-2026.json"
ZONES = ("UTC-4", "UTC-5", "UTC-6", "UTC-7")


def world_cup_file(folder: Path) -> Path:
    """A file of 104 matches with scores, some after extra time and penalties."""
    if REAL.is_file():
        return REAL
    matches = [_match(number) for number in range(1, 105)]
    file = folder / "cup.json"
    file.write_text(json.dumps({"name": "World Cup 2026", "matches": matches}), encoding="utf-8")
    return file


def _match(number: int) -> dict[str, Any]:
    home, away = number * 7 % 4, number * 5 % 3
    score: dict[str, list[int]] = {"ft": [home, away], "ht": [0, 0]}
    knockout = number > 72
    if knockout and home == away:
        score |= {"et": [home, away], "p": [4, 3]}
    match = {
        "round": "Round of 32" if knockout else f"Matchday {(number + 3) // 4}",
        "date": str(date(2026, 6, 11) + timedelta(days=number // 4)),
        "time": f"{12 + number % 9}:00 {ZONES[number % 4]}",
        "team1": f"Country {number}",
        "team2": f"Land {number}",
        "score": score,
        "ground": "Mexico City",
    }
    return match | ({"num": number} if knockout else {"group": f"Group {'ABCDEFGHIJKL'[number % 12]}"})
