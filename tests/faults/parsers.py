"""What reads bytes of strangers: each parser with what it may raise, and what must hold of what it reads.

Anything else it raises is a mistake; so is what it reads if it does not stand up to being written and read again.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC
from pathlib import Path

from toteboard.api.placing import parse_body, parse_key
from toteboard.feed.socket import _number, _pinged, _query
from toteboard.imports.file import FileOptions, read_file
from toteboard.rules.bounds import AMOUNT_MAX
from toteboard.rules.odds import OddsRefused, format_odds, parse_odds
from toteboard.rules.odds_notations import read_odds
from toteboard.rules.refusals import Refused
from toteboard.spreadsheets.amounts import AmountRefused, read_amount
from toteboard.spreadsheets.reading import FileRefused, RowRefused
from toteboard.spreadsheets.times import clock, day, moment, split

SAMPLES = Path(__file__).parents[1] / "imports" / "samples"
BET = b'{"outcome_id":1,"stake":250,"currency":"EUR","min_odds":"2.28"}'
AMOUNTS = ("12.50", "1,234.56", "1.234,56", "€ 12", "12,5", "-3", "1 000", "１２", "", "1e5", "999999999999999999999")
ODDS = ("2.28", "9/4", "evens", "+150", "-200", "1.001", "1000", "0", "2,28")
TIMES = (
    *("2026-11-27 20:45", "27.11.26 8pm", "Sat, 28 Nov 2026 20:45 CET", "11/27/2026", "45988.5", "3. März 2026"),
    *("20:45+02:00", "noon", "99/99/99 99:99", "２０２６-01-01"),
)


def bet_body(data: bytes) -> None:
    try:
        bet = parse_body(data)
    except Refused:
        return
    # Whoever else reads this JSON reads the same bet.
    told = json.loads(data)
    assert (bet.outcome_id, bet.stake, bet.currency) == (told["outcome_id"], told["stake"], told["currency"])
    assert 0 < bet.stake <= AMOUNT_MAX


def bet_key(data: bytes) -> None:
    try:
        key = parse_key(data)
    except Refused:
        return
    assert str(key) == data.decode().lower()


def feed_message(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    number = _pinged(text)
    assert number is None or json.loads(data)["n"] == number
    _query(data)
    asked = _number(text)
    assert asked is None or str(asked) == text.lstrip("0") or asked == 0


def file(data: bytes) -> None:
    try:
        read_file(data, FileOptions(name="Cup"))
    except (FileRefused, Refused):
        return


def amount(data: bytes) -> None:
    for exponent in (0, 2, 3):
        try:
            units = read_amount(data.decode("utf-8", "replace"), exponent)
        except AmountRefused:
            continue
        digits = f"{abs(units):0{exponent + 1}d}"
        plain = f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits
        assert read_amount(f"-{plain}" if units < 0 else plain, exponent) == units


def odds(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    with suppress(OddsRefused):
        read_odds(text)
    try:
        milli = parse_odds(text)
    except OddsRefused:
        return
    assert parse_odds(format_odds(milli)) == milli


def date(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    try:
        on, at = split(text)
        found = moment(day(on), clock(at)[0] if at else clock("12:00")[0], UTC)
    except (RowRefused, FileRefused):
        return
    assert found.tzinfo is not None


def samples(*suffixes: str) -> list[bytes]:
    """Real files of these kinds, small ones first: what is changed a little is nearer to what people send."""
    found = [path for path in SAMPLES.rglob("*") if path.suffix.lower() in suffixes]
    return [path.read_bytes() for path in sorted(found, key=lambda path: path.stat().st_size)][:20]


def _texts(*texts: str) -> list[bytes]:
    return [text.encode() for text in texts]


# A parser and what its inputs are made from.
PARSERS: dict[str, tuple[Callable[[bytes], None], Callable[[], list[bytes]]]] = {
    "bet_body": (bet_body, lambda: [BET, BET.replace(b'"2.28"', b"null"), BET[:-20] + b"}"]),
    "bet_key": (bet_key, lambda: [b"01997f3c-5d2e-7c1a-9a51-0d9f7b6c2e11"]),
    "feed_message": (feed_message, lambda: [b'{"t":"ping","n":7}', b"tournament=1&after=12", b"123"]),
    "csv": (file, lambda: [b"match,outcome,odds\nA v B,A,2.5\nA v B,B,1.8\n", *samples(".csv", ".tsv")]),
    "xlsx": (file, lambda: samples(".xlsx")),
    "json": (file, lambda: [b'{"name":"Cup","rounds":[]}', *samples(".json")]),
    "amount": (amount, lambda: _texts(*AMOUNTS)),
    "odds": (odds, lambda: _texts(*ODDS)),
    "date": (date, lambda: _texts(*TIMES)),
}
