"""Tournaments to import, as others publish them."""

from pathlib import Path

# By openfootball, in the public domain: the World Cup of 2026 with its results.
WORLD_CUP = Path(__file__).parent / "samples" / "worldcup-2026.json"
