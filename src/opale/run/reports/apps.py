from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "opale.run.reports"
    label = "reports"

    def ready(self) -> None:
        from opale.listings import registry
        from opale.run.reports.listings import REPORTED_TICKETS

        registry.register(REPORTED_TICKETS)
