from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "opale.run.reports"
    label = "reports"

    def ready(self) -> None:
        from opale.listings import registry
        from opale.run.reports.listings import REPORTED_TICKETS
        from opale.run.reports.rights import READ
        from opale.run.reports.web.scheduled import OPERATIONS_REPORT
        from opale.scheduled_reports.ports import register_report
        from opale.ui import slots

        registry.register(REPORTED_TICKETS)
        slots.fill("web.now.side", "reports_now", right=READ, order=10)
        register_report(OPERATIONS_REPORT)
