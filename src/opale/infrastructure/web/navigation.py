"""Pages of the register that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.infrastructure import rights
from opale.organisation.domain.headings import Heading
from opale.organisation.rights import F
from opale.ui.navigation import Entry

ENTRIES = (
    Entry(
        label=_("Items"),
        icon="server",
        url_name="infrastructure_items",
        right=rights.READ,
        group=Heading.INFRASTRUCTURE,
        rail={
            F.RUN_ENGINEER,
            F.BUILD_ENGINEER,
            F.PROVISIONER,
            F.CORE_ENGINEER,
            F.TOOLS_ENGINEER,
        },
        places=("/items/",),
        key="g e",
        words=_("CMDB, equipment, devices, circuits, servers"),
        order=70,
    ),
    Entry(
        label=_("Sites"),
        icon="building",
        url_name="infrastructure_sites",
        right=rights.READ,
        group=Heading.INFRASTRUCTURE,
        rail={F.BUILD_ENGINEER, F.PROVISIONER, F.CORE_ENGINEER},
        places=("/sites/",),
        words=_("datacentres, premises, addresses"),
        order=71,
    ),
    Entry(
        label=_("Suppliers"),
        icon="truck",
        url_name="infrastructure_suppliers",
        right=rights.READ,
        group=Heading.INFRASTRUCTURE,
        places=("/suppliers/",),
        words=_("carriers, vendors"),
        order=72,
    ),
)
