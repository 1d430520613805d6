from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "opale.kernel"
    label = "kernel"

    def ready(self) -> None:
        from django.conf import settings

        from opale.kernel import (
            clock,
            lookups,  # noqa: F401  # known to every query from now on
        )

        clock.follow_file(settings.OPALE_PUSHED_CLOCK)
