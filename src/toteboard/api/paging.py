"""How a list is asked for and answered in pages. Knows no resource."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query

from toteboard.api.problems import invalid
from toteboard.api.wire import ID_MAX
from toteboard.settings import Settings

ROWS = 50
CURSOR_LENGTH_MAX = 60


@dataclass(frozen=True, slots=True)
class PageAsked:
    """`after` is the cursor as it was sent; one row more than `limit` is read, to know whether more follow."""

    after: str | None
    limit: int

    @property
    def rows(self) -> int:
        return self.limit + 1

    def after_id(self) -> int | None:
        """The cursor of a list in the order of ids. Raises Problem (422) for what is none."""
        return None if self.after is None else number(self.after)

    def split(self, rows: Sequence[Any], cursor: Callable[[Any], str]) -> tuple[list[Any], str | None]:
        """The rows of this page, and the cursor of the next one, None at the end."""
        shown = list(rows[: self.limit])
        return shown, cursor(shown[-1]) if len(rows) > self.limit else None


def number(text: str) -> int:
    """A number out of a cursor. Raises Problem (422) unless it is ASCII digits that a bigint can hold."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= ID_MAX):
        raise invalid("after", "not a cursor of this list")
    return int(text)


def paging(settings: Settings) -> Callable[..., PageAsked]:
    """A dependency that reads `after` and `limit`."""
    usual = min(ROWS, settings.page_max)

    def asked(
        after: Annotated[str | None, Query(max_length=CURSOR_LENGTH_MAX)] = None,
        limit: Annotated[int, Query(ge=1, le=settings.page_max)] = usual,
    ) -> PageAsked:
        return PageAsked(after, limit)

    return asked
