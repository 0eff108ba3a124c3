"""Text that people type, checked before it is stored and escaped before it is logged. Knows no field and no screen."""

import re
import unicodedata

from toteboard.rules.bounds import NAME_LENGTH_MAX

SLUG_LENGTH_MAX = 80

# Marks that reorder or hide what stands around them: one name could pass for another.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Unicode's default ignorables, less those that some scripts and emoji need (_JOINED), and letters that show nothing:
# Hangul fillers and the Braille blank.
_INVISIBLE = "\u00ad\u034f\u180e\u200b\u2060-\u2065\ufeff\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
_BLANK = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
_LINES = "\u2028\u2029"
# Not characters in any script, and an XLSX file may not hold them.
_NONCHARACTERS = "\ufdd0-\ufdef" + "".join(
    chr(plane * 0x10000 + low) for plane in range(17) for low in (0xFFFE, 0xFFFF)
)
_REFUSED = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff{_BIDI}{_INVISIBLE}{_BLANK}{_LINES}{_NONCHARACTERS}]")

# Joiners, variation selectors and tags show nothing by themselves: welcome where a script or an emoji needs them.
_JOINERS = "\u200c\u200d"
_SELECTORS = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TAGS = "\U000e0000-\U000e007f"
_JOINED = re.compile(f"[{_JOINERS}{_SELECTORS}{_TAGS}]")
# What may stand before each of them. Emoji are symbols, a skin tone, or another selector or tag.
_BEFORE_JOINER = ("Lo", "Lm", "Mn", "Mc", "So", "Sk", "Cf")
_BEFORE_SELECTOR = ("So", "Sm", "Lo")
_BEFORE_SELECTOR_ALSO = frozenset("#*0123456789\u203c\u2049\u2139\u3030\u303d")
_BLACK_FLAG = "\U0001f3f4"
_SPACES = re.compile(r"[^\S\x00-\x1f\x85\u2028\u2029]+")
_SHOWS_NOTHING = re.compile(f"[{_JOINERS}{_SELECTORS}{_TAGS}{_BIDI}{_INVISIBLE}{_BLANK}]")

# Visible ASCII on both sides of one @: an address of another alphabet is written in its xn-- form.
_EMAIL = re.compile(r"[!-?A-~]{1,64}@[!-?A-~]+")
EMAIL_LENGTH_MAX = 254

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")
# Letters that Unicode does not take apart into an ASCII one and a mark.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})


class NameRefused(ValueError):
    """The text may not be stored as a name; the message is for the person who typed it."""


def clean_name(text: str, *, length_max: int = NAME_LENGTH_MAX) -> str:
    """The text in NFC with each run of white space as one space, so that equal names are equal bytes.

    Every script and emoji is welcome. Raises NameRefused if nothing of it can be seen, if it is longer than `length_max`
    code points, or holds a control character, half a surrogate pair, a mark of text direction, or a character that shows
    nothing where no script or emoji needs it.
    """
    stripped = _SPACES.sub(" ", text.strip())
    refused = _REFUSED.search(stripped)
    if not _is_seen(stripped):
        raise NameRefused("a name has at least one character to see")
    if refused or (refused := _needless(stripped)):
        raise NameRefused(f"the character U+{ord(refused[0]):04X} may not stand in a name")
    name = unicodedata.normalize("NFC", stripped)
    if len(name) > length_max:
        raise NameRefused(f"a name has at most {length_max} characters")
    return name


def clean_text(text: str, *, length_max: int) -> str:
    """Several lines, each as `clean_name` has it, tabs as spaces; empty ones at both ends go. Raises NameRefused."""
    lines = text.replace("\r\n", "\n").replace("\t", " ").split("\n")
    cleaned = "\n".join(clean_name(line, length_max=length_max) if line.strip() else "" for line in lines).strip("\n")
    if not cleaned:
        raise NameRefused("it has at least one character to see")
    if len(cleaned) > length_max:
        raise NameRefused(f"it has at most {length_max} characters")
    return cleaned


def folded_name(text: str) -> str:
    """What two names have in common that people take for the same: they differ by case, width, white space or joiners.

    For comparing only. Marks on letters count: "Muller" is not "Müller".
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(_SHOWS_NOTHING.sub("", plain).split())


def _is_seen(text: str) -> bool:
    """Whether anything in it shows: a control character does, for it is shown escaped where it is refused."""
    return any(unicodedata.category(mark) not in ("Cf", "Zs", "Mn", "Me") for mark in _SHOWS_NOTHING.sub("", text))


def _needless(text: str) -> re.Match[str] | None:
    """The first joiner, selector or tag that stands where nothing needs it."""
    return next((found for found in _JOINED.finditer(text) if not _is_needed(found[0], text[: found.start()])), None)


def _is_needed(mark: str, before: str) -> bool:
    last = before[-1:]
    if not last:
        return False
    kind = unicodedata.category(last)
    if mark in _JOINERS:
        return kind in _BEFORE_JOINER and last not in _JOINERS
    if "\U000e0000" <= mark <= "\U000e007f":
        return last == _BLACK_FLAG or "\U000e0000" <= last <= "\U000e007f"
    return kind in _BEFORE_SELECTOR or last in _BEFORE_SELECTOR_ALSO


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


def clean_email(text: str) -> str:
    """An e-mail address in small letters. Raises NameRefused unless it reads as one."""
    text = text.strip()
    if len(text) > EMAIL_LENGTH_MAX or not _EMAIL.fullmatch(text):
        raise NameRefused("an e-mail address reads name@host")
    return text.lower()


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
