"""The list of mails in quarantine."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, RowAct
from opale.messaging import rights
from opale.messaging.actions import quarantine
from opale.messaging.actions.store_incoming import INBOX
from opale.messaging.forms import ForgetForm
from opale.messaging.listings.incoming_mails import (
    INCOMING_SUBJECT,
    MAILBOX,
    OF_MAILBOX,
    RECEIVED,
    SENDER,
    WORDS,
    incoming_tabs,
)
from opale.messaging.listings.mails import IncomingLine, mail_name, visible_lines
from opale.messaging.models import (
    IncomingMail,
    IncomingMailQuerySet,
)
from opale.messaging.queries import incoming
from opale.messaging.states import FORGET, REPLAY, IncomingState


def _reason(told: IncomingLine) -> str:
    return _(told.mail.reason) if told.mail.reason and not told.is_hidden else ""


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
    lines=visible_lines,
    named=mail_name,
    order=Order(("received_at", "id")),
    topic=INBOX,
    above="messaging/in/_tabs.html",
    figures=_about_quarantine,
    empty=Empty(
        "mail-check",
        gettext_lazy("No mail matches your filters"),
        gettext_lazy("Quarantine is empty"),
        gettext_lazy(
            "Mail that cannot be processed appears here with the reason, without blocking others."
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
