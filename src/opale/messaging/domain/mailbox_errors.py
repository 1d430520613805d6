"""Errors between Opale and a mail server, with advice."""

import asyncio
import socket
import ssl

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_TEXT_LENGTH = 500

SENTENCES: dict[str, str | Promise] = {
    "name": _("The name of the server is not known. Check how it is written, and the DNS."),
    "refused": _(
        "The server refuses the connection. Check the port, and whether its mail service runs."
    ),
    "unreachable": _(
        "The server cannot be reached. Check the network, and the firewall between it and Opale."
    ),
    "silent": _(
        "The server does not answer in time. Check the port and the encryption: a server that "
        "expects TLS is silent without it."
    ),
    "certificate": _(
        "The certificate of the server is not valid for its name. Enter the name that the "
        "certificate was made for, or have it renewed."
    ),
    "tls": _(
        "The connection cannot be encrypted. Check whether the port is for TLS (usually 993) or "
        "for STARTTLS (usually 143)."
    ),
    "login": _("The server does not accept the login. Check the name and the password."),
    "token": _(
        "No access token could be had. Check the token address, the client and its secret; "
        "otherwise grant access anew."
    ),
    "folder": _("The folder cannot be opened. Check how its name is written."),
    "read_only": _(
        "The folder can only be read: what was taken cannot be marked there. Give the login the "
        "right to write."
    ),
    "done_folder": _(
        "The folder for what was taken does not exist and cannot be made. Make it in the mailbox."
    ),
    "keywords": _(
        "The server keeps no marks of ours: what somebody has read before Opale looks is not "
        "taken. Name a folder for what was taken."
    ),
    "lost": _("The server closed the connection. Opale tries again by itself."),
    "words": _("The server answers what is not IMAP. Check the port."),
    "busy": _("The server has no time for Opale now. Opale tries again by itself."),
    "mail": _(
        "The server does not hand over some of the mails. They stay where they are and are asked "
        "for again; all others are taken."
    ),
    "too_large": _(
        "Some mails are larger than Opale takes (OPALE_MAIL_LIMIT). They stay where they are; all "
        "others are taken."
    ),
    "secret": _("The secret cannot be read: the secret key of Opale was replaced. Enter it anew."),
    "internal": _(
        "Something went wrong that was not foreseen: the log of the gateway says what. Opale tries "
        "again by itself."
    ),
    "database": _(
        "Opale's database does not answer. Every mail stays at the server until it does."
    ),
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
