from django.apps import AppConfig


class ReservationsConfig(AppConfig):
    name = "opale.reservations"
    label = "reservations"

    def ready(self) -> None:
        from opale.listings import registry
        from opale.reservations import rights
        from opale.reservations.listings import RESERVATIONS
        from opale.ui import slots

        registry.register(RESERVATIONS)
        slots.fill("infrastructure.item.side", "reservations_of_item", right=rights.READ, order=20)
