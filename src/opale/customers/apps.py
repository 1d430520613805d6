from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "opale.customers"
    label = "customers"

    def ready(self) -> None:
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
        from opale.ui import palette
        from opale.webhooks.ports import register_customer_check

        register_customer_check(customers.exists)
        ports.register_contact_identifier(customers.identity_of)
        palette.register(found.palette_results)
        registry.register(CUSTOMER_LIST, SERVICE_LIST, CONTRACTS, PORTFOLIO)
        reference_tables.register(OFFERINGS)
        exchange_registry.register_tables(CUSTOMERS, CONTACTS, SERVICES)
