"""What the columns of a sheet mean: said by the person, read off exact names, or guessed from the header."""

from dataclasses import dataclass

from toteboard.imports.sheet.header_words import header_words, is_of_draw, meanings_of
from toteboard.imports.sheet.meanings import Meaning
from toteboard.spreadsheets.reading import FileRefused, Wrong
from toteboard.words import label, word

# Columns of the format that exports write, by these names.
COLUMNS = (Meaning.MATCH, Meaning.ROUND, Meaning.STARTS_AT, Meaning.OUTCOME, Meaning.ODDS)
# What else a sheet may have under its exact name, so that nothing is guessed.
_MORE = (Meaning.NUMBER, Meaning.VENUE, Meaning.MARKET, Meaning.STATUS)
# As a CSV calls them, and as a workbook does.
_EXACT = {meaning.value: meaning for meaning in (*COLUMNS, *_MORE)} | {label(one).casefold(): one for one in COLUMNS}
# Odds that are called by their side alone, in this order.
_ODDS_BY_SIDE = (("1", "x", "2"), ("h", "d", "a"), ("1", "0", "2"))
_SEVERAL = (Meaning.OUTCOME, Meaning.ODDS, Meaning.OTHER_ODDS)


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

    @property
    def is_one_market(self) -> bool:
        """Whether the whole sheet is one market: runners, and no column that says which match they are of."""
        return not self.row_is_match and self.position(Meaning.MATCH) is None

    @property
    def has_odds_of_draw(self) -> bool:
        """Whether two sides have three odds: the one between them is the draw's."""
        return len(self.positions(Meaning.OUTCOME)) == 2 and len(self.positions(Meaning.ODDS)) == 3

    def check(self, *, draw: str | None = None) -> None:
        """Raises FileRefused, one line for each thing that does not go together."""
        wrong = [
            f"two columns hold the {word('import_column', one).lower()}; there can be one"
            for one in Meaning
            if self._is_doubled(one)
        ]
        sides = len(self.positions(Meaning.OUTCOME))
        if not sides:
            wrong.append("choose which columns hold the players or runners")
        outcomes = sides + (1 if draw else 0)
        if sides > 2 and self.position(Meaning.MATCH) is None:
            wrong.append("choose which column holds the match; two columns of players name it themselves")
        if self.position(Meaning.STARTS_AT) is not None and self.position(Meaning.DATE) is not None:
            wrong.append("the start stands in one column, or in a date and a time; not in both")
        if self.position(Meaning.TIME) is not None and self.position(Meaning.DATE) is None:
            wrong.append("a column of times needs one of dates")
        if self.position(Meaning.MARKET) is not None and self.row_is_match:
            wrong.append("a column that names the market goes with a row for each outcome")
        if draw and sides != 2:
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
    names = [_exact_name(name) for name in header]
    if unknown := [name for name in names if name not in _EXACT]:
        raise FileRefused(
            Wrong("row 1", f"the column {unknown[0][:40]!r} is not one of {', '.join((*COLUMNS, *_MORE))}")
        )
    meanings = tuple(_EXACT[name] for name in names)
    if missing := [one for one in (Meaning.MATCH, Meaning.OUTCOME) if one not in meanings]:
        raise FileRefused(Wrong("row 1", f"there is no column {missing[0].value!r}"))
    if len(set(meanings)) != len(meanings):
        raise FileRefused(Wrong("row 1", "a column stands twice"))
    return Columns(meanings)


def exact_or_guessed(header: tuple[str, ...]) -> Columns:
    """By their exact names where the sheet is one that we write: there a mistyped name is refused. Else guessed."""
    names = {_exact_name(name) for name in header}
    return exact(header) if {"match", "outcome"} <= names else guessed(header)


def _exact_name(name: str) -> str:
    return name.casefold().replace(" ", "_")


def guessed(header: tuple[str, ...]) -> Columns:
    """What the columns seem to mean: a proposal for a person to look at. What fits nothing is not read."""
    fits = [meanings_of(name) for name in header]
    meanings: list[Meaning | None] = []
    for one in fits:
        free = [meaning for meaning in one if meaning in _SEVERAL or meaning not in meanings]
        meanings.append(free[0] if free else None)
    sides = meanings.count(Meaning.OUTCOME)
    if sides < 2 and Meaning.MATCH not in meanings:
        # "Local" is a place, or the home team of the one that visits.
        meanings = [Meaning.OUTCOME if Meaning.OUTCOME in one else now for now, one in zip(meanings, fits, strict=True)]
        sides = meanings.count(Meaning.OUTCOME)
    if Meaning.DATE in meanings and Meaning.STARTS_AT in meanings and Meaning.TIME not in meanings:
        # Beside a day the kick-off is a time.
        meanings[meanings.index(Meaning.STARTS_AT)] = Meaning.TIME
    if sides == 2 and Meaning.ODDS not in meanings:
        for at in range(len(header) - 2):
            if tuple(header_words(name) for name in header[at : at + 3]) in _ODDS_BY_SIDE:
                meanings[at : at + 3] = [Meaning.ODDS] * 3
                break
    if sides > 1 and Meaning.MARKET in meanings:
        meanings[meanings.index(Meaning.MARKET)] = None
    return Columns(tuple(_fitting_odds(meanings, header, sides)))


def _fitting_odds(meanings: list[Meaning | None], header: tuple[str, ...], sides: int) -> list[Meaning | None]:
    """The odds that go with the sides: of several bookmakers' the first; a draw's only between two sides."""
    at = [position for position, one in enumerate(meanings) if one is Meaning.ODDS]
    wanted = sides if sides > 1 else 1
    if sides == 2 and len(at) >= 3 and is_of_draw(header[at[1]]):
        wanted = 3
    for position in at[wanted:] if len(at) >= wanted else at:
        meanings[position] = None
    return meanings


def is_header(cells: list[str]) -> int:
    """How many columns of a row are called as columns are: the row with the most is the header."""
    return len({words for cell in cells if (words := header_words(cell)) and len(cell) <= 60 and meanings_of(cell)})
