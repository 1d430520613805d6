"""The mail server's answers: their meaning, and the addresses that they concern."""

import smtplib
from collections.abc import Mapping
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as DjangoBackend
from django.core.mail.message import sanitize_address

Answers = Mapping[str, tuple[int, bytes]]


class EmailBackend(DjangoBackend):
    """Django's backend, extended to remember which addresses the server refused.

    The message that was sent carries `refused`: address -> answer.
    """

    def _send(self, email_message: EmailMessage) -> bool:
        recipients = email_message.recipients()
        if self.connection is None or not recipients:
            return False
        encoding = email_message.encoding or "utf-8"
        refused = self.connection.sendmail(
            sanitize_address(email_message.from_email, encoding),
            [sanitize_address(address, encoding) for address in recipients],
            email_message.message().as_bytes(linesep="\r\n"),  # type: ignore[call-arg]  # Django's
        )
        email_message.refused = refused  # type: ignore[attr-defined]  # read by refused_by
        return True


def refused_by(message: EmailMessage) -> Answers:
    """Return the addresses of a sent message that the server refused, with its answers."""
    found: Answers = getattr(message, "refused", {})
    return found


def provider_keys_of(message: EmailMessage) -> list[str]:
    """Return the keys by which a provider reports on a sent message; none for a mail server."""
    found: list[str] = getattr(message, "provider_keys", [])
    return found


def answer_text(error: Exception) -> str:
    """Return the server's answer as text for people."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return answers_text(error.recipients)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def answers_text(answers: Answers) -> str:
    return "\n".join(
        f"{address}: {code} {_text(text)}" for address, (code, text) in answers.items()
    )


def answer_code(error: Exception) -> int | None:
    """Return the code that a server answered; of several addresses, the first one's."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _ in error.recipients.values()), None)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None


def is_final(error: Exception) -> bool:
    """Return whether another attempt cannot succeed.

    A 5yz answer about this mail is the server's last word (RFC 5321, 4.2.1). One about the session
    (greeting, login) is about the server or Opale's settings, which can be corrected.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return error.smtp_code >= 500
    # The mail is invalid and cannot be written, such as a line break in an address.
    return isinstance(error, ValueError | smtplib.SMTPNotSupportedError)


def _text(answer: Any) -> str:
    raw = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(raw.split())
