from django.apps import AppConfig


class InfrastructureConfig(AppConfig):
    name = "opale.infrastructure"
    label = "infrastructure"
