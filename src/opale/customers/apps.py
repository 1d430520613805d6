from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "opale.customers"
    label = "customers"

    def ready(self) -> None:
        from opale.customers import queries
        from opale.organisation import ports

        ports.identify_contacts_by(queries.identity_of)
