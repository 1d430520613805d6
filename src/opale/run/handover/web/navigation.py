"""Pages of handovers that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.organisation.domain.headings import Heading
from opale.organisation.rights import DESK
from opale.run.handover import rights
from opale.run.handover.actions import records
from opale.run.handover.queries import records as record_queries
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Handover"),
        icon="clipboard-list",
        url_name="handover_now",
        right=rights.READ,
        group=Heading.RUN,
        rail=DESK,
        count=record_queries.cards_waiting_for,
        topic=records.BOARD_TOPIC,
        places=("/handovers/",),
        key="g h",
        order=22,
    ),
    Entry(
        label=_("Past handovers"),
        icon="history",
        url_name="handover_list",
        right=rights.READ,
        group=Heading.RUN,
        area=Area.PAGE,
        order=39,
    ),
    Entry(
        label=_("Watch list"),
        icon="eye",
        url_name="handover_watches",
        right=rights.READ,
        group=Heading.RUN,
        area=Area.PAGE,
        order=39,
    ),
)
