from django.apps import AppConfig


class ReservationsConfig(AppConfig):
    name = "opale.reservations"
    label = "reservations"
