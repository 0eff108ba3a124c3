"""Sends a letter by the mail server that is set up. Knows no person and no occasion."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from toteboard.settings import Settings

# A mail server that does not answer keeps nobody waiting longer.
MAIL_WAIT_S = 15.0


class MailFailed(Exception):
    """The letter was not sent; the text says why, for the operator."""


async def send_mail(settings: Settings, *, to: str, subject: str, text: str) -> None:
    """Sends plain text to one address. Raises MailFailed. Not for who has no `smtp_url`."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = settings.mail_from, to, subject
    letter.set_content(text)
    try:
        await asyncio.to_thread(_send, settings.smtp_url, letter)
    except (OSError, smtplib.SMTPException) as failed:
        raise MailFailed(f"{type(failed).__name__}: {failed}") from failed


def _send(url: str, letter: EmailMessage) -> None:
    """`smtps://` speaks TLS from the first byte; `smtp://` turns to it where the server offers it."""
    parts = urlsplit(url)
    is_tls = parts.scheme == "smtps"
    host, port = parts.hostname or "localhost", parts.port or (465 if is_tls else 587)
    context = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(host, port, timeout=MAIL_WAIT_S, context=context)
        if is_tls
        else smtplib.SMTP(host, port, timeout=MAIL_WAIT_S)
    )
    with server:
        if not is_tls:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)
