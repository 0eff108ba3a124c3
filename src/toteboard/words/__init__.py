"""What people read for what programs name: labels of fields, states and actions, titles of refusals. Knows no language.

en.json is the only place where these words stand; forms, preview, audit log, exports, command line and messages take them
from there, the pages by their build. Keys are the API's own names, so that a catalogue of another language has the same.
"""

import json
from collections.abc import Mapping
from importlib.resources import files

Words = Mapping[str, str]

CATALOGUE: Mapping[str, Words] = json.loads(files("toteboard.words").joinpath("en.json").read_text(encoding="utf-8"))


def word(group: str, name: str) -> str:
    """What people call it: word("field", "takeout_bps") is "House share". Raises KeyError: a word is missing."""
    return CATALOGUE[group][name]


def label(field: str) -> str:
    """A field as it stands beside its input or at the head of its column."""
    return CATALOGUE["field"][field]


def within(field: str) -> str:
    """A field as it stands within a sentence: "house share"."""
    text = label(field)
    # "IP address" and "SHA-256" stay as they are.
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
