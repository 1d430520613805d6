"""Errors between Opale and a mail server, with advice."""

import asyncio
import socket
import ssl

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_TEXT_LENGTH = 500

SENTENCES: dict[str, str | Promise] = {
    "name": _("The server name cannot be resolved. Check its spelling, and the DNS."),
    "refused": _(
        "The server refuses the connection. Check the port, and that its mail service is running."
    ),
    "unreachable": _(
        "The server cannot be reached. Check the network, and the firewall between it and Opale."
    ),
    "silent": _(
        "The server does not answer in time. Check the port and the encryption: a server that "
        "expects TLS does not answer without it."
    ),
    "certificate": _(
        "The server's certificate is not valid for its name. Enter the name in the certificate, "
        "or have it renewed."
    ),
    "tls": _(
        "The connection cannot be encrypted. Check whether the port is for TLS (usually 993) or "
        "for STARTTLS (usually 143)."
    ),
    "login": _("The server does not accept the login. Check the name and the password."),
    "token": _(
        "No access token could be obtained. Check the token address, the client and its secret; "
        "otherwise grant access again."
    ),
    "folder": _("The folder cannot be opened. Check the spelling of its name."),
    "read_only": _(
        "The folder is read-only: fetched mail cannot be marked there. Give the login write access."
    ),
    "done_folder": _(
        "The folder for fetched mail does not exist and cannot be created. Create it in the "
        "mailbox."
    ),
    "keywords": _(
        "The server does not store our flags: mail read before Opale fetches it is skipped. Enter "
        "a folder for fetched mail."
    ),
    "lost": _("The server closed the connection. Opale retries automatically."),
    "words": _("The server does not speak IMAP on this port. Check the port."),
    "busy": _("The server is busy. Opale retries automatically."),
    "mail": _(
        "The server does not deliver some of the mails. They stay where they are and are fetched "
        "again later; all others are fetched."
    ),
    "too_large": _(
        "Some mails are larger than Opale accepts (OPALE_MAIL_LIMIT). They stay where they are; "
        "all others are fetched."
    ),
    "secret": _(
        "The secret cannot be read: Opale's secret key was replaced. Enter the secret again."
    ),
    "internal": _("Unexpected error: see the log of the gateway. Opale retries automatically."),
    "database": _("Opale's database does not answer. Mail stays on the server until it does."),
}


class MailboxError(Exception):
    """Something is wrong with a source: its kind, and what the server said."""

    def __init__(self, kind: str, said: str = "") -> None:
        super().__init__(kind, said)
        self.kind = kind
        self.said = " ".join(said.replace("\0", "\ufffd").split())[:MAX_TEXT_LENGTH]

    def __str__(self) -> str:
        return f"{self.kind}: {self.said}" if self.said else self.kind


def explain_error(kept: str) -> str:
    """Return the sentence for a stored error (`kind: words`), in the reader's language."""
    kind, _colon, said = kept.partition(": ")
    if kind not in SENTENCES:
        return kept
    sentence = str(SENTENCES[kind])
    return f"{sentence} ({said})" if said else sentence


def to_mailbox_error(error: Exception) -> MailboxError:
    """Return the mailbox error behind an error of the network."""
    said = str(error) or type(error).__name__
    if isinstance(error, MailboxError):
        return error
    if isinstance(error, TimeoutError):
        return MailboxError("silent")
    if isinstance(error, socket.gaierror | UnicodeError):
        return MailboxError("name", said)
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailboxError("certificate", error.verify_message or said)
    if isinstance(error, ssl.SSLError):
        return MailboxError("tls", error.reason or said)
    if isinstance(error, ConnectionRefusedError):
        return MailboxError("refused")
    if isinstance(error, asyncio.IncompleteReadError | ConnectionError):
        return MailboxError("lost")
    return MailboxError("unreachable", said)
