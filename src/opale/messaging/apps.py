from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "opale.messaging"
    label = "messaging"
