"""The list of outgoing mails."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, RowAct
from opale.listings.filters import Choice, Span
from opale.messaging import rights
from opale.messaging.actions import outgoing
from opale.messaging.listings.mails import (
    OutgoingLine,
    hidden_name,
    mail_name,
    shown,
    visible_lines,
)
from opale.messaging.models import (
    OutgoingMail,
)
from opale.messaging.queries import outgoing as outgoing_queries
from opale.messaging.states import RETRY, MailState
from opale.ui.components.badges import state
from opale.ui.components.times import moment

TONES = {MailState.QUEUED: "waiting", MailState.SENT: "done", MailState.FAILED: "bad"}


def _outgoing_subject(told: OutgoingLine) -> object:
    name = (
        hidden_name()
        if told.is_hidden
        else format_html('<span lang="{}">{}</span>', told.mail.language, mail_name(told))
    )
    return format_html('<a href="{}">{}</a>', reverse("mail_show", args=[told.mail.pk]), name)


def _sent(told: OutgoingLine) -> object:
    if told.mail.sent_at and told.mail.refused:
        return format_html("{} {}", moment(told.mail.sent_at), state(_("restricted"), "bad"))
    return moment(told.mail.sent_at) if told.mail.sent_at else ""


# Only what an index of all mails sorts can be sorted by: when it was written, as its key follows.
OUTGOING_MAILS = Listing(
    name="outgoing-mails",
    title=gettext_lazy("Outgoing mail"),
    right=rights.READ,
    url_name="mail_outbox",
    model=OutgoingMail,
    rows=outgoing_queries.outgoing_mails,
    lines=visible_lines,
    named=mail_name,
    order=Order(("-id",)),
    topic=outgoing.OUTBOX,
    buttons="messaging/_buttons.html",
    empty=Empty(
        "mail-check",
        gettext_lazy("No mail matches your filters"),
        gettext_lazy("Queue empty"),
        gettext_lazy(
            "Every mail has been handed to the mail server, or has failed."
        ),
    ),
    empties={
        "state=failed": Empty(
            "mail-check",
            "",
            gettext_lazy("No failed mail"),
            gettext_lazy("Mail refused by the mail server appears here, with its answer."),
        ),
        "state=sent": Empty(
            "mail",
            "",
            gettext_lazy("No mail sent yet"),
            gettext_lazy("Mails to customers and invitations to colleagues appear here once sent."),
        ),
    },
    columns=(
        Column(
            "subject", gettext_lazy("Subject"), mail_name, cell=_outgoing_subject, fixed=True,
            style="fill",
        ),
        Column("to", gettext_lazy("To"), lambda told: shown(told, told.mail.to)),
        Column(
            "state", gettext_lazy("State"), "state", shown=False,
            cell=lambda told: state(
                told.mail.get_state_display(), TONES[MailState(told.mail.state)]
            ),
        ),
        Column("written", gettext_lazy("Created"), "created_at", order="id"),
        Column("sent", gettext_lazy("Sent"), lambda told: told.mail.sent_at, cell=_sent),
        Column("attempts", gettext_lazy("Attempts"), "attempts", style="end"),
        Column(
            "answer", gettext_lazy("Last response"), lambda told: shown(told, told.mail.last_error),
            cell=lambda told: shown(told, Truncator(told.mail.last_error).chars(120)),
        ),
        Column("next", gettext_lazy("Next attempt"), "next_attempt_at", shown=False),
    ),
    filters=(
        Choice(
            "state", gettext_lazy("State"), MailState.choices, argument="state", tabs=True,
            default=MailState.QUEUED,
            counts=lambda actor: outgoing_queries.count_unsent(seen_by=actor),
        ),
        Span("written", gettext_lazy("Created"), lookup="created_at", moment=True),
    ),
    acts=(
        RowAct(
            RETRY.name, RETRY.label, rights.RETRY, icon="refresh",
            run=outgoing.retry_mail,
        ),
    ),
    line_acts=("retry_outgoing_mail",),
)  # fmt: skip
