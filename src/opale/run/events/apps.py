from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "opale.run.events"
    label = "events"
