"""Pages of customers that people go to."""

from django.utils.translation import gettext_lazy as _

from opale.customers import rights
from opale.organisation.domain.headings import Heading
from opale.organisation.rights import F
from opale.ui.navigation import Area, Entry

ENTRIES = (
    Entry(
        label=_("Customers"),
        icon="building-community",
        url_name="customers_list",
        right=rights.READ,
        group=Heading.CUSTOMERS,
        rail={
            F.DESK_AGENT,
            F.SERVICE_MANAGER,
            F.SOLUTION_ARCHITECT,
            F.PROJECT_MANAGER,
            F.ADMINISTRATOR,
        },
        places=("/customers/",),
        key="g c",
        words=_("accounts, clients, companies, contacts"),
        order=60,
    ),
    Entry(
        label=_("Portfolio"),
        icon="folders",
        url_name="customers_portfolio",
        right=rights.PORTFOLIO,
        group=Heading.CUSTOMERS,
        rail={F.SERVICE_MANAGER},
        places=("/portfolio/",),
        words=_("renewals"),
        order=61,
    ),
    Entry(
        label=_("Services"),
        icon="package",
        url_name="customers_services",
        right=rights.READ,
        group=Heading.CUSTOMERS,
        rail={F.SERVICE_MANAGER},
        places=("/services/",),
        key="g s",
        order=62,
    ),
    Entry(
        label=_("Contracts"),
        icon="file-text",
        url_name="customers_contracts",
        right=rights.READ,
        group=Heading.CUSTOMERS,
        rail={F.SERVICE_MANAGER},
        places=("/contracts/",),
        order=63,
    ),
    Entry(
        label=_("Offering catalogue"),
        icon="list-details",
        url_name="customers_offerings",
        right=rights.READ,
        group=Heading.CATALOGUE,
        area=Area.SETTINGS,
        places=("/catalogue/",),
        about=_("Families, offerings and their options"),
        words=_("products, price list"),
        order=130,
    ),
    Entry(
        label=_("Support plans"),
        icon="award",
        url_name="customers_plans",
        right=rights.READ,
        group=Heading.CATALOGUE,
        area=Area.SETTINGS,
        places=("/plans/",),
        about=_("Hours, response and restoration times"),
        words=_("SLA, service levels"),
        order=132,
    ),
)
