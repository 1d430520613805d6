from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "opale.demo"
    label = "demo"
