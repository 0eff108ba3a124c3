"""The shapes of JSON in and out that several resources share. Parse once at the edge, then trust the type."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from toteboard.rules.bounds import (
    AMOUNT_MAX,
    ID_MAX,
    NAME_LENGTH_MAX,
    REASON_LENGTH_MAX,
    VERSION_MAX,
    YEAR_MAX,
    YEAR_MIN,
)
from toteboard.rules.names import clean_name
from toteboard.rules.odds import format_odds, parse_odds

T = TypeVar("T")

Id = Annotated[int, Field(strict=True, ge=1, le=ID_MAX)]
Amount = Annotated[int, Field(strict=True, ge=1, le=AMOUNT_MAX, description="minor units of the currency")]
Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX), AfterValidator(clean_name)]
Reason = Annotated[
    str,
    Field(min_length=1, max_length=REASON_LENGTH_MAX),
    AfterValidator(lambda text: clean_name(text, length_max=REASON_LENGTH_MAX)),
]
Text = Annotated[
    str, Field(max_length=NAME_LENGTH_MAX), AfterValidator(lambda text: clean_name(text) if text.strip() else "")
]
Version = Annotated[
    int, Field(ge=1, le=VERSION_MAX, description="the version that was seen; another by now is 409 CONFLICT")
]
Odds = Annotated[
    str, Field(max_length=8, description='decimal text, "2.28"'), AfterValidator(lambda t: format_odds(parse_odds(t)))
]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
# JSON has no time: text in, with its zone; kept and given in UTC.
Moment = Annotated[
    AwareDatetime, Field(strict=False), BeforeValidator(lambda at: _iso(at)), AfterValidator(lambda at: _in_utc(at))
]


def _iso(at: Any) -> Any:
    # A bare number would be read as seconds or as milliseconds, by its size.
    if not isinstance(at, datetime | str) or (isinstance(at, str) and not re.match(r"[0-9]{4}-", at)):
        raise ValueError("a time is written as in 2026-06-11T19:00:00Z")
    return at


def _in_utc(at: datetime) -> datetime:
    try:
        utc_at = at.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time is outside the calendar") from None
    if not YEAR_MIN <= utc_at.year <= YEAR_MAX:
        raise ValueError(f"the year is from {YEAR_MIN} to {YEAR_MAX}")
    return utc_at


class RequestModel(BaseModel):
    """A request's body: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PatchModel(RequestModel):
    """What a PATCH changes: a field that is not given stays as it is. Null clears one that can be without value."""

    clearable: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="after")
    def _nothing_else_is_null(self) -> Self:
        for name in sorted(self.model_fields_set - self.clearable):
            if getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        return self

    def given(self) -> dict[str, Any]:
        """What was given, by name."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ResponseModel(BaseModel):
    """An answer's body. Built from rows; extra columns are a bug."""

    model_config = ConfigDict(extra="forbid")


class Page(ResponseModel, Generic[T]):
    """One page of a list; `next` is the cursor of the following one, null at the end."""

    items: list[T]
    next: str | None = None

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """ "MarketPage" in the API's description, not "Page[Market]"."""
        return f"{params[0].__name__}Page"


def utc(at: datetime | None) -> str | None:
    """A time as the API says it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def milli(at: datetime | None) -> int | None:
    """A time as the feed says it: milliseconds since 1970."""
    return round(at.timestamp() * 1000) if at else None


# The same as a field of an answer.
UtcTime = Annotated[datetime, PlainSerializer(utc, return_type=str), WithJsonSchema({"type": "string"})]
