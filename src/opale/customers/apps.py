from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "opale.customers"
    label = "customers"

    def ready(self) -> None:
        from opale.customers import rights
        from opale.customers.actions.exchange import CONTACTS, CUSTOMERS, SERVICES
        from opale.customers.listings.contracts import CONTRACTS
        from opale.customers.listings.customers import CUSTOMERS as CUSTOMER_LIST
        from opale.customers.listings.offerings import OFFERINGS
        from opale.customers.listings.portfolio import PORTFOLIO
        from opale.customers.listings.services import SERVICES as SERVICE_LIST
        from opale.customers.queries import customers
        from opale.customers.web import palette as found
        from opale.endpoints.exchange import registry as exchange_registry
        from opale.listings import registry
        from opale.organisation import ports
        from opale.reference_tables import registry as reference_tables
        from opale.ui import navigation, palette
        from opale.webhooks.ports import register_customer_check

        register_customer_check(customers.exists)
        ports.register_contact_identifier(customers.identity_of)
        for label, icon, url_name, order, places, key in (
            (_("Customers"), "building-community", "customers_list", 50, ("/customers/",), "g c"),
            (_("Services"), "package", "customers_services", 51, ("/services/",), "g s"),
            (_("Catalogue"), "list-details", "customers_offerings", 70, ("/catalogue/",), ""),
            (_("Support plans"), "award", "customers_plans", 71, ("/plans/",), ""),
        ):
            navigation.register(
                navigation.Entry(
                    label=label,
                    icon=icon,
                    url_name=url_name,
                    right="customers.read",
                    group=_("Reference") if order >= 60 else "",
                    order=order,
                    places=places,
                    key=key,
                )
            )
        navigation.register(
            navigation.Entry(
                label=_("Portfolio"),
                icon="folders",
                url_name="customers_portfolio",
                right=rights.PORTFOLIO,
                group=_("BUILD"),
                order=53,
                places=("/portfolio/",),
            )
        )
        palette.register(found.palette_results)
        registry.register(CUSTOMER_LIST, SERVICE_LIST, CONTRACTS, PORTFOLIO)
        reference_tables.register(OFFERINGS)
        exchange_registry.register_tables(CUSTOMERS, CONTACTS, SERVICES)
