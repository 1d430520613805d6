from django.apps import AppConfig


class HandoverConfig(AppConfig):
    name = "opale.run.handover"
    label = "handover"

    def ready(self) -> None:
        from opale.listings import registry
        from opale.run.desk.ports import TicketRecord, register_ticket_record
        from opale.run.handover.listings import HANDOVERS, WATCHES
        from opale.run.handover.models import HandoverItem, SleepingTicket

        for model in (HandoverItem, SleepingTicket):
            # They stay as they were handed over.
            register_ticket_record(TicketRecord(model=model, follows_customer=False))
        registry.register(HANDOVERS, WATCHES)
