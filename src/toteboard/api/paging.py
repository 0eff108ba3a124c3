"""How a list is asked for and answered in pages. Knows no resource."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query

from toteboard.api.services import InServices
from toteboard.rules.bounds import ID_MAX
from toteboard.rules.refusals import invalid

ROWS = 50
CURSOR_LENGTH_MAX = 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The last moment of the calendar, in microseconds since 1970.
AT_MAX_US = 253_402_300_799_999_999
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


def moment_cursor(at: datetime, *numbers: int) -> str:
    """A cursor of a list in the order of time: the moment in microseconds since 1970, and what tells two of one apart."""
    return ".".join(map(str, ((at - EPOCH) // timedelta(microseconds=1), *numbers)))


def moment(text: str, *, numbers: int) -> tuple[datetime, list[int]]:
    """What such a cursor says. Raises Refused (422) for what is none."""
    parts = [number(part) for part in text.split(".")]
    if len(parts) != 1 + numbers or parts[0] > AT_MAX_US:
        raise invalid("after", "not a cursor of this list")
    return EPOCH + timedelta(microseconds=parts[0]), parts[1:]


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
