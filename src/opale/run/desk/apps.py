from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "opale.run.desk"
    label = "desk"
