"""How a list is asked for and answered in pages. Knows no resource."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Query

from toteboard.api.services import InServices
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.refusals import invalid

ROWS = 50
CURSOR_LENGTH_MAX = 60
# What the setting page_max may be at most.
PAGE_LIMIT_MAX = 1000


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`after` is the cursor as it was sent; one row more than `limit` is read, to know whether more follow."""

    after: str | None
    limit: int

    @property
    def rows(self) -> int:
        """How many rows to read: one more than are shown, which tells whether there are more."""
        return self.limit + 1

    def after_id(self) -> int | None:
        """The cursor of a list in the order of ids. Raises Refused (422) for what is none."""
        return None if self.after is None else number(self.after)

    def split(self, rows: Sequence[Any], cursor: Callable[[Any], str]) -> tuple[list[Any], str | None]:
        """The rows of this page, and the cursor of the next one, None at the end."""
        shown = list(rows[: self.limit])
        return shown, cursor(shown[-1]) if len(rows) > self.limit else None


def number(text: str) -> int:
    """A number out of a cursor. Raises Refused (422) unless it is ASCII digits that a bigint can hold."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= ID_MAX):
        raise invalid("after", "not a cursor of this list")
    return int(text)


def paging(
    services: InServices,
    after: Annotated[str | None, Query(max_length=CURSOR_LENGTH_MAX, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT_MAX, description="at most `page_max` of the settings")] = ROWS,
) -> PageRequest:
    """A dependency that reads `after` and `limit`. Raises Refused (INVALID)."""
    most = services.settings.page_max
    if limit > most and limit != ROWS:
        raise invalid("limit", f"at most {most}")
    return PageRequest(after, min(limit, most))


Paging = Annotated[PageRequest, Depends(paging)]
