from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoverConfig(AppConfig):
    name = "opale.run.handover"
    label = "handover"

    def ready(self) -> None:
        from opale.listings import registry
        from opale.run.desk.ports import TicketRecord, register_ticket_record
        from opale.run.handover import rights
        from opale.run.handover.actions import records
        from opale.run.handover.listings import HANDOVERS, WATCHES
        from opale.run.handover.models import HandoverItem, SleepingTicket
        from opale.run.handover.queries import records as record_queries
        from opale.ui import navigation

        for model in (HandoverItem, SleepingTicket):
            # They stay as they were handed over.
            register_ticket_record(TicketRecord(model=model, follows_customer=False))
        registry.register(HANDOVERS, WATCHES)
        navigation.register(
            navigation.Entry(
                label=_("Handover"),
                icon="clipboard-list",
                url_name="handover_now",
                right=rights.READ,
                count=record_queries.cards_waiting_for,
                topic=records.BOARD_TOPIC,
                order=12,
                places=("/handovers/",),
                key="g h",
            )
        )
