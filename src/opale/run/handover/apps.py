from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoverConfig(AppConfig):
    name = "opale.run.handover"
    label = "handover"

    def ready(self) -> None:
        from opale.run.handover import actions, queries, rights
        from opale.ui import navigation

        navigation.register(
            navigation.Entry(
                label=_("Handover"),
                icon="clipboard-list",
                url_name="handover_now",
                right=rights.READ,
                count=queries.waiting_for,
                topic=actions.BOARD,
                order=12,
                places=("/handovers/",),
                key="g h",
            )
        )
