from django.apps import AppConfig


class InfrastructureConfig(AppConfig):
    name = "opale.infrastructure"
    label = "infrastructure"

    def ready(self) -> None:
        from opale.endpoints.exchange import registry as exchange_registry
        from opale.infrastructure.actions.exchange import ITEMS
        from opale.infrastructure.listings import ITEMS as ITEM_LIST
        from opale.infrastructure.listings import SITES, SUPPLIERS
        from opale.infrastructure.web import palette as found
        from opale.listings import registry
        from opale.reference_tables import registry as reference_tables
        from opale.ui import palette, slots

        palette.register(found.palette_results)
        registry.register(ITEM_LIST)
        reference_tables.register(SITES, SUPPLIERS)
        exchange_registry.register_tables(ITEMS)
        slots.fill(
            "customers.customer.side", "infrastructure_of_customer", right="infrastructure.read"
        )
        slots.fill(
            "customers.service.main", "infrastructure_of_service", right="infrastructure.read"
        )
