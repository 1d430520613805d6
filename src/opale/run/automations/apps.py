from django.apps import AppConfig


class AutomationsConfig(AppConfig):
    name = "opale.run.automations"
    label = "automations"

    def ready(self) -> None:
        from opale.listings import registry
        from opale.listings.jumps import jumps
        from opale.run.automations.actions.reactions import listen_to_facts
        from opale.run.automations.listings import AUTOMATIONS, RECURRING, RUNS
        from opale.run.automations.models import AutomationRun, RecurringTicketRun
        from opale.run.desk.ports import TicketRecord, register_ticket_record
        from opale.ui import palette

        for model in (AutomationRun, RecurringTicketRun):
            register_ticket_record(TicketRecord(model=model))
        registry.register(AUTOMATIONS, RECURRING, RUNS)
        palette.register(jumps(AUTOMATIONS))
        palette.register(jumps(RECURRING))
        listen_to_facts()
