"""Pages of designs that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.delivery.designs import rights
from opale.delivery.designs.actions import designs
from opale.delivery.designs.queries import designs as design_queries
from opale.organisation.domain.headings import Heading
from opale.organisation.rights import F
from opale.ui.navigation import Entry

ENTRIES = (
    Entry(
        label=_("Designs"),
        icon="ruler-2",
        url_name="designs_list",
        right=rights.READ,
        group=Heading.BUILD,
        rail={F.SOLUTION_ARCHITECT},
        count=design_queries.designs_to_continue,
        topic=designs.LIST,
        places=("/designs/",),
        key="g f",
        words=_("quotes, offers, feasibility"),
        order=40,
    ),
)
