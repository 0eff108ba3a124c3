"""Codes that people type from a poster: their letters, and what a typed one means. Knows no randomness and no use."""

# Crockford's base 32: no I, L, O or U, so that nothing reads as something else, or as a word.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# Ten of 32 letters are 50 bits: with what one may try, nobody guesses one in the life of a tournament.
LENGTH = 10

_READ_AS = str.maketrans("OIL", "011", " -\t\u2010\u2011\u2013\u2014")


def folded_code(typed: str) -> str:
    """The code somebody meant: in capitals, without gaps and hyphens, O as 0, I and L as 1. Perhaps no code at all."""
    return typed.upper().translate(_READ_AS)


def shown_code(code: str) -> str:
    """The code as a poster has it, in two halves: 7K3QX-M9TPA."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"
