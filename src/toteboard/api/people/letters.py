"""Codes that set a password, and the letters that carry them. Knows no route; of a code the database keeps a hash."""

import logging
import secrets

from toteboard.api.people.sessions import hash_of
from toteboard.api.services import Services
from toteboard.notify.mail import MailFailed, send_mail
from toteboard.rules.codes import LENGTH, LETTERS, folded_code, shown_code

log = logging.getLogger(__name__)

# Why a letter comes: its subject, and what it says before the code.
FORGOTTEN = "Your code for a new password", "Somebody asked for a new password for your account."
REGISTERED = "Your code to register", "Somebody registered with this address."
ALREADY = (
    "You have an account already",
    "Somebody registered with this address, and you have an account already. Sign in with your password; if you have"
    " forgotten it, the code sets a new one.",
)


def new_code() -> str:
    """A fresh code, as hard to guess as an invitation's."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def code_hash_of(code: str) -> bytes:
    """What the database keeps of a code, however it is typed. Not that of an invitation of the same letters."""
    return hash_of(b"password" + folded_code(code).encode("utf-8", "surrogatepass"))


async def send_code(services: Services, email: str, code: str, url: str, why: tuple[str, str]) -> None:
    """Sends the code to an address; `url` is ours. What could not be sent is logged: whoever asked has their answer."""
    subject, reason = why
    text = (
        f"{reason}\n\n"
        f"Your code is {shown_code(code)}. It is good for an hour, once.\n"
        f"Enter it at {url}/password\n\n"
        "If it was not you, do nothing: nothing changes.\n"
    )
    try:
        await send_mail(services.settings, to=email, subject=subject, text=text)
    except MailFailed as failed:
        log.error("a code could not be sent: %s", failed)
