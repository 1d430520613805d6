from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoverConfig(AppConfig):
    name = "opale.run.handover"
    label = "handover"

    def ready(self) -> None:
        from opale.run.handover import rights
        from opale.run.handover.actions import records
        from opale.run.handover.queries import records as record_queries
        from opale.ui import navigation

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
