"""The list of addresses that take no mail."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing, New, RowAct
from opale.listings.filters import Span, Words
from opale.messaging import rights
from opale.messaging.actions import suppressions
from opale.messaging.domain.failure_reasons import failure_reason
from opale.messaging.models import (
    Suppression,
)
from opale.messaging.queries import suppressions as suppression_queries


def _why(row: Suppression) -> str:
    reason = failure_reason(row.answer)
    return str(reason.words) if reason else _("Added manually")


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
    title=gettext_lazy("Suppressed addresses"),
    right=rights.READ,
    url_name="mail_suppressed",
    model=Suppression,
    rows=suppression_queries.suppressions,
    order=Order(("-since", "-id")),
    topic=suppressions.SUPPRESSED,
    template="messaging/suppressed.html",
    new=New(
        gettext_lazy("Suppress address"), "messaging_suppress_mail_address", rights.RETRY
    ),
    empty=Empty(
        "mail-check",
        gettext_lazy("No address matches your filters"),
        gettext_lazy("No suppressed addresses"),
        gettext_lazy("Addresses are added when their mail server reports that they do not exist."),
    ),
    columns=(
        Column(
            "address", gettext_lazy("Address"), "address", cell=_suppressed, order=True, fixed=True
        ),
        Column("why", gettext_lazy("Reason"), _why, cell=_why_cell, style="fill"),
        Column("answer", gettext_lazy("Last response"), "answer", shown=False, style="wrap"),
        Column("since", gettext_lazy("Since"), "since", order=True),
    ),
    filters=(
        Words(label=gettext_lazy("Search addresses")),
        Span("since", gettext_lazy("Since"), lookup="since", moment=True),
    ),
    acts=(
        RowAct(
            "release", gettext_lazy("Remove from list"), rights.RETRY, icon="mail-check",
            run=suppressions.release_address,
        ),
    ),
    line_acts=("release_mail_address",),
)  # fmt: skip
