from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "opale.web"
    label = "web"

    def ready(self) -> None:
        from opale.listings import registry
        from opale.ui import navigation, palette
        from opale.web import palette_search
        from opale.web.listings import IMPORTS, USE

        registry.register(IMPORTS)
        palette.register(palette_search.search_everywhere, at_the_end=True)
        navigation.register(
            navigation.Entry(
                label=_("Now"), icon="home", url_name="home", order=0, phone=True, key="g n"
            )
        )
        navigation.register(
            navigation.Entry(
                label=_("Import and export"),
                icon="file-spreadsheet",
                url_name="exchange",
                right=USE,
                group=_("Reference"),
                order=72,
            )
        )
