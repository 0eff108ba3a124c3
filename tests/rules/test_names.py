import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toteboard.rules.names import NameRefused, clean_name, clean_slug, escaped, folded_name, slugify

any_text = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    "name",
    [
        "Ana",
        "Côte d'Ivoire",
        "O'Brien; DROP TABLE bets;--",
        "=SUM(A1)",
        "דנה",
        "محمد",
        "می‌خواهم",
        "加藤",
        "👩‍👩‍👧 family",
        "⚽️ 1️⃣ 🏳️‍🌈",
        "葛\U000e0100城",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
def test_every_script_and_emoji_is_welcome(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    "mark",
    [
        *["\x00", "\x07", "\r\n", "\t", "\x1b[31m", "\x7f", "\x85", "\ud800", "\udfff", "\u2028", "\u2029"],
        *["\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c"],
        *["\u200b", "\u2060", "\ufeff", "\u00ad", "\ufffe", "\uffff", "\U0010ffff"],
        # Letters that show nothing, and what joins or varies where no script and no emoji needs it.
        *["\u3164", "\u2800", "\uffa0", "\u115f", "\u200d", "\u200c", "\ufe0f", "\U000e0100", "\U000e0041"],
    ],
)
def test_marks_that_control_reorder_or_hide_are_refused(mark: str) -> None:
    with pytest.raises(NameRefused, match=r"U\+"):
        clean_name(f"Ana{mark}Lopez")


@pytest.mark.parametrize("blank", ["", " ", "\n\t ", "\u3000", "\u200d", "\u0301", "\u200c \u200d", "\ufe0f"])
@pytest.mark.parametrize("filler", ["", "\u3164", "\u2800", "\uffa0", "\u115f"])
def test_a_name_has_something_to_see(blank: str, filler: str) -> None:
    with pytest.raises(NameRefused, match="at least one character to see"):
        clean_name(blank + filler)


@pytest.mark.parametrize("space", [" ", "  ", "\u00a0", "\u202f", "\u2009", "\u3000", "\u00a0 \u2003"])
def test_white_space_is_one_space(space: str) -> None:
    assert clean_name(f"Ada{space}Example{space}") == "Ada Example"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Example", "ADA\u00a0example "),
        ("Straße", "STRASSE"),
        ("Ａｄａ", "ada"),
        ("می\u200cخواهم", "میخواهم"),
        ("⚽\ufe0f Ada", "⚽ Ada"),
        ("Jose\u0301", "JOSÉ"),
    ],
)
def test_names_that_people_take_for_the_same_fold_to_the_same(one: str, other: str) -> None:
    assert folded_name(one) == folded_name(other)


def test_names_that_differ_to_the_eye_stay_apart() -> None:
    assert len({folded_name(name) for name in ("Muller", "Müller", "Mueller", "Muller 2")}) == 4


def test_equal_names_become_equal_text() -> None:
    assert clean_name("  Jose\u0301 ") == clean_name("José") == "José"


def test_length_is_counted_in_characters_after_normalising() -> None:
    assert len(clean_name("e\u0301" * 200)) == 200
    assert clean_name("x" * 80, length_max=80)
    with pytest.raises(NameRefused, match="at most 200"):
        clean_name("x" * 201)
    with pytest.raises(NameRefused, match="at most 80"):
        clean_name("x" * 81, length_max=80)


@given(text=any_text)
def test_a_name_that_passes_is_clean_encodable_and_passes_again(text: str) -> None:
    try:
        name = clean_name(text)
    except NameRefused:
        return
    assert clean_name(name) == name
    assert 1 <= len(name) <= 200
    assert name.encode()
    assert unicodedata.is_normalized("NFC", name)
    assert not any(unicodedata.category(mark) == "Cc" for mark in name)


@given(text=any_text)
def test_escaped_text_is_one_printable_line_and_reads_back(text: str) -> None:
    line = escaped(text)
    assert line.isprintable()
    assert len(line.splitlines()) <= 1
    codes = re.compile(r"\\(?:\\|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
    assert (
        codes.sub(lambda code: chr(int(code[1] or code[2] or code[3], 16)) if code[0] != r"\\" else "\\", line) == text
    )


def test_control_characters_are_shown_in_a_log() -> None:
    assert escaped("a\r\nb\x1b[31m\x00") == r"a\x0d\x0ab\x1b[31m\x00"
    assert escaped("\u202eevil \ud800 \U000e0001") == r"\u202eevil \ud800 \U000e0001"
    assert escaped(r"C:\x1b") == r"C:\\x1b"
    assert escaped("Ana 👋 דנה") == "Ana 👋 דנה"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("World Cup 2026", "world-cup-2026"),
        ("Tournoi d'été — Côte", "tournoi-d-ete-cote"),
        ("Straße Łódź Ærø", "strasse-lodz-aero"),
        ("  --Hello--  ", "hello"),
        ("加藤", "tournament"),
        ("", "tournament"),
        ("2026", "tournament-2026"),
        ("２０２６", "tournament-2026"),
        ("2026-27", "2026-27"),
    ],
)
def test_a_slug_is_what_remains_in_ascii(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(text=any_text)
def test_every_name_has_a_slug_that_the_ledger_takes_and_no_id_looks_like(text: str) -> None:
    slug = slugify(text * 3)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,79}", slug)
    assert clean_slug(slug) == slug


@pytest.mark.parametrize("text", ["", "-a", "A", "a b", "a_b", "é", "42", "٤٢", "a\n", "a" * 81, "../x"])
def test_a_slug_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(NameRefused):
        clean_slug(text)
