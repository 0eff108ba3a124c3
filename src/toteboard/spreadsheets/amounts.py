"""Amounts of money as people write them in a cell: "12,50", "€ 12.50", "1.250,00". Knows no wallet."""

import re

from toteboard.rules.bounds import AMOUNT_MAX

_WRITTEN = re.compile(r"[0-9]{1,15}(?:[.,'’ \u00a0\u202f][0-9]{1,15})*")
# A currency stands before the number or behind it, as a sign or a code.
_CURRENCY = re.compile(r"^(?:[A-Za-zł]{1,4}\.?|[^\w\s.,'’+-]){0,2}\s*|\s*(?:[A-Za-złč]{1,4}\.?|[^\w\s.,'’+-]){0,2}$")
_MARKS = " \u00a0\u202f'’"


class AmountRefused(ValueError):
    """The text is no amount, or one of two; the message says what to write."""


def read_amount(text: str, exponent: int) -> int:
    """Minor units of a currency with so many decimals. Raises AmountRefused, also where "1,000" may be one or a thousand."""
    written = _CURRENCY.sub("", text.strip())
    if not _WRITTEN.fullmatch(written):
        raise AmountRefused("is no amount; write it as 12.50")
    for mark in _MARKS:
        written = written.replace(mark, "")
    whole, decimals = _parts(written, exponent)
    if len(decimals.rstrip("0")) > exponent:
        raise AmountRefused(f"has more decimals than the currency, which has {exponent or 'none'}")
    minor = int(whole + decimals[:exponent].ljust(exponent, "0"))
    if minor > AMOUNT_MAX:
        raise AmountRefused("is more than can be held")
    return minor


def _parts(written: str, exponent: int) -> tuple[str, str]:
    marks = [mark for mark in written if mark in ".,"]
    if not marks:
        return written, ""
    last = marks[-1]
    if marks.count(last) > 1:
        # Only thousands are marked more than once.
        groups = re.split(r"[.,]", written)
        if len(set(marks)) > 1 or any(len(group) != 3 for group in groups[1:]):
            raise AmountRefused("is no amount; write it as 12.50")
        return "".join(groups), ""
    whole, _, decimals = written.rpartition(last)
    if len(decimals) == 3 and len(marks) == 1 and whole.strip("0") and not (exponent == 3 and last == "."):
        raise AmountRefused(
            f"may be {whole}{decimals} or {whole}.{decimals[:2]}; write it with two decimals, or without a mark"
        )
    groups = re.split(r"[.,]", whole)
    if len(set(marks[:-1])) > 1 or any(len(group) != 3 for group in groups[1:]):
        raise AmountRefused("is no amount; write it as 12.50")
    return "".join(groups), decimals
