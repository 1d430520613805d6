"""The list of incoming mails, and what it shares with quarantine."""

from collections.abc import Iterable
from typing import Annotated, Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Choice, Parameter, Span, Words
from opale.messaging import rights
from opale.messaging.actions.store_incoming import INBOX
from opale.messaging.listings.mails import (
    IncomingLine,
    hidden_name,
    mail_name,
    shown,
    visible_lines,
)
from opale.messaging.models import (
    IncomingMail,
)
from opale.messaging.queries import incoming
from opale.messaging.states import IncomingState, Outcome
from opale.ui.components.badges import state
from opale.ui.components.lists import Tab

OUTCOME_TONES = {
    Outcome.TICKET: "new",
    Outcome.REPLY: "active",
    Outcome.PARTICIPANT: "active",
    Outcome.PROPOSED: "new",
    Outcome.BOUNCE: "waiting",
    Outcome.QUARANTINED: "bad",
}
IN_THE_LIST = [choice for choice in Outcome.choices if choice[0] != Outcome.QUARANTINED]
"""All outcomes but quarantine, which has a list of its own."""


def incoming_tabs(here: str, actor: Actor) -> list[Tab]:
    """Return the pages of incoming mail as tabs."""
    stuck = incoming.quarantined(actor)[:100].count()
    places = (
        ("mail_in", _("Incoming mail"), None),
        ("mail_in_quarantine", _("Quarantine"), stuck or None),
        ("mail_in_mailboxes", _("Mailboxes"), None),
        ("mail_in_health", _("Mail health"), None),
    )
    return [Tab(label, reverse(name), name == here, count) for name, label, count in places]


def outcome_tone(mail: IncomingMail) -> str:
    return OUTCOME_TONES.get(Outcome(mail.outcome), "closed") if mail.outcome else "waiting"


def _incoming_subject(told: IncomingLine) -> object:
    if told.is_hidden:
        return hidden_name()
    url = reverse("mail_in_show", args=[told.mail.pk])
    return format_html('<a href="{}">{}</a>', url, mail_name(told))


def _sender(told: IncomingLine) -> object:
    return shown(told, told.mail.from_name or told.mail.from_address)


def _sender_cell(told: IncomingLine) -> object:
    mail = told.mail
    if told.is_hidden or not mail.from_name:
        return _sender(told)
    return format_html('<span title="{}">{}</span>', mail.from_address, mail.from_name)


def _outcome(told: IncomingLine) -> str:
    mail = told.mail
    return str(mail.get_outcome_display() if mail.outcome else mail.get_state_display())


def _ticket(told: IncomingLine) -> object:
    if not told.thing:
        return ""
    return format_html('<a class="o-number" href="{}">{}</a>', told.thing.url, told.thing.label)


def _mailboxes(actor: Actor) -> Iterable[tuple[Any, Any]]:
    return [(box.address, box.address) for box in incoming.mailboxes(seen_by=actor)]


INCOMING_SUBJECT = Column(
    "subject", gettext_lazy("Subject"), mail_name, cell=_incoming_subject, fixed=True, style="fill"
)  # fmt: skip
SENDER = Column("from", gettext_lazy("From"), _sender, cell=_sender_cell)
RECEIVED = Column("received", pgettext_lazy("a mail", "Received"), "received_at", order=True)
MAILBOX = Column("mailbox", gettext_lazy("Mailbox"), "mailbox__name")
WORDS = Words(label=gettext_lazy("Sender’s address or Message-ID"))


OF_MAILBOX = Choice(
    "mailbox", gettext_lazy("Mailbox"), _mailboxes, argument="mailbox", menu=True,
    api_type=Annotated[str, Field(max_length=320, description="Address of the mailbox")],
)  # fmt: skip


INCOMING_MAILS = Listing(
    name="incoming-mails",
    title=gettext_lazy("Incoming mail"),
    right=rights.READ,
    url_name="mail_in",
    model=IncomingMail,
    rows=incoming.incoming_mails,
    lines=visible_lines,
    named=mail_name,
    order=Order(("-received_at", "-id")),
    topic=INBOX,
    above="messaging/in/_tabs.html",
    figures=lambda request: {"parts": incoming_tabs("mail_in", request.actor)},
    empty=Empty(
        "mail-opened",
        gettext_lazy("No mail matches your filters"),
        gettext_lazy("No incoming mail yet"),
        gettext_lazy("Every mail received appears here with its outcome."),
    ),
    columns=(
        INCOMING_SUBJECT,
        SENDER,
        MAILBOX,
        Column(
            "outcome", gettext_lazy("Mail outcome"), _outcome,
            cell=lambda told: state(_outcome(told), outcome_tone(told.mail)),
        ),
        Column(
            "ticket", gettext_lazy("Ticket"), lambda told: told.thing.label if told.thing else "",
            cell=_ticket,
        ),
        RECEIVED,
        Column("way", gettext_lazy("Source"), "source", shown=False),
        Column("attempts", gettext_lazy("Attempts"), "attempts", style="end", shown=False),
    ),
    filters=(
        WORDS,
        Choice(
            "outcome", gettext_lazy("Mail outcome"), IN_THE_LIST, argument="outcome",
            menu=True, more=[(Outcome.QUARANTINED.value, Outcome.QUARANTINED.label)],
        ),
        OF_MAILBOX,
        Choice(
            "state", gettext_lazy("State"), IncomingState.choices, argument="state", drawn=False
        ),
        Parameter(
            "message_id", argument="message_id",
            api_type=Annotated[str, Field(max_length=600, description="With or without brackets")],
        ),
        Parameter(
            "sender", argument="sender",
            api_type=Annotated[str, Field(max_length=320, description="Address of From")],
        ),
        Span("received", pgettext_lazy("a mail", "Received"), lookup="received_at", moment=True),
    ),
)  # fmt: skip
