from django.apps import AppConfig


class EndpointsConfig(AppConfig):
    name = "opale.endpoints"
    label = "endpoints"
