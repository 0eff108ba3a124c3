"""Knows the commonest passwords, from the list that the library zxcvbn brings. Knows no person and no rule of length."""

from functools import cache


@cache
def _common() -> frozenset[str]:
    # Loaded when the first one is looked at: no process that takes bets only needs it.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(FREQUENCY_LISTS["passwords"])


def is_common(password: str) -> bool:
    """Whether it is one of some 30,000 that are tried first; capitals, and a number or sign behind it, do not hide it."""
    folded = password.casefold()
    return folded in _common() or (folded.rstrip("0123456789!.?*") in _common() and len(folded) <= LENGTH_DECIDES)


# Longer than this a common word with something behind it is no longer guessed first.
LENGTH_DECIDES = 11
