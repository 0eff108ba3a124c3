"""What somebody who registers says of themselves. Knows no route, so that the command line can use it alone."""

from typing import Annotated

from pydantic import AfterValidator, Field

from toteboard.api.people.common_passwords import is_common
from toteboard.api.wire import RequestModel
from toteboard.rules.bounds import PERSON_NAME_LENGTH_MAX
from toteboard.rules.names import EMAIL_LENGTH_MAX, clean_email, clean_name
from toteboard.settings import Settings

PASSWORD_MIN = 8
PASSWORD_MAX = 200


def _uncommon(password: str) -> str:
    """What half the world uses is tried first. Raises ValueError for one of the commonest passwords."""
    if is_common(password):
        raise ValueError("one of the commonest passwords, which is tried first: take another, such as three words")
    return password


# Length counts, not signs and numbers; what everybody uses is refused.
NewPassword = Annotated[str, Field(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX), AfterValidator(_uncommon)]
# How long an API token may last.
TOKEN_DAYS_MAX = 366


def _short_name(text: str) -> str:
    return clean_name(text, length_max=PERSON_NAME_LENGTH_MAX)


Email = Annotated[str, Field(min_length=3, max_length=EMAIL_LENGTH_MAX), AfterValidator(clean_email)]
ShortName = Annotated[str, Field(min_length=1, max_length=PERSON_NAME_LENGTH_MAX), AfterValidator(_short_name)]


def confirms_addresses(settings: Settings) -> bool:
    """Whether an account begins with a code by e-mail."""
    return bool(settings.smtp_url) and settings.confirm_addresses


class RegistrationRequest(RequestModel):
    """A new account; the address is unique whatever its letters' case."""

    email: Email
    name: ShortName
    password: NewPassword
    invitation: Annotated[
        str | None, Field(max_length=100, description="the code of an invitation, of which a whole hall may register")
    ] = None
