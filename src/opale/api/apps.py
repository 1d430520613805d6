from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "opale.api"
    label = "api"
