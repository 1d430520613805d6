from django.apps import AppConfig


class EndpointsConfig(AppConfig):
    name = "opale.endpoints"
    label = "endpoints"

    def ready(self) -> None:
        """Have the shapes of the API worked out when they are asked for first: of some 1,800 a
        process asks for few. It stands before the rooms, whose shapes are defined after it."""
        from ninja import Schema
        from ninja.params.models import ParamModel
        from pydantic import BaseModel

        shapes: list[type[BaseModel]] = [Schema, ParamModel, *ParamModel.__subclasses__()]
        for shape in shapes:
            shape.model_config["defer_build"] = True
