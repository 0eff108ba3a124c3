"""The file of words has a word for everything that people are shown, and for nothing else."""

import re
from pathlib import Path

import pytest

from toteboard.api.tournaments.market_shapes import Kind
from toteboard.imports.sheet.meanings import Meaning
from toteboard.rules.market import MarketAction, MarketKind, MarketState
from toteboard.rules.market_terms import TERM_NAMES
from toteboard.rules.refusals import Refusal
from toteboard.spreadsheets.sheets import SHEETS
from toteboard.words import CATALOGUE, label, within, word

SOURCE = Path(__file__).parents[2] / "src" / "toteboard"
# What an audit row says happened, as the code writes it: a subject and a verb in the past.
ACTION = re.compile(
    rf"""["']((?:{"|".join(sorted({name.partition(".")[0] for name in CATALOGUE["action"]}))})\.[a-z_]+)["']"""
)


def test_every_market_term_has_a_word() -> None:
    for name in TERM_NAMES:
        assert label(name)


def test_every_state_kind_and_refusal_has_a_word() -> None:
    assert set(CATALOGUE["market_status"]) == {state.value for state in MarketState}
    assert set(CATALOGUE["market_kind"]) == {kind.value for kind in MarketKind} == set(Kind.__args__)  # type: ignore[attr-defined]
    assert set(CATALOGUE["market_action_done"]) <= {action.value for action in MarketAction}
    assert set(CATALOGUE["refusal"]) == {refusal.code for refusal in Refusal}
    assert set(CATALOGUE["import_column"]) == {meaning.value for meaning in Meaning}


def test_every_sheet_and_column_has_a_word() -> None:
    assert set(CATALOGUE["sheet"]) == set(SHEETS)
    for sheet in SHEETS.values():
        for column in sheet.columns:
            assert label(column.name), column.name


def test_every_action_of_the_audit_log_has_a_word() -> None:
    code = [path for path in (*SOURCE.rglob("*.py"), *SOURCE.rglob("*.sql")) if path.parent.name != "migrations"]
    found = {action for path in code for action in ACTION.findall(path.read_text(encoding="utf-8"))}
    assert "bet.placed" in found
    assert found - set(CATALOGUE["action"]) == set()


def test_titles_are_sentences_of_their_own() -> None:
    titles = list(CATALOGUE["refusal"].values())
    assert len(set(titles)) == len(titles)
    for group in CATALOGUE.values():
        for text in group.values():
            assert text
            assert text == text.strip()


def test_a_missing_word_is_a_bug() -> None:
    with pytest.raises(KeyError):
        word("refusal", "NONE_OF_THESE")


def test_within_a_sentence_a_field_begins_small() -> None:
    assert (within("takeout_bps"), within("ip"), within("closes_at")) == ("house share", "IP address", "closing time")
