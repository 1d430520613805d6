from django.apps import AppConfig


class EndpointsConfig(AppConfig):
    name = "opale.endpoints"
    label = "endpoints"

    def ready(self) -> None:
        """Defer building the API's schemas to their first use: of some 1,800 a process uses few.
        The app stands before the others, whose schemas are defined after it.
        """
        from ninja import Schema
        from ninja.params.models import ParamModel
        from pydantic import BaseModel

        shapes: list[type[BaseModel]] = [Schema, ParamModel, *ParamModel.__subclasses__()]
        for shape in shapes:
            shape.model_config["defer_build"] = True
