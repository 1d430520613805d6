from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "opale.web"
    label = "web"

    def ready(self) -> None:
        from opale.kernel.discovery import app_modules
        from opale.listings import registry
        from opale.ui import navigation, palette, work_items
        from opale.web import palette_search
        from opale.web.listings import IMPORTS

        registry.register(IMPORTS)
        for _config, module in app_modules("web.navigation"):
            navigation.register(*module.ENTRIES)
        for _config, module in app_modules("web.work_items"):
            work_items.register(*module.SOURCES)
        palette.register(palette_search.search_everywhere, at_the_end=True)
