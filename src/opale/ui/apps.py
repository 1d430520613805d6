from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "opale.ui"
    label = "ui"

    def ready(self) -> None:
        from opale.ui import navigation, redrawing

        redrawing.register("ui_rail", navigation.same)
