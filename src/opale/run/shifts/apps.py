from django.apps import AppConfig


class ShiftsConfig(AppConfig):
    name = "opale.run.shifts"
    label = "shifts"
