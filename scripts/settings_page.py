"""Writes docs/settings.md from settings.py: python scripts/settings_page.py"""

from pathlib import Path

from annotated_types import Ge, Le

from toteboard.settings import PREFIX, Settings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
HEAD = """# Settings

Each is an environment variable, or a file of its name in the folder `TOTEBOARD_SECRETS_FOLDER`, as Docker and Kubernetes
mount secrets. This page is written by `python scripts/settings_page.py`; a test holds it to `settings.py`.

| variable | default | bounds | what it is |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The page's text."""
    rows = []
    for name, field in Settings.model_fields.items():
        least = next((bound.ge for bound in field.metadata if isinstance(bound, Ge)), None)
        most = next((bound.le for bound in field.metadata if isinstance(bound, Le)), None)
        bounds = (
            ""
            if least is None and most is None
            else f"{'' if least is None else least} … {'' if most is None else most}"
        )
        default = "empty" if field.default == "" else f"`{field.default}`"
        rows.append(f"| `{PREFIX}{name.upper()}` | {default} | {bounds.strip()} | {field.description} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
