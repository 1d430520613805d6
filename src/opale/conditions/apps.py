from django.apps import AppConfig


class ConditionsConfig(AppConfig):
    name = "opale.conditions"
    label = "conditions"
