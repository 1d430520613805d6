"""Pages of notifications that people go to."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.notifications import rights
from opale.notifications.actions.notify import inbox_topic
from opale.notifications.queries import unread
from opale.organisation.domain.headings import Heading
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=pgettext_lazy("notifications", "Inbox"),
        icon="inbox",
        url_name="notifications_inbox",
        right=rights.USE,
        always=True,
        count=unread,
        topic=lambda actor: inbox_topic(actor.person_id),
        places=("/inbox/",),
        words=_("notifications, mentions, news"),
        key="g m",
        order=2,
    ),
    Entry(
        label=_("Notification settings"),
        icon="bell-cog",
        url_name="notifications_choices",
        right=rights.USE,
        group=Heading.ORGANISATION,
        area=Area.ACCOUNT,
        words=_("email, digest, push, quiet hours"),
        order=202,
    ),
)
