from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReservationsConfig(AppConfig):
    name = "opale.reservations"
    label = "reservations"

    def ready(self) -> None:
        from opale.listings import registry
        from opale.reservations import rights
        from opale.reservations.actions import reservations
        from opale.reservations.listings import RESERVATIONS
        from opale.reservations.queries import reservations as reservation_queries
        from opale.ui import navigation, slots

        registry.register(RESERVATIONS)
        slots.fill("infrastructure.item.side", "reservations_of_item", right=rights.READ, order=20)

        navigation.register(
            navigation.Entry(
                label=_("Reservations"),
                icon="calendar-check",
                url_name="reservations_list",
                right=rights.READ,
                count=reservation_queries.expiring_reservations,
                topic=reservations.LIST,
                group=_("BUILD"),
                order=58,
                places=("/reservations/",),
            )
        )
        navigation.register(
            navigation.Entry(
                label=pgettext_lazy("of people", "Load"),
                icon="chart-bar",
                url_name="reservations_load",
                right=rights.READ,
                group=_("BUILD"),
                order=59,
                places=("/load/",),
                key="g v",
            )
        )
