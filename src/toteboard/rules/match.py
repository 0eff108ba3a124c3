"""What may become of a match other than being played. Knows no market and no clock."""

from typing import Literal, get_args

# Awarded: somebody was given the points. Walkover: one side did not come. Suspended and abandoned: begun, and stopped for a
# while or for good.
NotPlayed = Literal["awarded", "cancelled", "postponed", "suspended", "abandoned", "walkover"]
NOT_PLAYED: tuple[NotPlayed, ...] = get_args(NotPlayed)
