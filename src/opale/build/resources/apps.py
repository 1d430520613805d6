from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResourcesConfig(AppConfig):
    name = "opale.build.resources"
    label = "resources"

    def ready(self) -> None:
        from opale.build.resources import actions, queries, rights
        from opale.ui import navigation

        navigation.register(
            navigation.Entry(
                label=_("Resources"),
                icon="user-search",
                url_name="resources_list",
                right=rights.READ,
                count=queries.waiting,
                topic=actions.LIST,
                group=_("BUILD"),
                order=57,
                places=("/resources/",),
            )
        )
