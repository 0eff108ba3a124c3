"""What the columns of a sheet mean: said by the person, read off exact names, or guessed from the header."""

import re
from dataclasses import dataclass
from enum import StrEnum

from toteboard.spreadsheets.reading import FileRefused, Wrong
from toteboard.words import label, word


class Meaning(StrEnum):
    """Of a column. Several `outcome` columns: a row is a whole match; then `odds` go with them, in order."""

    MATCH = "match"
    ROUND = "round"
    STARTS_AT = "starts_at"
    DATE = "date"
    TIME = "time"
    OUTCOME = "outcome"
    ODDS = "odds"


# Columns of the format that exports write, by these names.
COLUMNS = (Meaning.MATCH, Meaning.ROUND, Meaning.STARTS_AT, Meaning.OUTCOME, Meaning.ODDS)
# As a CSV calls them, and as a workbook does.
_EXACT = {meaning.value: meaning for meaning in COLUMNS} | {label(one).casefold(): one for one in COLUMNS}
_SEVERAL = (Meaning.OUTCOME, Meaning.ODDS)

# As headers stand in spreadsheets; a number behind one does not matter ("Player 2").
_GUESSES: dict[Meaning, str] = {
    Meaning.MATCH: "match|game|fixture|race|event|heat|contest|bout|board",
    Meaning.ROUND: "round|stage|phase|matchday|group|heat name",
    Meaning.STARTS_AT: "starts at|start|starts|start time|kick ?off|begins|begins at|date time|date and time|when|scheduled",
    Meaning.DATE: "date|day|match date|start date",
    Meaning.TIME: "time|hour|clock",
    Meaning.OUTCOME: "outcome|runner|horse|player|team|side|competitor|contestant|participant|selection|entrant|name"
    "|home|away|home team|away team|home side|away side|white|black|red corner|blue corner",
    Meaning.ODDS: "odds|price|decimal odds|quote|odds home|odds away|odds draw|home odds|away odds|draw odds",
}
_PATTERNS = {meaning: re.compile(rf"^(?:{words})(?: [0-9]{{1,2}}| [ab])?$") for meaning, words in _GUESSES.items()}


@dataclass(frozen=True, slots=True)
class Columns:
    """`meanings`: for each column of the header what it means; None is not read."""

    meanings: tuple[Meaning | None, ...]

    def positions(self, meaning: Meaning) -> list[int]:
        return [position for position, one in enumerate(self.meanings) if one is meaning]

    def position(self, meaning: Meaning) -> int | None:
        return next(iter(self.positions(meaning)), None)

    @property
    def row_is_match(self) -> bool:
        """Whether a row is a whole match, with several outcomes in it."""
        return len(self.positions(Meaning.OUTCOME)) > 1

    def check(self, *, draw: str | None = None) -> None:
        """Raises FileRefused, one line for each thing that does not go together."""
        wrong = [
            f"two columns hold the {word('import_column', one).lower()}; there can be one"
            for one in Meaning
            if self._is_doubled(one)
        ]
        if not self.positions(Meaning.OUTCOME):
            wrong.append("choose which columns hold the players or runners")
        outcomes = len(self.positions(Meaning.OUTCOME)) + (1 if draw else 0)
        if self.position(Meaning.MATCH) is None and len(self.positions(Meaning.OUTCOME)) != 2:
            wrong.append("choose which column holds the match; two columns of players name it themselves")
        if self.position(Meaning.STARTS_AT) is not None and self.position(Meaning.DATE) is not None:
            wrong.append("the start stands in one column, or in a date and a time; not in both")
        if self.position(Meaning.TIME) is not None and self.position(Meaning.DATE) is None:
            wrong.append("a column of times needs one of dates")
        if draw and len(self.positions(Meaning.OUTCOME)) != 2:
            wrong.append("a draw goes with two columns of players")
        odds = len(self.positions(Meaning.ODDS))
        if odds not in (0, outcomes if self.row_is_match else 1):
            wrong.append(_odds_columns(odds, outcomes))
        if wrong:
            raise FileRefused(*(Wrong("columns", line) for line in wrong))

    def _is_doubled(self, meaning: Meaning) -> bool:
        return meaning not in _SEVERAL and len(self.positions(meaning)) > 1


def _odds_columns(odds: int, outcomes: int) -> str:
    columns = f"there {'is' if odds == 1 else 'are'} {odds} odds column{'' if odds == 1 else 's'}"
    players = f"{outcomes or 'no'} player column{'' if outcomes == 1 else 's'}"
    return f"{columns} but {players}; each player has their own odds, or none has"


def exact(header: tuple[str, ...]) -> Columns:
    """The columns by their exact names, in any case and order. Raises FileRefused for any other."""
    names = [name.casefold().replace(" ", "_") for name in header]
    if unknown := [name for name in names if name not in _EXACT]:
        raise FileRefused(Wrong("row 1", f"the column {unknown[0][:40]!r} is not one of {', '.join(COLUMNS)}"))
    meanings = tuple(_EXACT[name] for name in names)
    if missing := [one for one in (Meaning.MATCH, Meaning.OUTCOME) if one not in meanings]:
        raise FileRefused(Wrong("row 1", f"there is no column {missing[0].value!r}"))
    if len(set(meanings)) != len(meanings):
        raise FileRefused(Wrong("row 1", "a column stands twice"))
    return Columns(meanings)


def guessed(header: tuple[str, ...]) -> Columns:
    """What the columns seem to mean: a proposal for a person to look at. What fits nothing is not read."""
    meanings: list[Meaning | None] = []
    for name in header:
        words = " ".join(re.findall(r"[^\W_]+", name.casefold()))
        fits = [meaning for meaning, pattern in _PATTERNS.items() if pattern.match(words)]
        free = [meaning for meaning in fits if meaning in _SEVERAL or meaning not in meanings]
        meanings.append(free[0] if free else None)
    return Columns(tuple(meanings))
