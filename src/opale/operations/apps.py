from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "opale.operations"
    label = "operations"

    def ready(self) -> None:
        from opale.listings import registry
        from opale.operations.listings import FAILED_JOBS

        registry.register(FAILED_JOBS)
