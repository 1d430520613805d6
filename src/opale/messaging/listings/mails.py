"""What the lists of outgoing and of incoming mails share."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from django.utils.html import format_html
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.messaging.models import (
    IncomingMail,
    OutgoingMail,
)
from opale.messaging.queries import visible_mails
from opale.messaging.queries.visible_mails import VisibleMail

OutgoingLine: TypeAlias = VisibleMail[OutgoingMail]
IncomingLine: TypeAlias = VisibleMail[IncomingMail]


def visible_lines(mails: Sequence[Any], actor: Actor) -> Sequence[Any]:
    """Return the mails with what the reader may see of each."""
    return visible_mails.visible_mails(mails, seen_by=actor)


def mail_name(told: OutgoingLine | IncomingLine) -> str:
    """Return the subject of a mail as its reader may see it."""
    if told.is_hidden:
        return _("Confidential")
    return told.mail.subject or _("(no subject)")


def hidden_name() -> object:
    """Return what stands for the subject of a hidden mail."""
    return format_html('<span class="o-quiet">{}</span>', _("Confidential"))


def shown(told: OutgoingLine | IncomingLine, value: object) -> object:
    """Return the value, or nothing of a hidden mail."""
    return None if told.is_hidden else value
