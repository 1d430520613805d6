from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "opale.ui"
    label = "ui"
