from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResourcesConfig(AppConfig):
    name = "opale.delivery.resources"
    label = "resources"

    def ready(self) -> None:
        from opale.delivery.resources import rights
        from opale.delivery.resources.actions import requests
        from opale.delivery.resources.listings import PLANS, REQUESTS
        from opale.delivery.resources.queries import requests as request_queries
        from opale.listings import registry
        from opale.ui import navigation

        registry.register(REQUESTS, PLANS)
        navigation.register(
            navigation.Entry(
                label=_("Resources"),
                icon="user-search",
                url_name="resources_list",
                right=rights.READ,
                count=request_queries.waiting_requests,
                topic=requests.LIST,
                group=_("BUILD"),
                order=57,
                places=("/resources/",),
            )
        )
