"""Pages of reservations that people go to."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.organisation.domain.headings import Heading
from opale.organisation.rights import F
from opale.reservations import rights
from opale.reservations.actions import reservations
from opale.reservations.queries import reservations as reservation_queries
from opale.ui.navigation import Entry

ENTRIES = (
    Entry(
        label=pgettext_lazy("of people", "Workload"),
        icon="chart-bar",
        url_name="reservations_load",
        right=rights.READ,
        group=Heading.BUILD,
        rail={
            F.SOLUTION_ARCHITECT,
            F.PROJECT_MANAGER,
            F.BUILD_ENGINEER,
            F.PROVISIONER,
        },
        rail_of_leads={F.CORE_ENGINEER, F.TOOLS_ENGINEER},
        places=("/load/",),
        key="g v",
        words=_("workload, bench, availability"),
        order=48,
    ),
    Entry(
        label=_("Reservations"),
        icon="calendar-check",
        url_name="reservations_list",
        right=rights.READ,
        group=Heading.BUILD,
        rail={F.PROJECT_MANAGER, F.BUILD_ENGINEER, F.PROVISIONER},
        count=reservation_queries.expiring_reservations,
        topic=reservations.LIST,
        places=("/reservations/",),
        words=_("capacity, bookings"),
        order=50,
    ),
)
