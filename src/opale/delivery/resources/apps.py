from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "opale.delivery.resources"
    label = "resources"

    def ready(self) -> None:
        from opale.delivery.resources.listings import PLANS, REQUESTS
        from opale.listings import registry

        registry.register(REQUESTS, PLANS)
