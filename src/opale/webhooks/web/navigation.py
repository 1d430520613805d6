"""Pages of webhooks that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.domain.headings import Heading
from opale.ui.navigation import Area, Entry
from opale.webhooks import queries, rights

ENTRIES = (
    Entry(
        label=_("Webhooks"),
        icon="webhook",
        url_name="webhooks",
        right=rights.USE,
        group=Heading.DATA,
        area=Area.SETTINGS,
        count=queries.paused_webhooks,
        loud=True,
        places=("/webhooks/",),
        about=_("Events sent to other programs"),
        words=_("HTTP callbacks, integrations"),
        order=150,
    ),
    Entry(
        label=_("Webhook deliveries"),
        icon="send",
        url_name="webhooks_deliveries",
        right=rights.USE,
        group=Heading.DATA,
        area=Area.PAGE,
        order=151,
    ),
)
