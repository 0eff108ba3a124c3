"""One place names every metric: by Prometheus's conventions, on a page, and each is read from somewhere."""

import re
import runpy
from pathlib import Path

from toteboard.metrics.names import BY_NAME, NAMES, Kind

ROOT = Path(__file__).parents[2]


def test_every_name_is_one_and_says_what_it_is() -> None:
    assert len(BY_NAME) == len(NAMES)
    for name in NAMES:
        assert re.fullmatch(r"[a-z][a-z_]*[a-z]", name.name)
        assert (name.kind is Kind.COUNTER) == name.name.endswith("_total"), name.name
        assert name.help
        # Whoever may make up as many values as they like is no label: people, bets, paths.
        assert not {"user", "bet", "path", "address"} & set(name.labels)


def test_the_page_lists_them_all() -> None:
    written = runpy.run_path(str(ROOT / "scripts" / "metrics_page.py"))["page"]()
    assert (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8") == written


def test_each_is_read_from_the_snapshot() -> None:
    reading = (ROOT / "src" / "toteboard" / "metrics" / "reading.py").read_text(encoding="utf-8")
    named = set(re.findall(r'"([a-z_]+)"', reading))
    assert BY_NAME.keys() - named == set()
