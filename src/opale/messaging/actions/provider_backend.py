"""Mail backend for a provider's API (django-anymail), with the answers of a mail server.

Errors are raised as `smtplib` raises them, so that one rule decides whether to try again.
Imported when the first mail is sent, by the process that sends it.
"""

import smtplib
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

RETRY_STATUSES = frozenset({408, 425, 429})
LOGIN_STATUSES = frozenset({401, 403})
REFUSED_STATUSES = frozenset({"invalid", "rejected", "failed"})


class EmailBackend(BaseEmailBackend):
    """The backend of the provider that EMAIL_URL names."""

    def __init__(self, fail_silently: bool = False, **options: Any) -> None:
        super().__init__(fail_silently=fail_silently)
        module = import_module(f"anymail.backends.{settings.EMAIL_PROVIDER}")
        self.provider = module.EmailBackend(fail_silently=fail_silently, **options)

    def open(self) -> bool | None:
        opened: bool | None = self.provider.open()
        return opened

    def close(self) -> None:
        self.provider.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        from anymail.exceptions import AnymailError, AnymailRecipientsRefused

        try:
            sent: int = self.provider.send_messages(email_messages) or 0
        except AnymailRecipientsRefused as error:
            raise smtplib.SMTPDataError(550, str(error)) from error
        except AnymailError as error:
            raise _as_smtp(error) from error
        for message in email_messages:
            message.refused = _refused_in(message)  # type: ignore[attr-defined]  # read by refused_by
            message.provider_keys = _keys_in(message)  # type: ignore[attr-defined]  # by keys_of
        return sent


def _as_smtp(error: Exception) -> Exception:
    status = getattr(error, "status_code", None)
    said = " ".join(str(error).split())[:500]
    if status in LOGIN_STATUSES:
        return smtplib.SMTPAuthenticationError(535, said)
    if status is not None and 400 <= status < 500 and status not in RETRY_STATUSES:
        return smtplib.SMTPDataError(554, said)
    return ConnectionError(said)


def _refused_in(message: EmailMessage) -> dict[str, tuple[int, bytes]]:
    told = getattr(getattr(message, "anymail_status", None), "recipients", {})
    return {
        address: (550, f"5.1.1 {one.status}".encode() if one.status == "invalid" else b"refused")
        for address, one in told.items()
        if one.status in REFUSED_STATUSES
    }


def _keys_in(message: EmailMessage) -> list[str]:
    """Return the provider's keys: some have one for the whole mail, some one for each address."""
    told = getattr(getattr(message, "anymail_status", None), "recipients", {})
    return sorted({str(one.message_id)[:255] for one in told.values() if one.message_id})
