"""Writes docs/settings.md from settings.py: python scripts/settings_page.py"""

from dataclasses import fields
from pathlib import Path

from toteboard.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
HEAD = """# Settings

Each is an environment variable. This page is written by `python scripts/settings_page.py`; a test holds it to `settings.py`.

| variable | default | bounds | why |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The page's text."""
    rows = []
    for knob in fields(Settings):
        least, most = knob.metadata["least"], knob.metadata["most"]
        bounds = (
            ""
            if least is None and most is None
            else f"{'' if least is None else least} … {'' if most is None else most}"
        )
        default = "empty" if knob.default == "" else f"`{knob.default}`"
        rows.append(f"| `TOTEBOARD_{knob.name.upper()}` | {default} | {bounds.strip()} | {knob.metadata['why']} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
