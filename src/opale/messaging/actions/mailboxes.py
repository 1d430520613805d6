"""Actions on mailboxes: setting them up, and recording what their sources report."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.encryption import encrypt
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.messaging import rights
from opale.messaging.models import Mailbox
from opale.messaging.states import Login, MailboxSource, Security

MAILBOXES: Final = "messaging.mailboxes"
"""The live topic of the list."""
PURPOSE: Final = "messaging"
ADDRESS: Final = re.compile(r"[^\s@<>,;:\"]{1,64}@[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?")
SERVER: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:_-]{0,253}[A-Za-z0-9])?")
LANGUAGES: Final = ("fr", "en")
SECRETS: Final = ("secret", "refresh_token")


def create_mailbox(*, by: Actor, address: str, name: str, **fields: Any) -> Mailbox:
    """Make a mailbox; `secret` and `refresh_token` come plain and are kept encrypted.

    Errors: NotAllowed, Invalid, Conflict (the address has one).
    """
    if not by.can(rights.MAILBOXES):
        raise NotAllowed
    given = _checked(Mailbox(), {"address": address, "name": name, **fields})
    with attributed(by):
        try:
            with transaction.atomic():
                made = Mailbox.objects.create(**given)
        except IntegrityError:
            raise Conflict(_("This address already has a mailbox.")) from None
        live_topics.publish(MAILBOXES)
    return made


def edit_mailbox(mailbox: Mailbox, *, by: Actor, **fields: Any) -> None:
    """Change the named fields; a secret that is "" is left unchanged.

    Errors: NotFound, NotAllowed, Invalid, Conflict.
    """
    if not by.can(rights.MAILBOXES):
        raise NotAllowed
    fields = {name: value for name, value in fields.items() if name not in SECRETS or value}
    with attributed(by):
        locked = _locked(mailbox, by)
        given = _checked(locked, fields)
        try:
            with transaction.atomic():
                Mailbox.objects.filter(pk=locked.pk).update(**given)
        except IntegrityError:
            raise Conflict(_("This address already has a mailbox.")) from None
        live_topics.publish(MAILBOXES)


def switch_mailbox(mailbox: Mailbox, *, by: Actor) -> bool:
    """Switch a mailbox off, or on again; return whether it is on.

    Errors: NotFound, NotAllowed, Invalid.
    """
    is_on = not mailbox.is_on
    edit_mailbox(mailbox, by=by, is_on=is_on)
    return is_on


def delete_mailbox(mailbox: Mailbox, *, by: Actor) -> None:
    """Delete a mailbox. Errors: NotFound, NotAllowed, Conflict (it has received mails)."""
    if not by.can(rights.MAILBOXES):
        raise NotAllowed
    with attributed(by):
        try:
            _locked(mailbox, by).delete()
        except ProtectedError:
            raise Conflict(
                _("This mailbox has mail: disable it instead, so that nothing is lost.")
            ) from None
        live_topics.publish(MAILBOXES)


def _locked(mailbox: Mailbox, by: Actor) -> Mailbox:
    rows = Mailbox.objects.visible_to(by).filter(pk=mailbox.pk)
    found = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound
    return found


def _checked(before: Mailbox, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns to write. Errors: Invalid, with every field that is wrong."""
    given = {name: _plain(value) for name, value in fields.items()}
    wrong: dict[str, str] = {}
    after = {name: given.get(name, getattr(before, name)) for name in CHECKED}
    if "address" in given:
        given["address"] = after["address"] = given["address"].lower()
    if not ADDRESS.fullmatch(after["address"]):
        wrong["address"] = _("Not a valid email address.")
    if not after["name"]:
        wrong["name"] = _("Required.")
    for name, choices in CHOICES.items():
        if after[name] not in choices:
            wrong[name] = _("Choose one of the options.")
    if after["source"] == MailboxSource.IMAP:
        wrong |= _wrong_with_imap(after)
    if wrong:
        raise Invalid(**wrong)
    if "trusted_servers" in given:
        given["trusted_servers"] = sorted({one.strip().lower() for one in given["trusted_servers"]})
    for name in SECRETS:
        if given.get(name):
            given[name] = encrypt(given[name], purpose=PURPOSE)
    return given


def _wrong_with_imap(after: Mapping[str, Any]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not SERVER.fullmatch(after["host"]):
        wrong["host"] = _("Enter the server, such as imap.example.net.")
    if not 0 < after["port"] < 65536:
        wrong["port"] = _("Enter a port from 1 to 65535.")
    if not after["folder"]:
        wrong["folder"] = _("Required.")
    if after["folder"] == after["done_folder"]:
        wrong["done_folder"] = _("Fetched mail cannot stay in the same folder: enter another one.")
    if after["auth"] == Login.OAUTH2 and not after["token_url"].startswith("https://"):
        wrong["token_url"] = _("The token address must start with https://.")
    return wrong


def _plain(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


CHOICES: Final[Mapping[str, Any]] = {
    "language": LANGUAGES,
    "source": MailboxSource.values,
    "security": Security.values,
    "auth": Login.values,
}
CHECKED: Final = (
    *("address", "name", "language", "source", "host", "port", "security", "login", "auth"),
    *("token_url", "folder", "done_folder"),
)
