"""The inbox."""

from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Listing
from opale.listings.filters import Choice
from opale.notifications import queries
from opale.notifications.actions.notify import inbox_topic
from opale.notifications.domain.kinds import choices
from opale.notifications.models import Notification
from opale.notifications.rights import USE


def _topic(request: ActorRequest) -> str:
    return inbox_topic(request.actor.person_id)


def _line_acts(row: Notification, _actor: Actor) -> tuple[str, ...]:
    return ("mark_read",) if row.read_at is None else ("mark_unread",)


INBOX = Listing(
    name="notifications",
    title=pgettext_lazy("notifications", "Inbox"),
    right=USE,
    url_name="notifications_inbox",
    model=Notification,
    rows=queries.notifications,
    lines=queries.as_readable,
    order=Order(("-made_at", "-id")),
    topic=_topic,
    buttons="notifications/_buttons.html",
    line_acts=_line_acts,
    row_flags=lambda row: {"unread": row.read_at is None},
    empty=Empty(
        "inbox",
        gettext_lazy("No notification matches your filters"),
        gettext_lazy("Your inbox is empty"),
        gettext_lazy("What needs you, and what changes in what you follow, arrives here."),
    ),
    empties={
        "read=unread": Empty(
            "checks",
            gettext_lazy("You have read everything"),
            gettext_lazy("You have read everything"),
        ),
    },
    columns=(
        Column(
            "text", gettext_lazy("What happened"), lambda row: row.text, fixed=True, style="wrap",
            template="notifications/_cell.html",
            link=lambda row: reverse("notifications_open", args=[row.pk]),
        ),
        Column(
            "kind", pgettext_lazy("of a notification", "Kind"), lambda row: row.label, shown=False
        ),
        Column("by", pgettext_lazy("a notification", "From"), "by_name"),
        Column("made", pgettext_lazy("a notification", "Received"), "made_at", order=True),
        Column(
            "read", pgettext_lazy("a notification", "Read"), "read_at", order=True, nullable=True,
            shown=False,
        ),
    ),
    filters=(
        Choice(
            "read", gettext_lazy("Show"),
            (
                ("unread", pgettext_lazy("notifications", "Unread")),
                ("read", pgettext_lazy("notifications", "Read")),
                ("all", pgettext_lazy("notifications", "All")),
            ),
            argument="read", default="unread", every="all", turn=lambda value: value == "read",
        ),
        Choice(
            "kind", pgettext_lazy("of a notification", "Kind"), lambda _actor: choices(),
            lookup="kind", menu=True,
        ),
    ),
)  # fmt: skip
