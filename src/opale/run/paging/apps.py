from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class PagingConfig(AppConfig):
    name = "opale.run.paging"
    label = "paging"

    def ready(self) -> None:
        from opale.messaging.ports import tell_of
        from opale.run.paging import queries, rights
        from opale.run.paging.actions.starting import BOARD
        from opale.run.paging.queries.told import told_methods, told_pages, told_slips
        from opale.ui import navigation

        tell_of("paging.method", told_methods)
        tell_of("paging.page", told_pages)
        tell_of("paging.slip", told_slips)
        navigation.register(
            navigation.Entry(
                label=pgettext_lazy("to people", "Pages"),
                icon="bell-ringing",
                url_name="paging_board",
                right=rights.READ,
                count=queries.calling,
                topic=BOARD,
                order=35,
                places=("/paging/",),
                loud=True,
            )
        )
        navigation.register(
            navigation.Entry(
                label=pgettext_lazy("to people", "My pages"),
                icon="bell",
                url_name="paging_mine",
                right=rights.OWN,
                own=True,
            )
        )
