"""What is done to notifications, and to how one gets them."""

from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from opale.acts.declarations import Subject, button, form, place
from opale.kernel.actor import Actor
from opale.notifications import queries
from opale.notifications.actions import choices, read_state
from opale.notifications.domain.quiet_hours import DIGEST_AT, QUIET_SINCE, QUIET_UNTIL
from opale.notifications.forms import ChoiceForm, TimesForm
from opale.notifications.models import Notification
from opale.notifications.rights import USE
from opale.notifications.shapes import NotificationOut, ReadOut


def kept_times(_none: object, by: Actor) -> dict[str, Any]:
    found = queries.own_times(seen_by=by)
    if found is None:
        return {"digest_at": DIGEST_AT, "quiet_since": QUIET_SINCE, "quiet_until": QUIET_UNTIL}
    return {name: getattr(found, name) for name in TimesForm.Meta.fields}


def all_read(*, by: Actor) -> ReadOut:
    """Mark all of one's notifications as read."""
    return ReadOut(read=read_state.mark_all_read(by=by))


def said_of_all(_none: object, made: ReadOut) -> str:
    return ngettext(
        "%(n)s notification marked as read.", "%(n)s notifications marked as read.", made.read
    ) % {"n": made.read}


INBOX: Subject[Notification] = Subject(
    name="notifications", page="inbox/", endpoint="/notifications",
    home=place("notifications_inbox", pgettext_lazy("notifications", "Inbox")),
)  # fmt: skip
CHOICES = replace(
    INBOX, name="notification_choices", page="inbox/choices/", endpoint="/notification-choices",
    home=place("notifications_choices", _("Notification settings")),
)  # fmt: skip
NOTIFICATION = Subject(
    name="notification", model=Notification, get=queries.get_notification, shape=NotificationOut,
    page="inbox/<int:notification_id>/", endpoint="/notifications/{int:notification_id}",
    home=lambda _row: (reverse("notifications_inbox"), pgettext_lazy("notifications", "Inbox")),
)  # fmt: skip
ACTS = (
    button(
        NOTIFICATION, read_state.mark_read, "mark_read", USE, noun="reading", icon="check",
        label=_("Mark as read"), tone="ghost", undo="mark_unread",
        said=_("Marked as read."),
    ),
    button(
        NOTIFICATION, read_state.mark_unread, "mark_unread", USE, noun="unreading", icon="mail",
        label=_("Mark as unread"), tone="ghost", said=_("Marked as unread."),
    ),
    button(
        INBOX, all_read, "mark_all_read", USE, noun="reading", gives=ReadOut, icon="checks",
        label=_("Mark all as read"), said=said_of_all,
    ),
    button(
        CHOICES, choices.choose_kind, "choose_kind", USE, of=ChoiceForm, noun="kinds",
        optional={"push"}, status=204, label=_("Save"), stays=True, said=_("Saved."),
        text="How one kind is mailed, and whether it is sent to one's devices.",
    ),
    form(
        CHOICES, choices.set_times, "set_times", USE, TimesForm, noun="times", status=204,
        title=_("Digest and quiet hours"), submit=_("Save"), label=_("Change times"), icon="clock",
        initial=kept_times, said=_("Times saved."),
        text="When the daily digest is sent, and the hours without mails and pushes.",
    ),
)  # fmt: skip
