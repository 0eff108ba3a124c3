"""What somebody who registers says of themselves. Knows no route, so that the command line can use it alone."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from toteboard.api.wire import RequestModel
from toteboard.rules.names import clean_name

NAME_MAX = 80
PASSWORD_MIN = 8
PASSWORD_MAX = 200
# How long an API token may last.
TOKEN_DAYS_MAX = 366

# Visible ASCII on both sides of one @: an address of another alphabet is written in its xn-- form.
_EMAIL = re.compile(r"[!-?A-~]{1,64}@[!-?A-~]+")


def _email(text: str) -> str:
    text = text.strip()
    if not _EMAIL.fullmatch(text):
        raise ValueError("an e-mail address reads name@host")
    return text.lower()


def _short_name(text: str) -> str:
    return clean_name(text, length_max=NAME_MAX)


Email = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(_email)]
ShortName = Annotated[str, Field(min_length=1, max_length=NAME_MAX), AfterValidator(_short_name)]


class RegistrationRequest(RequestModel):
    """A new account; the address is unique whatever its letters' case."""

    email: Email
    name: ShortName
    password: str = Field(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)
