from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "opale.web"
    label = "web"
