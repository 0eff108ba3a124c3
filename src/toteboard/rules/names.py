"""Text that people type, checked before it is stored and escaped before it is logged. Knows no field and no screen."""

import re
import unicodedata

from toteboard.rules.bounds import NAME_LENGTH_MAX

SLUG_LENGTH_MAX = 80

# Marks that reorder or hide what stands around them: one name could pass for another.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Joiners (U+200C, U+200D) are not among these: emoji, Persian and Indic scripts need them.
_INVISIBLE = "\u00ad\u180e\u200b\u2060-\u2064\ufeff"
_LINES = "\u2028\u2029"
# Not characters in any script, and an XLSX file may not hold them.
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + low) for plane in range(17) for low in (0xFFFE, 0xFFFF)
)
_REFUSED = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_BIDI}{_INVISIBLE}{_LINES}{_NONCHARACTERS}]")

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
# Letters that Unicode does not take apart into an ASCII one and a mark.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})


class NameRefused(ValueError):
    """The text may not be stored as a name; the message is for the person who typed it."""


def clean_name(text: str, *, length_max: int = NAME_LENGTH_MAX) -> str:
    """The text stripped and in NFC, so that equal names are equal bytes. Every script and emoji is welcome.

    Raises NameRefused if it is empty or blank, longer than `length_max` code points, or holds a control character, half
    a surrogate pair, a mark of text direction, an invisible space or a noncharacter.
    """
    stripped = text.strip()
    refused = _REFUSED.search(stripped)
    if refused:
        raise NameRefused(f"the character U+{ord(refused[0]):04X} may not stand in a name")
    name = unicodedata.normalize("NFC", stripped)
    if not name or all(unicodedata.category(mark) in ("Cf", "Zs", "Mn", "Me") for mark in name):
        raise NameRefused("a name has at least one character to see")
    if len(name) > length_max:
        raise NameRefused(f"a name has at most {length_max} characters")
    return name


def escaped(text: str) -> str:
    """The text on one line, for a log: what would not print as \\x1b, \\u202e or \\U000e0001, a backslash doubled.

    Nothing in it can start a new record or command a terminal, and nothing is lost.
    """
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(_escape(mark) for mark in text)


def _escape(mark: str) -> str:
    if mark == "\\":
        return "\\\\"
    if mark.isprintable():
        return mark
    point = ord(mark)
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def slugify(name: str, *, fallback: str = "tournament") -> str:
    """A slug of ASCII letters, digits and hyphens, at most 80; `fallback`, itself a slug, where no letter is left.

    Digits alone get the fallback in front: "2026" would read as an id. It is not unique, the table sees to that.
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    # What NFKD split off is dropped, everything else that is not ASCII separates.
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not slug or slug.isdigit():
        slug = f"{fallback}-{slug}"
    return slug[:SLUG_LENGTH_MAX].strip("-")


def clean_slug(text: str) -> str:
    """A slug that somebody typed. Raises NameRefused unless it is one, and not digits alone: those read as an id."""
    if len(text) > SLUG_LENGTH_MAX or not _SLUG.fullmatch(text) or text.isdigit():
        raise NameRefused(f"a slug is small letters, digits and hyphens, at most {SLUG_LENGTH_MAX}, not digits alone")
    return text
