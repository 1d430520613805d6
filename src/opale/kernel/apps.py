from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "opale.kernel"
    label = "kernel"

    def ready(self) -> None:
        from opale.kernel import lookups  # noqa: F401  # known to every query from now on
