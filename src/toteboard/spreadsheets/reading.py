"""What every reader of a file shares: its bounds, its text and how a row is refused. Knows no format."""

import codecs
import re
from dataclasses import dataclass, field

from toteboard.rules.bounds import YEAR_MAX, YEAR_MIN
from toteboard.rules.names import clean_name

FILE_BYTES_MAX = 16 * 1024 * 1024
REFUSALS_MAX = 20
CELL_MAX = 200
_BREAKS = re.compile(r"[\t\r\n\v\f\u2028\u2029]+")
YEARS = range(YEAR_MIN, YEAR_MAX + 1)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong; `where` is "B3", "row 3", "match 7", "columns", or empty for the file as a whole.

    Of a sheet, `row` is its number, and `column` a position from 0 where it is one cell.
    """

    where: str
    what: str
    row: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" if self.where else self.what


class FileRefused(ValueError):
    """The file cannot be taken, and nothing of it was. Each of `errors` is a line of its own."""

    def __init__(self, *errors: Wrong | str):
        self.errors = tuple(error if isinstance(error, Wrong) else Wrong("", error) for error in errors)
        super().__init__("\n".join(map(str, self.errors)))


class FileTooLarge(FileRefused):
    """The file, or what it unpacks to, is more than is read."""


class RowRefused(ValueError):
    """One row is wrong; the reader adds where it stands. `column`: the cell in it, a position from 0."""

    def __init__(self, why: str, column: int | None = None):
        self.column = column
        super().__init__(why)


@dataclass(slots=True)
class Refusals:
    """Gathers the rows that are wrong, up to REFUSALS_MAX, so that a person can mend them all at once."""

    errors: list[Wrong] = field(default_factory=list)

    def add(self, where: str, why: object) -> None:
        """Notes what is wrong where; past the bound they are only counted."""
        self.note(Wrong(where, str(why)))

    def note(self, wrong: Wrong) -> None:
        """Notes it; past the bound reading stops."""
        self.errors.append(wrong)
        if len(self.errors) >= REFUSALS_MAX:
            self.errors.append(Wrong("", "… and perhaps more; reading stopped here"))
            raise FileRefused(*self.errors)

    def raise_any(self) -> None:
        """Raises FileRefused with all that was noted; goes on where nothing was."""
        if self.errors:
            raise FileRefused(*self.errors)


def decoded(content: bytes) -> tuple[str, str | None]:
    """The file's text, and a warning where the encoding was guessed. Raises FileRefused."""
    if len(content) > FILE_BYTES_MAX:
        raise FileTooLarge(f"the file has {len(content):,} bytes; at most {FILE_BYTES_MAX:,} are taken")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16"), None
        except UnicodeDecodeError as bad:
            raise FileRefused(Wrong(_row_of(content, bad.start), "not UTF-16, as the file's first bytes say")) from None
    if b"\x00" in content[:4096]:
        raise FileRefused(Wrong("row 1", "the file has NUL bytes; it is neither UTF-8 nor marked as UTF-16"))
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError as bad:
        raise FileRefused(
            Wrong(_row_of(content, bad.start), "neither UTF-8 nor Windows-1252; save the file as UTF-8")
        ) from None
    return text, "the file is not UTF-8; read as Windows-1252: check the accents"


def _row_of(content: bytes, at: int) -> str:
    newlines = content.count(b"\n", 0, at)
    return f"row {newlines + 1}"


def named(text: object, what: str) -> str:
    """A name as rules.names has it. Raises RowRefused saying `what` is wrong."""
    if not isinstance(text, str):
        raise RowRefused(f"{what} is not text")
    if len(text) > CELL_MAX:
        raise RowRefused(f"{what} has {len(text)} characters; at most {CELL_MAX} are taken")
    try:
        # A cell may have its name on two lines.
        return clean_name(_BREAKS.sub(" ", text))
    except ValueError as bad:
        raise RowRefused(f"{what}: {bad}") from None
