"""What campaigns of faults have counted so far, kept in a file: they go on where they were, with the seed they had."""

import json
import os
import platform
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil


class Tally:
    """Counts by name, the seed, and the seconds they took. Written after each round."""

    def __init__(self, path: Path | None, seed: int):
        self.path = path
        self.counts: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.seed = seed
        if path is not None and path.exists():
            kept = json.loads(path.read_text())
            self.seed, self.counts, self.seconds = kept["seed"], Counter(kept["counts"]), Counter(kept["seconds"])

    def random(self, campaign: str) -> random.Random:
        """The campaign's own numbers: others than before, and the same for the same seed and counts."""
        return random.Random(f"{self.seed} {campaign} {self.counts[campaign + ' rounds']}")

    def save(self, campaign: str, began: float) -> None:
        self.counts[campaign + " rounds"] += 1
        self.seconds[campaign] += int(time.monotonic() - began)
        if self.path is not None:
            fresh = self.path.with_suffix(".new")
            fresh.write_text(json.dumps(self.as_json(), indent=1) + "\n")
            fresh.replace(self.path)

    def as_json(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, {psutil.virtual_memory().total >> 30} GiB,"
            f" Python {platform.python_version()}",
            "counts": dict(sorted(self.counts.items())),
            "seconds": dict(sorted(self.seconds.items())),
        }
