"""Writes docs/metrics.md from metrics/names.py: python scripts/metrics_page.py"""

from pathlib import Path

from toteboard.metrics.names import NAMES, PREFIX

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"
HEAD = """# Metrics

`toteboard serve --metrics-port 9464` answers `http://127.0.0.1:9464/metrics` for Prometheus, on a listener of its own
(`--metrics-host` for another address: everybody who reaches it reads it). With `--workers` what all of them counted is one;
a process of one `--role` has what its role does. Beside these stand `process_*`, the client's own. Amounts are in minor units
of their currency. This page is written by `python scripts/metrics_page.py`; a test holds it to `metrics/names.py`.

Of several workers a value is the sum, or where it says so the largest or smallest.

| metric | type | labels | what it is |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The page's text."""
    rows = [
        f"| `{PREFIX}{name.name}` | {name.kind} | {', '.join(f'`{label}`' for label in name.labels)} "
        f"| {name.help}{'' if name.merged == 'sum' else f' ({name.merged} of workers)'} |"
        for name in NAMES
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
