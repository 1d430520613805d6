"""Mails that go out and come in, addresses that take no mail, and channels as lists."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeAlias

from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Jump, Listing, New, RowAct
from opale.listings.filters import Choice, Parameter, Span, Words
from opale.messaging import rights
from opale.messaging.actions import outgoing, quarantine, suppressions
from opale.messaging.actions.channels import CHANNELS as CHANNELS_TOPIC
from opale.messaging.actions.store_incoming import INBOX
from opale.messaging.domain.failure_reasons import failure_reason
from opale.messaging.forms import ForgetForm
from opale.messaging.models import (
    Channel,
    IncomingMail,
    IncomingMailQuerySet,
    OutgoingMail,
    Suppression,
)
from opale.messaging.queries import channels, incoming, visible_mails
from opale.messaging.queries import outgoing as outgoing_queries
from opale.messaging.queries import suppressions as suppression_queries
from opale.messaging.queries.visible_mails import VisibleMail
from opale.messaging.states import FORGET, REPLAY, RETRY, IncomingState, MailState, Outcome
from opale.ui.components.badges import state
from opale.ui.components.lists import Tab
from opale.ui.components.times import moment

OutgoingLine: TypeAlias = VisibleMail[OutgoingMail]
IncomingLine: TypeAlias = VisibleMail[IncomingMail]
TONES = {MailState.QUEUED: "waiting", MailState.SENT: "done", MailState.FAILED: "bad"}
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


def _seen(mails: Sequence[Any], actor: Actor) -> Sequence[Any]:
    return visible_mails.visible_mails(mails, seen_by=actor)


def mail_name(told: OutgoingLine | IncomingLine) -> str:
    """Return the subject of a mail as its reader may see it."""
    if told.is_hidden:
        return _("Confidential")
    return told.mail.subject or _("(no subject)")


def _hidden_name() -> object:
    return format_html('<span class="o-quiet">{}</span>', _("Confidential"))


def _shown(told: OutgoingLine | IncomingLine, value: object) -> object:
    return None if told.is_hidden else value


def _outgoing_subject(told: OutgoingLine) -> object:
    name = (
        _hidden_name()
        if told.is_hidden
        else format_html('<span lang="{}">{}</span>', told.mail.language, mail_name(told))
    )
    return format_html('<a href="{}">{}</a>', reverse("mail_show", args=[told.mail.pk]), name)


def _sent(told: OutgoingLine) -> object:
    if told.mail.sent_at and told.mail.refused:
        return format_html("{} {}", moment(told.mail.sent_at), state(_("not for all"), "bad"))
    return moment(told.mail.sent_at) if told.mail.sent_at else ""


# Only what an index of all mails sorts can be sorted by: when it was written, as its key follows.
OUTGOING_MAILS = Listing(
    name="outgoing-mails",
    title=gettext_lazy("Outgoing mail"),
    right=rights.READ,
    url_name="mail_outbox",
    model=OutgoingMail,
    rows=outgoing_queries.outgoing_mails,
    lines=_seen,
    named=mail_name,
    order=Order(("-id",)),
    topic=outgoing.OUTBOX,
    buttons="messaging/_buttons.html",
    empty=Empty(
        "mail-check",
        gettext_lazy("No mail fits"),
        gettext_lazy("No mail waits"),
        gettext_lazy(
            "Everything that was written has been handed to the mail server or given up."
        ),
    ),
    empties={
        "state=failed": Empty(
            "mail-check",
            "",
            gettext_lazy("No mail was given up"),
            gettext_lazy("What the mail server refuses for good is shown here, with its answer."),
        ),
        "state=sent": Empty(
            "mail",
            "",
            gettext_lazy("No mail was sent yet"),
            gettext_lazy("Mails to customers and invitations of colleagues appear here once sent."),
        ),
    },
    columns=(
        Column(
            "subject", gettext_lazy("Subject"), mail_name, cell=_outgoing_subject, fixed=True,
            style="fill",
        ),
        Column("to", gettext_lazy("To"), lambda told: _shown(told, told.mail.to)),
        Column(
            "state", gettext_lazy("State"), "state", shown=False,
            cell=lambda told: state(
                told.mail.get_state_display(), TONES[MailState(told.mail.state)]
            ),
        ),
        Column("written", gettext_lazy("Written"), "created_at", order="id"),
        Column("sent", gettext_lazy("Sent"), lambda told: told.mail.sent_at, cell=_sent),
        Column("attempts", gettext_lazy("Attempts"), "attempts", style="end"),
        Column(
            "answer", gettext_lazy("Last answer"), lambda told: _shown(told, told.mail.last_error),
            cell=lambda told: _shown(told, Truncator(told.mail.last_error).chars(120)),
        ),
        Column("next", gettext_lazy("Next attempt"), "next_attempt_at", shown=False),
    ),
    filters=(
        Choice(
            "state", gettext_lazy("State"), MailState.choices, argument="state", tabs=True,
            default=MailState.QUEUED,
            counts=lambda actor: outgoing_queries.count_unsent(seen_by=actor),
        ),
        Span("written", gettext_lazy("Written"), lookup="created_at", moment=True),
    ),
    acts=(
        RowAct(
            RETRY.name, RETRY.label, rights.RETRY, icon="refresh",
            run=outgoing.retry_mail,
        ),
    ),
    line_acts=("retry_outgoing_mail",),
)  # fmt: skip


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
        return _hidden_name()
    url = reverse("mail_in_show", args=[told.mail.pk])
    return format_html('<a href="{}">{}</a>', url, mail_name(told))


def _sender(told: IncomingLine) -> object:
    return _shown(told, told.mail.from_name or told.mail.from_address)


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


def _reason(told: IncomingLine) -> str:
    return _(told.mail.reason) if told.mail.reason and not told.is_hidden else ""


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
    lines=_seen,
    named=mail_name,
    order=Order(("-received_at", "-id")),
    topic=INBOX,
    above="messaging/in/_tabs.html",
    figures=lambda request: {"parts": incoming_tabs("mail_in", request.actor)},
    empty=Empty(
        "mail-opened",
        gettext_lazy("No mail fits"),
        gettext_lazy("No mail came in yet"),
        gettext_lazy("Every mail that a mailbox takes appears here, with what became of it."),
    ),
    columns=(
        INCOMING_SUBJECT,
        SENDER,
        MAILBOX,
        Column(
            "outcome", gettext_lazy("What became of it"), _outcome,
            cell=lambda told: state(_outcome(told), outcome_tone(told.mail)),
        ),
        Column(
            "ticket", gettext_lazy("Ticket"), lambda told: told.thing.label if told.thing else "",
            cell=_ticket,
        ),
        RECEIVED,
        Column("way", gettext_lazy("Way"), "source", shown=False),
        Column("attempts", gettext_lazy("Attempts"), "attempts", style="end", shown=False),
    ),
    filters=(
        WORDS,
        Choice(
            "outcome", gettext_lazy("What became of it"), IN_THE_LIST, argument="outcome",
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


def _quarantined(*, seen_by: Actor, **asked: Any) -> IncomingMailQuerySet:
    return incoming.incoming_mails(seen_by=seen_by, state=IncomingState.QUARANTINED, **asked)


def _about_quarantine(request: ActorRequest) -> Mapping[str, object]:
    return {"parts": incoming_tabs("mail_in_quarantine", request.actor), "replays": True}


def _forget_form(data: Any = None, *, by: Actor) -> ForgetForm:
    return ForgetForm(data)


QUARANTINED_MAILS = Listing(
    name="quarantined-mails",
    title=gettext_lazy("Quarantine"),
    right=rights.READ,
    url_name="mail_in_quarantine",
    model=IncomingMail,
    rows=_quarantined,
    lines=_seen,
    named=mail_name,
    order=Order(("received_at", "id")),
    topic=INBOX,
    above="messaging/in/_tabs.html",
    figures=_about_quarantine,
    empty=Empty(
        "mail-check",
        gettext_lazy("No mail fits"),
        gettext_lazy("Nothing stands in quarantine"),
        gettext_lazy(
            "A mail that cannot be handled waits here with its reason, and holds up no other."
        ),
    ),
    columns=(
        replace(INCOMING_SUBJECT, style=""),
        SENDER,
        MAILBOX,
        Column(
            "reason", gettext_lazy("Reason"), _reason, style="wrap",
            cell=lambda told: Truncator(_reason(told)).chars(200),
        ),
        RECEIVED,
    ),
    filters=(WORDS, OF_MAILBOX),
    acts=(
        RowAct(
            REPLAY.name, REPLAY.label, rights.REPLAY, icon="refresh",
            run=quarantine.replay_mail,
        ),
        RowAct(
            FORGET.name, FORGET.label, rights.REPLAY, icon="trash", form=_forget_form,
            run=lambda row, by, reason: quarantine.forget_mail(row, by=by, reason=reason),
        ),
    ),
    line_acts=("replay_inbound_mail",),
)  # fmt: skip


def _why(row: Suppression) -> str:
    reason = failure_reason(row.answer)
    return str(reason.words) if reason else _("Written down by hand")


def _why_cell(row: Suppression) -> object:
    if not row.answer:
        return format_html('<span class="o-quiet">{}</span>', _why(row))
    if row.is_complaint:
        return _why(row)
    answer = Truncator(row.answer).chars(160)
    return format_html('{} <span class="o-quiet">{}</span>', _why(row), answer)


def _suppressed(row: Suppression) -> object:
    if row.mail_id is None:
        return row.address
    url = reverse("mail_show", args=[row.mail_id])
    return format_html('<a href="{}">{}</a>', url, row.address)


SUPPRESSED_ADDRESSES = Listing(
    name="suppressed-addresses",
    title=gettext_lazy("Addresses that take no mail"),
    right=rights.READ,
    url_name="mail_suppressed",
    model=Suppression,
    rows=suppression_queries.suppressions,
    order=Order(("-since", "-id")),
    topic=suppressions.SUPPRESSED,
    template="messaging/suppressed.html",
    new=New(
        gettext_lazy("Write an address down"), "messaging_suppress_mail_address", rights.RETRY
    ),
    empty=Empty(
        "mail-check",
        gettext_lazy("No such address is on the list"),
        gettext_lazy("Every address takes mail"),
        gettext_lazy("An address comes here when its mail server says that nobody is there."),
    ),
    columns=(
        Column(
            "address", gettext_lazy("Address"), "address", cell=_suppressed, order=True, fixed=True
        ),
        Column("why", gettext_lazy("Why"), _why, cell=_why_cell, style="fill"),
        Column("answer", gettext_lazy("Last answer"), "answer", shown=False, style="wrap"),
        Column("since", gettext_lazy("Since"), "since", order=True),
    ),
    filters=(
        Words(label=gettext_lazy("Search an address")),
        Span("since", gettext_lazy("Since"), lookup="since", moment=True),
    ),
    acts=(
        RowAct(
            "release", gettext_lazy("Take off the list"), rights.RETRY, icon="mail-check",
            run=suppressions.release_address,
        ),
    ),
    line_acts=("release_mail_address",),
)  # fmt: skip


def _in_use(channel: Channel) -> str:
    return _("In use") if channel.is_on else _("Switched off")


CHANNELS = Listing(
    name="channels",
    title=gettext_lazy("Channels"),
    right=rights.READ,
    url_name="channels",
    model=Channel,
    rows=channels.channels,
    order=Order(("name", "id")),
    topic=CHANNELS_TOPIC,
    new=New(gettext_lazy("New channel"), "messaging_create_channel", rights.MAILBOXES),
    empty=Empty(
        "plug",
        gettext_lazy("No channel fits"),
        gettext_lazy("No channel yet"),
        gettext_lazy(
            "A channel leads to where people look beside their mail: a room of a chat, a"
            " telephone, a program."
        ),
    ),
    columns=(
        Column(
            "name", gettext_lazy("Name"), "name", order=True, fixed=True, style="fill",
            link=lambda channel: reverse("channel", args=[channel.pk]),
        ),
        Column("kind", gettext_lazy("Kind"), lambda channel: channel.kind, order="scheme"),
        Column(
            "state", gettext_lazy("State"), _in_use, order="is_on",
            cell=lambda one: state(_in_use(one), "done" if one.is_on else "closed"),
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Name")),
        Choice(
            "state", gettext_lazy("State"),
            (("on", gettext_lazy("In use")), ("off", gettext_lazy("Switched off"))),
            lookup="is_on", turn=lambda said: said == "on",
        ),
    ),
    jump=Jump(
        label=lambda row: row.name,
        url=lambda row: reverse("channel", args=[row.pk]),
        note=lambda row: row.kind,
        group=gettext_lazy("Channels"),
        icon="plug",
    ),
)  # fmt: skip
