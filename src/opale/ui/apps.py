from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "opale.ui"
    label = "ui"

    def ready(self) -> None:
        from opale.ui import navigation, redrawing

        rail = redrawing.Part(navigation.names_in_rail, navigation.owned, still=True)
        redrawing.register("ui_rail", rail)
